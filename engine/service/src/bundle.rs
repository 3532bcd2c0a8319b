//! Signed bundles: rule packs in one file, under a name and a version, signed with Ed25519.
//!
//! Pure: bytes and trusted keys in, a verified [`Bundle`] out. Nothing else makes one:
//!
//! ```compile_fail
//! use simbind_service::bundle::{Bundle, Contents, SignerId};
//! fn forged(contents: Contents, signer: SignerId) -> Bundle {
//!     Bundle { contents, signer }
//! }
//! ```

mod contents;
mod envelope;
mod error;
mod key;
mod signing;

#[cfg(test)]
mod tests;

pub use contents::{Contents, Draft, MOST_PACK_BYTES, MOST_PACKS};
pub use envelope::{Bundle, MOST_BYTES};
pub use error::{BundleError, KeyError};
pub use key::{BundleKey, SignerId, TrustedKeys};
pub use signing::SigningKey;
