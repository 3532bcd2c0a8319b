//! Cases of path validation: x509-limbo's, and NIST's PKITS in the same form.

use super::tally::Tally;
use rustls_pki_types::{CertificateDer, CertificateRevocationListDer, pem::PemObject};
use serde_json::Value;
use simbind_core::time::Timestamp;
use simbind_evidence::certificate::{
    AnchorError, ChainError, ChainPolicy, Depth, KeyUsageRule, Profile, RevocationError,
    SubjectRule, TrustAnchors, verify_path,
};
use std::path::Path;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

/// Features that are not claimed, and why.
const NOT_CLAIMED: &[(&str, &str)] = &[
    ("pedantic-webpki-eku", "the profile of TLS servers' certificates is not claimed"),
    ("pedantic-webpki-subscriber-key", "the profile of TLS servers' certificates is not claimed"),
    (
        "rfc5280-incompatible-with-webpki",
        "what stands in a contradiction of two profiles is not claimed",
    ),
];

pub(crate) fn run(folder: &Path) -> Tally {
    let mut tally = Tally::default();
    for file in ["limbo.json", "pkits.json"] {
        let Ok(text) = std::fs::read(folder.join(file)) else { continue };
        let json: Value = serde_json::from_slice(&text).unwrap();
        for case in json["testcases"].as_array().unwrap() {
            let id = case["id"].as_str().unwrap();
            let good = case["expected_result"] == "SUCCESS";
            match verify(case) {
                Ok(()) if good => tally.is_right(),
                Err(_) if !good => tally.is_right(),
                outcome => match not_claimed(case, &outcome) {
                    Some(reason) => tally.is_otherwise(id, reason),
                    None => tally.is_wrong(
                        id,
                        outcome.map_or_else(|fault| fault.to_string(), |()| "accepted".into()),
                    ),
                },
            }
        }
    }
    tally
}

fn not_claimed(case: &Value, outcome: &Result<(), Fault>) -> Option<&'static str> {
    if let Err(Fault::Lists(RevocationError::Delta { .. })) = outcome {
        return Some("deltas are refused by that word");
    }
    if outcome.is_ok() && has_another_name(case) {
        return Some("a server's name is not compared");
    }
    let features: Vec<_> =
        case["features"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    NOT_CLAIMED.iter().find(|(feature, _)| features.contains(feature)).map(|(_, reason)| *reason)
}

/// Whether a case expects the name of a server that its certificate does not hold.
fn has_another_name(case: &Value) -> bool {
    let leaf = der(&case["peer_certificate"]);
    let expected = case["expected_peer_name"]["value"].as_str().map(str::as_bytes);
    expected.is_some_and(|name| !leaf.windows(name.len().max(1)).any(|part| part == name))
}

/// Why a case is refused.
#[derive(Debug, thiserror::Error)]
enum Fault {
    #[error("{0}")]
    Anchors(#[from] AnchorError),
    #[error("{0}")]
    Path(#[from] ChainError),
    #[error("{0}")]
    Lists(#[from] RevocationError),
}

/// PKITS asks whether a path holds; limbo, in addition, how certificates are made.
fn policy(case: &Value) -> ChainPolicy {
    let id = case["id"].as_str().unwrap();
    let usage = match case["extended_key_usage"][0].as_str() {
        Some("clientAuth") => "1.3.6.1.5.5.7.3.2".parse().ok(),
        Some("serverAuth") => "1.3.6.1.5.5.7.3.1".parse().ok(),
        Some("emailProtection") => "1.3.6.1.5.5.7.3.4".parse().ok(),
        _ => None,
    };
    let signs = case["key_usage"]
        .as_array()
        .is_some_and(|usages| usages.iter().any(|usage| usage == "digitalSignature"));
    let depth = case["max_chain_depth"].as_u64().and_then(|depth| u8::try_from(depth).ok());
    ChainPolicy {
        policies: Vec::new(),
        key_usage: if signs { KeyUsageRule::DigitalSignature } else { KeyUsageRule::Any },
        extended_key_usage: usage,
        // The profile of the web has no authorities at the end of a path; RFC 5280 has.
        subject: if id.starts_with("webpki::") { SubjectRule::EndEntity } else { SubjectRule::Any },
        profile: if id.starts_with("pkits::") { Profile::Path } else { Profile::Strict },
        depth: depth.map_or_else(Depth::default, Depth::at_most),
    }
}

fn verify(case: &Value) -> Result<(), Fault> {
    let anchors = TrustAnchors::from_der(ders(&case["trusted_certs"]))?;
    let mut chain = vec![der(&case["peer_certificate"])];
    chain.extend(ders(&case["untrusted_intermediates"]));
    let path = verify_path(&chain, &anchors, &policy(case), at(case))?;
    let crls: Vec<_> = case["crls"].as_array().into_iter().flatten().map(crl).collect();
    if crls.is_empty() && case["needs_revocation"] != true {
        return Ok(());
    }
    path.check_revocation(&crls, at(case))?;
    Ok(())
}

fn at(case: &Value) -> Timestamp {
    let text = case["validation_time"].as_str().unwrap_or("2026-11-01T00:00:00Z");
    Timestamp::from_secs(OffsetDateTime::parse(text, &Rfc3339).unwrap().unix_timestamp())
}

fn ders(pems: &Value) -> Vec<Vec<u8>> {
    pems.as_array().into_iter().flatten().map(der).collect()
}

fn der(pem: &Value) -> Vec<u8> {
    CertificateDer::from_pem_slice(pem.as_str().unwrap().as_bytes()).unwrap().to_vec()
}

fn crl(pem: &Value) -> Vec<u8> {
    CertificateRevocationListDer::from_pem_slice(pem.as_str().unwrap().as_bytes()).unwrap().to_vec()
}
