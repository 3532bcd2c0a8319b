//! Attestations, assertions and receipts of App Attest, real and derived from real ones.

use super::{
    tally::Tally,
    walk::{self, Outcome, from_base64, from_hex},
};
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
use time::OffsetDateTime;

const ROOT: &str = "apple-app-attestation-root-ca.pem";

pub(crate) fn run(folder: &Path) -> Tally {
    let mut tally = Tally::default();
    for (file, json) in walk::json_files(folder, &mut tally) {
        if json.get("kind").is_none() && json.get("expected").is_none() {
            tally.is_passed_over(&file);
            continue;
        }
        let judged = walk::guarded(|| match walk::text(&json, "kind")? {
            "attestation" => attestation(folder, &json),
            "assertion" => assertion(&json),
            "receipt" => receipt(folder, &json),
            kind => Err(format!("a case of unknown kind {kind}")),
        });
        match judged {
            Ok(()) => tally.is_right(),
            Err(difference) => tally.is_wrong(walk::name(&json, &file), difference),
        }
    }
    tally
}

fn attestation(folder: &Path, json: &Value) -> Outcome {
    let file = walk::optional(json, "trust_anchors")?.unwrap_or(ROOT);
    let roots = walk::told(AppAttestRoots::from_pem(&walk::open(folder, file)?), file)?;
    let object = from_base64(json, "attestation_base64")?;
    let key_id = from_base64(json, "key_id_base64")?;
    let (hash, app_id) = (from_hex(json, "client_data_hash_hex")?, walk::text(json, "app_id")?);
    let at = walk::time(walk::text(json, "verify_at")?)?;
    let verify = |environment| {
        let app = ExpectedApp { app_id, environment };
        verify_attestation(&object, &key_id, &hash, &app, &roots, at)
    };
    let policy = walk::optional(json, "policy_environment")?;
    let outcome = match policy.or(walk::optional(json, "environment")?) {
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
fn compare(json: &Value, attestation: &AppAttestation) -> Outcome {
    let decoded_by_other = &json["decoded"];
    let environment = match attestation.environment() {
        Environment::Production => b"appattest\0\0\0\0\0\0\0",
        Environment::Development => b"appattestdevelop",
    };
    let leaf = &decoded_by_other["x5c"][0];
    let from = leaf["notBefore"].as_str().map(|text| walk::time(&text.replace(' ', "T")));
    let from = from.transpose()?;
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
    if from.is_some_and(|from| from != attestation.valid_from()) {
        let from = OffsetDateTime::from_unix_timestamp(attestation.valid_from().as_secs());
        return Err(format!("valid from {from:?}"));
    }
    Ok(())
}

fn assertion(json: &Value) -> Outcome {
    let key = PublicKey::from_spki_der(&from_base64(json, "public_key_spki_base64")?);
    let key = match key {
        Ok(key) => key,
        refused => return verdict(json, &refused),
    };
    let previous = match &json["previous_counter"] {
        Value::Null => 0,
        said => {
            let number = said.as_u64().and_then(|number| u32::try_from(number).ok());
            number.ok_or_else(|| format!("previous_counter is {said}"))?
        }
    };
    let outcome = verify_assertion(
        &from_base64(json, "assertion_base64")?,
        &key,
        &from_hex(json, "client_data_hash_hex")?,
        walk::text(json, "app_id")?,
        previous,
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
fn receipt(folder: &Path, json: &Value) -> Outcome {
    let bytes = from_base64(json, "receipt_base64")?;
    let read = read_receipt(&bytes);
    if let Ok(receipt) = &read {
        compare_receipt(json, receipt)?;
    }
    if let Some(file) = walk::optional(json, "trust_anchors")? {
        let roots = walk::told(ReceiptRoots::from_pem(&walk::open(folder, file)?), file)?;
        let at = walk::time(walk::text(json, "verify_at")?)?;
        return verdict(json, &verify_receipt(&bytes, &roots, at));
    }
    match (&read, json["expected"].as_str()) {
        (Ok(_), Some("parse")) => Ok(()),
        _ => verdict(json, &read),
    }
}

/// An instant of a receipt's properties, to the millisecond.
fn property_time(theirs: &Value, key: &str) -> Outcome<Option<Timestamp>> {
    let Some(text) = walk::optional(theirs, key)? else { return Ok(None) };
    let millis = walk::instant(text)?.unix_timestamp_nanos() / 1_000_000;
    walk::told(i64::try_from(millis), key).map(|millis| Some(Timestamp::from_millis(millis)))
}

fn compare_receipt(json: &Value, receipt: &Receipt) -> Outcome {
    let theirs = &json["properties"];
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
    let key_id = walk::optional(json, "key_id_base64")?;
    let key_id = key_id.map(|_| from_base64(json, "key_id_base64")).transpose()?;
    let spki = receipt.public_key().spki_der();
    let point = spki.get(spki.len().saturating_sub(65)..).unwrap_or_default();
    let own_key_id = ring::digest::digest(&ring::digest::SHA256, point);
    let hash = encoded(receipt.client_hash());
    let differs = [
        ("type", theirs["type"].as_str() != Some(kind)),
        ("environment", theirs["environment"].as_str() != environment),
        ("token", theirs["token"].as_str() != receipt.token()),
        ("clientHashBase64", theirs["clientHashBase64"].as_str() != Some(&hash)),
        ("creationTime", property_time(theirs, "creationTime")? != Some(receipt.created())),
        ("notBefore", property_time(theirs, "notBefore")? != receipt.not_before()),
        ("expirationTime", property_time(theirs, "expirationTime")? != Some(receipt.expires())),
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

fn verdict<T, E: std::fmt::Display>(json: &Value, outcome: &Result<T, E>) -> Outcome {
    let said = if outcome.is_ok() { "accept" } else { "reject" };
    let also = json["also_accepted"].as_str().unwrap_or_default();
    if json["expected"] == said || also.starts_with(said) {
        return Ok(());
    }
    let reason = outcome.as_ref().err().map(ToString::to_string).unwrap_or_default();
    Err(format!("{said} ({reason}), but {}", json["why"]))
}

fn encoded(bytes: &[u8]) -> String {
    BASE64_STANDARD.encode(bytes)
}
