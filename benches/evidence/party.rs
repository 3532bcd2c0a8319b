//! Authorities and leaves with keys of each kind.

use crate::bare::Kind;
use aws_lc_rs::{
    encoding::{AsDer as _, Pkcs8V1Der},
    rsa::{KeyPair as RsaKeyPair, KeySize},
};
use rcgen::{
    BasicConstraints, CertificateParams, CustomExtension, DistinguishedName, DnType, IsCa, Issuer,
    KeyPair, KeyUsagePurpose, PKCS_ECDSA_P256_SHA256, PKCS_ECDSA_P384_SHA384, SerialNumber,
    SigningKey as _, date_time_ymd,
};
use simbind_core::time::Timestamp;
use simbind_evidence::signature::SignatureScheme;

/// 2026-10-01T00:00:00Z, inside the validity of all that is made here.
pub const NOW: Timestamp = Timestamp::from_secs(1_790_812_800);

/// Someone with a name and a key.
pub struct Party {
    pub kind: Kind,
    pub params: CertificateParams,
    pub key: KeyPair,
}

impl Party {
    pub fn leaf(name: &str, serial: u64, kind: Kind) -> Self {
        let mut params = CertificateParams::default();
        params.distinguished_name = DistinguishedName::new();
        params.distinguished_name.push(DnType::CountryName, "JP");
        params.distinguished_name.push(DnType::CommonName, name);
        params.serial_number = Some(SerialNumber::from(serial));
        params.not_before = date_time_ymd(2021, 1, 1);
        params.not_after = date_time_ymd(2035, 1, 1);
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        Self { kind, params, key: key(kind) }
    }

    pub fn authority(name: &str, serial: u64, kind: Kind) -> Self {
        let mut party = Self::leaf(name, serial, kind);
        party.params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        party.params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        party
    }

    pub fn with(mut self, oid: &[u64], content: Vec<u8>) -> Self {
        let extension = CustomExtension::from_oid_content(oid, content);
        self.params.custom_extensions.push(extension);
        self
    }

    pub fn self_signed(&self) -> Vec<u8> {
        self.params.self_signed(&self.key).expect("a root is made").der().to_vec()
    }

    pub fn issue(&self, subject: &Self) -> Vec<u8> {
        let issuer = Issuer::from_params(&self.params, &self.key);
        let issued = subject.params.signed_by(&subject.key, &issuer);
        issued.expect("a certificate is issued").der().to_vec()
    }

    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        self.key.sign(message).expect("the key signs")
    }

    pub const fn scheme(&self) -> SignatureScheme {
        match self.kind {
            Kind::Rsa2048 | Kind::Rsa4096 => SignatureScheme::RsaPkcs1Sha256,
            Kind::P256 => SignatureScheme::EcdsaP256Sha256,
            Kind::P384 => SignatureScheme::EcdsaP384Sha384,
        }
    }
}

fn key(kind: Kind) -> KeyPair {
    let made = match kind {
        Kind::P256 => KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256),
        Kind::P384 => KeyPair::generate_for(&PKCS_ECDSA_P384_SHA384),
        Kind::Rsa2048 => KeyPair::try_from(rsa(KeySize::Rsa2048).as_slice()),
        Kind::Rsa4096 => KeyPair::try_from(rsa(KeySize::Rsa4096).as_slice()),
    };
    made.expect("a key is made")
}

fn rsa(size: KeySize) -> Vec<u8> {
    let pair = RsaKeyPair::generate(size).expect("a key is made");
    let der: Pkcs8V1Der<'_> = pair.as_der().expect("the key is encoded");
    der.as_ref().to_vec()
}

/// A chain below a root, leaf first, without the root.
pub fn chain(parties: &[&Party]) -> Vec<Vec<u8>> {
    parties.windows(2).map(|pair| pair[1].issue(pair[0])).collect()
}
