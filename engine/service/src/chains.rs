//! Chains that were verified, until the first time at which the answer could be another.

use quick_cache::sync::Cache;
use ring::digest;
use simbind_core::{ids::CertificateId, time::Timestamp};
use simbind_evidence::certificate::{
    ChainError, ChainPolicy, MAX_CERTIFICATE_BYTES, MAX_CERTIFICATES, TrustAnchors,
    VerifiedCertificate, verify_chain,
};
use std::sync::Arc;

/// Verified chains in bounded memory. There is at most one for each leaf, so that whoever has one
/// certificate takes up one place, however often and in whatever company it is shown. Refusals are
/// not kept. A cache serves one set of anchors and one policy.
pub struct Chains {
    cache: Cache<CertificateId, Known>,
}

/// What came of a chain, and which bytes it was.
#[derive(Clone)]
struct Known {
    fingerprint: [u8; 32],
    certificate: Arc<VerifiedCertificate>,
}

impl Chains {
    /// At most so many chains.
    pub fn new(most: usize) -> Self {
        Self { cache: Cache::new(most.max(1)) }
    }

    /// As [`verify_chain`], for the same bytes from memory while the answer holds.
    ///
    /// # Errors
    /// As [`verify_chain`].
    pub fn verify(
        &self,
        chain: &[Vec<u8>],
        (anchors, policy): (&TrustAnchors, &ChainPolicy),
        now: Timestamp,
    ) -> Result<Arc<VerifiedCertificate>, ChainError> {
        if let Some(known) = leaf(chain).and_then(|leaf| self.cache.get(&leaf))
            && known.fingerprint == fingerprint(chain)
            && known.certificate.valid_from() <= now
            && now < known.certificate.valid_until()
        {
            return Ok(known.certificate);
        }
        let certificate = Arc::new(verify_chain(chain, anchors, policy, now)?);
        let fingerprint = fingerprint(chain);
        let known = Known { fingerprint, certificate: Arc::clone(&certificate) };
        self.cache.insert(certificate.id(), known);
        Ok(certificate)
    }
}

/// The identity of the chain's leaf; nothing where the chain is larger than is verified.
fn leaf(chain: &[Vec<u8>]) -> Option<CertificateId> {
    let small = |der: &Vec<u8>| der.len() <= MAX_CERTIFICATE_BYTES;
    let bounded = chain.len() <= MAX_CERTIFICATES && chain.iter().all(small);
    chain.first().filter(|_| bounded).map(|leaf| CertificateId::of_der(leaf))
}

/// SHA-256 over the certificates in their order, each with its length before it.
fn fingerprint(chain: &[Vec<u8>]) -> [u8; 32] {
    let mut hash = digest::Context::new(&digest::SHA256);
    for der in chain {
        hash.update(&der.len().to_be_bytes());
        hash.update(der);
    }
    hash.finish().as_ref().try_into().unwrap_or_default()
}

#[cfg(test)]
mod tests;
