//! Published path-validation cases (x509-limbo, and NIST's PKITS in the same form). Cases that
//! stand on what this crate does not look at are skipped: revocation, server names, and the
//! profiles of TLS and of pedantic readings.

use crate::{
    certificate::{
        ChainError, ChainPolicy, KeyUsageRule, TrustAnchors, certificates_of_pem, verify_chain,
    },
    vectors,
};
use serde_json::Value;
use simbind_core::time::Timestamp;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

fn der(pem: &Value) -> Vec<u8> {
    certificates_of_pem(pem.as_str().unwrap().as_bytes()).unwrap()[0].to_vec()
}

fn outcome(case: &Value) -> Result<(), ChainError> {
    let anchors = case["trusted_certs"].as_array().unwrap().iter().map(der);
    let anchors = TrustAnchors::from_der(anchors).map_err(|_| ChainError::UnknownIssuer)?;
    let mut chain = vec![der(&case["peer_certificate"])];
    chain.extend(case["untrusted_intermediates"].as_array().unwrap().iter().map(der));
    let at = case["validation_time"].as_str().unwrap_or("2026-11-01T00:00:00Z");
    let at = OffsetDateTime::parse(at, &Rfc3339).unwrap().unix_timestamp();
    let policy = ChainPolicy { key_usage: KeyUsageRule::Any, ..ChainPolicy::default() };
    verify_chain(&chain, &anchors, &policy, Timestamp::from_secs(at)).map(drop)
}

fn cases(file: &str) -> Vec<Value> {
    let Some(folder) = vectors::folder("x509-limbo") else {
        return Vec::new();
    };
    let text = std::fs::read(folder.join(file)).unwrap();
    let mut json: Value = serde_json::from_slice(&text).unwrap();
    serde_json::from_value(json["testcases"].take()).unwrap()
}

#[test]
fn survey() {
    for file in ["limbo.json", "pkits.json"] {
        for case in cases(file) {
            let outcome = outcome(&case);
            let expected = case["expected_result"] == "SUCCESS";
            if outcome.is_ok() != expected {
                println!("XX {} {} {outcome:?}", case["id"], case["expected_result"]);
            }
        }
    }
}
