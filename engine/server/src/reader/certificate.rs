use bytes::Bytes;
use simbind_core::ids::CertificateId;
use std::{collections::VecDeque, fmt, sync::Arc};
use x509_parser::{prelude::FromDer as _, public_key::PublicKey};

/// What kind of key a certificate has, and so what the card is given to sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyKind {
    /// RSA, signed with PKCS#1 v1.5 and SHA-256.
    Rsa,
    /// ECDSA on P-256 with SHA-256.
    P256,
    /// ECDSA on P-384 with SHA-384.
    P384,
}

/// A certificate as read from a card, and its authority's where the card has it. `Debug` shows the
/// key's kind only.
#[derive(Clone, PartialEq, Eq)]
pub struct Chain {
    certificates: Vec<Bytes>,
    id: CertificateId,
    key: KeyKind,
}

impl fmt::Debug for Chain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Chain").field("key", &self.key).finish_non_exhaustive()
    }
}

impl Chain {
    /// A chain of DER certificates, leaf first; `None` where the leaf is no certificate, or its key
    /// of a kind that signs no tap.
    pub fn new(leaf: Vec<u8>, authority: Option<Vec<u8>>) -> Option<Self> {
        let key = kind(&leaf)?;
        let id = CertificateId::of_der(&leaf);
        let certificates = std::iter::once(leaf).chain(authority).map(Bytes::from).collect();
        Some(Self { certificates, id, key })
    }

    /// The certificates, leaf first, DER.
    pub fn certificates(&self) -> &[Bytes] {
        &self.certificates
    }

    /// The leaf's identity.
    pub fn id(&self) -> CertificateId {
        self.id
    }

    /// The kind of the leaf's key.
    pub fn key(&self) -> KeyKind {
        self.key
    }
}

fn kind(leaf: &[u8]) -> Option<KeyKind> {
    let (rest, certificate) = x509_parser::certificate::X509Certificate::from_der(leaf).ok()?;
    if !rest.is_empty() {
        return None;
    }
    match certificate.public_key().parsed().ok()? {
        PublicKey::RSA(_) => Some(KeyKind::Rsa),
        PublicKey::EC(point) if point.data().len() == 65 => Some(KeyKind::P256),
        PublicKey::EC(point) if point.data().len() == 97 => Some(KeyKind::P384),
        _ => None,
    }
}

/// Chains of the cards that were here last, in memory, so that a card that comes again is not read
/// anew. The card that was here longest ago makes room.
#[derive(Debug)]
pub struct ChainCache {
    chains: VecDeque<Arc<Chain>>,
    most: usize,
}

impl ChainCache {
    /// An empty cache for at most so many cards.
    pub fn new(most: usize) -> Self {
        Self { chains: VecDeque::new(), most }
    }

    /// The chain with this leaf.
    pub fn get(&mut self, id: CertificateId) -> Option<Arc<Chain>> {
        let place = self.chains.iter().position(|chain| chain.id == id)?;
        let chain = self.chains.remove(place)?;
        self.chains.push_front(Arc::clone(&chain));
        Some(chain)
    }

    /// Keeps a chain, and gives it back shared.
    pub fn keep(&mut self, chain: Chain) -> Arc<Chain> {
        let chain = Arc::new(chain);
        self.chains.retain(|other| other.id != chain.id);
        self.chains.push_front(Arc::clone(&chain));
        self.chains.truncate(self.most);
        chain
    }

    /// Forgets a chain.
    pub fn forget(&mut self, id: CertificateId) {
        self.chains.retain(|chain| chain.id != id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rcgen::{CertificateParams, KeyPair, PKCS_ECDSA_P256_SHA256, PKCS_ECDSA_P384_SHA384};

    fn leaf(algorithm: &'static rcgen::SignatureAlgorithm) -> Vec<u8> {
        let key = KeyPair::generate_for(algorithm).unwrap();
        CertificateParams::default().self_signed(&key).unwrap().der().to_vec()
    }

    #[test]
    fn the_kind_of_key_is_the_leafs() {
        for (algorithm, kind) in
            [(&PKCS_ECDSA_P256_SHA256, KeyKind::P256), (&PKCS_ECDSA_P384_SHA384, KeyKind::P384)]
        {
            assert_eq!(Chain::new(leaf(algorithm), None).unwrap().key(), kind);
        }
        assert_eq!(Chain::new(vec![0x30, 0x00], None), None);
        let mut behind = leaf(&PKCS_ECDSA_P256_SHA256);
        behind.push(0);
        assert_eq!(Chain::new(behind, None), None, "bytes behind the certificate");
    }

    #[test]
    fn the_cache_keeps_the_cards_that_came_last_and_no_more() {
        let mut cache = ChainCache::new(2);
        let chains: Vec<_> = (0..3)
            .map(|_| cache.keep(Chain::new(leaf(&PKCS_ECDSA_P256_SHA256), None).unwrap()))
            .collect();
        assert!(cache.get(chains[0].id()).is_none());
        assert!(cache.get(chains[1].id()).is_some());
        // The first of the two that are left was used last.
        cache.keep(Chain::new(leaf(&PKCS_ECDSA_P256_SHA256), None).unwrap());
        assert!(cache.get(chains[1].id()).is_some() && cache.get(chains[2].id()).is_none());
        cache.forget(chains[1].id());
        assert!(cache.get(chains[1].id()).is_none());
    }
}
