//! Bytes that come back to us: challenges, bundles, facts, and what the ledgers hold.

use crate::Outcome;
use crate::fixtures::{BUNDLE, BUNDLE_KEY, NOW};
use simbind_core::transcript::Audience;
use simbind_rules::{Facts, facts::Channel};
use simbind_service::{
    bundle::{Bundle, BundleKey, TrustedKeys},
    challenge::{Challenges, Purpose, Returned},
    ledger::{decode_decision, decode_state, encode_decision, encode_state},
};
use std::time::Duration;

/// The challenges of this target: their key is of no importance.
pub fn challenges() -> Challenges {
    Challenges::new(&[7; 32], Duration::from_secs(300))
}

/// What the challenges of this target are drawn for.
pub fn purposes() -> Vec<Purpose> {
    let mut purposes = vec![Purpose::Enrolment];
    if let Ok(id) = "bank".parse() {
        purposes.push(Purpose::Check(Audience::RelyingParty(id), Channel::AppLogin));
    }
    if let Ok(id) = "door-1".parse() {
        purposes.push(Purpose::Check(Audience::Reader(id), Channel::TapBare));
    }
    purposes
}

/// A challenge that came back. Only one that was drawn is recognised, for one purpose, and in time.
pub fn challenge(bytes: &[u8]) -> Outcome {
    let ours = challenges();
    let mut good = 0;
    for purpose in purposes() {
        if let Returned::Good { id, expires_at } = ours.recognise(bytes, &purpose, NOW) {
            good += 1;
            let drawn = ours.issue(*id.as_bytes(), &purpose, expires_at.minus(ours.lifetime()));
            assert_eq!(drawn.bytes, bytes, "a challenge that was not drawn");
            assert!(NOW <= expires_at, "a challenge that has ended");
        }
    }
    assert!(good <= 1, "a challenge for two purposes");
    if good == 1 { Outcome::Taken } else { Outcome::Refused }
}

/// A signed bundle. The only one that is taken is the one that was signed.
pub fn bundle(bytes: &[u8]) -> Outcome {
    let keys = TrustedKeys::new([BundleKey::from_bytes(*BUNDLE_KEY)]).unwrap_or_default();
    let outcome = Bundle::open(bytes, &keys);
    assert!(outcome.is_err() || bytes == BUNDLE, "a bundle nobody signed");
    Outcome::of(&outcome)
}

/// Facts of a record: one set has one encoding.
pub fn facts(bytes: &[u8]) -> Outcome {
    let outcome = Facts::from_bytes(bytes);
    if let Ok(facts) = &outcome {
        assert_eq!(facts.to_bytes(), bytes, "facts with two encodings");
    }
    Outcome::of(&outcome)
}

/// Entries of the two ledgers: what is read is written, and reads back as the same.
pub fn entries(bytes: &[u8]) -> Outcome {
    let (state, decision) = (decode_state(bytes), decode_decision(bytes));
    if let Ok(entry) = &state {
        let written = encode_state(entry).ok();
        assert!(written.is_some_and(|bytes| decode_state(&bytes).as_ref() == Ok(entry)));
    }
    if let Ok(entry) = &decision {
        let written = encode_decision(entry).ok();
        assert!(written.is_some_and(|bytes| decode_decision(&bytes).as_ref() == Ok(entry)));
    }
    Outcome::of(&state.map(drop).or(decision.map(drop)))
}

/// Frames of a segment.
pub fn frames(bytes: &[u8]) -> Outcome {
    match simbind_store::fuzz::frames(bytes) {
        0 => Outcome::Refused,
        _ => Outcome::Taken,
    }
}
