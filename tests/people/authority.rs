use crate::HarnessError;
use rcgen::{
    BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose,
    date_time_ymd,
};
use std::path::Path;

/// A certificate authority that is made anew for each test.
pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pem: String,
}

impl Authority {
    /// Makes one.
    ///
    /// # Errors
    /// Where no key can be drawn.
    pub fn new() -> Result<Self, HarnessError> {
        let key = KeyPair::generate()?;
        let mut params = params("simbind test authority");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let pem = params.self_signed(&key)?.pem();
        Ok(Self { issuer: Issuer::new(params, key), pem })
    }

    /// Writes its certificate as PEM, for a server to trust.
    ///
    /// # Errors
    /// Where the file cannot be written.
    pub fn write(&self, file: &Path) -> Result<(), HarnessError> {
        Ok(std::fs::write(file, &self.pem)?)
    }

    /// Its certificate as PEM.
    pub fn pem(&self) -> &str {
        &self.pem
    }

    /// Its key, to sign what it says of its certificates.
    pub fn key(&self) -> &KeyPair {
        self.issuer.key()
    }

    /// Issues a certificate that is good for signing, and gives its DER.
    pub(super) fn issue(&self, key: &KeyPair) -> Result<Vec<u8>, HarnessError> {
        let mut params = params("simbind test user");
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.use_authority_key_identifier_extension = true;
        Ok(params.signed_by(key, &self.issuer)?.der().to_vec())
    }
}

fn params(name: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.not_before = date_time_ymd(2024, 1, 1);
    params.not_after = date_time_ymd(2040, 1, 1);
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    params
}
