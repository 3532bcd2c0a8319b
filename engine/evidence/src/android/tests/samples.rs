//! Real chains, and chains derived from them, with their expected verdicts.

use crate::{
    android::{
        AttestationError, AttestationPolicy, AttestationRoots, AuthorizationList,
        ExpectedAttestation, KeyDescription, SecurityLevel, StatusList, read, verify,
    },
    certificate::certificates_of_pem,
    vectors,
};
use serde_json::{Value, json};
use simbind_core::{ids::Imei, time::Timestamp};
use std::path::Path;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};
use x509_parser::prelude::{FromDer, X509Certificate};

struct Sample {
    name: String,
    json: Value,
    chain: Vec<Vec<u8>>,
    roots: AttestationRoots,
    status: StatusList,
    challenge: Vec<u8>,
    at: Timestamp,
}

fn load(folder: &Path, path: &Path) -> Option<Sample> {
    let json: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let file = |key: &str| json[key].as_str().map(|name| std::fs::read(folder.join(name)).unwrap());
    let pem = file("pem")?;
    let chain = certificates_of_pem(&pem).unwrap().iter().map(|der| der.to_vec()).collect();
    let roots =
        file("trust_anchors").unwrap_or_else(|| std::fs::read(folder.join("roots.pem")).unwrap());
    let at = OffsetDateTime::parse(json["verify_at"].as_str().unwrap(), &Rfc3339).unwrap();
    Some(Sample {
        name: json["name"].as_str().unwrap().to_owned(),
        chain,
        roots: AttestationRoots::from_pem(&roots).unwrap(),
        status: file("status_list")
            .map(|list| StatusList::from_json(&list).unwrap())
            .unwrap_or_default(),
        challenge: hex::decode(json["challenge_hex"].as_str().unwrap()).unwrap(),
        at: Timestamp::from_secs(at.unix_timestamp()),
        json,
    })
}

fn samples() -> Vec<Sample> {
    let Some(folder) = vectors::folder("android-key") else {
        return Vec::new();
    };
    let mut paths: Vec<_> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
        .collect();
    paths.sort();
    paths.iter().filter_map(|path| load(&folder, path)).collect()
}

fn word(accepted: bool) -> &'static str {
    if accepted { "accept" } else { "reject" }
}

#[test]
fn every_sample_gets_its_verdict() {
    for sample in samples() {
        let expected = ExpectedAttestation { challenge: &sample.challenge, apps: &[] };
        let outcome = verify(&sample.chain, &sample.roots, &sample.status, &expected, sample.at);
        let weakest = outcome.as_ref().map(|read| read.weakest(&AttestationPolicy::default()));
        let verdict = word(weakest == Ok(None));
        println!("{}: {verdict} {weakest:?}", sample.name);
        let also = sample.json["also_accepted"].as_str().unwrap_or_default();
        assert!(
            sample.json["expected"] == verdict || also.starts_with(verdict),
            "{}: {verdict} ({weakest:?}), but {}",
            sample.name,
            sample.json["why"]
        );
        let chain = word(!outcome.as_ref().is_err_and(AttestationError::is_of_chain));
        assert!(
            sample.json["chain_expected"] == chain || also.starts_with(chain),
            "{}: chain {chain}, {:?}",
            sample.name,
            outcome.err()
        );
    }
}

#[test]
fn every_sample_decodes_as_written() {
    for sample in samples() {
        let described = sample.json["key_description_at"].as_array().unwrap();
        let Some(place) = described.first().and_then(Value::as_u64) else {
            continue;
        };
        let der = &sample.chain[usize::try_from(place).unwrap()];
        let (_, leaf) = X509Certificate::from_der(der).unwrap();
        let extension = leaf
            .extensions()
            .iter()
            .find(|extension| extension.oid.to_id_string() == "1.3.6.1.4.1.11129.2.1.17")
            .unwrap();
        let description = read::key_description(extension.value).unwrap();
        for (field, value) in fields(&description) {
            assert_eq!(value, sample.json[field], "{}: {field}", sample.name);
        }
        let imei = sample.json["imei"].as_str().map(|imei| imei.parse::<Imei>().unwrap());
        let read = first(&description, |list| list.imeis.first().copied());
        assert_eq!(read, imei, "{}: imei", sample.name);
    }
}

/// The value of the hardware's list or else the other's, as the samples' files have it.
fn first<T>(
    description: &KeyDescription,
    get: impl Fn(&AuthorizationList) -> Option<T>,
) -> Option<T> {
    get(&description.hardware).or_else(|| get(&description.software))
}

fn level(level: SecurityLevel) -> Value {
    json!(match level {
        SecurityLevel::Software => "Software",
        SecurityLevel::TrustedEnvironment => "TrustedEnvironment",
        SecurityLevel::StrongBox => "StrongBox",
        SecurityLevel::Other(_) => "Other",
    })
}

fn fields(d: &KeyDescription) -> Vec<(&'static str, Value)> {
    let root = first(d, |list| list.root_of_trust.clone());
    let application = first(d, |list| list.application.clone()).unwrap_or_default();
    let purposes = first(d, |list| Some(list.purposes.clone()).filter(|p| !p.is_empty()));
    let states = ["VERIFIED", "SELF_SIGNED", "UNVERIFIED", "FAILED"];
    let state = root.as_ref().map(|root| states[root.state.number() as usize]);
    let packages: Vec<_> = application
        .packages
        .iter()
        .map(|package| json!({ "name": package.name, "version": package.version }))
        .collect();
    let digests: Vec<_> = application.signer_digests.iter().map(hex::encode).collect();
    vec![
        ("attestation_challenge_in_certificate_hex", json!(hex::encode(&d.challenge))),
        ("attestation_version", json!(d.attestation_version)),
        ("attestation_security_level", level(d.attestation_level)),
        ("keymint_version", json!(d.keymint_version)),
        ("keymint_security_level", level(d.keymint_level)),
        ("verified_boot_state", json!(state)),
        ("device_locked", json!(root.as_ref().map(|root| root.locked))),
        ("verified_boot_key_hex", json!(root.as_ref().map(|root| hex::encode(&root.boot_key)))),
        (
            "verified_boot_hash_hex",
            json!(root.as_ref().and_then(|root| root.boot_hash.as_ref().map(hex::encode))),
        ),
        ("os_version", json!(first(d, |list| list.os_version))),
        ("os_patch_level", json!(first(d, |list| list.os_patch))),
        ("vendor_patch_level", json!(first(d, |list| list.vendor_patch))),
        ("boot_patch_level", json!(first(d, |list| list.boot_patch))),
        ("origin", json!(first(d, |list| list.origin.map(|origin| origin.number())))),
        ("purposes", json!(purposes)),
        ("packages", json!(packages)),
        ("signature_digests", json!(digests)),
    ]
}
