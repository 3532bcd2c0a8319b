use super::{
    Authority, ChainError, ChainPolicy, RevocationError, TrustAnchors, Unrevoked,
    VerifiedCertificate, chain::with_path, parsed::Parsed, revocation,
};
use simbind_core::time::Timestamp;
use std::{fmt, slice};

/// A certificate with the path that leads from it to an anchor. Only [`verify_path`] makes one.
#[derive(Clone)]
pub struct VerifiedPath {
    certificate: VerifiedCertificate,
    /// The leaf and the authorities below the anchor.
    below: Vec<Parsed>,
    anchor: Parsed,
    /// What was given and is not on the path.
    beside: Vec<Parsed>,
}

/// As [`super::verify_chain`], with the whole path.
///
/// # Errors
/// As [`super::verify_chain`].
pub fn verify_path(
    chain: &[impl AsRef<[u8]>],
    anchors: &TrustAnchors,
    policy: &ChainPolicy,
    at: Timestamp,
) -> Result<VerifiedPath, ChainError> {
    with_path(chain, anchors, policy, at, |certificate, path, given| {
        let used = |other: &&Parsed| path.below.iter().any(|below| below.der == other.der);
        VerifiedPath {
            certificate,
            below: path.below.iter().copied().cloned().collect(),
            anchor: path.anchor.clone(),
            beside: given.iter().filter(|other| !used(other)).cloned().collect(),
        }
    })
}

impl VerifiedPath {
    /// The certificate at the end of the path.
    pub fn certificate(&self) -> &VerifiedCertificate {
        &self.certificate
    }

    /// The authorities of the path, from the certificate's issuer to the anchor.
    pub fn authorities(&self) -> impl Iterator<Item = Authority> + '_ {
        self.all().skip(1).filter_map(|above| Authority::from_der(&above.der).ok())
    }

    /// Checks by revocation lists (DER) that every certificate of the path still counts. A
    /// certificate for which no list speaks that counts at this time is refused; deltas, lists of
    /// other issuers and lists of some reasons are not read.
    ///
    /// # Errors
    /// [`RevocationError`] names the first certificate from the leaf that does not count, and why.
    pub fn check_revocation(
        &self,
        lists: &[impl AsRef<[u8]>],
        at: Timestamp,
    ) -> Result<Unrevoked, RevocationError> {
        revocation::check(self, lists, at)
    }

    pub(super) fn below(&self) -> &[Parsed] {
        &self.below
    }

    pub(super) fn beside(&self) -> &[Parsed] {
        &self.beside
    }

    /// The whole path, leaf first.
    pub(super) fn all(&self) -> impl Iterator<Item = &Parsed> {
        self.below.iter().chain(slice::from_ref(&self.anchor))
    }
}

/// Shows no name.
impl fmt::Debug for VerifiedPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerifiedPath")
            .field("certificate", &self.certificate)
            .field("authorities", &self.below.len())
            .finish_non_exhaustive()
    }
}
