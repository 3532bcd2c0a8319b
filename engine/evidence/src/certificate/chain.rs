use super::{ChainError, ChainPolicy, KeyUsageRule, TrustAnchors, explicit};
use crate::{
    link::SignatureAlgorithm,
    oid::Oid,
    signature::{PublicKey, sha256},
};
use rustls_pki_types::{CertificateDer, SignatureVerificationAlgorithm, UnixTime};
use simbind_core::{
    ids::{AuthorityId, CertificateId},
    time::Timestamp,
};
use std::{fmt, time::Duration};
use webpki::{EndEntityCert, ExtendedKeyUsageValidator, KeyPurposeIdIter, VerifiedPath};
use x509_parser::{
    certificate::X509Certificate, extensions::ParsedExtension,
    oid_registry::OID_X509_EXT_CERTIFICATE_POLICIES, prelude::FromDer,
};

/// The most certificates that a chain may have.
pub const MAX_CERTIFICATES: usize = 8;
/// The most bytes that one certificate may have.
pub const MAX_CERTIFICATE_BYTES: usize = 16 * 1024;

const ANY_POLICY: &[u8] = &[0x55, 0x1D, 0x20, 0x00];

/// What authorities sign with. P-384 is verified by the faster library.
static ALGORITHMS: &[&dyn SignatureVerificationAlgorithm] = &[
    webpki::ring::RSA_PKCS1_2048_8192_SHA256,
    webpki::ring::RSA_PKCS1_2048_8192_SHA384,
    webpki::ring::RSA_PKCS1_2048_8192_SHA512,
    webpki::ring::ECDSA_P256_SHA256,
    webpki::ring::ECDSA_P256_SHA384,
    webpki::aws_lc_rs::ECDSA_P384_SHA256,
    webpki::aws_lc_rs::ECDSA_P384_SHA384,
];

/// A certificate whose chain was verified. Only [`verify_chain`] makes one.
///
/// ```compile_fail
/// fn forge(mut genuine: simbind_evidence::certificate::VerifiedCertificate) {
///     genuine.id = simbind_core::ids::CertificateId::of_der(b"another");
/// }
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct VerifiedCertificate {
    id: CertificateId,
    issuer: Box<[u8]>,
    issuer_id: AuthorityId,
    serial: Box<[u8]>,
    public_key: PublicKey,
    not_before: Timestamp,
    not_after: Timestamp,
    valid_from: Timestamp,
    valid_until: Timestamp,
}

impl VerifiedCertificate {
    /// SHA-256 of the certificate.
    pub fn id(&self) -> CertificateId {
        self.id
    }

    /// The issuer's distinguished name, DER.
    pub fn issuer_der(&self) -> &[u8] {
        &self.issuer
    }

    /// SHA-256 of the issuer's distinguished name: with the serial, the certificate's other name.
    pub fn issuer_sha256(&self) -> [u8; 32] {
        sha256(&self.issuer)
    }

    /// The authority that issued the certificate, by the name and key of its own certificate.
    pub fn issuer_id(&self) -> AuthorityId {
        self.issuer_id
    }

    /// The serial number, big-endian without leading zeros (zero is empty).
    pub fn serial(&self) -> &[u8] {
        &self.serial
    }

    /// The certificate's key.
    pub fn public_key(&self) -> &PublicKey {
        &self.public_key
    }

    /// The first instant of the certificate's own validity.
    pub fn not_before(&self) -> Timestamp {
        self.not_before
    }

    /// The last second of the certificate's own validity (inclusive, RFC 5280 section 4.1.2.5).
    pub fn not_after(&self) -> Timestamp {
        self.not_after
    }

    /// The first instant at which the whole chain holds: before it, this answer is not good.
    pub fn valid_from(&self) -> Timestamp {
        self.valid_from
    }

    /// The first instant at which the whole chain no longer holds: from it on, verify anew.
    pub fn valid_until(&self) -> Timestamp {
        self.valid_until
    }
}

/// Shows neither serial nor key, which name the person's certificate.
impl fmt::Debug for VerifiedCertificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerifiedCertificate").field("id", &self.id).finish_non_exhaustive()
    }
}

/// Verifies a chain, leaf first, to one of the anchors at the given time. The chain is in order and
/// holds nothing else; the anchor's own certificate may stand at its end.
///
/// Revocation is not looked at. Key usage and policies are, as `policy` says. The path is validated
/// by rustls-webpki, which does not take a critical certificate-policies extension; a chain that
/// has one is walked by explicit code, which refuses name constraints.
///
/// # Errors
/// [`ChainError`] names the first fault. Sizes are looked at before anything is parsed.
pub fn verify_chain(
    chain: &[impl AsRef<[u8]>],
    anchors: &TrustAnchors,
    policy: &ChainPolicy,
    at: Timestamp,
) -> Result<VerifiedCertificate, ChainError> {
    let chain = bounded(chain)?;
    let parsed = chain.iter().enumerate().map(parse).collect::<Result<Vec<_>, _>>()?;
    let (Some((leaf_der, rest)), Some(leaf)) = (chain.split_first(), parsed.first()) else {
        return Err(ChainError::Empty);
    };
    let public_key = PublicKey::from_spki_der(leaf.public_key().raw)?;
    check_key_usage(leaf, policy.key_usage)?;

    let used = match by_webpki(leaf_der, rest, &parsed, anchors, policy, at) {
        Err(ChainError::CriticalExtension) if has_critical_policies(&parsed) => {
            explicit::walk(&chain, anchors, policy.extended_key_usage.as_ref(), at)
        }
        outcome => outcome,
    }?;
    let path = parsed.get(..=used).unwrap_or_default();
    check_authorities(path)?;
    check_policies(path, &policy.policies)?;
    let issuer_id = issuer(path, anchors).ok_or(ChainError::Invalid)?;
    Ok(verified(leaf_der, leaf, public_key, path, issuer_id))
}

/// Who issued the leaf: the next certificate of the path, or the anchor whose key signed it.
fn issuer(path: &[X509Certificate<'_>], anchors: &TrustAnchors) -> Option<AuthorityId> {
    let leaf = path.first()?;
    if let Some(next) = path.get(1) {
        let key = PublicKey::from_spki_der(next.public_key().raw).ok()?;
        return Some(AuthorityId::of_name_and_key(next.subject().as_raw(), key.spki_der()));
    }
    let algorithm = SignatureAlgorithm::of(leaf)?;
    let name = leaf.issuer().as_raw();
    anchors
        .all_keys_named(name)
        .filter_map(|spki| PublicKey::from_spki_der(&spki).ok())
        .find(|key| algorithm.signed(leaf, key))
        .map(|key| AuthorityId::of_name_and_key(name, key.spki_der()))
}

/// How many certificates behind the leaf a path uses that rustls-webpki finds.
fn by_webpki(
    leaf: &CertificateDer<'_>,
    rest: &[CertificateDer<'_>],
    parsed: &[X509Certificate<'_>],
    anchors: &TrustAnchors,
    policy: &ChainPolicy,
    at: Timestamp,
) -> Result<usize, ChainError> {
    let end_entity = EndEntityCert::try_from(leaf).map_err(|error| match error {
        webpki::Error::UnsupportedCriticalExtension => ChainError::CriticalExtension,
        _ => ChainError::Malformed { at: 0 },
    })?;
    let usage = Usage(policy.extended_key_usage.as_ref());
    let path = end_entity.verify_for_usage(
        ALGORITHMS,
        anchors.as_slice(),
        rest,
        unix(at)?,
        usage,
        None,
        None,
    )?;
    check_shape(&path, rest, parsed)
}

fn has_critical_policies(chain: &[X509Certificate<'_>]) -> bool {
    chain
        .iter()
        .flat_map(|certificate| certificate.extensions())
        .any(|extension| extension.critical && extension.oid == OID_X509_EXT_CERTIFICATE_POLICIES)
}

fn bounded<'c>(chain: &'c [impl AsRef<[u8]>]) -> Result<Vec<CertificateDer<'c>>, ChainError> {
    if chain.len() > MAX_CERTIFICATES {
        return Err(ChainError::TooMany { got: chain.len(), max: MAX_CERTIFICATES });
    }
    let certificate = |(at, der): (usize, &'c _)| {
        let der: &[u8] = AsRef::as_ref(der);
        if der.len() > MAX_CERTIFICATE_BYTES {
            return Err(ChainError::TooLarge { at, got: der.len(), max: MAX_CERTIFICATE_BYTES });
        }
        Ok(CertificateDer::from(der))
    };
    chain.iter().enumerate().map(certificate).collect()
}

fn parse<'c>(
    (at, der): (usize, &'c CertificateDer<'_>),
) -> Result<X509Certificate<'c>, ChainError> {
    match X509Certificate::from_der(der) {
        Ok(([], certificate)) => Ok(certificate),
        _ => Err(ChainError::Malformed { at }),
    }
}

fn unix(at: Timestamp) -> Result<UnixTime, ChainError> {
    let secs = u64::try_from(at.as_secs()).map_err(|_| ChainError::NotYetValid)?;
    Ok(UnixTime::since_unix_epoch(Duration::from_secs(secs)))
}

/// How many certificates behind the leaf the path uses, if it uses them all in their order but for
/// a copy of the anchor at the end.
fn check_shape(
    path: &VerifiedPath<'_>,
    given: &[CertificateDer<'_>],
    parsed: &[X509Certificate<'_>],
) -> Result<usize, ChainError> {
    let used = path.intermediate_certificates().count();
    let in_order = path.intermediate_certificates().zip(given).all(|(a, b)| a.der() == *b);
    let anchor_copy = || {
        let anchor = path.anchor();
        let spki = webpki::spki_for_anchor(anchor);
        parsed.last().is_some_and(|last| last.public_key().raw == spki.as_ref())
    };
    match given.len().checked_sub(used) {
        Some(0) if in_order => Ok(used),
        Some(1) if in_order && anchor_copy() => Ok(used),
        _ => Err(ChainError::Shape),
    }
}

fn check_key_usage(leaf: &X509Certificate<'_>, rule: KeyUsageRule) -> Result<(), ChainError> {
    let usage = leaf.key_usage().map_err(|_| ChainError::Malformed { at: 0 })?;
    match rule {
        KeyUsageRule::Any => Ok(()),
        KeyUsageRule::DigitalSignature => match usage {
            Some(usage) if usage.value.digital_signature() => Ok(()),
            _ => Err(ChainError::KeyUsage),
        },
    }
}

/// The key usage of authorities, which rustls-webpki leaves out: an issuer whose usage is said may
/// sign certificates, and one who may sign certificates is no leaf (RFC 5280 section 4.2.1.3).
fn check_authorities(path: &[X509Certificate<'_>]) -> Result<(), ChainError> {
    for (at, certificate) in path.iter().enumerate() {
        let usage = certificate.key_usage().map_err(|_| ChainError::Malformed { at })?;
        match usage.map(|usage| usage.value.key_cert_sign()) {
            Some(true) if at == 0 => return Err(ChainError::AuthorityAsLeaf),
            Some(false) if at > 0 => return Err(ChainError::NotAnAuthority),
            _ => {}
        }
    }
    Ok(())
}

fn check_policies(path: &[X509Certificate<'_>], required: &[Oid]) -> Result<(), ChainError> {
    if required.is_empty() {
        return Ok(());
    }
    for (at, certificate) in path.iter().enumerate() {
        let named = certificate.extensions().iter().any(|extension| {
            let ParsedExtension::CertificatePolicies(policies) = extension.parsed_extension()
            else {
                return false;
            };
            policies.iter().any(|policy| {
                let oid = policy.policy_id.as_bytes();
                required.iter().any(|wanted| wanted.der() == oid) || (at > 0 && oid == ANY_POLICY)
            })
        });
        if !named {
            return Err(ChainError::Policy { at });
        }
    }
    Ok(())
}

fn verified(
    der: &CertificateDer<'_>,
    leaf: &X509Certificate<'_>,
    public_key: PublicKey,
    path: &[X509Certificate<'_>],
    issuer_id: AuthorityId,
) -> VerifiedCertificate {
    let bounds = |certificate: &X509Certificate<'_>| {
        let validity = certificate.validity();
        (
            Timestamp::from_secs(validity.not_before.timestamp()),
            Timestamp::from_secs(validity.not_after.timestamp()),
        )
    };
    let (not_before, not_after) = bounds(leaf);
    let (from, last) = path
        .iter()
        .map(bounds)
        .fold((not_before, not_after), |sum, next| (sum.0.max(next.0), sum.1.min(next.1)));
    let serial = leaf.raw_serial();
    let zeros = serial.iter().take_while(|byte| **byte == 0).count();
    VerifiedCertificate {
        id: CertificateId::of_der(der),
        issuer: leaf.issuer().as_raw().into(),
        issuer_id,
        serial: serial.get(zeros..).unwrap_or_default().into(),
        public_key,
        not_before,
        not_after,
        valid_from: from,
        valid_until: last.plus(Duration::from_secs(1)),
    }
}

/// The extended key usage that is required where the extension is there.
struct Usage<'p>(Option<&'p Oid>);

impl ExtendedKeyUsageValidator for Usage<'_> {
    fn validate(&self, present: KeyPurposeIdIter<'_, '_>) -> Result<(), webpki::Error> {
        let Some(wanted) = self.0 else {
            return Ok(());
        };
        let mut none = true;
        for id in present {
            none = false;
            if id?.to_decoded_oid().iter().map(ToString::to_string).collect::<Vec<_>>().join(".")
                == wanted.to_string()
            {
                return Ok(());
            }
        }
        if none { Ok(()) } else { Err(webpki::Error::EmptyEkuExtension) }
    }
}
