use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt;

/// An issuing authority, known by the SHA-256 of its name and its key: two authorities of one name
/// are two, and an authority that is certified anew with its key stays the same one. `Debug` shows
/// the first two bytes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct AuthorityId([u8; 32]);

impl AuthorityId {
    /// The identity of the authority with this name and this key: SHA-256 over the DER `Name`, then
    /// the DER `SubjectPublicKeyInfo` (RFC 5280 sections 4.1.2.6 and 4.1.2.7).
    pub fn of_name_and_key(name_der: &[u8], spki_der: &[u8]) -> Self {
        Self(Sha256::new().chain_update(name_der).chain_update(spki_der).finalize().into())
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

impl fmt::Debug for AuthorityId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [first, second, ..] = self.0;
        write!(f, "AuthorityId({first:02x}{second:02x}…)")
    }
}
