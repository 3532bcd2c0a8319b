//! Makes receipts, in BER with indefinite lengths and octet strings in pieces, as Apple does.

use crate::{
    android::encode::{element, integer, octet_string, sequence, set},
    apple::{Environment, ReceiptKind},
    link,
};
use simbind_core::time::Timestamp;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

/// The object identifier of the extension that marks those who sign receipts, for certificate
/// builders. Its content is NULL.
pub const RECEIPT_SIGNER_OID: &[u64] = &[1, 2, 840, 113_635, 100, 12, 15];

/// The longest piece of an octet string.
const PIECE: usize = 1000;
const SHA256: &[u8] = &[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1];
const ECDSA_SHA256: &[u8] = &[0x2A, 0x86, 0x48, 0xCE, 0x3D, 4, 3, 2];
const DATA: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 7, 1];
const SIGNED_DATA: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 7, 2];

/// What a made receipt says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReceiptSpec {
    /// Which receipt it is.
    pub kind: ReceiptKind,
    /// The app's id.
    pub app_id: String,
    /// The attested key: its certificate, or its `SubjectPublicKeyInfo`, in DER.
    pub attested: Vec<u8>,
    /// The client data hash of the attestation.
    pub client_hash: Vec<u8>,
    /// The environment.
    pub environment: Environment,
    /// When it was made.
    pub created: Timestamp,
    /// From when on it is of no use.
    pub expires: Timestamp,
    /// How many keys the device attested.
    pub risk_metric: Option<u32>,
}

/// The fields of a receipt, which its signer signs with ECDSA and SHA-256.
pub fn receipt_content(spec: &ReceiptSpec) -> Vec<u8> {
    let kind = match spec.kind {
        ReceiptKind::Attest => "ATTEST",
        ReceiptKind::Receipt => "RECEIPT",
    };
    let environment = match spec.environment {
        Environment::Production => "production",
        Environment::Development => "sandbox",
    };
    let risk = spec.risk_metric.map(|count| receipt_field(17, count.to_string().as_bytes()));
    let fields = [
        receipt_field(2, spec.app_id.as_bytes()),
        receipt_field(3, &spec.attested),
        receipt_field(4, &spec.client_hash),
        receipt_field(6, kind.as_bytes()),
        receipt_field(7, environment.as_bytes()),
        receipt_field(12, instant(spec.created).as_bytes()),
        receipt_field(21, instant(spec.expires).as_bytes()),
    ];
    let fields = fields.into_iter().chain(risk).collect::<Vec<_>>();
    element(&[0x31], &fields.concat())
}

/// One field of a receipt's content.
pub fn receipt_field(number: u32, value: &[u8]) -> Vec<u8> {
    sequence(&[integer(number), integer(1), octet_string(value)])
}

/// A receipt over this content, with the certificates of its signer first.
pub fn receipt<C: AsRef<[u8]>>(content: &[u8], certificates: &[C], signature: &[u8]) -> Vec<u8> {
    let pieces = content.chunks(PIECE).map(octet_string).collect::<Vec<_>>();
    let encapsulated = [element(&[6], DATA), indefinite(0xA0, &indefinite(0x24, &pieces.concat()))];
    let certificates = certificates.iter().map(AsRef::as_ref).collect::<Vec<_>>();
    let signer = certificates.first().map(|der| signer_info(der, signature)).unwrap_or_default();
    let signed = [
        integer(1),
        set(&[digest()]),
        indefinite(0x30, &encapsulated.concat()),
        indefinite(0xA0, &certificates.concat()),
        set(&[signer]),
    ];
    let tagged = indefinite(0xA0, &indefinite(0x30, &signed.concat()));
    indefinite(0x30, &[element(&[6], SIGNED_DATA), tagged].concat())
}

fn signer_info(certificate: &[u8], signature: &[u8]) -> Vec<u8> {
    let read = link::read(certificate);
    let (issuer, serial) = read
        .as_ref()
        .map(|found| (found.issuer().as_raw().to_vec(), element(&[2], found.raw_serial())))
        .unwrap_or_default();
    sequence(&[
        integer(1),
        sequence(&[issuer, serial]),
        digest(),
        sequence(&[element(&[6], ECDSA_SHA256)]),
        octet_string(signature),
    ])
}

fn digest() -> Vec<u8> {
    sequence(&[element(&[6], SHA256), element(&[5], &[])])
}

fn indefinite(tag: u8, content: &[u8]) -> Vec<u8> {
    [&[tag, 0x80], content, &[0, 0]].concat()
}

fn instant(at: Timestamp) -> String {
    let nanos = i128::from(at.as_millis()) * 1_000_000;
    let at = OffsetDateTime::from_unix_timestamp_nanos(nanos).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    at.format(&Rfc3339).unwrap_or_default()
}
