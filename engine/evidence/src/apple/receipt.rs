//! Receipts: Apple's signed word about an attested key, which can be exchanged with Apple for a
//! newer one that holds a risk metric.
//!
//! A receipt is CMS `SignedData` in BER with indefinite lengths, over a SET of numbered fields.
//! [`read_receipt`] reads what it says and verifies nothing. [`verify_receipt`] verifies as well
//! the signature, the chain to a root that the caller gives (Apple Root CA - G3), that the signer
//! is one for these receipts, and that the receipt has not expired. That it is for a key and an
//! app is [`Receipt::is_for`]. Revocation of Apple's certificates is not looked up.

mod ber;
mod cms;
mod error;
mod fields;
mod roots;
mod verify;

pub use error::ReceiptError;
pub use fields::{Receipt, ReceiptKind, read_receipt};
pub use roots::ReceiptRoots;
pub use verify::{VerifiedReceipt, verify_receipt};

/// The most bytes that a receipt may have; real ones have about 4,000.
pub const MAX_RECEIPT_BYTES: usize = 32 * 1024;
