use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt;

/// A certificate, known by the SHA-256 of its DER encoding. `Debug` shows the first two bytes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct CertificateId([u8; 32]);

impl CertificateId {
    /// The identity of the certificate with this DER encoding.
    pub fn of_der(der: &[u8]) -> Self {
        Self(Sha256::digest(der).into())
    }

    /// From a SHA-256 that was computed before.
    pub const fn from_sha256(sha256: [u8; 32]) -> Self {
        Self(sha256)
    }

    /// The SHA-256.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for CertificateId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [first, second, ..] = self.0;
        write!(f, "CertificateId({first:02x}{second:02x}…)")
    }
}
