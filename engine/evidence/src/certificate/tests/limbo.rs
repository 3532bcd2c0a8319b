//! Published path-validation cases (x509-limbo, and NIST's PKITS in the same form). Cases that
//! stand on what this crate does not look at are skipped: revocation, server names, and the
//! profiles of TLS and of pedantic readings.

use crate::{
    certificate::{
        ChainError, ChainPolicy, KeyUsageRule, TrustAnchors, certificates_of_pem, explicit,
        verify_chain,
    },
    vectors,
};
use rustls_pki_types::CertificateDer;
use serde_json::Value;
use simbind_core::time::Timestamp;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

fn der(pem: &Value) -> Vec<u8> {
    certificates_of_pem(pem.as_str().unwrap().as_bytes()).unwrap()[0].to_vec()
}

struct Case {
    id: String,
    good: bool,
    outcome: Result<(), ChainError>,
    /// Whether the explicit walk takes the chain.
    walked: bool,
}

/// Reads and runs one case: with its extended key usage where it has one.
fn run(case: &Value) -> Option<Case> {
    let anchors = case["trusted_certs"].as_array().unwrap().iter().map(der);
    let mut chain = vec![der(&case["peer_certificate"])];
    chain.extend(case["untrusted_intermediates"].as_array().unwrap().iter().map(der));
    let at = case["validation_time"].as_str().unwrap_or("2026-11-01T00:00:00Z");
    let at = OffsetDateTime::parse(at, &Rfc3339).unwrap().unix_timestamp();
    let at = Timestamp::from_secs(at);
    let usage = match case["extended_key_usage"][0].as_str() {
        Some("clientAuth") => "1.3.6.1.5.5.7.3.2".parse().ok(),
        Some("serverAuth") => "1.3.6.1.5.5.7.3.1".parse().ok(),
        _ => None,
    };
    let policy = ChainPolicy {
        policies: Vec::new(),
        key_usage: KeyUsageRule::Any,
        extended_key_usage: usage,
    };
    let good = case["expected_result"] == "SUCCESS";
    let Ok(anchors) = TrustAnchors::from_der(anchors) else {
        assert!(!good, "{}: its anchors are refused", case["id"]);
        return None;
    };
    let ders: Vec<_> = chain.iter().map(|der| CertificateDer::from(der.as_slice())).collect();
    Some(Case {
        id: case["id"].as_str().unwrap().to_owned(),
        good,
        outcome: verify_chain(&chain, &anchors, &policy, at).map(drop),
        walked: explicit::walk(&ders, &anchors, policy.extended_key_usage.as_ref(), at).is_ok(),
    })
}

fn cases(file: &str) -> Vec<Case> {
    let Some(folder) = vectors::folder("x509-limbo") else {
        return Vec::new();
    };
    let text = std::fs::read(folder.join(file)).unwrap();
    let json: Value = serde_json::from_slice(&text).unwrap();
    json["testcases"].as_array().unwrap().iter().filter_map(run).collect()
}

/// What a bad case stands on that is not looked at here.
const NOT_LOOKED_AT: &[&str] = &[
    // Revocation.
    "crl::",
    "CRL",
    "cRLSign",
    "Revoked",
    "LongSerialNumber",
    "istributionPoint",
    "onlyContains",
    "onlySome",
    "DeltaCRL",
    "deltaCRL",
    // How certificates should be made, beyond what makes a path: identifiers of keys, serials,
    // anchors, and the profile of TLS on the web.
    "::aki::",
    "::ski::",
    "::serial::",
    "rfc5280::root-",
    "rfc5280::ca-empty-subject",
    "rfc5280::nc::not-allowed-in-ee",
    "webpki::",
];

/// Good cases that are refused, by kind: stricter than the standard, never laxer.
const REFUSED: &[(&str, ChainError)] = &[
    // Constraints on names other than DNS names and addresses, and on directory names.
    ("nameConstraints", ChainError::NameConstraint),
    ("::nc::", ChainError::NameConstraint),
    // Names are compared octet by octet.
    ("NameChaining", ChainError::UnknownIssuer),
    ("RolloverfromPrintable", ChainError::UnknownIssuer),
    ("CaseInsensitiveMatch", ChainError::UnknownIssuer),
    // Chains out of order, or with certificates that do not belong to them.
    ("::nc::", ChainError::Shape),
    ("pathlen::", ChainError::Shape),
    ("unrelated-intermediate", ChainError::Shape),
    // Longer than is read.
    ("cve-2024-0567", ChainError::TooMany { got: 10, max: 8 }),
    // Unique identifiers (version 2), dates before 1970, an authority as the leaf.
    ("NameUIDs", ChainError::Malformed { at: 0 }),
    ("pre2000UTCnotBefore", ChainError::Invalid),
    ("onlyContainsCACerts", ChainError::AuthorityAsLeaf),
    ("SelfIssuedpathLen", ChainError::BadSignature),
];

#[test]
fn published_cases_get_their_verdicts() {
    for case in cases("limbo.json").into_iter().chain(cases("pkits.json")) {
        let named = |part: &&str| case.id.contains(*part);
        match case.outcome {
            Ok(()) if !case.good => {
                assert!(NOT_LOOKED_AT.iter().any(named), "{} is accepted", case.id);
            }
            Err(ref error) if case.good => {
                let known = REFUSED.iter().any(|(part, known)| named(part) && known == error);
                assert!(known, "{} is refused: {error}", case.id);
            }
            _ => {}
        }
    }
}

#[test]
fn the_explicit_walk_takes_no_chain_that_path_validation_refuses() {
    for case in cases("limbo.json").into_iter().chain(cases("pkits.json")) {
        // Key usage and the leaf's key are looked at outside of either walk.
        let outside = matches!(
            case.outcome,
            Err(ChainError::AuthorityAsLeaf | ChainError::UnsupportedKey(_))
        );
        let stricter = REFUSED.iter().any(|(part, _)| case.id.contains(part));
        assert!(!case.walked || case.outcome.is_ok() || outside || stricter, "{}", case.id);
    }
}
