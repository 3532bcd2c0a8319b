//! Sealing of personal data, and the keyed hashes by which it is looked up.

use serde::{Deserialize, Serialize};
use std::future::Future;
use thiserror::Error;

/// A key that seals one person's data. Destroying it erases the person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct KeyId(pub [u8; 16]);

/// Sealed bytes: AES-256-GCM under the key, nonce first. `Debug` shows the length only.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sealed {
    /// The key that opens it.
    pub key: KeyId,
    /// Nonce, ciphertext and tag.
    pub bytes: Vec<u8>,
}

impl std::fmt::Debug for Sealed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Sealed({} bytes)", self.bytes.len())
    }
}

/// What opening sealed bytes gave. `Debug` shows the length only.
#[derive(Clone, PartialEq, Eq)]
pub enum Opened {
    /// The plain bytes.
    Plain(zeroize::Zeroizing<Vec<u8>>),
    /// The key was destroyed: the person has been erased.
    Erased,
}

impl std::fmt::Debug for Opened {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Plain(bytes) => write!(f, "Plain({} bytes)", bytes.len()),
            Self::Erased => f.write_str("Erased"),
        }
    }
}

/// What kind of identifier a look-up hash is of, so that equal texts of two kinds differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LookupKind {
    /// ICCID.
    Iccid,
    /// A carrier's line reference, with the carrier before it.
    Line,
    /// MSISDN.
    Msisdn,
    /// Person reference, with the caller's namespace before it.
    Person,
    /// Certificate.
    Certificate,
    /// IMEI.
    Imei,
    /// The place of a certificate in the shares of staged packs, with the packs' hash before it.
    Share,
    /// A certificate's serial number, with its issuer before it.
    Serial,
    /// The secret part of a ticket's code, with the ticket before it.
    Code,
    /// The secret of a phone that joined a ticket, with the ticket before it.
    Phone,
}

/// A keyed hash of an identifier: the first 16 bytes of HMAC-SHA-256 over kind and text.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct LookupHash(pub [u8; 16]);

impl std::fmt::Debug for LookupHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("LookupHash(…)")
    }
}

/// Why the vault did not do what was asked.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum VaultError {
    /// The bytes are not what was sealed, or the key id is not one of this vault.
    #[error("sealed data does not open")]
    DoesNotOpen,
    /// The key file cannot be read or written.
    #[error("the key file is unavailable: {why}")]
    Unavailable {
        /// Why, without personal data.
        why: String,
    },
}

/// The vault port.
pub trait Vault: Send + Sync + 'static {
    /// Makes a new key; when this answers, the key is on disk.
    fn new_key(&self) -> impl Future<Output = Result<KeyId, VaultError>> + Send;

    /// Seals bytes under a key. `context` is authenticated and not stored.
    ///
    /// # Errors
    /// Where the key is unknown, destroyed or cannot be read.
    fn seal(&self, key: KeyId, context: &[u8], plain: &[u8]) -> Result<Sealed, VaultError>;

    /// Opens sealed bytes.
    ///
    /// # Errors
    /// Where they were not sealed by this vault in this context, or the key cannot be read.
    fn open(&self, context: &[u8], sealed: &Sealed) -> Result<Opened, VaultError>;

    /// Destroys a key for good; when this answers, nothing on disk can open what it sealed.
    fn destroy(&self, key: KeyId) -> impl Future<Output = Result<(), VaultError>> + Send;

    /// The look-up hash of an identifier. The parts are framed by their lengths.
    fn lookup(&self, kind: LookupKind, parts: &[&[u8]]) -> LookupHash;
}
