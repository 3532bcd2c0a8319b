//! Apple App Attest: an app on Apple's hardware holds a key in the secure enclave; Apple certifies
//! once that it does, for which app and for whose challenge (attestation), and the key signs
//! afterwards (assertion).
//!
//! Done as Apple's published procedure says, over WebAuthn's layout of authenticator data. What
//! Apple leaves open is decided here:
//! - The objects are CBOR with definite and minimal lengths, no field twice, no other field, and
//!   nothing behind the end. Nobody signs the outer map, so nothing is read leniently there.
//! - `x5c` is the leaf and its intermediates in order, without the root. The root is known by name
//!   and key.
//! - The leaf's nonce extension has one form and is parsed, never searched. No other certificate may
//!   have one.
//! - The public key in the authenticator data must be the leaf's.
//! - From iOS 27 a map of extensions follows, mostly with WebAuthn's flag for it clear. One
//!   well-formed map is taken with and without the flag; the nonce or the signature covers it.
//!   Assertions set the flag for attested data and have none: it means nothing there.

mod assertion;
mod attestation;
mod authenticator;
mod cbor;
mod chain;
#[cfg(any(test, feature = "test-util"))]
pub mod encode;
mod error;
mod object;
mod receipt;
mod roots;

pub use assertion::{Assertion, MAX_ASSERTION_BYTES, verify_assertion};
pub use attestation::{AppAttestation, ExpectedApp, MAX_ATTESTATION_BYTES, verify_attestation};
pub use authenticator::{AuthenticatorDataError, Environment, Extensions};
pub use cbor::CborError;
pub use chain::{MAX_CERTIFICATE_BYTES, MAX_CERTIFICATES};
pub use error::{AppAttestError, AssertionError, CertificateFault, ChainFault};
pub use receipt::{
    MAX_RECEIPT_BYTES, Receipt, ReceiptError, ReceiptKind, ReceiptRoots, VerifiedReceipt,
    read_receipt, verify_receipt,
};
pub use roots::AppAttestRoots;

#[cfg(test)]
mod tests;
