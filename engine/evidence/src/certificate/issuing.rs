//! What one certificate must be to stand where it does in a path: everything but signatures,
//! policies and names of issuers.

use super::{ChainError, ChainPolicy, KeyUsageRule, Profile, SubjectRule, parsed::Parsed, profile};
use crate::{link::OutOfValidity, signature::PublicKey};
use simbind_core::time::Timestamp;

use super::work::Work;

/// Where an issuer comes from.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Origin {
    /// It was given with the leaf.
    Given,
    /// It is an anchor.
    Anchor,
}

/// Checks the leaf by itself, and gives its key.
pub(super) fn check_leaf(
    leaf: &Parsed,
    policy: &ChainPolicy,
    at: Timestamp,
) -> Result<PublicKey, ChainError> {
    let said = &leaf.extensions;
    let key = leaf.key.clone()?;
    let signs = said.key_usage.is_some_and(|usage| usage.digital_signature());
    if policy.key_usage == KeyUsageRule::DigitalSignature && !signs {
        return Err(ChainError::KeyUsage);
    }
    let certifies = said.is_ca() || said.key_usage.is_some_and(|usage| usage.key_cert_sign());
    if policy.subject == SubjectRule::EndEntity && certifies {
        return Err(ChainError::AuthorityAsLeaf);
    }
    if let Some(wanted) = &policy.extended_key_usage
        && said.names_usage(wanted.der()) == Some(false)
    {
        return Err(ChainError::KeyUsage);
    }
    check_common(leaf, 0, policy, at)?;
    Ok(key)
}

/// Checks whether a certificate may issue the last one of a path, leaf first.
pub(super) fn check_issuer(
    issuer: &Parsed,
    origin: Origin,
    path: &[&Parsed],
    policy: &ChainPolicy,
    at: Timestamp,
    work: &Work,
) -> Result<(), ChainError> {
    let said = &issuer.extensions;
    let may_sign = said.key_usage.is_none_or(|usage| usage.key_cert_sign());
    if !said.is_ca() || !may_sign || issuer.subject.is_empty() {
        return Err(ChainError::NotAnAuthority);
    }
    let below = path.iter().skip(1).filter(|below| !below.is_self_issued()).count();
    let allowed = said.ca.and_then(|basic| basic.path_length);
    if allowed.is_some_and(|allowed| u32::try_from(below).is_ok_and(|below| below > allowed)) {
        return Err(ChainError::NotAnAuthority);
    }
    if origin == Origin::Given {
        if !policy.depth.allows(below + usize::from(!issuer.is_self_issued())) {
            return Err(ChainError::NotAnAuthority);
        }
        if let Some(wanted) = &policy.extended_key_usage
            && said.allows_usage(wanted.der()) == Some(false)
        {
            return Err(ChainError::KeyUsage);
        }
    }
    check_common(issuer, path.len(), policy, at)?;
    let Some(constraints) = &said.constraints else { return Ok(()) };
    for (place, below) in path.iter().enumerate() {
        if place == 0 || !below.is_self_issued() {
            constraints.check(&below.names, work)?;
        }
    }
    Ok(())
}

fn check_common(
    certificate: &Parsed,
    place: usize,
    policy: &ChainPolicy,
    at: Timestamp,
) -> Result<(), ChainError> {
    certificate.check_validity(at).map_err(|out| match out {
        OutOfValidity::Before => ChainError::NotYetValid,
        OutOfValidity::After => ChainError::Expired,
    })?;
    if certificate.extensions.unknown_critical {
        return Err(ChainError::CriticalExtension);
    }
    match policy.profile {
        Profile::Path => Ok(()),
        Profile::Strict => profile::check(certificate, place),
    }
}
