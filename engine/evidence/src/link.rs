//! One certificate and the one that issued it: what every walk along a chain asks.

use crate::{
    certificate::same_name,
    der::{BIT_STRING, DerError, INTEGER, Reader, SEQUENCE},
    signature::{Digest, KeyType, PublicKey, verify_with_digest},
};
use simbind_core::time::Timestamp;
use x509_parser::{
    certificate::X509Certificate,
    der_parser::asn1_rs::Tag,
    oid_registry::{
        OID_PKCS1_SHA256WITHRSA, OID_PKCS1_SHA384WITHRSA, OID_PKCS1_SHA512WITHRSA,
        OID_SIG_ECDSA_WITH_SHA256, OID_SIG_ECDSA_WITH_SHA384, OID_SIG_ECDSA_WITH_SHA512,
    },
    prelude::FromDer,
    x509::{AlgorithmIdentifier, X509Version},
};

/// Reads a certificate of version 3: DER to the last octet, no extension twice.
pub(crate) fn read(der: &[u8]) -> Option<X509Certificate<'_>> {
    let (rest, certificate) = X509Certificate::from_der(der).ok()?;
    let whole = rest.is_empty()
        && has_exact_envelope(der) == Ok(true)
        && certificate.version() == X509Version::V3
        && certificate.tbs_certificate.extensions_map().is_ok();
    whole.then_some(certificate)
}

/// Whether what the signature does not cover is exact: tags are those of a certificate, and the
/// algorithm is the one that is signed. The parser of certificates is lenient there.
fn has_exact_envelope(der: &[u8]) -> Result<bool, DerError> {
    const FIELD: &str = "certificate";
    let mut outer = Reader::new(FIELD, der);
    let mut parts = outer.enter(FIELD, SEQUENCE)?;
    let mut tbs = parts.enter(FIELD, SEQUENCE)?;
    let algorithm = parts.expect(FIELD, SEQUENCE)?;
    let signature = parts.expect(FIELD, BIT_STRING)?;
    parts.finish()?;
    outer.finish()?;
    tbs.any()?; // version
    tbs.expect(FIELD, INTEGER)?; // serial number
    Ok(tbs.expect(FIELD, SEQUENCE)? == algorithm && signature.first() == Some(&0))
}

/// Where a time lies outside a certificate's validity. Both ends belong to it.
pub(crate) enum OutOfValidity {
    Before,
    After,
}

pub(crate) fn check_validity(
    certificate: &X509Certificate<'_>,
    at: Timestamp,
) -> Result<(), OutOfValidity> {
    let validity = certificate.validity();
    if at.as_secs() < validity.not_before.timestamp() {
        return Err(OutOfValidity::Before);
    }
    if at.as_secs() > validity.not_after.timestamp() {
        return Err(OutOfValidity::After);
    }
    Ok(())
}

/// Whether the certificate is marked as an authority's and, where its key usage is said, may sign
/// certificates. `None`: one of the two extensions is malformed.
pub(crate) fn is_authority(certificate: &X509Certificate<'_>) -> Option<bool> {
    let constraints = certificate.basic_constraints().ok()?;
    let usage = certificate.key_usage().ok()?;
    let marked = constraints.is_some_and(|constraints| constraints.value.ca);
    Some(marked && usage.is_none_or(|usage| usage.value.key_cert_sign()))
}

/// Whether the issuer at `place` has no more issuers below it than it allows (RFC 5280 section
/// 4.2.1.9; self-issued ones do not count).
pub(crate) fn path_is_short_enough(path: &[X509Certificate<'_>], place: usize) -> bool {
    let constraints = path.get(place).and_then(|issuer| issuer.basic_constraints().ok().flatten());
    let Some(allowed) = constraints.and_then(|found| found.value.path_len_constraint) else {
        return true;
    };
    let issuers = path.get(1..place).unwrap_or_default().iter();
    let below = issuers.filter(|c| !same_name(c.subject().as_raw(), c.issuer().as_raw())).count();
    u32::try_from(below).is_ok_and(|below| below <= allowed)
}

/// What something is said to be signed with.
#[derive(Clone, Copy)]
pub(crate) struct SignatureAlgorithm {
    rsa: bool,
    digest: Digest,
    /// ECDSA with NULL parameters, which RFC 5758 wants absent.
    pub(crate) null_ecdsa: bool,
}

impl SignatureAlgorithm {
    /// The algorithm of a certificate; `None` where it is not one that we verify. NULL parameters
    /// of ECDSA are told for SHA-256 alone.
    pub(crate) fn of(certificate: &X509Certificate<'_>) -> Option<Self> {
        Self::of_identifier(&certificate.signature_algorithm)
    }

    /// The algorithm that an identifier names; see [`Self::of`].
    pub(crate) fn of_identifier(said: &AlgorithmIdentifier<'_>) -> Option<Self> {
        let known = [
            (OID_SIG_ECDSA_WITH_SHA256, false, Digest::Sha256),
            (OID_SIG_ECDSA_WITH_SHA384, false, Digest::Sha384),
            (OID_SIG_ECDSA_WITH_SHA512, false, Digest::Sha512),
            (OID_PKCS1_SHA256WITHRSA, true, Digest::Sha256),
            (OID_PKCS1_SHA384WITHRSA, true, Digest::Sha384),
            (OID_PKCS1_SHA512WITHRSA, true, Digest::Sha512),
        ];
        let (_, rsa, digest) = known.into_iter().find(|(oid, ..)| *oid == said.algorithm)?;
        let null = match &said.parameters {
            None => false,
            Some(any) if any.tag() == Tag::Null && any.data.is_empty() => true,
            Some(_) => return None,
        };
        let null_ecdsa = null && !rsa;
        (!null_ecdsa || digest == Digest::Sha256).then_some(Self { rsa, digest, null_ecdsa })
    }

    /// Whether the certificate's signature is this key's.
    pub(crate) fn signed(self, certificate: &X509Certificate<'_>, key: &PublicKey) -> bool {
        let tbs = certificate.tbs_certificate.as_ref();
        self.verifies(key, tbs, &certificate.signature_value.data)
    }

    /// Whether a signature over these bytes is this key's.
    pub(crate) fn verifies(self, key: &PublicKey, message: &[u8], signature: &[u8]) -> bool {
        matches!(key.key_type(), KeyType::Rsa { .. }) == self.rsa
            && verify_with_digest(key, self.digest, message, signature)
    }
}
