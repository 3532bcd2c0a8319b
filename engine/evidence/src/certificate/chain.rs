use super::{
    ChainError, ChainPolicy, TrustAnchors, build, build::Path, issuing::check_leaf, parsed::Parsed,
};
use crate::{
    signature::{PublicKey, sha256},
    status::Serial,
};
use simbind_core::{
    ids::{AuthorityId, CertificateId},
    time::Timestamp,
};
use std::{fmt, time::Duration};

/// The most certificates that may be given with a leaf, itself counted.
pub const MAX_CERTIFICATES: usize = 16;
/// The most bytes that one certificate may have.
pub const MAX_CERTIFICATE_BYTES: usize = 16 * 1024;

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
    serial_number: Serial,
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

    /// The octets of the serial number, big-endian without leading zeros (zero is empty). A negative
    /// number may have those of another: [`Self::serial_number`] tells them apart.
    pub fn serial(&self) -> &[u8] {
        &self.serial
    }

    /// The serial number with its sign.
    pub fn serial_number(&self) -> &Serial {
        &self.serial_number
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

/// Verifies that a path leads from a certificate, which is the first of those given, to one of the
/// anchors at the given time. The others may come in any order; those that the path does not need
/// are passed over, whatever they are. Where several paths hold, the first that is found counts.
///
/// Revocation is not looked at. The validity of the anchor's certificate counts, and so does all
/// that it says of what may stand below it.
///
/// # Errors
/// [`ChainError`] names a fault; where several branches fail, that of the one that came furthest.
/// Sizes are looked at before anything is parsed, and at most [`super::MAX_SIGNATURES`] signatures
/// are verified, and in [`super::Profile::Strict`] one more for each certificate.
pub fn verify_chain(
    chain: &[impl AsRef<[u8]>],
    anchors: &TrustAnchors,
    policy: &ChainPolicy,
    at: Timestamp,
) -> Result<VerifiedCertificate, ChainError> {
    with_path(chain, anchors, policy, at, |certificate, _, _| certificate)
}

/// Finds a path, and makes something of the certificate, its path, and all that was given with it.
pub(super) fn with_path<T>(
    chain: &[impl AsRef<[u8]>],
    anchors: &TrustAnchors,
    policy: &ChainPolicy,
    at: Timestamp,
    make: impl FnOnce(VerifiedCertificate, &Path<'_>, &[Parsed]) -> T,
) -> Result<T, ChainError> {
    let (leaf, rest) = bounded(chain)?.split_first().ok_or(ChainError::Empty)?;
    let leaf = Parsed::from_der(leaf.as_ref()).ok_or(ChainError::Malformed { at: 0 })?;
    let public_key = check_leaf(&leaf, policy, at)?;
    let read: Vec<_> = rest.iter().map(|der| Parsed::from_der(der.as_ref())).collect();
    let broken = read.iter().position(Option::is_none);
    let given: Vec<_> = read.into_iter().flatten().collect();
    let path = build::build(&leaf, &given, anchors.parsed(), policy, at).map_err(|fault| {
        match (fault, broken) {
            // The missing issuer is perhaps the certificate that could not be read.
            (ChainError::UnknownIssuer, Some(place)) => ChainError::Malformed { at: place + 1 },
            (fault, _) => fault,
        }
    })?;
    Ok(make(verified(&leaf, public_key, &path), &path, &given))
}

fn bounded<C: AsRef<[u8]>>(chain: &[C]) -> Result<&[C], ChainError> {
    if chain.len() > MAX_CERTIFICATES {
        return Err(ChainError::TooMany { got: chain.len(), max: MAX_CERTIFICATES });
    }
    let sizes = chain.iter().map(|der| der.as_ref().len());
    match sizes.enumerate().find(|(_, got)| *got > MAX_CERTIFICATE_BYTES) {
        Some((at, got)) => Err(ChainError::TooLarge { at, got, max: MAX_CERTIFICATE_BYTES }),
        None => Ok(chain),
    }
}

fn verified(leaf: &Parsed, public_key: PublicKey, path: &Path<'_>) -> VerifiedCertificate {
    let issuer = path.below.get(1).copied().unwrap_or(path.anchor);
    let spki = issuer.key.as_ref().map(PublicKey::spki_der).unwrap_or_default();
    let all = path.below.iter().copied().chain([path.anchor]);
    let (from, last) = all.fold((leaf.not_before, leaf.not_after), |(from, last), next| {
        (from.max(next.not_before), last.min(next.not_after))
    });
    let zeros = leaf.serial.iter().take_while(|byte| **byte == 0).count();
    VerifiedCertificate {
        id: CertificateId::of_der(&leaf.der),
        issuer: leaf.issuer.der().into(),
        issuer_id: AuthorityId::of_name_and_key(issuer.subject.der(), spki),
        serial: leaf.serial.get(zeros..).unwrap_or_default().into(),
        serial_number: leaf.serial_number.clone(),
        public_key,
        not_before: leaf.not_before,
        not_after: leaf.not_after,
        valid_from: from,
        valid_until: last.plus(Duration::from_secs(1)),
    }
}
