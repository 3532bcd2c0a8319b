use crate::der::DerError;
use std::time::Duration;
use thiserror::Error;

/// Why a revocation list or an OCSP answer was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum StatusError {
    /// More bytes than are read.
    #[error("the answer has {got} bytes; at most {max} are read")]
    TooLarge {
        /// The bytes given.
        got: usize,
        /// How many are read.
        max: usize,
    },
    /// More entries, answers or certificates than are read.
    #[error("more than {max} {what} are not read")]
    TooMany {
        /// What there are too many of.
        what: &'static str,
        /// How many are read.
        max: usize,
    },
    /// Not DER of the form that the standard has.
    #[error("the answer is malformed: {0}")]
    Malformed(#[from] DerError),
    /// A list of version 1, or a version that is not known.
    #[error("the version is not the one that is read")]
    Version,
    /// Signed by an algorithm that is not verified.
    #[error("the signature algorithm is not supported")]
    UnsupportedAlgorithm,
    /// The algorithm beside the signature is not the one that was signed.
    #[error("the signature algorithm is not the one that was signed")]
    AlgorithmMismatch,
    /// The list is another issuer's, by its name.
    #[error("the list is another issuer's")]
    WrongIssuer,
    /// The issuer's key usage leaves the signing of lists out.
    #[error("the issuer's key usage does not allow it to sign revocation lists")]
    IssuerMayNotSign,
    /// The signature is not this key's.
    #[error("the signature does not verify")]
    BadSignature,
    /// Made later than now, by more than clocks may differ.
    #[error("the answer is from the future")]
    NotYetValid,
    /// The time of the next answer has passed.
    #[error("the answer is overdue by {} s", by.as_secs())]
    Stale {
        /// How long ago it passed.
        by: Duration,
    },
    /// nextUpdate comes before thisUpdate.
    #[error("the answer's next update comes before its own")]
    Backwards,
    /// A list without nextUpdate (RFC 5280 section 5.1.2.5).
    #[error("the list does not say when the next one comes")]
    NoNextUpdate,
    /// A list without a number (RFC 5280 section 5.2.3).
    #[error("the list has no number")]
    NoNumber,
    /// A list of changes, which says nothing alone (RFC 5280 section 5.2.4).
    #[error("the list is a delta: it says nothing without its base")]
    Delta,
    /// A list that speaks for other issuers (RFC 5280 section 5.2.5).
    #[error("the list speaks for other issuers")]
    Indirect,
    /// A list of some reasons only: not being on it says nothing.
    #[error("the list is of some reasons only")]
    SomeReasons,
    /// A critical extension that is not understood.
    #[error("the answer has a critical extension that is not understood")]
    CriticalExtension,
    /// The responder gave a word in place of an answer.
    #[error("the responder says: {0}")]
    Responder(ResponderWord),
    /// An answer of another type than basic (RFC 6960 section 4.2.1), or success without one.
    #[error("the responder's answer is not a basic OCSP response")]
    NotBasic,
    /// Nobody among the issuer and the answer's certificates is who the answer says signed it.
    #[error("the responder is unknown")]
    UnknownResponder,
    /// The responder's certificate was not issued under the issuer's key.
    #[error("the responder's certificate is not this issuer's")]
    ResponderOfAnother,
    /// The responder's certificate does not hold OCSPSigning, or may not sign.
    #[error("the issuer did not delegate answering to this responder")]
    ResponderNotDelegated,
    /// The responder's certificate is not valid at the time of the answer, or not yet now.
    #[error("the responder's certificate is not valid at the time")]
    ResponderNotValid,
    /// The responder answers about its own certificate.
    #[error("the responder vouches for itself")]
    ResponderIsSubject,
    /// No answer is about certificates of this issuer.
    #[error("the answer is about another issuer's certificate")]
    OtherIssuer,
    /// No answer is about this certificate.
    #[error("the answer is about another certificate")]
    OtherSerial,
    /// Two answers about this certificate differ.
    #[error("the answer contradicts itself")]
    Contradiction,
    /// A nonce was asked and the answer has none.
    #[error("the answer lacks the nonce that was asked")]
    NonceMissing,
    /// The answer has another nonce.
    #[error("the answer's nonce is another one")]
    NonceDifferent,
}

/// What a responder says in place of an answer (RFC 6960 section 4.2.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ResponderWord {
    /// 1: it could not read the question.
    #[error("malformedRequest")]
    MalformedRequest,
    /// 2: a fault of its own.
    #[error("internalError")]
    InternalError,
    /// 3: ask again later.
    #[error("tryLater")]
    TryLater,
    /// 5: it wants the question signed.
    #[error("sigRequired")]
    SigRequired,
    /// 6: it does not answer this asker, or not about this issuer.
    #[error("unauthorized")]
    Unauthorized,
    /// A number that the standard does not define.
    #[error("an undefined status")]
    Undefined,
}
