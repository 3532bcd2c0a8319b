use crate::{android::AttestationRoots, certificate::AnchorError};
use std::fmt;

/// The roots that receipts may be signed under. Apple signs them under another root than
/// attestations (Apple Root CA - G3), hence a type of its own.
#[derive(Clone)]
pub struct ReceiptRoots(pub(super) AttestationRoots);

impl ReceiptRoots {
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
}

impl fmt::Debug for ReceiptRoots {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ReceiptRoots({:?})", self.0)
    }
}
