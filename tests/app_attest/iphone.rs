//! iPhones, and an Apple of our own that attests their keys.

use prost::bytes::Bytes;
use rcgen::{
    BasicConstraints, CertificateParams, CustomExtension, DnType, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, PublicKeyData as _, SigningKey as _, date_time_ymd,
};
use simbind_evidence::apple::{Environment, Extensions, encode};
use simbind_proto::v1;
use std::{cell::Cell, path::Path};

/// The app for iPhones that a server without configuration knows.
pub(crate) const APP: &str = "SIMBINDDEV.jp.simbind.demo";

type Signer = (CertificateParams, KeyPair);

/// Apple's root and the authority under it.
pub(crate) struct Apple {
    root: Signer,
    intermediate: Signer,
}

fn params(name: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.not_before = date_time_ymd(2024, 1, 1);
    params.not_after = date_time_ymd(2040, 1, 1);
    params.distinguished_name.push(DnType::CommonName, name);
    params
}

fn sha256(bytes: &[u8]) -> [u8; 32] {
    ring::digest::digest(&ring::digest::SHA256, bytes).as_ref().try_into().unwrap()
}

impl Apple {
    pub(crate) fn new() -> Self {
        let authority = |name| {
            let mut params = params(name);
            params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
            params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
            (params, KeyPair::generate().unwrap())
        };
        Self { root: authority("apple root"), intermediate: authority("apple authority") }
    }

    pub(crate) fn write(&self, file: &Path) {
        std::fs::write(file, self.root.0.self_signed(&self.root.1).unwrap().pem()).unwrap();
    }

    fn certify(&self, key: &KeyPair, nonce: &[u8; 32]) -> Vec<Vec<u8>> {
        let signed = |subject: &CertificateParams, key: &KeyPair, by: &Signer| {
            let issuer = Issuer::from_params(&by.0, &by.1);
            subject.signed_by(key, &issuer).unwrap().der().to_vec()
        };
        let mut leaf = params("credential");
        leaf.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        let content = encode::nonce_extension(nonce);
        leaf.custom_extensions.push(CustomExtension::from_oid_content(encode::NONCE_OID, content));
        let (authority, authority_key) = &self.intermediate;
        vec![signed(&leaf, key, &self.intermediate), signed(authority, authority_key, &self.root)]
    }
}

/// An installation of an app on an iPhone.
pub(crate) struct Iphone {
    pub(crate) app: &'static str,
    pub(crate) environment: Environment,
    key: KeyPair,
    counter: Cell<u32>,
}

impl Iphone {
    pub(crate) fn new(app: &'static str, environment: Environment) -> Self {
        Self { app, environment, key: KeyPair::generate().unwrap(), counter: Cell::new(0) }
    }

    /// SHA-256 of the public key.
    pub(crate) fn key_sha256(&self) -> [u8; 32] {
        sha256(&self.key.subject_public_key_info())
    }

    pub(crate) fn evidence(&self, apple: &Apple, challenge: &Bytes) -> v1::HandsetEvidence {
        let point = self.key.der_bytes();
        let none = Extensions::default();
        let data = encode::attested_data(self.app, self.environment, point, &none);
        let chain = apple.certify(&self.key, &encode::nonce(&data, &sha256(challenge)));
        v1::HandsetEvidence {
            platform: v1::Platform::Ios.into(),
            challenge: challenge.clone(),
            app_attest: Some(v1::AppAttest {
                attestation: encode::attestation_object(&chain, b"a receipt", &data).into(),
                key_id: encode::key_id(point).to_vec().into(),
            }),
            ..v1::HandsetEvidence::default()
        }
    }

    /// The next assertion over a transcript.
    pub(crate) fn assert(&self, transcript: &[u8]) -> Bytes {
        self.counter.set(self.counter.get() + 1);
        self.assert_at(transcript, self.counter.get())
    }

    /// One with a counter of its own.
    pub(crate) fn assert_at(&self, transcript: &[u8], counter: u32) -> Bytes {
        let data = encode::asserted_data(self.app, counter, &Extensions::default());
        let signature = self.key.sign(&encode::nonce(&data, &sha256(transcript))).unwrap();
        encode::assertion_object(&signature, &data).into()
    }
}
