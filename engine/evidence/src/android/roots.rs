use crate::{
    certificate::{AnchorError, Compared, certificates_of_pem},
    link::{self, SignatureAlgorithm},
    signature::{self, KeyError, PublicKey},
};
use x509_parser::{certificate::X509Certificate, prelude::FromDer};

/// The root keys that attestation chains may end at. Roots are known by key, because makers certify
/// the same key anew while devices keep presenting the expired certificate. Never empty.
#[derive(Clone)]
pub struct AttestationRoots {
    roots: Vec<Root>,
}

#[derive(Clone, PartialEq, Eq)]
struct Root {
    subject: Box<[u8]>,
    key: PublicKey,
}

impl AttestationRoots {
    /// Reads roots from PEM certificates. Only their names and keys count, not their validity.
    /// Those with a key that no signature is verified with can end no chain: they are passed over.
    ///
    /// # Errors
    /// [`AnchorError`] where there is none, one is malformed, or all have unsupported keys.
    pub fn from_pem(pem: &[u8]) -> Result<Self, AnchorError> {
        Self::from_der(certificates_of_pem(pem)?)
    }

    /// Reads roots from DER certificates.
    ///
    /// # Errors
    /// As [`Self::from_pem`].
    pub fn from_der<C: AsRef<[u8]>>(
        certificates: impl IntoIterator<Item = C>,
    ) -> Result<Self, AnchorError> {
        let mut roots = Vec::new();
        let mut empty = AnchorError::Empty;
        for (at, der) in certificates.into_iter().enumerate() {
            let malformed = AnchorError::Malformed { at };
            let (rest, certificate) =
                X509Certificate::from_der(der.as_ref()).map_err(|_| malformed)?;
            if !rest.is_empty() {
                return Err(malformed);
            }
            let key = match PublicKey::from_spki_der(certificate.public_key().raw) {
                Ok(key) => key,
                Err(KeyError::Malformed) => return Err(malformed),
                Err(_) => {
                    empty = AnchorError::UnsupportedKeys;
                    continue;
                }
            };
            let root = Root { subject: certificate.subject().as_raw().into(), key };
            if !roots.contains(&root) {
                roots.push(root);
            }
        }
        if roots.is_empty() { Err(empty) } else { Ok(Self { roots }) }
    }

    /// No roots: every attestation is refused.
    pub const fn none() -> Self {
        Self { roots: Vec::new() }
    }

    /// SHA-256 of the key of the root that ends a chain by its last certificate: the certificate's
    /// own, where that is a root's, otherwise that of the root whose signature it bears. `None`:
    /// there is no such root, or the certificate cannot be read. It says nothing of the rest of
    /// the chain.
    pub fn root_of(&self, last: &[u8]) -> Option<[u8; 32]> {
        let certificate = link::read(last)?;
        let spki = certificate.public_key().raw;
        if self.has_key(spki) {
            return Some(signature::sha256(spki));
        }
        let algorithm = SignatureAlgorithm::of(&certificate)?;
        self.keys_named(certificate.issuer().as_raw())
            .find(|key| algorithm.signed(&certificate, key))
            .map(PublicKey::spki_sha256)
    }

    /// Whether a key, as its DER `SubjectPublicKeyInfo`, is a root's.
    pub(crate) fn has_key(&self, spki: &[u8]) -> bool {
        self.roots.iter().any(|root| root.key.spki_der() == spki)
    }

    /// The keys of the roots with this name.
    pub(crate) fn keys_named<'r>(
        &'r self,
        subject: &'r [u8],
    ) -> impl Iterator<Item = &'r PublicKey> {
        let subject = Compared::new(subject);
        self.roots.iter().filter(move |root| subject.is(&root.subject)).map(|root| &root.key)
    }
}

impl std::fmt::Debug for AttestationRoots {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "AttestationRoots({})", self.roots.len())
    }
}
