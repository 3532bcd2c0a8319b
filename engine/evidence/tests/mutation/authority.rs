//! Authorities and their certificates.

use aws_lc_rs::{
    encoding::{AsDer as _, Pkcs8V1Der},
    rsa::{KeyPair as RsaKeyPair, KeySize},
};
use rcgen::{
    BasicConstraints, CertificateParams, CustomExtension, DnType, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, PKCS_ECDSA_P256_SHA256, PKCS_ECDSA_P384_SHA384, PKCS_RSA_SHA256, SerialNumber,
};
use simbind_core::time::Timestamp;
use time::macros::datetime;

/// 2026-10-01T00:00:00Z, inside the validity of all that is made here.
pub(crate) const NOW: Timestamp = Timestamp::from_secs(1_790_812_800);

/// A kind of key.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind {
    Rsa2048,
    P256,
    P384,
}

impl Kind {
    /// A new key.
    pub(crate) fn draw(self) -> KeyPair {
        match self {
            Self::P256 => KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).unwrap(),
            Self::P384 => KeyPair::generate_for(&PKCS_ECDSA_P384_SHA384).unwrap(),
            Self::Rsa2048 => {
                let pair = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
                let der: Pkcs8V1Der<'_> = pair.as_der().unwrap();
                let der = rustls_pki_types::PrivatePkcs8KeyDer::from(der.as_ref());
                KeyPair::from_pkcs8_der_and_sign_algo(&der, &PKCS_RSA_SHA256).unwrap()
            }
        }
    }
}

/// Someone with a name and a key.
pub(crate) struct Party {
    pub(crate) params: CertificateParams,
    pub(crate) key: KeyPair,
}

impl Party {
    /// One who issues.
    pub(crate) fn authority(name: &str, serial: u64, kind: Kind) -> Self {
        let mut party = Self::leaf(name, serial, kind);
        party.params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        party.params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        party
    }

    /// One who signs.
    pub(crate) fn leaf(name: &str, serial: u64, kind: Kind) -> Self {
        let mut params = CertificateParams::new(Vec::<String>::new()).unwrap();
        params.distinguished_name.push(DnType::CommonName, name);
        params.serial_number = Some(SerialNumber::from(serial));
        params.not_before = datetime!(2021-01-01 00:00:00 UTC);
        params.not_after = datetime!(2035-01-01 00:00:00 UTC);
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.use_authority_key_identifier_extension = true;
        Self { params, key: kind.draw() }
    }

    /// With one more extension.
    pub(crate) fn with(mut self, oid: &[u64], content: Vec<u8>, critical: bool) -> Self {
        let mut extension = CustomExtension::from_oid_content(oid, content);
        extension.set_criticality(critical);
        self.params.custom_extensions.push(extension);
        self
    }

    /// The party's certificate by itself.
    pub(crate) fn self_signed(&self) -> Vec<u8> {
        self.params.self_signed(&self.key).unwrap().der().to_vec()
    }

    /// A certificate for another.
    pub(crate) fn issue(&self, subject: &Self) -> Vec<u8> {
        let issuer = Issuer::from_params(&self.params, &self.key);
        subject.params.signed_by(&subject.key, &issuer).unwrap().der().to_vec()
    }
}

/// A chain below a root, leaf first: `parties` are the leaf, those between, and the root, whose own
/// certificate stands at the end where `with_root`.
pub(crate) fn chain(parties: &[&Party], with_root: bool) -> Vec<Vec<u8>> {
    let mut chain: Vec<_> = parties.windows(2).map(|pair| pair[1].issue(pair[0])).collect();
    chain.extend(with_root.then(|| parties.last().unwrap().self_signed()));
    chain
}
