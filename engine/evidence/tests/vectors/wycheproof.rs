//! Wycheproof's signature verification cases. "Acceptable" ones may do either.

use super::{
    tally::Tally,
    walk::{self, Outcome},
};
use serde_json::Value;
use simbind_evidence::signature::{KeyError, PublicKey, SignatureScheme, verify};
use std::path::Path;

pub(crate) fn run(folder: &Path) -> Tally {
    let mut tally = Tally::default();
    for (file, json) in walk::json_files(folder, &mut tally) {
        let right = tally.right();
        match walk::list(&json, "testGroups") {
            Ok(groups) => groups.iter().for_each(|group| run_group(&file, group, &mut tally)),
            Err(error) => tally.is_wrong(&file, error),
        }
        // What is otherwise in all of its cases may be the fault of this code.
        if tally.right() == right {
            tally.is_wrong(&file, "none of its cases is right");
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

/// What came of a case that is not wrong.
enum Judged {
    Right,
    Otherwise(&'static str),
}

fn run_group(file: &str, group: &Value, tally: &mut Tally) {
    let cases = match walk::list(group, "tests") {
        Ok([]) => return tally.is_wrong(file, "a group without cases"),
        Ok(cases) => cases,
        Err(error) => return tally.is_wrong(file, error),
    };
    for case in cases {
        let id = format!("{file} case {}", case["tcId"]);
        match walk::guarded(|| judge(group, case)) {
            Ok(Judged::Right) => tally.is_right(),
            Ok(Judged::Otherwise(reason)) => tally.is_otherwise(&id, reason),
            Err(difference) => tally.is_wrong(&id, difference),
        }
    }
}

fn judge(group: &Value, case: &Value) -> Outcome<Judged> {
    let (message, signature) = (walk::from_hex(case, "msg")?, walk::from_hex(case, "sig")?);
    let key = match PublicKey::from_spki_der(&walk::from_hex(group, "publicKeyDer")?) {
        Ok(key) => key,
        Err(error @ KeyError::Malformed) => return Err(error.to_string()),
        Err(_) => {
            return Ok(Judged::Otherwise("a kind or size of key that is refused by name"));
        }
    };
    if Some(key.scheme()) != scheme(group) {
        return Ok(Judged::Otherwise("the key's one scheme has another digest"));
    }
    let accepted = verify(&key, key.scheme(), &message, &signature).is_ok();
    match (walk::text(case, "result")?, accepted) {
        ("acceptable", _) | ("valid", true) | ("invalid", false) => Ok(Judged::Right),
        (result, _) => Err(format!("{result}, but accepted is {accepted}")),
    }
}
