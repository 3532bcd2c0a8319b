//! The words for what an object of App Attest is refused for.

use simbind_evidence::apple::{AppAttestError, AssertionError, ChainFault, ReceiptError};

pub(super) const fn attestation(error: &AppAttestError) -> &'static str {
    match error {
        AppAttestError::TooLarge { .. } => "too_large",
        AppAttestError::Object(_) => "malformed_object",
        AppAttestError::Format => "wrong_format",
        AppAttestError::Chain(fault) => chain(fault.fault),
        AppAttestError::NoNonce | AppAttestError::MalformedNonce(_) => "malformed_nonce",
        AppAttestError::Nonce => "wrong_challenge",
        AppAttestError::KeyKind => "unsupported_key",
        AppAttestError::AuthenticatorData(_) => "malformed_authenticator_data",
        AppAttestError::OtherKey => "other_key",
        AppAttestError::KeyId => "wrong_key_id",
        AppAttestError::CredentialId => "wrong_credential_id",
        AppAttestError::App => "wrong_app",
        AppAttestError::Counter { .. } => "counter_not_zero",
        AppAttestError::UnknownEnvironment => "unknown_environment",
        AppAttestError::Environment { .. } => "wrong_environment",
    }
}

const fn chain(fault: ChainFault) -> &'static str {
    match fault {
        ChainFault::NoIntermediate => "no_intermediate",
        ChainFault::TooMany => "too_many_certificates",
        ChainFault::TooLarge => "certificate_too_large",
        ChainFault::Malformed => "malformed_certificate",
        ChainFault::Expired => "expired",
        ChainFault::NotYetValid => "not_yet_valid",
        ChainFault::AuthorityAsLeaf => "authority_as_leaf",
        ChainFault::KeyUsage => "key_usage",
        ChainFault::NotAnAuthority => "not_an_authority",
        ChainFault::CriticalExtension => "critical_extension",
        ChainFault::NonceOutOfPlace => "nonce_out_of_place",
        ChainFault::RootOutOfPlace => "root_out_of_place",
        ChainFault::IssuerName => "issuer_name",
        ChainFault::Signature => "signature",
        ChainFault::SignatureAlgorithm => "signature_algorithm",
        ChainFault::UnsupportedIssuerKey => "unsupported_key",
        ChainFault::UnknownRoot => "unknown_root",
    }
}

pub(super) const fn assertion(error: &AssertionError) -> &'static str {
    match error {
        AssertionError::TooLarge { .. } => "too_large",
        AssertionError::Object(_) => "malformed_object",
        AssertionError::AuthenticatorData(_) => "malformed_authenticator_data",
        AssertionError::KeyKind => "unsupported_key",
        AssertionError::Signature => "signature",
        AssertionError::App => "wrong_app",
        AssertionError::Counter { .. } => "counter_did_not_rise",
    }
}

pub(super) const fn receipt(error: &ReceiptError) -> &'static str {
    match error {
        ReceiptError::Chain(fault) => chain(fault.fault),
        ReceiptError::Expired => "expired",
        ReceiptError::Signature => "signature",
        _ => "malformed_receipt",
    }
}
