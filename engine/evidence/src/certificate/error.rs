use crate::signature::KeyError;
use thiserror::Error;

/// Why a chain of certificates was not accepted.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ChainError {
    /// There is no certificate.
    #[error("the certificate chain is empty")]
    Empty,
    /// There are more certificates than are read.
    #[error("the chain has {got} certificates; at most {max} are read")]
    TooMany {
        /// How many were given.
        got: usize,
        /// How many are read.
        max: usize,
    },
    /// A certificate has more bytes than are read; counted from the leaf, which is 0.
    #[error("certificate {at} has {got} bytes; at most {max} are read")]
    TooLarge {
        /// The certificate, from the leaf.
        at: usize,
        /// Its bytes.
        got: usize,
        /// How many are read.
        max: usize,
    },
    /// A certificate is not one (X.509 version 3 in DER), or one of its extensions is broken.
    #[error("certificate {at} is malformed")]
    Malformed {
        /// The certificate, from the leaf.
        at: usize,
    },
    /// Certificates that the path does not use, or in an order that is not leaf first.
    #[error("the chain is out of order or holds certificates that do not belong to it")]
    Shape,
    /// The path ends at an authority that is not an anchor.
    #[error("the certificate's issuer is not trusted")]
    UnknownIssuer,
    /// A signature in the path does not verify.
    #[error("a signature in the certificate chain does not verify")]
    BadSignature,
    /// A signature algorithm in the path is not supported.
    #[error("a signature algorithm in the certificate chain is not supported")]
    UnsupportedAlgorithm,
    /// A certificate of the path has expired.
    #[error("a certificate in the chain has expired")]
    Expired,
    /// A certificate of the path is not valid yet.
    #[error("a certificate in the chain is not valid yet")]
    NotYetValid,
    /// The certificate does not allow the use: digital signature, or the extended usage.
    #[error("the certificate's key usage does not allow this use")]
    KeyUsage,
    /// An issuer in the path is no authority, or its path length is exceeded.
    #[error("an issuer in the chain may not issue this certificate")]
    NotAnAuthority,
    /// The certificate is an authority's, not a person's.
    #[error("the first certificate is an authority's")]
    AuthorityAsLeaf,
    /// The names of the certificate are outside what an issuer may issue.
    #[error("a name in the chain breaks a name constraint")]
    NameConstraint,
    /// A required certificate policy is missing, at a place counted from the leaf.
    #[error("certificate {at} does not name a required policy")]
    Policy {
        /// The certificate, from the leaf.
        at: usize,
    },
    /// A critical extension that is not understood.
    #[error("a certificate in the chain has a critical extension that is not understood")]
    CriticalExtension,
    /// The leaf's key is of a kind that we do not verify with.
    #[error("the certificate's key is not supported: {0}")]
    UnsupportedKey(#[from] KeyError),
    /// Any other fault that path validation found.
    #[error("the certificate chain is not valid")]
    Invalid,
}

impl From<webpki::Error> for ChainError {
    fn from(error: webpki::Error) -> Self {
        use webpki::Error as E;
        match error {
            E::UnknownIssuer => Self::UnknownIssuer,
            E::InvalidSignatureForPublicKey | E::SignatureAlgorithmMismatch => Self::BadSignature,
            E::UnsupportedSignatureAlgorithmContext(_)
            | E::UnsupportedSignatureAlgorithmForPublicKeyContext(_) => Self::UnsupportedAlgorithm,
            E::CertExpired { .. } => Self::Expired,
            E::CertNotValidYet { .. } => Self::NotYetValid,
            E::RequiredEkuNotFoundContext(_) | E::EmptyEkuExtension => Self::KeyUsage,
            E::EndEntityUsedAsCa | E::PathLenConstraintViolated | E::MaximumPathDepthExceeded => {
                Self::NotAnAuthority
            }
            E::CaUsedAsEndEntity => Self::AuthorityAsLeaf,
            E::NameConstraintViolation
            | E::MalformedNameConstraint
            | E::UnsupportedNameType
            | E::MaximumNameConstraintComparisonsExceeded => Self::NameConstraint,
            E::UnsupportedCriticalExtension => Self::CriticalExtension,
            _ => Self::Invalid,
        }
    }
}
