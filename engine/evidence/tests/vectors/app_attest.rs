//! Attestations, assertions and receipts of App Attest, real and derived from real ones.

use super::tally::Tally;
use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde_json::Value;
use simbind_core::time::Timestamp;
use simbind_evidence::{
    apple::{
        AppAttestRoots, AppAttestation, Environment, ExpectedApp, Receipt, ReceiptKind,
        ReceiptRoots, read_receipt, verify_assertion, verify_attestation, verify_receipt,
    },
    signature::PublicKey,
};
use std::path::Path;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

const ROOT: &str = "apple-app-attestation-root-ca.pem";

pub(crate) fn run(folder: &Path) -> Tally {
    let mut tally = Tally::default();
    let Ok(entries) = std::fs::read_dir(folder) else { return tally };
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    for path in paths.iter().filter(|path| path.extension().is_some_and(|e| e == "json")) {
        let json: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
        let outcome = match json["kind"].as_str() {
            Some("attestation") => attestation(folder, &json),
            Some("assertion") => assertion(&json),
            Some("receipt") => receipt(folder, &json),
            kind => Err(format!("a case of unknown kind {kind:?}")),
        };
        match outcome {
            Ok(()) => tally.is_right(),
            Err(difference) => tally.is_wrong(json["name"].as_str().unwrap(), difference),
        }
    }
    tally
}

fn attestation(folder: &Path, json: &Value) -> Result<(), String> {
    let file = json["trust_anchors"].as_str().unwrap_or(ROOT);
    let roots = AppAttestRoots::from_pem(&std::fs::read(folder.join(file)).unwrap()).unwrap();
    let object = decoded(&json["attestation_base64"]);
    let at = OffsetDateTime::parse(json["verify_at"].as_str().unwrap(), &Rfc3339).unwrap();
    let verify = |environment| {
        verify_attestation(
            &object,
            &decoded(&json["key_id_base64"]),
            &client_data_hash(json),
            &ExpectedApp { app_id: json["app_id"].as_str().unwrap(), environment },
            &roots,
            Timestamp::from_secs(at.unix_timestamp()),
        )
    };
    let wanted = [&json["policy_environment"], &json["environment"]];
    let outcome = match wanted.into_iter().find_map(Value::as_str) {
        Some("production") => verify(Environment::Production),
        Some("development") => verify(Environment::Development),
        Some(other) => return Err(format!("unknown environment {other}")),
        // The case asks for none: whichever the attestation tells.
        None => verify(Environment::Production).or_else(|_| verify(Environment::Development)),
    };
    verdict(json, &outcome)?;
    outcome.map_or(Ok(()), |attestation| compare(json, &attestation))
}

/// Compares what was verified with what another decoder read.
fn compare(json: &Value, attestation: &AppAttestation) -> Result<(), String> {
    let decoded_by_other = &json["decoded"];
    let environment = match attestation.environment() {
        Environment::Production => b"appattest\0\0\0\0\0\0\0",
        Environment::Development => b"appattestdevelop",
    };
    let leaf = &decoded_by_other["x5c"][0];
    let time = |at: Timestamp| OffsetDateTime::from_unix_timestamp(at.as_secs()).unwrap();
    let from = leaf["notBefore"].as_str().map(|text| text.replace(' ', "T"));
    let from = from.map(|text| OffsetDateTime::parse(&text, &Rfc3339).unwrap());
    let fields = [
        ("app id", hex::encode(attestation.app_id_hash()), "rp_id_hash_hex"),
        ("environment", hex::encode(environment), "aaguid_hex"),
        ("key", encoded(attestation.public_key().spki_der()), "public_key_spki_base64"),
        ("key id", encoded(attestation.key_id()), "credential_id_base64"),
    ];
    for (name, ours, key) in fields {
        if decoded_by_other[key].as_str().is_some_and(|theirs| theirs != ours) {
            return Err(format!("{name}: {ours}, but {}", decoded_by_other[key]));
        }
    }
    let length = decoded_by_other["receipt_length"].as_u64();
    if length.is_some_and(|length| length != attestation.receipt().len() as u64) {
        return Err(format!("receipt of {} bytes", attestation.receipt().len()));
    }
    if from.is_some_and(|from| from != time(attestation.valid_from())) {
        return Err(format!("valid from {}", time(attestation.valid_from())));
    }
    Ok(())
}

fn assertion(json: &Value) -> Result<(), String> {
    let key = PublicKey::from_spki_der(&decoded(&json["public_key_spki_base64"])).unwrap();
    let previous = json["previous_counter"].as_u64().unwrap_or(0);
    let outcome = verify_assertion(
        &decoded(&json["assertion_base64"]),
        &key,
        &client_data_hash(json),
        json["app_id"].as_str().unwrap(),
        u32::try_from(previous).unwrap(),
    );
    verdict(json, &outcome)?;
    let counter = outcome.ok().map(|assertion| u64::from(assertion.counter()));
    let theirs = ["sign_count", "counter"].iter().find_map(|key| json["decoded"][key].as_u64());
    if counter.is_some() && theirs.is_some() && counter != theirs {
        return Err(format!("counter {counter:?}, but {theirs:?}"));
    }
    Ok(())
}

/// A receipt is read; where the case names a root, it is verified too.
fn receipt(folder: &Path, json: &Value) -> Result<(), String> {
    let bytes = decoded(&json["receipt_base64"]);
    let read = read_receipt(&bytes);
    if let Ok(receipt) = &read {
        compare_receipt(json, receipt)?;
    }
    if let (Some(file), Some(at)) = (json["trust_anchors"].as_str(), json["verify_at"].as_str()) {
        let roots = ReceiptRoots::from_pem(&std::fs::read(folder.join(file)).unwrap()).unwrap();
        let at = OffsetDateTime::parse(at, &Rfc3339).unwrap();
        let at = Timestamp::from_secs(at.unix_timestamp());
        return verdict(json, &verify_receipt(&bytes, &roots, at));
    }
    match (&read, json["expected"].as_str()) {
        (Ok(_), Some("parse")) => Ok(()),
        _ => verdict(json, &read),
    }
}

fn compare_receipt(json: &Value, receipt: &Receipt) -> Result<(), String> {
    let theirs = &json["properties"];
    let time = |key: &str| {
        let at = theirs[key].as_str().map(|text| OffsetDateTime::parse(text, &Rfc3339).unwrap());
        at.map(|at| {
            let millis = at.unix_timestamp_nanos() / 1_000_000;
            Timestamp::from_millis(i64::try_from(millis).unwrap())
        })
    };
    let kind = match receipt.kind() {
        ReceiptKind::Attest => "ATTEST",
        ReceiptKind::Receipt => "RECEIPT",
    };
    let environment = receipt.environment().map(|environment| match environment {
        Environment::Production => "production",
        Environment::Development => "sandbox",
    });
    let risk =
        theirs["riskMetric"].as_u64().or_else(|| theirs["riskMetric"].as_str()?.parse().ok());
    let key_id = json["key_id_base64"].as_str().map(|_| decoded(&json["key_id_base64"]));
    let point = &receipt.public_key().spki_der()[receipt.public_key().spki_der().len() - 65..];
    let own_key_id = ring::digest::digest(&ring::digest::SHA256, point);
    let hash = encoded(receipt.client_hash());
    let differs = [
        ("type", theirs["type"].as_str() != Some(kind)),
        ("environment", theirs["environment"].as_str() != environment),
        ("token", theirs["token"].as_str() != receipt.token()),
        ("clientHashBase64", theirs["clientHashBase64"].as_str() != Some(&hash)),
        ("creationTime", time("creationTime") != Some(receipt.created())),
        ("notBefore", time("notBefore") != receipt.not_before()),
        ("expirationTime", time("expirationTime") != Some(receipt.expires())),
        ("riskMetric", risk != receipt.risk_metric().map(u64::from)),
    ];
    if json["app_id"].as_str() != Some(receipt.app_id()) {
        return Err("the receipt's app differs".into());
    }
    if key_id.is_some_and(|key_id| key_id != own_key_id.as_ref()) {
        return Err("the receipt's key differs".into());
    }
    match differs.iter().find(|(key, differs)| *differs && theirs.get(key).is_some()) {
        None => Ok(()),
        Some((field, _)) => Err(format!("the receipt's {field} differs: {receipt:?}")),
    }
}

fn verdict<T, E: std::fmt::Display>(json: &Value, outcome: &Result<T, E>) -> Result<(), String> {
    let said = if outcome.is_ok() { "accept" } else { "reject" };
    let also = json["also_accepted"].as_str().unwrap_or_default();
    if json["expected"] == said || also.starts_with(said) {
        return Ok(());
    }
    let reason = outcome.as_ref().err().map(ToString::to_string).unwrap_or_default();
    Err(format!("{said} ({reason}), but {}", json["why"]))
}

fn client_data_hash(json: &Value) -> Vec<u8> {
    hex::decode(json["client_data_hash_hex"].as_str().unwrap()).unwrap()
}

fn decoded(text: &Value) -> Vec<u8> {
    BASE64_STANDARD.decode(text.as_str().unwrap()).unwrap()
}

fn encoded(bytes: &[u8]) -> String {
    BASE64_STANDARD.encode(bytes)
}
