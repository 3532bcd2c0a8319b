//! How certificates must be made (RFC 5280 section 4), beyond what decides whether a path holds
//! (section 6).

use super::{ChainError, parsed::Parsed};
use crate::signature::KeyType;

/// 2.5.29.17, subjectAltName.
const ALTERNATIVE_NAMES: &[u8] = &[0x55, 0x1D, 17];

/// Which demands are made on how certificates are made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Profile {
    /// Those that decide whether a path holds (RFC 5280 section 6).
    #[default]
    Path,
    /// All of RFC 5280 section 4 too that concerns verifying: serial numbers, identifiers of keys,
    /// which extensions are critical. Anchors are held to it as well.
    Strict,
}

/// A demand of [`Profile::Strict`] that a certificate does not meet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ProfileFault {
    /// The serial number is not positive, or has more than 20 octets (section 4.1.2.2).
    SerialNumber,
    /// An authority whose basic constraints are not critical (section 4.2.1.9), or constraints on
    /// policies that are not (sections 4.2.1.11 and 4.2.1.14).
    NotCritical,
    /// No subject, and no critical alternative names in its place (section 4.1.2.6).
    NoSubject,
    /// A key that may sign certificates, or a path length or constraints on names, in a
    /// certificate that is not an authority's (sections 4.2.1.3, 4.2.1.9 and 4.2.1.10).
    NoAuthoritysExtension,
    /// No identifier of the authority's key, where one is due (section 4.2.1.1), or a root's that
    /// is not its own.
    AuthorityKeyIdentifier,
    /// An authority without an identifier of its key (section 4.2.1.2).
    SubjectKeyIdentifier,
    /// An RSA key whose bits do not fill octets.
    KeySize,
    /// An extension that is not looked at otherwise is broken.
    BrokenExtension,
}

/// Checks a certificate at a place counted from the leaf.
pub(super) fn check(certificate: &Parsed, at: usize) -> Result<(), ChainError> {
    fault(certificate).map_or(Ok(()), |fault| Err(ChainError::Profile { at, fault }))
}

fn fault(certificate: &Parsed) -> Option<ProfileFault> {
    let said = &certificate.extensions;
    let is_critical = |oid: &[u8]| said.critical.iter().any(|critical| **critical == *oid);
    let path_length = said.ca.is_some_and(|basic| basic.path_length.is_some());
    let signs = said.key_usage.is_some_and(|usage| usage.key_cert_sign());
    let wants_critical = [
        (said.is_ca(), &[0x55, 0x1D, 19]),
        (said.policies.constrained, &[0x55, 0x1D, 36]),
        (said.policies.inhibit_any.is_some(), &[0x55, 0x1D, 54]),
    ];
    if !is_good_serial(&certificate.serial) {
        Some(ProfileFault::SerialNumber)
    } else if certificate.subject.is_empty() && !is_critical(ALTERNATIVE_NAMES) {
        Some(ProfileFault::NoSubject)
    } else if wants_critical.iter().any(|(there, oid)| *there && !is_critical(*oid)) {
        Some(ProfileFault::NotCritical)
    } else if !said.is_ca() && (path_length || signs || said.constraints.is_some()) {
        Some(ProfileFault::NoAuthoritysExtension)
    } else if !names_its_authoritys_key(certificate) {
        Some(ProfileFault::AuthorityKeyIdentifier)
    } else if said.is_ca() && said.key_identifier.is_none() {
        Some(ProfileFault::SubjectKeyIdentifier)
    } else if has_odd_size(certificate) {
        Some(ProfileFault::KeySize)
    } else {
        said.others_broken.then_some(ProfileFault::BrokenExtension)
    }
}

/// Positive, at most 20 octets.
fn is_good_serial(content: &[u8]) -> bool {
    let positive = content.first().is_some_and(|first| *first < 0x80);
    positive && content.len() <= 20 && content.iter().any(|octet| *octet != 0)
}

/// A root may leave the identifier out; where it has one it is its own, and nothing else.
fn names_its_authoritys_key(certificate: &Parsed) -> bool {
    let root = certificate.is_self_signed();
    match (&certificate.extensions.authority, root) {
        (None, root) => root,
        (Some(named), false) => named.identifier.is_some(),
        (Some(named), true) => {
            named.identifier.is_some()
                && named.identifier == certificate.extensions.key_identifier
                && !named.names_certificate
        }
    }
}

fn has_odd_size(certificate: &Parsed) -> bool {
    let kind = certificate.key.as_ref().map(|key| key.key_type());
    matches!(kind, Ok(KeyType::Rsa { bits }) if bits % 8 != 0)
}
