use super::KeyError;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use ring::signature::{ED25519, UnparsedPublicKey};
use std::{collections::BTreeMap, fmt, str::FromStr};

/// The most keys that are trusted at once.
const MOST_KEYS: usize = 64;

/// The short name of a key: the first 8 bytes of the SHA-256 of the raw public key, written as 16
/// hexadecimal digits. It finds the key; it proves nothing.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SignerId([u8; 8]);

impl fmt::Display for SignerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for SignerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SignerId({self})")
    }
}

impl SignerId {
    /// From 16 lower-case hexadecimal digits.
    pub(super) fn from_hex(text: &str) -> Option<Self> {
        let number = u64::from_str_radix(text, 16).ok()?;
        let id = Self(number.to_be_bytes());
        (id.to_string() == text).then_some(id)
    }
}

/// An Ed25519 public key (RFC 8032). In configuration: 32 bytes in base64.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct BundleKey([u8; 32]);

impl BundleKey {
    /// From the raw 32 bytes.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Its short name.
    pub fn id(&self) -> SignerId {
        let digest = ring::digest::digest(&ring::digest::SHA256, &self.0);
        let first = digest.as_ref().first_chunk().copied();
        SignerId(first.unwrap_or_default())
    }

    pub(crate) fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        UnparsedPublicKey::new(&ED25519, self.0).verify(message, signature).is_ok()
    }
}

impl fmt::Display for BundleKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&STANDARD.encode(self.0))
    }
}

impl fmt::Debug for BundleKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BundleKey({})", self.id())
    }
}

impl FromStr for BundleKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        let bytes = STANDARD.decode(text).map_err(|_| KeyError::Public)?;
        bytes.try_into().map(Self).map_err(|_| KeyError::Public)
    }
}

/// The keys whose bundles are taken: none twice, at most 64.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TrustedKeys(BTreeMap<SignerId, BundleKey>);

impl TrustedKeys {
    /// These keys.
    ///
    /// # Errors
    /// [`KeyError::Twice`], [`KeyError::TooMany`].
    pub fn new(keys: impl IntoIterator<Item = BundleKey>) -> Result<Self, KeyError> {
        let mut trusted = BTreeMap::new();
        for key in keys {
            let id = key.id();
            if trusted.insert(id, key).is_some() {
                return Err(KeyError::Twice(id));
            }
            if trusted.len() > MOST_KEYS {
                return Err(KeyError::TooMany);
            }
        }
        Ok(Self(trusted))
    }

    /// Whether there are none, so that no bundle is taken.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn get(&self, id: SignerId) -> Option<&BundleKey> {
        self.0.get(&id)
    }
}
