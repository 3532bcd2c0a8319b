//! Cases of path validation: x509-limbo's, and NIST's PKITS in the same form.

use super::{
    tally::Tally,
    walk::{self, Outcome},
};
use rustls_pki_types::{CertificateDer, CertificateRevocationListDer, pem::PemObject};
use serde_json::Value;
use simbind_core::time::Timestamp;
use simbind_evidence::{
    certificate::{
        AnchorError, ChainError, ChainPolicy, Depth, KeyUsageRule, Profile, RevocationError,
        SubjectRule, TrustAnchors, verify_path,
    },
    oid::Oid,
};
use std::path::Path;

/// A difference that may be one of a feature that is not claimed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Differs {
    /// What should fail is accepted.
    Accepted,
    /// What should succeed is refused.
    Refused,
}

/// Features that are not claimed, in which direction, and why.
const NOT_CLAIMED: &[(&str, Differs, &str)] = &[
    (
        "pedantic-webpki-eku",
        Differs::Accepted,
        "the profile of TLS servers' certificates is not claimed",
    ),
    (
        "pedantic-webpki-subscriber-key",
        Differs::Accepted,
        "the profile of TLS servers' certificates is not claimed",
    ),
    (
        "rfc5280-incompatible-with-webpki",
        Differs::Refused,
        "what stands in a contradiction of two profiles is not claimed",
    ),
];

pub(crate) fn run(folder: &Path) -> Tally {
    let mut tally = Tally::default();
    for (file, json) in walk::json_files(folder, &mut tally) {
        if json.get("testcases").is_none() {
            tally.is_passed_over(&file);
            continue;
        }
        match walk::list(&json, "testcases") {
            Ok(cases) => cases.iter().for_each(|case| run_case(&file, case, &mut tally)),
            Err(error) => tally.is_wrong(&file, error),
        }
    }
    tally
}

fn run_case(file: &str, case: &Value, tally: &mut Tally) {
    let id = case["id"].as_str().unwrap_or(file);
    match walk::guarded(|| judge(case)) {
        Ok(None) => tally.is_right(),
        Ok(Some(reason)) => tally.is_otherwise(id, reason),
        Err(difference) => tally.is_wrong(id, difference),
    }
}

/// None: right. Some: knowingly otherwise, and why.
fn judge(case: &Value) -> Outcome<Option<&'static str>> {
    let outcome = verify(case)?;
    let differs = match (walk::text(case, "expected_result")?, &outcome) {
        ("SUCCESS", Ok(())) | ("FAILURE", Err(_)) => return Ok(None),
        ("SUCCESS", Err(_)) => Differs::Refused,
        ("FAILURE", Ok(())) => Differs::Accepted,
        (other, _) => return Err(format!("a result of unknown kind {other}")),
    };
    if let Err(Fault::Lists(RevocationError::Delta { .. })) = outcome {
        return Ok(Some("deltas are refused by that word"));
    }
    if differs == Differs::Accepted && has_another_name(case)? {
        return Ok(Some("a server's name is not compared"));
    }
    let features = walk::optional_list(case, "features")?;
    let not_claimed = NOT_CLAIMED.iter().find(|(feature, direction, _)| {
        *direction == differs && features.iter().any(|named| named == feature)
    });
    match not_claimed {
        Some((_, _, reason)) => Ok(Some(reason)),
        None => Err(outcome.map_or_else(|fault| fault.to_string(), |()| "accepted".into())),
    }
}

/// Whether a case is about the name of a server, and its certificate does not hold that name.
fn has_another_name(case: &Value) -> Outcome<bool> {
    let expected = &case["expected_peer_name"];
    if case["name_matters"] == true || expected["kind"] != "DNS" {
        return Ok(false);
    }
    let name = walk::text(expected, "value")?.to_ascii_lowercase();
    let leaf = walk::text(case, "peer_certificate").and_then(der)?.to_ascii_lowercase();
    let holds = |name: &str| leaf.windows(name.len().max(1)).any(|part| part == name.as_bytes());
    let wild = name.split_once('.').map(|(_, rest)| format!("*.{rest}"));
    Ok(!holds(&name) && !wild.is_some_and(|wild| holds(&wild)))
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
fn policy(case: &Value) -> Outcome<ChainPolicy> {
    let id = walk::text(case, "id")?;
    let mut key_usage = KeyUsageRule::Any;
    for word in walk::optional_list(case, "key_usage")? {
        match word.as_str() {
            Some("digitalSignature") => key_usage = KeyUsageRule::DigitalSignature,
            _ => return Err(format!("no rule asks for the key usage {word}")),
        }
    }
    let depth = match &case["max_chain_depth"] {
        Value::Null => Depth::default(),
        said => {
            let depth = said.as_u64().and_then(|depth| u8::try_from(depth).ok());
            Depth::at_most(depth.ok_or_else(|| format!("max_chain_depth is {said}"))?)
        }
    };
    Ok(ChainPolicy {
        policies: Vec::new(),
        key_usage,
        extended_key_usage: None,
        // The profile of the web has no authorities at the end of a path; RFC 5280 has.
        subject: if id.starts_with("webpki::") { SubjectRule::EndEntity } else { SubjectRule::Any },
        profile: if id.starts_with("pkits::") { Profile::Path } else { Profile::Strict },
        depth,
    })
}

/// The extended usages that a case asks for: each of them must be there.
fn extended_usages(case: &Value) -> Outcome<Vec<Option<Oid>>> {
    let usage = |word: &Value| {
        let dotted = match word.as_str() {
            Some("serverAuth") => "1.3.6.1.5.5.7.3.1",
            Some("clientAuth") => "1.3.6.1.5.5.7.3.2",
            Some("codeSigning") => "1.3.6.1.5.5.7.3.3",
            Some("emailProtection") => "1.3.6.1.5.5.7.3.4",
            Some("timeStamping") => "1.3.6.1.5.5.7.3.8",
            Some("OCSPSigning") => "1.3.6.1.5.5.7.3.9",
            _ => return Err(format!("the extended key usage {word} is not known")),
        };
        walk::told(dotted.parse(), dotted).map(Some)
    };
    let asked = walk::optional_list(case, "extended_key_usage")?;
    if asked.is_empty() { Ok(vec![None]) } else { asked.iter().map(usage).collect() }
}

/// The verdict of a case; the outer error is of the case itself.
fn verify(case: &Value) -> Outcome<Result<(), Fault>> {
    let anchors = ders(walk::list(case, "trusted_certs")?)?;
    let mut chain = vec![der(walk::text(case, "peer_certificate")?)?];
    chain.extend(ders(walk::optional_list(case, "untrusted_intermediates")?)?);
    let at = walk::optional(case, "validation_time")?.unwrap_or("2026-11-01T00:00:00Z");
    let at = walk::time(at)?;
    let lists = walk::optional_list(case, "crls")?;
    let lists = lists.iter().map(crl).collect::<Outcome<Vec<_>>>()?;
    let lists = match &case["needs_revocation"] {
        Value::Null | Value::Bool(false) if lists.is_empty() => None,
        Value::Null | Value::Bool(_) => Some(lists),
        other => return Err(format!("needs_revocation is {other}")),
    };
    let policy = policy(case)?;
    for extended_key_usage in extended_usages(case)? {
        let policy = ChainPolicy { extended_key_usage, ..policy.clone() };
        if let Err(fault) = holds(&anchors, &chain, &policy, lists.as_deref(), at) {
            return Ok(Err(fault));
        }
    }
    Ok(Ok(()))
}

fn holds(
    anchors: &[Vec<u8>],
    chain: &[Vec<u8>],
    policy: &ChainPolicy,
    lists: Option<&[Vec<u8>]>,
    at: Timestamp,
) -> Result<(), Fault> {
    let path = verify_path(chain, &TrustAnchors::from_der(anchors)?, policy, at)?;
    if let Some(lists) = lists {
        path.check_revocation(lists, at)?;
    }
    Ok(())
}

fn ders(pems: &[Value]) -> Outcome<Vec<Vec<u8>>> {
    pems.iter().map(|pem| der(pem.as_str().ok_or("a certificate is no text")?)).collect()
}

fn der(pem: &str) -> Outcome<Vec<u8>> {
    let der = CertificateDer::from_pem_slice(pem.as_bytes());
    walk::told(der, "a certificate").map(|der| der.to_vec())
}

fn crl(pem: &Value) -> Outcome<Vec<u8>> {
    let pem = pem.as_str().ok_or("a revocation list is no text")?;
    let list = CertificateRevocationListDer::from_pem_slice(pem.as_bytes());
    walk::told(list, "a revocation list").map(|list| list.to_vec())
}
