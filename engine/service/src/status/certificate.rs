use crate::{
    engine::Engine,
    error::ServiceError,
    ports::{store::Store, vault::Vault},
};
use serde::{Deserialize, Serialize};
use simbind_core::{
    binding::BoundCertificate,
    ids::{AuthorityId, CertificateId, SerialNumber},
};

/// A certificate as its issuer knows it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct CertificateName {
    /// Who issued it.
    pub issuer: AuthorityId,
    /// Its serial number.
    pub serial: SerialNumber,
}

impl CertificateName {
    /// The name of a certificate that is bound.
    pub fn of(bound: &BoundCertificate) -> Self {
        Self { issuer: bound.issuer, serial: bound.serial.clone() }
    }
}

/// How a caller names a certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CertificateRef {
    /// By its SHA-256: one that is bound.
    Sha256(CertificateId),
    /// By its issuer and serial number: any.
    Named(CertificateName),
}

impl<S: Store, V: Vault> Engine<S, V> {
    /// The certificate that a caller means.
    pub(super) async fn named(
        &self,
        certificate: CertificateRef,
    ) -> Result<CertificateName, ServiceError> {
        match certificate {
            CertificateRef::Named(name) => Ok(name),
            CertificateRef::Sha256(id) => {
                let loaded = self.load(id).await?;
                let loaded = loaded.ok_or(ServiceError::NotFound("certificate"))?;
                Ok(CertificateName::of(&loaded.binding.certificate))
            }
        }
    }
}
