//! Real chains of Android Key Attestation, and chains derived from them: the verdict of the strict
//! policy, the verdict of the chain alone, and every field of the key description.

mod fields;

use super::{
    tally::Tally,
    walk::{self, Outcome},
};
use serde_json::Value;
use simbind_core::time::Timestamp;
use simbind_evidence::{
    android::{
        AttestationError, AttestationPolicy, AttestationRoots, ExpectedAttestation, StatusList,
        Weakness, verify,
    },
    certificate::AnchorError,
    pem,
};
use std::path::Path;

struct Sample<'c> {
    json: &'c Value,
    chain: Vec<Vec<u8>>,
    roots: AttestationRoots,
    status: StatusList,
    /// None: any.
    challenge: Option<Vec<u8>>,
    at: Timestamp,
}

pub(crate) fn run(folder: &Path) -> Tally {
    let mut tally = Tally::default();
    for (file, json) in walk::json_files(folder, &mut tally) {
        // A status list is no case.
        if json["entries"].is_object() {
            tally.is_passed_over(&file);
            continue;
        }
        let judged = walk::guarded(|| {
            let sample = load(folder, &json)?;
            verdicts(&sample)?;
            fields::compare(&json, &sample.chain)
        });
        match judged {
            Ok(()) => tally.is_right(),
            Err(difference) => tally.is_wrong(walk::name(&json, &file), difference),
        }
    }
    tally
}

fn load<'c>(folder: &Path, json: &'c Value) -> Outcome<Sample<'c>> {
    let chain = walk::open(folder, walk::text(json, "pem")?)?;
    let roots = walk::optional(json, "trust_anchors")?.unwrap_or("roots.pem");
    let status = walk::file(folder, json, "status_list")?;
    let status = status.map(|list| StatusList::from_json(&list)).transpose();
    let challenge = walk::optional(json, "challenge_hex")?;
    let trusted = match AttestationRoots::from_pem(&walk::open(folder, roots)?) {
        Err(AnchorError::UnsupportedKeys) => AttestationRoots::none(),
        trusted => walk::told(trusted, roots)?,
    };
    Ok(Sample {
        chain: walk::told(pem::certificates(&chain), "pem")?,
        roots: trusted,
        status: walk::told(status, "status_list")?.unwrap_or_default(),
        challenge: challenge.map(|_| walk::from_hex(json, "challenge_hex")).transpose()?,
        at: walk::time(walk::text(json, "verify_at")?)?,
        json,
    })
}

fn word(accepted: bool) -> &'static str {
    if accepted { "accept" } else { "reject" }
}

fn verdicts(sample: &Sample<'_>) -> Outcome {
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
