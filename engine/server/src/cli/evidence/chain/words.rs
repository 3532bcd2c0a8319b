//! The words for what a certificate is refused for.

use simbind_evidence::certificate::{ChainError, RevocationError};

pub(super) const GOOD: &str = "good";
pub(super) const HELD: &str = "held";
pub(super) const REVOKED: &str = "revoked";
pub(super) const STATUS_UNKNOWN: &str = "status_unknown";

pub(super) const fn chain(error: &ChainError) -> &'static str {
    match error {
        ChainError::Empty => "empty",
        ChainError::TooMany { .. } => "too_many_certificates",
        ChainError::TooLarge { .. } => "certificate_too_large",
        ChainError::Malformed { .. } => "malformed_certificate",
        ChainError::UnknownIssuer => "unknown_root",
        ChainError::BadSignature => "signature",
        ChainError::UnsupportedAlgorithm => "signature_algorithm",
        ChainError::Expired => "expired",
        ChainError::NotYetValid => "not_yet_valid",
        ChainError::KeyUsage => "key_usage",
        ChainError::NotAnAuthority => "not_an_authority",
        ChainError::AuthorityAsLeaf => "authority_as_leaf",
        ChainError::NameConstraint => "name_constraint",
        ChainError::Policy { .. } => "policy",
        ChainError::CriticalExtension => "critical_extension",
        ChainError::UnsupportedKey(_) => "unsupported_key",
        ChainError::Profile { .. } => "profile",
        ChainError::TooMuchWork => "too_much_work",
    }
}

pub(super) const fn revocation(error: &RevocationError) -> &'static str {
    match error {
        RevocationError::Revoked { .. } => REVOKED,
        RevocationError::Held { .. } => HELD,
        RevocationError::Unknown { .. }
        | RevocationError::Delta { .. }
        | RevocationError::TooMany { .. }
        | RevocationError::TooMuchWork => STATUS_UNKNOWN,
    }
}
