use super::{BundleError, BundleKey, KeyError};
use ring::{
    rand::SecureRandom,
    signature::{Ed25519KeyPair, KeyPair as _},
};
use std::fmt;
use zeroize::Zeroizing;

const TAG: &str = "PRIVATE KEY";

/// What stands before the seed in a key's PKCS#8 (RFC 8410 section 7, first example): every tool
/// reads this form, and not every one ring's own, with the public key inside.
const PKCS8: [u8; 16] = *b"\x30\x2e\x02\x01\x00\x30\x05\x06\x03\x2b\x65\x70\x04\x22\x04\x20";

/// A private key that signs bundles. `Debug` shows its public half's short name alone, and its
/// bytes are overwritten when it is dropped.
pub struct SigningKey {
    pkcs8: Zeroizing<Vec<u8>>,
    public: BundleKey,
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({})", self.public.id())
    }
}

impl SigningKey {
    /// A new key.
    ///
    /// # Errors
    /// [`KeyError::NoRandomness`].
    pub fn generate(random: &dyn SecureRandom) -> Result<Self, KeyError> {
        let mut seed = Zeroizing::new([0; 32]);
        random.fill(&mut *seed).map_err(|_| KeyError::NoRandomness)?;
        let mut pkcs8 = Zeroizing::new(Vec::with_capacity(PKCS8.len() + seed.len()));
        pkcs8.extend_from_slice(&PKCS8);
        pkcs8.extend_from_slice(&*seed);
        Self::from_pkcs8(pkcs8)
    }

    /// From a PEM block `PRIVATE KEY` with PKCS#8 (RFC 8410, RFC 5958), with or without the public
    /// key inside.
    ///
    /// # Errors
    /// [`KeyError::Private`].
    pub fn from_pem(text: &str) -> Result<Self, KeyError> {
        let block = pem::parse(text).map_err(|_| KeyError::Private)?;
        let right = block.tag() == TAG;
        let pkcs8 = Zeroizing::new(block.into_contents());
        if right { Self::from_pkcs8(pkcs8) } else { Err(KeyError::Private) }
    }

    /// As a PEM block `PRIVATE KEY`.
    pub fn to_pem(&self) -> Zeroizing<String> {
        let block = pem::Pem::new(TAG, self.pkcs8.to_vec());
        let config = pem::EncodeConfig::new().set_line_ending(pem::LineEnding::LF);
        let text = Zeroizing::new(pem::encode_config(&block, config));
        drop(Zeroizing::new(block.into_contents()));
        text
    }

    /// Its public half.
    pub const fn public(&self) -> BundleKey {
        self.public
    }

    fn from_pkcs8(pkcs8: Zeroizing<Vec<u8>>) -> Result<Self, KeyError> {
        let pair = pair(&pkcs8)?;
        let public = pair.public_key().as_ref().try_into().map_err(|_| KeyError::Private)?;
        Ok(Self { pkcs8, public: BundleKey::from_bytes(public) })
    }

    pub(crate) fn sign(&self, message: &[u8]) -> Result<[u8; 64], BundleError> {
        let pair = pair(&self.pkcs8).map_err(|_| BundleError::CannotSign)?;
        pair.sign(message).as_ref().try_into().map_err(|_| BundleError::CannotSign)
    }
}

/// ring does not wipe its key pair, so none is kept for longer than one signature.
fn pair(pkcs8: &[u8]) -> Result<Ed25519KeyPair, KeyError> {
    Ed25519KeyPair::from_pkcs8_maybe_unchecked(pkcs8).map_err(|_| KeyError::Private)
}
