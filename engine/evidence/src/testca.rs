//! Authorities and chains for the tests.

use crate::android::encode::{element, sequence};
use rcgen::{
    BasicConstraints, Certificate, CertificateParams, CustomExtension, DnType, IsCa, Issuer,
    KeyPair, KeyUsagePurpose, PKCS_ECDSA_P256_SHA256, PKCS_ECDSA_P384_SHA384, SerialNumber,
    SigningKey as _,
};
use simbind_core::time::Timestamp;
use time::macros::datetime;

/// 2026-10-01T00:00:00Z, inside the validity of all that is made here.
pub(crate) const NOW: Timestamp = Timestamp::from_secs(1_790_812_800);

/// Someone with a name and a key, who can issue.
pub(crate) struct Party {
    pub(crate) params: CertificateParams,
    pub(crate) key: KeyPair,
}

impl Party {
    /// An authority with a P-384 key.
    pub(crate) fn authority(name: &str, serial: u64) -> Self {
        let mut party = Self::leaf(name, serial);
        party.key = KeyPair::generate_for(&PKCS_ECDSA_P384_SHA384).unwrap();
        party.params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        party.params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        party
    }

    /// An end entity with a P-256 key.
    pub(crate) fn leaf(name: &str, serial: u64) -> Self {
        let mut params = CertificateParams::new(Vec::<String>::new()).unwrap();
        params.distinguished_name.push(DnType::CommonName, name);
        params.serial_number = Some(SerialNumber::from(serial));
        params.not_before = datetime!(2021-01-01 00:00:00 UTC);
        params.not_after = datetime!(2035-01-01 00:00:00 UTC);
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        Self { params, key: KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).unwrap() }
    }

    pub(crate) fn with_extension(mut self, oid: &[u64], content: Vec<u8>, critical: bool) -> Self {
        let mut extension = CustomExtension::from_oid_content(oid, content);
        extension.set_criticality(critical);
        self.params.custom_extensions.push(extension);
        self
    }

    /// The same party by a name that is written otherwise: in capitals, as a PrintableString.
    pub(crate) fn renamed(&self, name: &str) -> Self {
        let text = name.to_uppercase().as_str().try_into().unwrap();
        let mut params = self.params.clone();
        params.distinguished_name = rcgen::DistinguishedName::new();
        params.distinguished_name.push(DnType::CommonName, rcgen::DnValue::PrintableString(text));
        Self { params, key: KeyPair::from_pem(&self.key.serialize_pem()).unwrap() }
    }

    pub(crate) fn self_signed(&self) -> Vec<u8> {
        der(&self.params.self_signed(&self.key).unwrap())
    }

    pub(crate) fn issue(&self, subject: &Self) -> Vec<u8> {
        let issuer = Issuer::from_params(&self.params, &self.key);
        der(&subject.params.signed_by(&subject.key, &issuer).unwrap())
    }

    /// The certificate with its two signature algorithms replaced, signed again by this party.
    pub(crate) fn sign_again(&self, der: &[u8], inner: &[u8], outer: &[u8]) -> Vec<u8> {
        let parsed = x509_parser::parse_x509_certificate(der).unwrap().1;
        let tbs = parsed.tbs_certificate.as_ref();
        let present = sequence(&[element(&[6], parsed.signature_algorithm.algorithm.as_bytes())]);
        let at = tbs.windows(present.len()).position(|w| w == present).unwrap();
        let content = &tbs[header(tbs)..];
        let at = at - header(tbs);
        let tbs =
            element(&[0x30], &[&content[..at], inner, &content[at + present.len()..]].concat());
        let signature = self.key.sign(&tbs).unwrap();
        sequence(&[tbs, outer.to_vec(), element(&[3], &[&[0][..], &signature].concat())])
    }
}

impl Party {
    /// The certificate with every DER `true` written as 1, signed again by this party.
    pub(crate) fn sign_again_with_loose_booleans(&self, der: &[u8]) -> Vec<u8> {
        let parsed = x509_parser::parse_x509_certificate(der).unwrap().1;
        let mut tbs = parsed.tbs_certificate.as_ref().to_vec();
        while let Some(at) = tbs.windows(3).position(|w| w == [1, 1, 0xFF]) {
            tbs[at + 2] = 1;
        }
        let algorithm = sequence(&[element(&[6], parsed.signature_algorithm.algorithm.as_bytes())]);
        let signature = self.key.sign(&tbs).unwrap();
        sequence(&[tbs, algorithm, element(&[3], &[&[0][..], &signature].concat())])
    }
}

impl Party {
    /// The certificate with a serial of one octet replaced, signed again by this party.
    pub(crate) fn sign_again_with_serial(&self, der: &[u8], from: u8, to: u8) -> Vec<u8> {
        let parsed = x509_parser::parse_x509_certificate(der).unwrap().1;
        let mut tbs = parsed.tbs_certificate.as_ref().to_vec();
        let at = tbs.windows(6).position(|w| w == [2, 1, 2, 2, 1, from]).unwrap();
        tbs[at + 5] = to;
        let algorithm = sequence(&[element(&[6], parsed.signature_algorithm.algorithm.as_bytes())]);
        let signature = self.key.sign(&tbs).unwrap();
        sequence(&[tbs, algorithm, element(&[3], &[&[0][..], &signature].concat())])
    }
}

/// Octets of tag and length of an element with a one-octet tag.
fn header(der: &[u8]) -> usize {
    if der[1] < 0x80 { 2 } else { 2 + usize::from(der[1] & 0x7F) }
}

fn der(certificate: &Certificate) -> Vec<u8> {
    certificate.der().to_vec()
}
