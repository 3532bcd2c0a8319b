use super::SignerId;
use thiserror::Error;

/// Why a bundle is not taken, or cannot be made.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum BundleError {
    /// It is too large.
    #[error("the bundle has {0} bytes, more than 4 MiB")]
    TooLarge(usize),
    /// It is no bundle of this format.
    #[error("the file is no bundle: {0}")]
    Malformed(String),
    /// It says the same as a bundle, in other bytes.
    #[error("the file is not written as `simbind rules bundle` writes it, byte for byte")]
    NotCanonical,
    /// Its key is not one that is trusted.
    #[error("the key {0} is not among the trusted keys")]
    UnknownKey(SignerId),
    /// The signature is not that key's over this content.
    #[error("the signature of key {0} does not verify")]
    Signature(SignerId),
    /// What was signed is not what a bundle holds.
    #[error("the signed content is malformed: {0}")]
    Content(String),
    /// The bundle's name is none.
    #[error("the bundle's name does not have 1 to 64 lower-case letters, digits, dots and hyphens")]
    Name,
    /// The version is not one.
    #[error("the bundle's version is 0; versions begin at 1")]
    Version,
    /// The number of packs is out of bounds.
    #[error("the bundle holds {0} packs, not 1 to 64")]
    PackCount(usize),
    /// A pack's name is none.
    #[error("pack {0} has a name that does not have 1 to 128 bytes of characters that can be seen")]
    PackName(usize),
    /// Two packs have the same name.
    #[error("there are two packs named {0}")]
    SamePack(String),
    /// A pack is too long.
    #[error("pack {0} has more than 512 KiB")]
    PackTooLong(String),
    /// A newer bundle has been here.
    #[error("the bundle has version {version}, and version {known} has been here already")]
    OldVersion {
        /// The bundle's version.
        version: u64,
        /// The newest that is known.
        known: u64,
    },
    /// The library would not sign.
    #[error("the key cannot sign")]
    CannotSign,
}

/// Why a key cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum KeyError {
    /// A public key is not 32 bytes of base64.
    #[error("it is not an Ed25519 public key: 32 bytes in base64, 44 characters")]
    Public,
    /// A private key is not Ed25519 in PKCS#8 and PEM.
    #[error("it is not an Ed25519 private key in PKCS#8 and PEM")]
    Private,
    /// A key stands twice among the trusted.
    #[error("the key {0} is there twice")]
    Twice(SignerId),
    /// There are too many trusted keys.
    #[error("there are more than 64 keys")]
    TooMany,
    /// There is no randomness.
    #[error("the system gives no randomness")]
    NoRandomness,
}
