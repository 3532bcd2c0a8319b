//! Wycheproof's signature verification cases. "Acceptable" ones may do either.

use super::tally::Tally;
use serde_json::Value;
use simbind_evidence::signature::{KeyError, PublicKey, SignatureScheme, verify};
use std::path::Path;

pub(crate) fn run(folder: &Path) -> Tally {
    let mut tally = Tally::default();
    let Ok(entries) = std::fs::read_dir(folder) else { return tally };
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    for path in paths.iter().filter(|path| path.extension().is_some_and(|e| e == "json")) {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let file: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
        for group in file["testGroups"].as_array().unwrap() {
            run_group(&name, group, &mut tally);
        }
    }
    tally
}

/// The scheme of our own that a group's algorithm and digest mean.
fn scheme(group: &Value) -> Option<SignatureScheme> {
    let digest = group["sha"].as_str().unwrap_or_default();
    match (group["type"].as_str().unwrap_or_default(), digest) {
        ("RsassaPkcs1Verify", "SHA-256") => Some(SignatureScheme::RsaPkcs1Sha256),
        ("EcdsaVerify", "SHA-256") => Some(SignatureScheme::EcdsaP256Sha256),
        ("EcdsaVerify", "SHA-384") => Some(SignatureScheme::EcdsaP384Sha384),
        _ => None,
    }
}

fn run_group(name: &str, group: &Value, tally: &mut Tally) {
    let bytes = |value: &Value| hex::decode(value.as_str().unwrap()).unwrap();
    let key = PublicKey::from_spki_der(&bytes(&group["publicKeyDer"]));
    for case in group["tests"].as_array().unwrap() {
        let id = format!("{name} case {}", case["tcId"]);
        let key = match &key {
            Ok(key) if Some(key.scheme()) == scheme(group) => key,
            Ok(_) => {
                tally.is_otherwise(&id, "the key's one scheme has another digest");
                continue;
            }
            Err(KeyError::Malformed) => {
                tally.is_wrong(&id, "its key is refused as malformed");
                continue;
            }
            Err(_) => {
                tally.is_otherwise(&id, "a kind or size of key that is refused by name");
                continue;
            }
        };
        let accepted =
            verify(key, key.scheme(), &bytes(&case["msg"]), &bytes(&case["sig"])).is_ok();
        match (case["result"].as_str().unwrap(), accepted) {
            ("acceptable", _) | ("valid", true) | ("invalid", false) => tally.is_right(),
            (result, _) => tally.is_wrong(&id, format!("{result}, but accepted is {accepted}")),
        }
    }
}
