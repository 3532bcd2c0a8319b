//! Makes attestation objects, assertions and receipts, for tests and simulators. Certificates and signatures
//! are the caller's: what is made here is verified like everything else.

mod receipt;

pub use receipt::{RECEIPT_SIGNER_OID, ReceiptSpec, receipt, receipt_content, receipt_field};

use super::{Environment, Extensions};
use crate::{
    android::encode::{context, octet_string, sequence},
    signature::sha256,
};

/// The object identifier of the nonce's extension, for certificate builders.
pub const NONCE_OID: &[u64] = &[1, 2, 840, 113_635, 100, 8, 2];

/// The identifier of a key: SHA-256 of its uncompressed point.
pub fn key_id(point: &[u8]) -> [u8; 32] {
    sha256(point)
}

/// The nonce that an attestation's leaf holds and an assertion signs:
/// SHA-256(authenticator data ‖ client data hash).
pub fn nonce(authenticator_data: &[u8], client_data_hash: &[u8; 32]) -> [u8; 32] {
    sha256(&[authenticator_data, client_data_hash].concat())
}

/// The content of the nonce's extension.
pub fn nonce_extension(nonce: &[u8; 32]) -> Vec<u8> {
    sequence(&[context(1, &octet_string(nonce))])
}

/// Authenticator data of an attestation of the key with this uncompressed point.
pub fn attested_data(
    app_id: &str,
    environment: Environment,
    point: &[u8],
    extensions: &Extensions,
) -> Vec<u8> {
    let (x, y) = point.get(1..).unwrap_or_default().split_at_checked(32).unwrap_or_default();
    let key = [&[0xA5, 1, 2, 3, 0x26, 0x20, 1, 0x21][..], &bytes(x), &[0x22], &bytes(y)].concat();
    [
        &header(app_id, 0)[..],
        environment.aaguid(),
        &[0, 32],
        &key_id(point),
        &key,
        &extension_map(extensions),
    ]
    .concat()
}

/// Authenticator data of an assertion.
pub fn asserted_data(app_id: &str, counter: u32, extensions: &Extensions) -> Vec<u8> {
    [header(app_id, counter), extension_map(extensions)].concat()
}

/// An attestation object: the certificates leaf first and without the root.
pub fn attestation_object<C: AsRef<[u8]>>(
    certificates: &[C],
    receipt: &[u8],
    authenticator_data: &[u8],
) -> Vec<u8> {
    let x5c = certificates.iter().map(|der| bytes(der.as_ref())).collect::<Vec<_>>();
    let statement =
        [text("x5c"), head(4, certificates.len()), x5c.concat(), text("receipt"), bytes(receipt)];
    [
        head(5, 3),
        text("fmt"),
        text("apple-appattest"),
        text("attStmt"),
        head(5, 2),
        statement.concat(),
        text("authData"),
        bytes(authenticator_data),
    ]
    .concat()
}

/// An assertion, with the DER signature over [`nonce`] as the message.
pub fn assertion_object(signature: &[u8], authenticator_data: &[u8]) -> Vec<u8> {
    [
        head(5, 2),
        text("signature"),
        bytes(signature),
        text("authenticatorData"),
        bytes(authenticator_data),
    ]
    .concat()
}

/// The app's hash, the flags as Apple sets them, and the counter.
fn header(app_id: &str, counter: u32) -> Vec<u8> {
    [&sha256(app_id.as_bytes())[..], &[0x40], &counter.to_be_bytes()].concat()
}

/// The extensions' map; nothing where there are none.
fn extension_map(extensions: &Extensions) -> Vec<u8> {
    let version = extensions
        .bundle_version
        .as_ref()
        .map(|version| [text("apple_bundle_version_01"), text(version)].concat());
    let category = extensions
        .validation_category
        .map(|category| [text("apple_validation_category_01"), bytes(&category.to_le_bytes())])
        .map(|entry| entry.concat());
    let entries = version.into_iter().chain(category).collect::<Vec<_>>();
    if entries.is_empty() {
        Vec::new()
    } else {
        [head(5, entries.len()), entries.concat()].concat()
    }
}

fn text(value: &str) -> Vec<u8> {
    [head(3, value.len()), value.as_bytes().to_vec()].concat()
}

fn bytes(value: &[u8]) -> Vec<u8> {
    [head(2, value.len()), value.to_vec()].concat()
}

/// The head of an item: its major type and its length or number, in the shortest form.
fn head(major: u8, value: usize) -> Vec<u8> {
    let major = major << 5;
    match (u8::try_from(value), u16::try_from(value)) {
        (Ok(value), _) if value < 24 => vec![major | value],
        (Ok(value), _) => vec![major | 24, value],
        (_, Ok(value)) => [&[major | 25][..], &value.to_be_bytes()].concat(),
        _ => {
            let value = u32::try_from(value).unwrap_or(u32::MAX);
            [&[major | 26][..], &value.to_be_bytes()].concat()
        }
    }
}
