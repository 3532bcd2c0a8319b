use crate::{android::AttestationRoots, certificate::AnchorError};
use std::fmt;

/// The roots that App Attest chains may end at, known by name and key. A type of its own, so that
/// a root of Android's is never one of Apple's.
#[derive(Clone)]
pub struct AppAttestRoots(pub(super) AttestationRoots);

impl AppAttestRoots {
    /// Reads roots from PEM certificates. Only their names and keys count, not their validity.
    ///
    /// # Errors
    /// [`AnchorError`] where there is none, one is malformed, or all have unsupported keys.
    pub fn from_pem(pem: &[u8]) -> Result<Self, AnchorError> {
        AttestationRoots::from_pem(pem).map(Self)
    }

    /// Reads roots from DER certificates.
    ///
    /// # Errors
    /// As [`Self::from_pem`].
    pub fn from_der<C: AsRef<[u8]>>(
        certificates: impl IntoIterator<Item = C>,
    ) -> Result<Self, AnchorError> {
        AttestationRoots::from_der(certificates).map(Self)
    }

    /// No roots: every attestation is refused.
    pub const fn none() -> Self {
        Self(AttestationRoots::none())
    }
}

impl fmt::Debug for AppAttestRoots {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AppAttestRoots({:?})", self.0)
    }
}
