//! Authorities and leaves.

use anyhow::Result;
use rcgen::{
    BasicConstraints, Certificate, CertificateParams, CustomExtension, DnType, IsCa, Issuer,
    KeyPair, KeyUsagePurpose, PKCS_ECDSA_P256_SHA256, PKCS_ECDSA_P384_SHA384, SerialNumber,
};
use time::macros::datetime;

/// Someone with a name and a key.
pub(super) struct Party {
    pub(super) params: CertificateParams,
    pub(super) key: KeyPair,
}

impl Party {
    pub(super) fn leaf(name: &str, serial: u64) -> Result<Self> {
        let mut params = CertificateParams::new(Vec::<String>::new())?;
        params.distinguished_name.push(DnType::CommonName, name);
        params.serial_number = Some(SerialNumber::from(serial));
        params.not_before = datetime!(2021-01-01 00:00:00 UTC);
        params.not_after = datetime!(2035-01-01 00:00:00 UTC);
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        Ok(Self { params, key: KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)? })
    }

    pub(super) fn authority(name: &str, serial: u64) -> Result<Self> {
        let mut party = Self::leaf(name, serial)?;
        party.key = KeyPair::generate_for(&PKCS_ECDSA_P384_SHA384)?;
        party.params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        party.params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        Ok(party)
    }

    pub(super) fn with(mut self, oid: &[u64], content: Vec<u8>, critical: bool) -> Self {
        let mut extension = CustomExtension::from_oid_content(oid, content);
        extension.set_criticality(critical);
        self.params.custom_extensions.push(extension);
        self
    }

    pub(super) fn self_signed(&self) -> Result<Vec<u8>> {
        Ok(der(&self.params.self_signed(&self.key)?))
    }

    pub(super) fn issue(&self, subject: &Self) -> Result<Vec<u8>> {
        let issuer = Issuer::from_params(&self.params, &self.key);
        Ok(der(&subject.params.signed_by(&subject.key, &issuer)?))
    }
}

fn der(certificate: &Certificate) -> Vec<u8> {
    certificate.der().to_vec()
}
