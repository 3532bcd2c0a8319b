//! Real chains of Android Key Attestation, and chains derived from them: the verdict of the strict
//! policy, the verdict of the chain alone, and every field of the key description.

mod fields;

use super::tally::Tally;
use rustls_pki_types::{CertificateDer, pem::PemObject};
use serde_json::Value;
use simbind_core::time::Timestamp;
use simbind_evidence::android::{
    AttestationError, AttestationPolicy, AttestationRoots, ExpectedAttestation, StatusList,
    Weakness, verify,
};
use std::path::Path;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

struct Sample {
    json: Value,
    chain: Vec<Vec<u8>>,
    roots: AttestationRoots,
    status: StatusList,
    /// None: any.
    challenge: Option<Vec<u8>>,
    at: Timestamp,
}

pub(crate) fn run(folder: &Path) -> Tally {
    let mut tally = Tally::default();
    let Ok(entries) = std::fs::read_dir(folder) else { return tally };
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    for path in paths.iter().filter(|path| path.extension().is_some_and(|e| e == "json")) {
        let Some(sample) = load(folder, path) else { continue };
        let name = sample.json["name"].as_str().unwrap();
        match verdicts(&sample).and_then(|()| fields::compare(&sample.json, &sample.chain)) {
            Ok(()) => tally.is_right(),
            Err(difference) => tally.is_wrong(name, difference),
        }
    }
    tally
}

/// The sample of a file; none where it is no case (a status list, for one).
fn load(folder: &Path, path: &Path) -> Option<Sample> {
    let json: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let file = |key: &str| json[key].as_str().map(|name| std::fs::read(folder.join(name)).unwrap());
    let pem = file("pem")?;
    let chain = CertificateDer::pem_slice_iter(&pem).map(|der| der.unwrap().to_vec()).collect();
    let roots =
        file("trust_anchors").unwrap_or_else(|| std::fs::read(folder.join("roots.pem")).unwrap());
    let at = OffsetDateTime::parse(json["verify_at"].as_str().unwrap(), &Rfc3339).unwrap();
    Some(Sample {
        chain,
        roots: AttestationRoots::from_pem(&roots).unwrap(),
        status: file("status_list")
            .map(|list| StatusList::from_json(&list).unwrap())
            .unwrap_or_default(),
        challenge: json["challenge_hex"].as_str().map(|text| hex::decode(text).unwrap()),
        at: Timestamp::from_secs(at.unix_timestamp()),
        json,
    })
}

fn word(accepted: bool) -> &'static str {
    if accepted { "accept" } else { "reject" }
}

fn verdicts(sample: &Sample) -> Result<(), String> {
    let challenge = sample.challenge.as_deref();
    let expected = ExpectedAttestation { challenge: challenge.unwrap_or_default(), apps: &[] };
    let outcome = verify(&sample.chain, &sample.roots, &sample.status, &expected, sample.at);
    let asked = |weakness: &Weakness| challenge.is_some() || *weakness != Weakness::WrongChallenge;
    let weakest =
        outcome.as_ref().map(|read| read.weaknesses(&AttestationPolicy::default()).find(asked));
    let also = sample.json["also_accepted"].as_str().unwrap_or_default();
    let right = |field: &str, verdict| sample.json[field] == verdict || also.starts_with(verdict);
    let verdict = word(weakest == Ok(None));
    if !right("expected", verdict) {
        return Err(format!("{verdict} ({weakest:?}), but {}", sample.json["why"]));
    }
    let chain = word(!outcome.as_ref().is_err_and(AttestationError::is_of_chain));
    if !right("chain_expected", chain) {
        return Err(format!("the chain alone: {chain} ({:?})", outcome.err()));
    }
    Ok(())
}
