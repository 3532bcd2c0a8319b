//! iPhones, and Apple, which attests their keys. Everything is verified as it is of real ones.

use super::{
    TestEngine,
    people::{Authority, params},
};
use rcgen::{
    BasicConstraints, CertificateParams, CustomExtension, IsCa, Issuer, KeyPair, KeyUsagePurpose,
    PublicKeyData as _, SigningKey as _,
};
use ring::digest::{SHA256, digest};
use simbind_core::{
    app::{AppProof, AppRole, ListedApp},
    binding::{AppleEnvironment, Platform},
    ids::{AppId, ImeiSet},
};
use simbind_evidence::apple::{Environment, Extensions, encode};
use simbind_service::attest::{AttestationRequest, HandsetRequest};
use std::sync::atomic::{AtomicU32, Ordering};

pub(crate) const APPLE_APP: &str = "ABCDE12345.jp.example.simbind";
pub(crate) const OTHER_APPLE_APP: &str = "ABCDE12345.jp.example.other";
pub(crate) const DEVELOPED_APP: &str = "ABCDE12345.jp.example.developed";
/// Not on the list.
pub(crate) const STRANGE_APP: &str = "ABCDE12345.jp.example.strange";

/// The apps for iPhones that are on the list.
pub(super) fn apps() -> impl Iterator<Item = (AppId, ListedApp)> {
    let entry = |(id, environment): (&str, AppleEnvironment)| {
        let proof = AppProof::Apple { environment };
        let listed = ListedApp { role: AppRole::Both, proof, carrier_privilege: [].into() };
        (id.parse().unwrap(), listed)
    };
    let apps = [
        (APPLE_APP, AppleEnvironment::Production),
        (OTHER_APPLE_APP, AppleEnvironment::Production),
        (DEVELOPED_APP, AppleEnvironment::Development),
    ];
    apps.into_iter().map(entry)
}

pub(crate) fn sha256(bytes: &[u8]) -> [u8; 32] {
    digest(&SHA256, bytes).as_ref().try_into().unwrap()
}

/// Apple's root and the authority under it.
pub(crate) struct Apple {
    root: (CertificateParams, KeyPair),
    intermediate: (CertificateParams, KeyPair),
}

impl Apple {
    pub(crate) fn new() -> Self {
        let authority = |name, serial| {
            let mut params = params(name, serial);
            params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
            params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
            (params, KeyPair::generate().unwrap())
        };
        Self { root: authority("apple root", 2), intermediate: authority("apple authority", 3) }
    }

    pub(crate) fn root_certificate(&self) -> Vec<u8> {
        self.root.0.self_signed(&self.root.1).unwrap().der().to_vec()
    }

    fn attest(&self, key: &KeyPair, nonce: &[u8; 32]) -> Vec<Vec<u8>> {
        let signed = |subject: &CertificateParams, key: &KeyPair, by: &(_, KeyPair)| {
            let issuer = Issuer::from_params(&by.0, &by.1);
            subject.signed_by(key, &issuer).unwrap().der().to_vec()
        };
        let mut leaf = params("credential", 4);
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
    pub(crate) receipt: Vec<u8>,
    key: KeyPair,
    counter: AtomicU32,
}

impl Iphone {
    pub(crate) fn new(app: &'static str) -> Self {
        Self {
            app,
            environment: Environment::Production,
            receipt: b"a receipt of Apple's".to_vec(),
            key: KeyPair::generate().unwrap(),
            counter: AtomicU32::new(0),
        }
    }

    pub(crate) fn of(app: &'static str, environment: Environment) -> Self {
        Self { environment, ..Self::new(app) }
    }

    pub(crate) fn with_receipt(self, receipt: Vec<u8>) -> Self {
        Self { receipt, ..self }
    }

    /// What it brings to be enrolled.
    pub(crate) fn request(&self, engine: &TestEngine, authority: &Authority) -> HandsetRequest {
        let challenge = engine.enrolment_challenge().unwrap().bytes.to_vec();
        self.request_for(challenge, authority)
    }

    pub(crate) fn request_for(&self, challenge: Vec<u8>, authority: &Authority) -> HandsetRequest {
        let point = self.key.der_bytes();
        let none = Extensions::default();
        let data = encode::attested_data(self.app, self.environment, point, &none);
        let nonce = encode::nonce(&data, &sha256(&challenge));
        let chain = authority.apple.attest(&self.key, &nonce);
        let attestation = AttestationRequest::AppAttest {
            attestation: encode::attestation_object(&chain, &self.receipt, &data),
            key_id: encode::key_id(point).to_vec(),
            challenge,
        };
        HandsetRequest { imeis: ImeiSet::default(), platform: Platform::Ios, attestation }
    }

    /// SHA-256 of the public key.
    pub(crate) fn key_hash(&self) -> [u8; 32] {
        sha256(&self.key.subject_public_key_info())
    }

    /// The next assertion.
    pub(crate) fn assert(&self, message: &[u8]) -> Vec<u8> {
        self.assert_at(message, self.counter.fetch_add(1, Ordering::SeqCst) + 1)
    }

    /// An assertion with a counter that no iPhone would have.
    pub(crate) fn assert_at(&self, message: &[u8], counter: u32) -> Vec<u8> {
        self.assert_as(self.app, message, counter)
    }

    pub(crate) fn assert_as(&self, app: &str, message: &[u8], counter: u32) -> Vec<u8> {
        let data = encode::asserted_data(app, counter, &Extensions::default());
        let signature = self.key.sign(&encode::nonce(&data, &sha256(message))).unwrap();
        encode::assertion_object(&signature, &data)
    }
}
