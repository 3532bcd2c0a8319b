use crate::{apple::CertificateFault, der::DerError};
use thiserror::Error;

/// Why a receipt is not read or not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ReceiptError {
    /// It has more bytes than are read.
    #[error("the receipt has {got} bytes; at most {max} are read")]
    TooLarge {
        /// Its bytes.
        got: usize,
        /// How many are read.
        max: usize,
    },
    /// It is not BER of the kind that receipts are in, or there are bytes behind it.
    #[error("the receipt is not BER that is read")]
    Ber,
    /// It is not CMS `SignedData` over fields.
    #[error("the receipt is not signed data that is read: {0}")]
    Structure(#[from] DerError),
    /// It is CMS of another kind: no signed data, or more than one signer.
    #[error("the receipt is not signed data by one signer")]
    Kind,
    /// A field is missing.
    #[error("the receipt has no field {field}")]
    Missing {
        /// The field's number.
        field: u32,
    },
    /// A field stands twice.
    #[error("field {field} stands twice in the receipt")]
    Twice {
        /// The field's number.
        field: u32,
    },
    /// A field's value is not of its form.
    #[error("field {field} of the receipt is malformed")]
    Field {
        /// The field's number.
        field: u32,
    },
    /// The signer's certificate is not in the receipt.
    #[error("the receipt lacks its signer's certificate")]
    NoSigner,
    /// The signer's certificate does not hold.
    #[error("the receipt's chain does not hold: {0}")]
    Chain(#[from] CertificateFault),
    /// The signer's certificate is not for receipts of App Attest.
    #[error("the receipt's signer does not sign receipts of App Attest")]
    Signer,
    /// The digest or signature algorithm is not ECDSA with SHA-256.
    #[error("the receipt's signature algorithm is not supported")]
    Algorithm,
    /// The signature is not the signer's over these fields.
    #[error("the receipt's signature does not verify")]
    Signature,
    /// The receipt's time is over.
    #[error("the receipt has expired")]
    Expired,
    /// The receipt is for another app.
    #[error("the receipt is for another app")]
    App,
    /// The receipt is for another key.
    #[error("the receipt is for another key")]
    Key,
}
