//! The walk along a chain, leaf to root key.

use super::{AttestationError, AttestationRoots};
use crate::signature::{Digest, PublicKey, verify_with_digest};
use simbind_core::time::Timestamp;
use x509_parser::{
    certificate::X509Certificate,
    der_parser::{asn1_rs::Tag, oid::Oid},
    oid_registry::{
        OID_PKCS1_SHA256WITHRSA, OID_PKCS1_SHA384WITHRSA, OID_PKCS1_SHA512WITHRSA,
        OID_SIG_ECDSA_WITH_SHA256, OID_SIG_ECDSA_WITH_SHA384, OID_SIG_ECDSA_WITH_SHA512,
        OID_X509_EXT_BASIC_CONSTRAINTS, OID_X509_EXT_CERTIFICATE_POLICIES,
        OID_X509_EXT_EXTENDED_KEY_USAGE, OID_X509_EXT_KEY_USAGE,
    },
    prelude::FromDer,
    x509::{AlgorithmIdentifier, X509Version},
};

/// The most certificates that an attestation chain may have.
pub const MAX_CERTIFICATES: usize = 10;
/// The most bytes that one of its certificates may have.
pub const MAX_CERTIFICATE_BYTES: usize = 16 * 1024;

/// The extension that holds the key description, 1.3.6.1.4.1.11129.2.1.17.
const KEY_DESCRIPTION: &[u8] = &[0x2B, 0x06, 0x01, 0x04, 0x01, 0xD6, 0x79, 0x02, 0x01, 0x11];

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
        if place > 0 {
            check_authority(place, certificate, path, &mut irregularities)?;
        }
        check_critical(place, certificate)?;
        check_issued(place, certificate, certificates.get(place + 1), roots, &mut irregularities)?;
    }
    let not_after = path
        .iter()
        .map(|certificate| Timestamp::from_secs(certificate.validity().not_after.timestamp()))
        .min()
        .ok_or(AttestationError::Empty)?;
    Ok(WalkedChain { certificates, irregularities, not_after })
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
    let one = |(at, der): (usize, &'c _)| match X509Certificate::from_der(AsRef::as_ref(der)) {
        Ok(([], certificate))
            if certificate.version() == X509Version::V3
                && certificate.tbs_certificate.extensions_map().is_ok() =>
        {
            Ok(certificate)
        }
        _ => Err(AttestationError::Malformed { at }),
    };
    chain.iter().enumerate().map(one).collect()
}

/// The one key description, which only the leaf may have. A second one is how a key that may
/// attest others, or may sign what it is given, would vouch for a key of an attacker's.
pub(super) fn only_key_description<'c>(
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
    let validity = certificate.validity();
    if at.as_secs() < validity.not_before.timestamp() {
        return Err(AttestationError::NotYetValid { at: place });
    }
    if at.as_secs() > validity.not_after.timestamp() {
        return Err(AttestationError::Expired { at: place });
    }
    Ok(())
}

/// Checks that an issuer may issue. Only the batch certificate, at place 1, may lack the mark.
fn check_authority(
    place: usize,
    certificate: &X509Certificate<'_>,
    path: &[X509Certificate<'_>],
    irregularities: &mut Vec<Irregularity>,
) -> Result<(), AttestationError> {
    let refused = AttestationError::NotAnAuthority { at: place };
    let malformed = |_| AttestationError::Malformed { at: place };
    let constraints = certificate.basic_constraints().map_err(malformed)?;
    let usage = certificate.key_usage().map_err(malformed)?;
    let authority = constraints.as_ref().is_some_and(|constraints| constraints.value.ca);
    let signs = usage.is_none_or(|usage| usage.value.key_cert_sign());
    if !(authority && signs) {
        if place != 1 || authority {
            return Err(refused);
        }
        irregularities.push(Irregularity::BatchNotAnAuthority);
    }
    let allowed = constraints.and_then(|constraints| constraints.value.path_len_constraint);
    let below = path
        .get(1..place)
        .unwrap_or_default()
        .iter()
        .filter(|below| below.subject().as_raw() != below.issuer().as_raw())
        .count();
    let exceeded = allowed.is_some_and(|allowed| u32::try_from(below).is_ok_and(|b| b > allowed));
    if exceeded { Err(refused) } else { Ok(()) }
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
    let digest = signature_digest(place, certificate, irregularities)?;
    let name = certificate.issuer().as_raw();
    let Some(issuer) = issuer else {
        let signed = roots.keys_named(name).any(|key| signed_by(certificate, key, digest));
        return if signed { Ok(()) } else { Err(AttestationError::UnknownRoot) };
    };
    if issuer.subject().as_raw() != name {
        return Err(AttestationError::IssuerName { at: place });
    }
    let key = PublicKey::from_spki_der(issuer.public_key().raw)
        .map_err(|source| AttestationError::UnsupportedKey { at: place + 1, source })?;
    if signed_by(certificate, &key, digest) {
        Ok(())
    } else {
        Err(AttestationError::Signature { at: place })
    }
}

#[derive(Clone, Copy)]
struct SignatureAlgorithm {
    rsa: bool,
    digest: Digest,
}

fn signed_by(
    certificate: &X509Certificate<'_>,
    key: &PublicKey,
    algorithm: SignatureAlgorithm,
) -> bool {
    let signature = &certificate.signature_value;
    let rsa = matches!(key.key_type(), crate::signature::KeyType::Rsa { .. });
    rsa == algorithm.rsa
        && signature.unused_bits == 0
        && verify_with_digest(
            key,
            algorithm.digest,
            certificate.tbs_certificate.as_ref(),
            &signature.data,
        )
}

fn signature_digest(
    place: usize,
    certificate: &X509Certificate<'_>,
    irregularities: &mut Vec<Irregularity>,
) -> Result<SignatureAlgorithm, AttestationError> {
    let unsupported = AttestationError::SignatureAlgorithm { at: place };
    let outer = &certificate.signature_algorithm;
    if *outer != certificate.tbs_certificate.signature {
        return Err(unsupported);
    }
    let known = [
        (OID_SIG_ECDSA_WITH_SHA256, false, Digest::Sha256),
        (OID_SIG_ECDSA_WITH_SHA384, false, Digest::Sha384),
        (OID_SIG_ECDSA_WITH_SHA512, false, Digest::Sha512),
        (OID_PKCS1_SHA256WITHRSA, true, Digest::Sha256),
        (OID_PKCS1_SHA384WITHRSA, true, Digest::Sha384),
        (OID_PKCS1_SHA512WITHRSA, true, Digest::Sha512),
    ];
    let found = known.into_iter().find(|(oid, ..)| *oid == outer.algorithm);
    let (_, rsa, digest) = found.ok_or(unsupported.clone())?;
    match parameters(outer) {
        Parameters::Absent => {}
        Parameters::Null if rsa => {}
        Parameters::Null if digest == Digest::Sha256 => {
            if !irregularities.contains(&Irregularity::NullEcdsaParameters) {
                irregularities.push(Irregularity::NullEcdsaParameters);
            }
        }
        Parameters::Null | Parameters::Other => return Err(unsupported),
    }
    Ok(SignatureAlgorithm { rsa, digest })
}

enum Parameters {
    Absent,
    Null,
    Other,
}

fn parameters(algorithm: &AlgorithmIdentifier<'_>) -> Parameters {
    match &algorithm.parameters {
        None => Parameters::Absent,
        Some(any) if any.tag() == Tag::Null && any.data.is_empty() => Parameters::Null,
        Some(_) => Parameters::Other,
    }
}
