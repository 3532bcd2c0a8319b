//! The walk along a chain in which certificate policies are critical. Extensions that it does not
//! evaluate refuse the chain, name constraints among them.

use super::{ChainError, TrustAnchors};
use crate::{
    link::{self, OutOfValidity, SignatureAlgorithm},
    oid::Oid,
    signature::PublicKey,
};
use rustls_pki_types::CertificateDer;
use simbind_core::time::Timestamp;
use x509_parser::{
    certificate::X509Certificate,
    oid_registry::{
        OID_X509_EXT_BASIC_CONSTRAINTS, OID_X509_EXT_CERTIFICATE_POLICIES,
        OID_X509_EXT_EXTENDED_KEY_USAGE, OID_X509_EXT_KEY_USAGE, OID_X509_EXT_NAME_CONSTRAINTS,
        OID_X509_EXT_SUBJECT_ALT_NAME,
    },
};

/// How many certificates behind the leaf belong to the path: all, or all but the anchor's.
pub(super) fn walk(
    chain: &[CertificateDer<'_>],
    anchors: &TrustAnchors,
    usage: Option<&Oid>,
    at: Timestamp,
) -> Result<usize, ChainError> {
    let certificates = chain
        .iter()
        .enumerate()
        .map(|(at, der)| link::read(der).ok_or(ChainError::Malformed { at }))
        .collect::<Result<Vec<_>, _>>()?;
    let is_anchor = |c: &X509Certificate<'_>| {
        anchors.keys_named(c.subject().as_raw()).any(|spki| spki.as_ref() == c.public_key().raw)
    };
    let path = match certificates.iter().position(is_anchor) {
        None => certificates.as_slice(),
        Some(place) if place > 0 && place + 1 == certificates.len() => {
            certificates.get(..place).unwrap_or_default()
        }
        Some(_) => return Err(ChainError::Shape),
    };
    let leaf = path.first().ok_or(ChainError::Empty)?;
    if leaf.is_ca() {
        return Err(ChainError::AuthorityAsLeaf);
    }
    for (place, certificate) in path.iter().enumerate() {
        check_extensions(place, certificate, usage)?;
        link::check_validity(certificate, at).map_err(|out| match out {
            OutOfValidity::Before => ChainError::NotYetValid,
            OutOfValidity::After => ChainError::Expired,
        })?;
        if place > 0
            && (link::is_authority(certificate) != Some(true)
                || !link::path_is_short_enough(path, place))
        {
            return Err(ChainError::NotAnAuthority);
        }
        check_issued(certificate, path.get(place + 1), anchors)?;
    }
    Ok(path.len() - 1)
}

fn check_extensions(
    place: usize,
    certificate: &X509Certificate<'_>,
    usage: Option<&Oid>,
) -> Result<(), ChainError> {
    let understood = [
        OID_X509_EXT_BASIC_CONSTRAINTS,
        OID_X509_EXT_KEY_USAGE,
        OID_X509_EXT_EXTENDED_KEY_USAGE,
        OID_X509_EXT_CERTIFICATE_POLICIES,
        OID_X509_EXT_SUBJECT_ALT_NAME,
    ];
    for extension in certificate.extensions() {
        if extension.oid == OID_X509_EXT_NAME_CONSTRAINTS {
            return Err(ChainError::NameConstraint);
        }
        if extension.critical && !understood.contains(&extension.oid) {
            return Err(ChainError::CriticalExtension);
        }
    }
    let extended =
        certificate.extended_key_usage().map_err(|_| ChainError::Malformed { at: place })?;
    match (extended, usage) {
        (Some(said), Some(wanted)) if !names(said.value, wanted) => Err(ChainError::KeyUsage),
        _ => Ok(()),
    }
}

/// Whether the extended key usage holds the wanted one.
fn names(said: &x509_parser::extensions::ExtendedKeyUsage<'_>, wanted: &Oid) -> bool {
    let pkix = [
        (said.server_auth, 1_u8),
        (said.client_auth, 2),
        (said.code_signing, 3),
        (said.email_protection, 4),
        (said.time_stamping, 8),
        (said.ocsp_signing, 9),
    ];
    const PKIX: &[u8] = &[0x2B, 6, 1, 5, 5, 7, 3];
    let named = wanted.der().strip_prefix(PKIX);
    pkix.iter().any(|(set, number)| *set && named == Some(&[*number]))
        || said.other.iter().any(|oid| oid.as_bytes() == wanted.der())
}

fn check_issued(
    certificate: &X509Certificate<'_>,
    issuer: Option<&X509Certificate<'_>>,
    anchors: &TrustAnchors,
) -> Result<(), ChainError> {
    let algorithm = SignatureAlgorithm::of(certificate)
        .filter(|algorithm| !algorithm.null_ecdsa)
        .ok_or(ChainError::UnsupportedAlgorithm)?;
    let name = certificate.issuer().as_raw();
    if let Some(issuer) = issuer {
        let key = PublicKey::from_spki_der(issuer.public_key().raw)
            .map_err(|_| ChainError::UnsupportedAlgorithm)?;
        return if issuer.subject().as_raw() != name {
            Err(ChainError::Shape)
        } else if algorithm.signed(certificate, &key) {
            Ok(())
        } else {
            Err(ChainError::BadSignature)
        };
    }
    let mut named = anchors.keys_named(name).peekable();
    if named.peek().is_none() {
        return Err(ChainError::UnknownIssuer);
    }
    let signed = named
        .filter_map(|spki| PublicKey::from_spki_der(spki.as_ref()).ok())
        .any(|key| algorithm.signed(certificate, &key));
    if signed { Ok(()) } else { Err(ChainError::BadSignature) }
}
