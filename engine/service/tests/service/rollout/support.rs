//! Packs, and short words for what is done with them.

use crate::support::{PACK, START, TestEngine, World, caller, pack};
use simbind_core::{rollout::Why, time::Timestamp};
use simbind_rules::{PackSource, PacksHash, RuleBook};
use simbind_service::{
    ServiceError,
    ledger::{ManifestRow, StateEntry, decode_row, encode_state, keys},
    ports::store::{Append, LedgerKind, Store as _},
    rollout::{Advance, BackTo, Deed, Offer, StagingOutcome},
};

/// A rule that lets nobody in.
pub(crate) const DENY: &str = r#"
[[rule]]
id = "nobody"
on = ["login", "tap"]
when = "pin.failures >= 0"
verdict = "deny"
reason = "PIN_LOCKED"
"#;

/// A rule that asks everybody for more.
pub(crate) const STEP_UP: &str = r#"
[[rule]]
id = "everybody"
on = ["login", "tap"]
when = "pin.failures >= 0"
verdict = "step_up"
step_up = ["card", "counter"]
reason = "SIM_REISSUED"
"#;

/// A test that does not hold.
pub(crate) const FAILING: &str = r#"
[[test]]
name = "nobody is let in"
given = { "pin.failures" = 0 }
expect = { verdict = "deny", reason = "PIN_LOCKED" }
"#;

/// A pack of a carrier.
pub(crate) const CARRIER: &str = r#"
[pack]
id = "docomo"
extends = "nation"
applies_to = { carrier = "docomo" }
"#;

pub(crate) const fn now() -> Timestamp {
    START
}

pub(crate) fn source(name: &str, text: &str) -> PackSource {
    PackSource { name: name.into(), text: text.into() }
}

/// The hash of the pack alone.
pub(crate) fn book(text: &str) -> PacksHash {
    RuleBook::compile(&pack(text)).unwrap().hash()
}

pub(crate) async fn stage_text(
    engine: &TestEngine,
    by: &str,
    text: &str,
) -> Result<StagingOutcome, ServiceError> {
    let why: Why = "stage".parse().unwrap();
    let deed = Deed { by: &caller(by), why: &why };
    engine.stage_packs(deed, Offer::Texts(pack(text))).await
}

pub(crate) async fn offer(engine: &TestEngine, offer: Offer) -> Result<PacksHash, ServiceError> {
    let why: Why = "stage".parse().unwrap();
    match engine.stage_packs(Deed { by: &caller("ann"), why: &why }, offer).await? {
        StagingOutcome::Staged { packs, .. } => Ok(packs),
        StagingOutcome::NotGood(found) => panic!("{found:?}"),
    }
}

/// Stages the pack with more behind it.
pub(crate) async fn stage(engine: &TestEngine, by: &str, more: &str) -> PacksHash {
    stage_all(engine, by, pack(&format!("{PACK}{more}"))).await
}

pub(crate) async fn stage_all(
    engine: &TestEngine,
    by: &str,
    sources: Vec<PackSource>,
) -> PacksHash {
    let why: Why = "stage".parse().unwrap();
    let deed = Deed { by: &caller(by), why: &why };
    match engine.stage_packs(deed, Offer::Texts(sources)).await.unwrap() {
        StagingOutcome::Staged { packs, .. } => packs,
        StagingOutcome::NotGood(found) => panic!("{found:?}"),
    }
}

pub(crate) async fn approve(
    engine: &TestEngine,
    by: &str,
    packs: PacksHash,
) -> Result<(), ServiceError> {
    let why: Why = "approve".parse().unwrap();
    engine.approve_packs(Deed { by: &caller(by), why: &why }, packs).await
}

pub(crate) async fn advance(
    engine: &TestEngine,
    by: &str,
    packs: PacksHash,
    to: Advance,
) -> Result<PacksHash, ServiceError> {
    let why: Why = "advance".parse().unwrap();
    engine.advance_packs(Deed { by: &caller(by), why: &why }, packs, to).await
}

pub(crate) async fn withdraw(
    engine: &TestEngine,
    by: &str,
    packs: PacksHash,
) -> Result<(), ServiceError> {
    let why: Why = "withdraw".parse().unwrap();
    engine.withdraw_packs(Deed { by: &caller(by), why: &why }, packs).await
}

pub(crate) async fn back(
    engine: &TestEngine,
    by: &str,
    to: BackTo,
) -> Result<PacksHash, ServiceError> {
    let why: Why = "back".parse().unwrap();
    let leaving = PacksHash(engine.packs().1);
    engine.roll_back_packs(Deed { by: &caller(by), why: &why }, leaving, to).await
}

/// Goes back from packs that may have been left already.
pub(crate) async fn back_from(
    engine: &TestEngine,
    leaving: PacksHash,
    to: BackTo,
) -> Result<PacksHash, ServiceError> {
    let why: Why = "back".parse().unwrap();
    engine.roll_back_packs(Deed { by: &caller("ann"), why: &why }, leaving, to).await
}

/// Names another text under the packs' hash, as if a newer compiler refused it.
pub(crate) async fn damage(world: &World, packs: PacksHash) {
    let row = world.store.read(&[keys::manifest(&packs.0).unwrap()]).await.unwrap();
    let mut row: ManifestRow = decode_row(&row.values[0].as_ref().unwrap().value).unwrap();
    let text = "[pack]\nid = 7\n".to_owned();
    row.packs[0].1 = ring_sha256(&text);
    for entry in [
        StateEntry::PackTexts { texts: vec![text] },
        StateEntry::PacksNamed { hash: packs.0, packs: row.packs },
    ] {
        let entry = encode_state(&entry).unwrap().into();
        world.store.append(LedgerKind::State, Append { entry, expect: vec![] }).await.unwrap();
    }
}

fn ring_sha256(text: &str) -> [u8; 32] {
    ring::digest::digest(&ring::digest::SHA256, text.as_bytes()).as_ref().try_into().unwrap()
}
