//! Chains of persons' certificates.

use super::{
    authority::{Kind, NOW, Party, chain},
    places::Places,
    published::{cases, certificates, readable, time},
    sample::Sample,
};
use serde_json::Value;
use simbind_core::time::Timestamp;
use simbind_evidence::certificate::{
    ChainPolicy, KeyUsageRule, TrustAnchors, VerifiedCertificate, verify_chain,
};
use std::path::Path;

/// certificatePolicies with one policy, 1.2.392.200149.8.5.1.3.30, DER.
const POLICIES: &[u8] =
    &[0x30, 0x10, 0x30, 0x0E, 6, 12, 0x2A, 0x83, 8, 0x8C, 0x9B, 0x55, 8, 5, 1, 3, 0x1E, 0];

fn sample(
    name: String,
    inputs: Vec<Vec<u8>>,
    anchors: TrustAnchors,
    policy: ChainPolicy,
    at: Timestamp,
) -> Sample<VerifiedCertificate> {
    let verify = move |chain: &[Vec<u8>]| verify_chain(chain, &anchors, &policy, at).ok();
    // Certificates without which the same is found: the path does not use them.
    let genuine = verify(&inputs);
    let unused = (1..inputs.len()).filter(|left_out| {
        let mut fewer = inputs.clone();
        fewer.remove(*left_out);
        verify(&fewer) == genuine
    });
    let outside = Places::whole(unused);
    Sample { name, inputs, list: true, outside, verify: Box::new(verify) }
}

/// Chains of our own making: each kind of key, with and without an authority between, with and
/// without the root's copy, and with critical policies.
pub(crate) fn made() -> Vec<Sample<VerifiedCertificate>> {
    let mut samples = Vec::new();
    for kind in [Kind::Rsa2048, Kind::P256, Kind::P384] {
        let root = Party::authority("root", 1, kind);
        let between = Party::authority("between", 2, kind);
        let person = Party::leaf("person", 0x00AB_CDEF, kind);
        let strict = Party::leaf("person", 3, kind).with(&[2, 5, 29, 32], POLICIES.to_vec(), true);
        for (form, parties, with_root) in [
            ("direct", vec![&person, &root], false),
            ("one between", vec![&person, &between, &root], false),
            ("with its root", vec![&person, &between, &root], true),
            ("critical policies", vec![&strict, &between, &root], false),
            ("critical policies, with its root", vec![&strict, &between, &root], true),
        ] {
            let inputs = chain(&parties, with_root);
            let anchors = TrustAnchors::from_der([root.self_signed()]).unwrap();
            let name = format!("{kind:?}, {form}");
            samples.push(sample(name, inputs, anchors, ChainPolicy::default(), NOW));
        }
    }
    samples
}

/// Good cases of x509-limbo and PKITS, of those that are accepted.
pub(crate) fn published(folder: &Path) -> Vec<Sample<VerifiedCertificate>> {
    let files = cases(folder);
    let cases = files.iter().filter_map(|file| file["testcases"].as_array()).flatten();
    cases.filter_map(|json| readable(&json["id"], || case(json))).collect()
}

fn case(case: &Value) -> Option<Sample<VerifiedCertificate>> {
    let der = |pem: &Value| certificates(pem.as_str().unwrap().as_bytes()).swap_remove(0);
    let all = |field: &str| case[field].as_array().unwrap().iter().map(der).collect::<Vec<_>>();
    let anchors = TrustAnchors::from_der(all("trusted_certs")).ok()?;
    let mut inputs = vec![der(&case["peer_certificate"])];
    inputs.extend(all("untrusted_intermediates"));
    let at = time(case["validation_time"].as_str().unwrap_or("2026-11-01T00:00:00Z"));
    let policy = ChainPolicy { key_usage: KeyUsageRule::Any, ..ChainPolicy::default() };
    verify_chain(&inputs, &anchors, &policy, at).ok()?;
    let name = case["id"].as_str().unwrap().to_owned();
    Some(sample(name, inputs, anchors, policy, at))
}
