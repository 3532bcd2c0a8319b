//! The key that signs lists, and its public half, which readers pin.

use crate::bundle::{BundleError, BundleKey, KeyError, SigningKey};
use ring::rand::SecureRandom;
use simbind_core::refusals::{Draft, Entries, RefusalList};
use std::{fmt, str::FromStr};
use zeroize::Zeroizing;

/// The key that signs lists of refusals (Ed25519, RFC 8032). `Debug` shows its public half's short
/// name alone.
#[derive(Debug)]
pub struct ListSigner(SigningKey);

impl ListSigner {
    /// A new key.
    ///
    /// # Errors
    /// [`KeyError::NoRandomness`].
    pub fn generate(random: &dyn SecureRandom) -> Result<Self, KeyError> {
        SigningKey::generate(random).map(Self)
    }

    /// From a PEM block `PRIVATE KEY` with PKCS#8 (RFC 8410).
    ///
    /// # Errors
    /// [`KeyError::Private`].
    pub fn from_pem(text: &str) -> Result<Self, KeyError> {
        SigningKey::from_pem(text).map(Self)
    }

    /// As a PEM block `PRIVATE KEY`.
    pub fn to_pem(&self) -> Zeroizing<String> {
        self.0.to_pem()
    }

    /// Its public half.
    pub const fn public(&self) -> ListKey {
        ListKey(self.0.public())
    }

    /// Signs a list: its bytes.
    ///
    /// # Errors
    /// [`BundleError::CannotSign`].
    pub fn seal(&self, draft: &Draft, entries: &Entries) -> Result<Vec<u8>, BundleError> {
        RefusalList::seal(draft, entries, |header| self.0.sign(header))
    }
}

/// The public half, which readers pin: 32 bytes in base64.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ListKey(BundleKey);

impl ListKey {
    pub(super) fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        self.0.verifies(message, signature)
    }
}

impl fmt::Display for ListKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for ListKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        text.parse().map(Self)
    }
}
