//! The walk along a chain, leaf to root key.

use super::{AttestationError, AttestationRoots};
use crate::{
    certificate::same_name,
    link::{self, OutOfValidity, SignatureAlgorithm},
    signature::PublicKey,
};
use simbind_core::time::Timestamp;
use x509_parser::{
    certificate::X509Certificate,
    der_parser::oid::Oid,
    oid_registry::{
        OID_X509_EXT_BASIC_CONSTRAINTS, OID_X509_EXT_CERTIFICATE_POLICIES,
        OID_X509_EXT_EXTENDED_KEY_USAGE, OID_X509_EXT_KEY_USAGE,
    },
};

/// The most certificates that an attestation chain may have.
pub const MAX_CERTIFICATES: usize = 10;
/// The most bytes that one of its certificates may have.
pub const MAX_CERTIFICATE_BYTES: usize = 16 * 1024;

/// The extension that holds the key description, 1.3.6.1.4.1.11129.2.1.17.
pub(crate) const KEY_DESCRIPTION: &[u8] =
    &[0x2B, 0x06, 0x01, 0x04, 0x01, 0xD6, 0x79, 0x02, 0x01, 0x11];

/// A fault that genuine chains have and that is let pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Irregularity {
    /// The batch certificate, which signed the leaf, is not marked as an authority (Pixel 2, some
    /// of Sony's).
    BatchNotAnAuthority,
    /// `ecdsa-with-SHA256` with NULL parameters, where RFC 5758 wants them absent (Pixel 4's
    /// StrongBox).
    NullEcdsaParameters,
}

/// A chain whose signatures, names, validity and root hold.
pub(super) struct WalkedChain<'c> {
    pub(super) certificates: Vec<X509Certificate<'c>>,
    /// The leaf's key description, in DER.
    pub(super) description: &'c [u8],
    /// How many of them are below the root: its copy at the end is not verified.
    pub(super) below_root: usize,
    pub(super) irregularities: Vec<Irregularity>,
    /// The last second at which all certificates below the root are valid.
    pub(super) not_after: Timestamp,
}

pub(super) fn walk<'c>(
    chain: &'c [impl AsRef<[u8]>],
    roots: &AttestationRoots,
    at: Timestamp,
) -> Result<WalkedChain<'c>, AttestationError> {
    let certificates = parse(chain)?;
    let path = path_below_root(&certificates, roots)?;
    let mut irregularities = Vec::new();
    for (place, certificate) in path.iter().enumerate() {
        check_validity(place, certificate, at)?;
        check_issued(place, certificate, certificates.get(place + 1), roots, &mut irregularities)?;
    }
    let description = only_key_description(&certificates);
    // Before who may issue: an attested key that issues is told as that.
    if let Err(out_of_place @ AttestationError::KeyDescriptionOutOfPlace { .. }) = description {
        return Err(out_of_place);
    }
    for (place, certificate) in path.iter().enumerate() {
        if place > 0 {
            check_authority(place, path, &mut irregularities)?;
        }
        check_critical(place, certificate)?;
    }
    let description = description?;
    let not_after = path
        .iter()
        .map(|certificate| Timestamp::from_secs(certificate.validity().not_after.timestamp()))
        .min()
        .ok_or(AttestationError::Empty)?;
    let below_root = path.len();
    Ok(WalkedChain { certificates, description, below_root, irregularities, not_after })
}

fn parse<'c>(chain: &'c [impl AsRef<[u8]>]) -> Result<Vec<X509Certificate<'c>>, AttestationError> {
    if chain.is_empty() {
        return Err(AttestationError::Empty);
    }
    if chain.len() > MAX_CERTIFICATES {
        return Err(AttestationError::TooMany { got: chain.len(), max: MAX_CERTIFICATES });
    }
    let too_large = chain.iter().position(|der| der.as_ref().len() > MAX_CERTIFICATE_BYTES);
    if let Some(at) = too_large {
        let got = chain.get(at).map_or(0, |der| der.as_ref().len());
        return Err(AttestationError::TooLarge { at, got, max: MAX_CERTIFICATE_BYTES });
    }
    let one = |(at, der): (usize, &'c _)| {
        link::read(AsRef::as_ref(der)).ok_or(AttestationError::Malformed { at })
    };
    chain.iter().enumerate().map(one).collect()
}

/// The one key description, which only the leaf may have. A second one is how a key that may
/// attest others, or may sign what it is given, would vouch for a key of an attacker's.
fn only_key_description<'c>(
    certificates: &[X509Certificate<'c>],
) -> Result<&'c [u8], AttestationError> {
    let mut found = None;
    for (at, certificate) in certificates.iter().enumerate() {
        for extension in certificate.extensions() {
            if extension.oid.as_bytes() != KEY_DESCRIPTION {
                continue;
            }
            if at > 0 {
                return Err(AttestationError::KeyDescriptionOutOfPlace { at });
            }
            found = Some(extension.value);
        }
    }
    found.ok_or(AttestationError::NoKeyDescription)
}

/// The certificates below the root key: all, or all but the copy of the root at the end.
fn path_below_root<'p, 'c>(
    certificates: &'p [X509Certificate<'c>],
    roots: &AttestationRoots,
) -> Result<&'p [X509Certificate<'c>], AttestationError> {
    let is_root = |certificate: &X509Certificate<'_>| roots.has_key(certificate.public_key().raw);
    match certificates.iter().position(is_root) {
        None => Ok(certificates),
        Some(at) if at > 0 && at + 1 == certificates.len() => {
            Ok(certificates.get(..at).unwrap_or_default())
        }
        Some(at) => Err(AttestationError::RootOutOfPlace { at }),
    }
}

fn check_validity(
    place: usize,
    certificate: &X509Certificate<'_>,
    at: Timestamp,
) -> Result<(), AttestationError> {
    link::check_validity(certificate, at).map_err(|out| match out {
        OutOfValidity::Before => AttestationError::NotYetValid { at: place },
        OutOfValidity::After => AttestationError::Expired { at: place },
    })
}

/// Checks that an issuer may issue. Only the batch certificate, at place 1, may lack the mark.
fn check_authority(
    place: usize,
    path: &[X509Certificate<'_>],
    irregularities: &mut Vec<Irregularity>,
) -> Result<(), AttestationError> {
    let issuer = path.get(place).ok_or(AttestationError::Empty)?;
    let marked = link::is_authority(issuer).ok_or(AttestationError::Malformed { at: place })?;
    if (!marked && (place != 1 || issuer.is_ca())) || !link::path_is_short_enough(path, place) {
        return Err(AttestationError::NotAnAuthority { at: place });
    }
    if !marked {
        irregularities.push(Irregularity::BatchNotAnAuthority);
    }
    Ok(())
}

fn check_critical(place: usize, certificate: &X509Certificate<'_>) -> Result<(), AttestationError> {
    let understood = |oid: &Oid<'_>| {
        [
            OID_X509_EXT_BASIC_CONSTRAINTS,
            OID_X509_EXT_KEY_USAGE,
            OID_X509_EXT_EXTENDED_KEY_USAGE,
            OID_X509_EXT_CERTIFICATE_POLICIES,
        ]
        .contains(oid)
            || oid.as_bytes() == KEY_DESCRIPTION
    };
    for extension in certificate.extensions() {
        if extension.critical && !understood(&extension.oid) {
            return Err(AttestationError::CriticalExtension { at: place });
        }
    }
    Ok(())
}

/// Checks name and signature against the next certificate or, at the end, against the roots.
fn check_issued(
    place: usize,
    certificate: &X509Certificate<'_>,
    issuer: Option<&X509Certificate<'_>>,
    roots: &AttestationRoots,
    irregularities: &mut Vec<Irregularity>,
) -> Result<(), AttestationError> {
    let algorithm = SignatureAlgorithm::of(certificate)
        .ok_or(AttestationError::SignatureAlgorithm { at: place })?;
    if algorithm.null_ecdsa && !irregularities.contains(&Irregularity::NullEcdsaParameters) {
        irregularities.push(Irregularity::NullEcdsaParameters);
    }
    let name = certificate.issuer().as_raw();
    let Some(issuer) = issuer else {
        let signed = roots.keys_named(name).any(|key| algorithm.signed(certificate, key));
        return if signed { Ok(()) } else { Err(AttestationError::UnknownRoot) };
    };
    if !same_name(issuer.subject().as_raw(), name) {
        return Err(AttestationError::IssuerName { at: place });
    }
    let key = PublicKey::from_spki_der(issuer.public_key().raw)
        .map_err(|source| AttestationError::UnsupportedKey { at: place + 1, source })?;
    if algorithm.signed(certificate, &key) {
        Ok(())
    } else {
        Err(AttestationError::Signature { at: place })
    }
}
