use super::{Authority, parsed::Parsed};
use crate::pem::{self, PemError};
use std::sync::Arc;
use thiserror::Error;

/// The authorities that certificates of persons must lead to. Never empty.
#[derive(Clone)]
pub struct TrustAnchors {
    anchors: Arc<[Parsed]>,
}

/// Why a list of anchors was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum AnchorError {
    /// No certificate was given.
    #[error("there is no certificate among the trust anchors")]
    Empty,
    /// The PEM text cannot be read whole.
    #[error("the trust anchors cannot be read: {0}")]
    Pem(#[from] PemError),
    /// A certificate is malformed, counted from zero.
    #[error("trust anchor {at} is not an X.509 certificate")]
    Malformed {
        /// The certificate, from zero.
        at: usize,
    },
    /// No certificate has a key that signatures are verified with.
    #[error("no trust anchor has a key that signatures are verified with")]
    UnsupportedKeys,
}

/// Reads the certificates of a PEM text, of which there is at least one.
pub(crate) fn certificates_of_pem(pem: &[u8]) -> Result<Vec<Vec<u8>>, AnchorError> {
    let certificates = pem::certificates(pem)?;
    if certificates.is_empty() { Err(AnchorError::Empty) } else { Ok(certificates) }
}

impl TrustAnchors {
    /// Reads anchors from PEM, one or more certificates.
    ///
    /// # Errors
    /// [`AnchorError`] where there is none, or one is malformed.
    pub fn from_pem(pem: &[u8]) -> Result<Self, AnchorError> {
        Self::from_der(certificates_of_pem(pem)?)
    }

    /// Reads anchors from DER certificates of version 3.
    ///
    /// # Errors
    /// [`AnchorError`] where there is none, or one is malformed or has an unsupported key.
    pub fn from_der<C: AsRef<[u8]>>(
        certificates: impl IntoIterator<Item = C>,
    ) -> Result<Self, AnchorError> {
        let one = |(at, certificate): (usize, C)| {
            Parsed::from_der(certificate.as_ref())
                .filter(|parsed| parsed.key.is_ok())
                .ok_or(AnchorError::Malformed { at })
        };
        let anchors =
            certificates.into_iter().enumerate().map(one).collect::<Result<Arc<[_]>, _>>()?;
        if anchors.is_empty() { Err(AnchorError::Empty) } else { Ok(Self { anchors }) }
    }

    /// No anchors: nothing is trusted, and every chain is refused.
    pub fn none() -> Self {
        Self { anchors: Arc::new([]) }
    }

    /// Whether nothing is trusted.
    pub fn is_empty(&self) -> bool {
        self.anchors.is_empty()
    }

    /// How many anchors there are.
    pub fn len(&self) -> usize {
        self.anchors.len()
    }

    /// The anchors as authorities, whose certificates say what their keys may sign.
    pub fn authorities(&self) -> impl Iterator<Item = Authority> + '_ {
        self.anchors.iter().filter_map(|anchor| Authority::from_der(&anchor.der).ok())
    }

    pub(super) fn parsed(&self) -> &[Parsed] {
        &self.anchors
    }
}

impl std::fmt::Debug for TrustAnchors {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "TrustAnchors({})", self.anchors.len())
    }
}
