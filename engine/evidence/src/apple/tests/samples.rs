//! What the samples hold beside what their verdicts are about.

use crate::{
    apple::{
        AppAttestRoots, Environment, ExpectedApp, ReceiptRoots, read_receipt, verify_attestation,
        verify_receipt,
    },
    signature::sha256,
};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use simbind_core::time::Timestamp;
use std::path::PathBuf;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

/// SHA-256 of Apple Root CA - G3, which stands in each receipt.
const RECEIPT_ROOT: &str = "63343abfb89a6a03ebb57e9b3f5fa7be7c4f5c756f3017b3a8c488c3653e9179";

#[test]
fn genuine_attestations_bring_receipts_signed_under_apples_other_root() {
    let base = std::env::var_os("SIMBIND_VECTORS").map_or_else(
        || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/vectors")),
        PathBuf::from,
    );
    let folder = base.join("app-attest");
    if !folder.is_dir() {
        println!("skipped: {} is not there (set SIMBIND_VECTORS)", folder.display());
        return;
    }
    let root = std::fs::read(folder.join("apple-app-attestation-root-ca.pem")).unwrap();
    let roots = AppAttestRoots::from_pem(&root).unwrap();
    let mut seen = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let Ok(text) = std::fs::read_to_string(entry.unwrap().path()) else { continue };
        let Ok(json) = serde_json::from_str::<serde_json::Value>(&text) else { continue };
        if json["kind"] != "attestation"
            || json["expected"] != "accept"
            || json["trust_anchors"].is_string()
        {
            continue;
        }
        let text = |key: &str| json[key].as_str().unwrap();
        let bytes = |key| BASE64_STANDARD.decode(text(key)).unwrap();
        let at = OffsetDateTime::parse(text("verify_at"), &Rfc3339).unwrap();
        let at = Timestamp::from_secs(at.unix_timestamp());
        let hash = hex::decode(text("client_data_hash_hex")).unwrap();
        let verified = [Environment::Production, Environment::Development].map(|environment| {
            let app = ExpectedApp { app_id: text("app_id"), environment };
            let (object, key_id) = (bytes("attestation_base64"), bytes("key_id_base64"));
            verify_attestation(&object, &key_id, &hash, &app, &roots, at)
        });
        let attestation = verified.into_iter().find_map(Result::ok).unwrap();
        let receipt = attestation.receipt();
        let root = (0..receipt.len())
            .filter_map(|at| Some((at, receipt.get(at + 2..at + 4)?)))
            .filter(|(at, _)| receipt[*at..].starts_with(&[0x30, 0x82]))
            .map(|(at, length)| {
                &receipt[at..receipt
                    .len()
                    .min(at + 4 + usize::from(u16::from_be_bytes([length[0], length[1]])))]
            })
            .find(|der| hex::encode(sha256(der)) == RECEIPT_ROOT)
            .unwrap();
        let roots = ReceiptRoots::from_der([root]).unwrap();
        let made = read_receipt(receipt).unwrap().created();
        let receipt = verify_receipt(receipt, &roots, made).unwrap();
        receipt.receipt().is_for(&attestation).unwrap();
        seen += 1;
    }
    println!("{seen} receipts");
    assert!(seen > 0);
}
