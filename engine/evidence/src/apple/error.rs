use super::{AuthenticatorDataError, CborError, Environment};
use crate::der::DerError;
use thiserror::Error;

/// What is wrong with a certificate of a chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ChainFault {
    /// Fewer than a leaf and one intermediate.
    #[error("no intermediate follows")]
    NoIntermediate,
    /// More certificates than are read.
    #[error("there are more certificates than are read")]
    TooMany,
    /// More bytes than are read.
    #[error("it has more bytes than are read")]
    TooLarge,
    /// Not X.509 version 3 in DER, or an extension stands in it twice.
    #[error("it is malformed")]
    Malformed,
    /// Its time is over.
    #[error("it has expired")]
    Expired,
    /// Its time has not come.
    #[error("it is not valid yet")]
    NotYetValid,
    /// The leaf is marked as an authority.
    #[error("it is an authority, not a leaf")]
    AuthorityAsLeaf,
    /// The leaf's key may not sign.
    #[error("its key is not for signatures")]
    KeyUsage,
    /// An issuer is no authority, or its path length is exceeded.
    #[error("it may not issue the one before it")]
    NotAnAuthority,
    /// A critical extension that is not understood.
    #[error("it has a critical extension that is not understood")]
    CriticalExtension,
    /// A certificate other than the leaf has a nonce.
    #[error("it has a nonce; only the leaf may")]
    NonceOutOfPlace,
    /// A root stands in the chain.
    #[error("it is a root, which is not sent")]
    RootOutOfPlace,
    /// Its issuer is not the next one's subject.
    #[error("its issuer is not the next one's subject")]
    IssuerName,
    /// Its signature is not the next one's.
    #[error("its signature does not verify")]
    Signature,
    /// Its signature algorithm is not supported.
    #[error("its signature algorithm is not supported")]
    SignatureAlgorithm,
    /// Its issuer's key is of a kind that we do not verify with.
    #[error("its issuer's key is not supported")]
    UnsupportedIssuerKey,
    /// It is the last, and no trusted root of its issuer's name signed it.
    #[error("no trusted root issued it")]
    UnknownRoot,
}

impl ChainFault {
    pub(super) const fn at(self, at: usize) -> CertificateFault {
        CertificateFault { at, fault: self }
    }
}

/// A certificate that does not hold, counted from the leaf, which is 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("certificate {at}: {fault}")]
pub struct CertificateFault {
    /// The certificate.
    pub at: usize,
    /// What is wrong with it.
    pub fault: ChainFault,
}

/// Why an attestation is not accepted: the first link that does not hold, who speaks before what
/// is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum AppAttestError {
    /// It has more bytes than are read.
    #[error("the attestation has {got} bytes; at most {max} are read")]
    TooLarge {
        /// Its bytes.
        got: usize,
        /// How many are read.
        max: usize,
    },
    /// It is not the CBOR of an attestation object.
    #[error("the attestation cannot be read: {0}")]
    Object(#[from] CborError),
    /// Its format is not `apple-appattest`.
    #[error("the attestation's format is not apple-appattest")]
    Format,
    /// The certificates do not hold.
    #[error("the attestation's chain does not hold: {0}")]
    Chain(#[from] CertificateFault),
    /// The leaf has no nonce.
    #[error("the attestation's leaf has no nonce")]
    NoNonce,
    /// The leaf's nonce has not the form that Apple gives it.
    #[error("the nonce of the attestation's leaf is malformed: {0}")]
    MalformedNonce(DerError),
    /// The nonce is for other authenticator data or another challenge.
    #[error("the attestation is not for this challenge, or its data were changed")]
    Nonce,
    /// The leaf's key is no EC key on P-256.
    #[error("the attested key is not an EC key on P-256")]
    KeyKind,
    /// The authenticator data cannot be read.
    #[error("the attestation's authenticator data cannot be read: {0}")]
    AuthenticatorData(#[from] AuthenticatorDataError),
    /// The key in the authenticator data is not the leaf's.
    #[error("the authenticator data has another key than the leaf")]
    OtherKey,
    /// The key identifier is not the SHA-256 of the leaf's public key.
    #[error("the key identifier is not the attested key's")]
    KeyId,
    /// The credential identifier is not the key identifier.
    #[error("the credential identifier is not the attested key's")]
    CredentialId,
    /// It is for another app.
    #[error("the attestation is for another app")]
    App,
    /// The counter of a new key is not zero.
    #[error("the attestation's counter is {counter}, not zero")]
    Counter {
        /// The counter.
        counter: u32,
    },
    /// The `aaguid` is none of App Attest's.
    #[error("the attestation names no environment of App Attest")]
    UnknownEnvironment,
    /// It is of the other environment.
    #[error("the attestation is of the environment {found:?}")]
    Environment {
        /// The attestation's environment.
        found: Environment,
    },
}

impl AppAttestError {
    /// Whether the chain itself does not hold, rather than what stands in it.
    pub const fn is_of_chain(&self) -> bool {
        matches!(self, Self::Chain(_))
    }
}

/// Why an assertion is not accepted: the first link that does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum AssertionError {
    /// It has more bytes than are read.
    #[error("the assertion has {got} bytes; at most {max} are read")]
    TooLarge {
        /// Its bytes.
        got: usize,
        /// How many are read.
        max: usize,
    },
    /// It is not the CBOR of an assertion.
    #[error("the assertion cannot be read: {0}")]
    Object(#[from] CborError),
    /// The authenticator data cannot be read.
    #[error("the assertion's authenticator data cannot be read: {0}")]
    AuthenticatorData(#[from] AuthenticatorDataError),
    /// The key that is asked about is no EC key on P-256.
    #[error("the attested key is not an EC key on P-256")]
    KeyKind,
    /// The signature is not the key's over this client data.
    #[error("the assertion is not signed by the attested key over this client data")]
    Signature,
    /// It is for another app.
    #[error("the assertion is for another app")]
    App,
    /// The counter did not rise: the assertion was used before, or the key's state was copied.
    #[error("the assertion's counter {counter} is not above {previous}")]
    Counter {
        /// The assertion's counter.
        counter: u32,
        /// The last one that was accepted.
        previous: u32,
    },
}
