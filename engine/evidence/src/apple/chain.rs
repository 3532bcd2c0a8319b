//! The walk along a chain of Apple's, leaf to root key, in the order in which it stands.

use super::{CertificateFault, ChainFault};
use crate::{
    android::AttestationRoots,
    certificate::same_name,
    link::{self, OutOfValidity, SignatureAlgorithm},
    signature::PublicKey,
};
use simbind_core::time::Timestamp;
use x509_parser::{
    certificate::X509Certificate,
    oid_registry::{
        OID_X509_EXT_BASIC_CONSTRAINTS, OID_X509_EXT_CERTIFICATE_POLICIES,
        OID_X509_EXT_EXTENDED_KEY_USAGE, OID_X509_EXT_KEY_USAGE,
    },
};

/// The most certificates that a chain may have: a leaf and its intermediates.
pub const MAX_CERTIFICATES: usize = 4;
/// The most bytes that one of its certificates may have.
pub const MAX_CERTIFICATE_BYTES: usize = 16 * 1024;

/// The extension that holds the nonce, 1.2.840.113635.100.8.2.
pub(super) const NONCE: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x63, 0x64, 0x08, 0x02];

/// A chain whose signatures, names, validity and root hold.
pub(super) struct WalkedChain<'c> {
    pub(super) certificates: Vec<X509Certificate<'c>>,
    /// The first second at which all certificates are valid.
    pub(super) not_before: Timestamp,
    /// The last one.
    pub(super) not_after: Timestamp,
}

impl<'c> WalkedChain<'c> {
    pub(super) fn leaf(&self) -> Result<&X509Certificate<'c>, CertificateFault> {
        self.certificates.first().ok_or(ChainFault::NoIntermediate.at(0))
    }
}

/// Walks a leaf and its intermediates, without the root, to a root key.
pub(super) fn walk<'c>(
    chain: &[&'c [u8]],
    roots: &AttestationRoots,
    at: Timestamp,
) -> Result<WalkedChain<'c>, CertificateFault> {
    if chain.len() < 2 {
        return Err(ChainFault::NoIntermediate.at(0));
    }
    if chain.len() > MAX_CERTIFICATES {
        return Err(ChainFault::TooMany.at(MAX_CERTIFICATES));
    }
    let certificates = chain
        .iter()
        .enumerate()
        .map(|(place, der)| {
            if der.len() > MAX_CERTIFICATE_BYTES {
                return Err(ChainFault::TooLarge.at(place));
            }
            link::read(der).ok_or(ChainFault::Malformed.at(place))
        })
        .collect::<Result<Vec<_>, _>>()?;
    for place in 0..certificates.len() {
        check(place, &certificates, roots, at).map_err(|fault| fault.at(place))?;
    }
    let begins = |c: &X509Certificate<'_>| c.validity().not_before.timestamp();
    let ends = |c: &X509Certificate<'_>| c.validity().not_after.timestamp();
    let not_before = certificates.iter().map(begins).max().unwrap_or(i64::MAX);
    let not_after = certificates.iter().map(ends).min().unwrap_or(i64::MIN);
    Ok(WalkedChain {
        not_before: Timestamp::from_secs(not_before),
        not_after: Timestamp::from_secs(not_after),
        certificates,
    })
}

fn check(
    place: usize,
    path: &[X509Certificate<'_>],
    roots: &AttestationRoots,
    at: Timestamp,
) -> Result<(), ChainFault> {
    let certificate = path.get(place).ok_or(ChainFault::Malformed)?;
    if roots.has_key(certificate.public_key().raw) {
        return Err(ChainFault::RootOutOfPlace);
    }
    link::check_validity(certificate, at).map_err(|out| match out {
        OutOfValidity::Before => ChainFault::NotYetValid,
        OutOfValidity::After => ChainFault::Expired,
    })?;
    if place == 0 {
        check_leaf(certificate)?;
    } else {
        let marked = link::is_authority(certificate).ok_or(ChainFault::Malformed)?;
        if !marked || !link::path_is_short_enough(path, place) {
            return Err(ChainFault::NotAnAuthority);
        }
    }
    check_extensions(place, certificate)?;
    check_issued(certificate, path.get(place + 1), roots)
}

fn check_leaf(leaf: &X509Certificate<'_>) -> Result<(), ChainFault> {
    let constraints = leaf.basic_constraints().map_err(|_| ChainFault::Malformed)?;
    if constraints.is_some_and(|found| found.value.ca) {
        return Err(ChainFault::AuthorityAsLeaf);
    }
    let usage = leaf.key_usage().map_err(|_| ChainFault::Malformed)?;
    match usage {
        Some(usage) if !usage.value.digital_signature() => Err(ChainFault::KeyUsage),
        _ => Ok(()),
    }
}

fn check_extensions(place: usize, certificate: &X509Certificate<'_>) -> Result<(), ChainFault> {
    let understood = [
        OID_X509_EXT_BASIC_CONSTRAINTS,
        OID_X509_EXT_KEY_USAGE,
        OID_X509_EXT_EXTENDED_KEY_USAGE,
        OID_X509_EXT_CERTIFICATE_POLICIES,
    ];
    for extension in certificate.extensions() {
        let nonce = extension.oid.as_bytes() == NONCE;
        if nonce && place > 0 {
            return Err(ChainFault::NonceOutOfPlace);
        }
        if extension.critical && !nonce && !understood.contains(&extension.oid) {
            return Err(ChainFault::CriticalExtension);
        }
    }
    Ok(())
}

/// Checks name and signature against the next certificate or, at the end, against the roots.
fn check_issued(
    certificate: &X509Certificate<'_>,
    issuer: Option<&X509Certificate<'_>>,
    roots: &AttestationRoots,
) -> Result<(), ChainFault> {
    let algorithm = SignatureAlgorithm::of(certificate)
        .filter(|algorithm| !algorithm.null_ecdsa)
        .ok_or(ChainFault::SignatureAlgorithm)?;
    let name = certificate.issuer().as_raw();
    let Some(issuer) = issuer else {
        let signed = roots.keys_named(name).any(|key| algorithm.signed(certificate, key));
        return if signed { Ok(()) } else { Err(ChainFault::UnknownRoot) };
    };
    if !same_name(issuer.subject().as_raw(), name) {
        return Err(ChainFault::IssuerName);
    }
    let key = PublicKey::from_spki_der(issuer.public_key().raw)
        .map_err(|_| ChainFault::UnsupportedIssuerKey)?;
    if algorithm.signed(certificate, &key) { Ok(()) } else { Err(ChainFault::Signature) }
}
