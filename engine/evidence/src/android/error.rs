use crate::{der::DerError, signature::KeyError};
use thiserror::Error;

/// Why a chain is no attestation that can be read. Certificates are counted from the leaf, which
/// is 0.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum AttestationError {
    /// There is no certificate.
    #[error("the attestation chain is empty")]
    Empty,
    /// There are more certificates than are read.
    #[error("the attestation chain has {got} certificates; at most {max} are read")]
    TooMany {
        /// How many were given.
        got: usize,
        /// How many are read.
        max: usize,
    },
    /// A certificate has more bytes than are read.
    #[error("attestation certificate {at} has {got} bytes; at most {max} are read")]
    TooLarge {
        /// The certificate.
        at: usize,
        /// Its bytes.
        got: usize,
        /// How many are read.
        max: usize,
    },
    /// A certificate is not X.509 version 3 in DER, an extension stands in it twice, or it names
    /// two signature algorithms.
    #[error("attestation certificate {at} is malformed")]
    Malformed {
        /// The certificate.
        at: usize,
    },
    /// The chain ends at no trusted root key.
    #[error("the attestation chain does not end at a trusted root key")]
    UnknownRoot,
    /// A root stands elsewhere than at the end, or alone.
    #[error("certificate {at} is a root, but not at the end of a chain")]
    RootOutOfPlace {
        /// The certificate.
        at: usize,
    },
    /// A certificate's issuer is not the subject of the next one.
    #[error("the issuer of attestation certificate {at} is not the next certificate's subject")]
    IssuerName {
        /// The certificate.
        at: usize,
    },
    /// A certificate's signature does not verify under the next one's key.
    #[error("the signature of attestation certificate {at} does not verify")]
    Signature {
        /// The certificate.
        at: usize,
    },
    /// A certificate's signature algorithm is not supported.
    #[error("the signature algorithm of attestation certificate {at} is not supported")]
    SignatureAlgorithm {
        /// The certificate.
        at: usize,
    },
    /// An issuer's key is of a kind that we do not verify with.
    #[error("the key of attestation certificate {at} is not supported: {source}")]
    UnsupportedKey {
        /// The certificate.
        at: usize,
        /// What is wrong with the key.
        source: KeyError,
    },
    /// A certificate has expired.
    #[error("attestation certificate {at} has expired")]
    Expired {
        /// The certificate.
        at: usize,
    },
    /// A certificate is not valid yet.
    #[error("attestation certificate {at} is not valid yet")]
    NotYetValid {
        /// The certificate.
        at: usize,
    },
    /// An issuer other than the batch certificate is no authority, or its path length is exceeded.
    #[error("attestation certificate {at} may not issue the one before it")]
    NotAnAuthority {
        /// The certificate.
        at: usize,
    },
    /// A critical extension that is not understood.
    #[error("attestation certificate {at} has a critical extension that is not understood")]
    CriticalExtension {
        /// The certificate.
        at: usize,
    },
    /// No certificate has a key description.
    #[error("no certificate of the chain has a key description")]
    NoKeyDescription,
    /// A certificate other than the leaf has a key description.
    #[error("certificate {at} has a key description; only the leaf may")]
    KeyDescriptionOutOfPlace {
        /// The certificate.
        at: usize,
    },
    /// The key description cannot be read.
    #[error("the key description is malformed: {0}")]
    KeyDescription(#[from] DerError),
}

impl AttestationError {
    /// Whether the chain itself does not hold: its order, a signature, a name, a validity or the
    /// root. False where all of these hold and it is refused for who of it may issue, or for what
    /// stands in it.
    pub fn is_of_chain(&self) -> bool {
        !matches!(
            self,
            Self::NotAnAuthority { .. }
                | Self::CriticalExtension { .. }
                | Self::NoKeyDescription
                | Self::KeyDescriptionOutOfPlace { .. }
                | Self::KeyDescription(_)
        )
    }

    /// The word for it, in lower case with underscores.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::TooMany { .. } => "too_many_certificates",
            Self::TooLarge { .. } => "certificate_too_large",
            Self::Malformed { .. } => "malformed_certificate",
            Self::UnknownRoot => "unknown_root",
            Self::RootOutOfPlace { .. } => "root_out_of_place",
            Self::IssuerName { .. } => "issuer_name",
            Self::Signature { .. } => "signature",
            Self::SignatureAlgorithm { .. } => "signature_algorithm",
            Self::UnsupportedKey { .. } => "unsupported_key",
            Self::Expired { .. } => "expired",
            Self::NotYetValid { .. } => "not_yet_valid",
            Self::NotAnAuthority { .. } => "not_an_authority",
            Self::CriticalExtension { .. } => "critical_extension",
            Self::NoKeyDescription => "no_key_description",
            Self::KeyDescriptionOutOfPlace { .. } => "key_description_out_of_place",
            Self::KeyDescription(_) => "malformed_key_description",
        }
    }

    /// The certificate that it is about, counted from the leaf, where it is about one.
    pub const fn at(&self) -> Option<usize> {
        match *self {
            Self::TooLarge { at, .. }
            | Self::Malformed { at }
            | Self::RootOutOfPlace { at }
            | Self::IssuerName { at }
            | Self::Signature { at }
            | Self::SignatureAlgorithm { at }
            | Self::UnsupportedKey { at, .. }
            | Self::Expired { at }
            | Self::NotYetValid { at }
            | Self::NotAnAuthority { at }
            | Self::CriticalExtension { at }
            | Self::KeyDescriptionOutOfPlace { at } => Some(at),
            Self::Empty
            | Self::TooMany { .. }
            | Self::UnknownRoot
            | Self::NoKeyDescription
            | Self::KeyDescription(_) => None,
        }
    }
}
