use super::ProfileFault;
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
    /// A certificate of the path is not made as the profile asks, at a place counted from the leaf.
    #[error("certificate {at} breaks the profile of certificates: {fault:?}")]
    Profile {
        /// The certificate, from the leaf.
        at: usize,
        /// What is wrong with it.
        fault: ProfileFault,
    },
    /// The certificates would make us verify, try or compare more than is done for one chain.
    #[error("the certificates take more work than is done for one chain")]
    TooMuchWork,
}
