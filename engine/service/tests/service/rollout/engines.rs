//! Two engines over one store, as after a change that was broken off, and an index made anew.

use super::{
    refused,
    support::{
        CARRIER, DENY, STEP_UP, advance, back, back_from, offer, source, stage, stage_all, withdraw,
    },
};
use crate::support::{PACK, Person, World, pack};
use simbind_core::rollout::{Act, Change, Origin};
use simbind_rules::{PacksHash, Verdict};
use simbind_service::{
    decisions::Replayed,
    ledger::{
        IndexProjection, ManifestRow, StateEntry, decode_row, encode_decision, encode_state, keys,
    },
    ports::{
        clock::Clock as _,
        store::{Append, LedgerKind, Projection, Store as _},
    },
    rollout::{Advance, BackTo, Offer},
};
use std::sync::Arc;

#[tokio::test]
async fn what_another_engine_put_in_service_is_followed() {
    let world = World::new().await;
    let person = Person::new(&world.authority, 1);
    person.enrol(&world).await.unwrap();
    let other = world.restarted(PACK).await;
    let first = stage(&other, "ann", DENY).await;
    advance(&other, "ann", first, Advance::All).await.unwrap();
    assert_ne!(world.engine.packs().1, first.0, "nobody told it");
    world.engine.follow_packs().await.unwrap();
    assert_eq!(world.engine.packs().1, first.0);
    assert_eq!(person.check(&world.engine, "c1").await.packs, first.0);
    // A change follows by itself, before it is judged.
    let second = stage(&other, "ann", STEP_UP).await;
    advance(&world.engine, "bob", second, Advance::All).await.unwrap();
    refused(back(&other, "ann", BackTo::Before).await, "not in service");
    assert_eq!(back_from(&other, second, BackTo::Before).await, Ok(first));
    assert_eq!(world.engine.rollout().await.unwrap().rollout.live().unwrap().packs, first);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_two_analysts_who_act_at_once_only_one_does_what_only_one_can() {
    let world = World::new().await;
    let other = world.restarted(PACK).await;
    for round in 0..60 {
        let staged = stage(&world.engine, "ann", DENY).await;
        other.follow_packs().await.unwrap();
        let mut tried = Vec::new();
        for engine in [&world.engine, &other] {
            let engine = Arc::clone(engine);
            tried.push(tokio::spawn(async move { withdraw(&engine, "ann", staged).await }));
        }
        let mut done = 0;
        for tried in tried {
            done += usize::from(tried.await.unwrap().is_ok());
        }
        assert_eq!(done, 1, "round {round}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_who_go_back_at_once_and_a_lost_reply_go_back_one_version() {
    let world = World::new().await;
    let other = world.restarted(PACK).await;
    let first = stage(&world.engine, "ann", DENY).await;
    advance(&world.engine, "ann", first, Advance::All).await.unwrap();
    for round in 0..30 {
        let second = stage(&world.engine, "ann", STEP_UP).await;
        advance(&world.engine, "ann", second, Advance::All).await.unwrap();
        let mut tried = Vec::new();
        for engine in [&world.engine, &other, &world.engine] {
            let engine = Arc::clone(engine);
            tried.push(tokio::spawn(
                async move { back_from(&engine, second, BackTo::Before).await },
            ));
        }
        for tried in tried {
            assert_eq!(tried.await.unwrap(), Ok(first), "round {round}");
        }
        assert_eq!(back_from(&world.engine, second, BackTo::Before).await, Ok(first));
        other.follow_packs().await.unwrap();
        assert_eq!((world.engine.packs().1, other.packs().1), (first.0, first.0));
    }
    refused(back_from(&world.engine, PacksHash([9; 32]), BackTo::Before).await, "not in service");
}

#[tokio::test]
async fn what_a_rollback_goes_to_stays_compiled_and_is_compiled_again_after_a_start() {
    let world = World::new().await;
    let configured = PacksHash(world.engine.packs().1);
    let first = stage(&world.engine, "ann", DENY).await;
    advance(&world.engine, "ann", first, Advance::All).await.unwrap();
    let again = world.restarted(PACK).await;
    again.follow_packs().await.unwrap();
    for number in 0..10 {
        for engine in [&world.engine, &again] {
            stage(engine, "ann", &format!("{STEP_UP}\n# {number}\n")).await;
        }
    }
    // From here on, nobody could compile them.
    super::support::damage(&world, configured).await;
    assert_eq!(back_from(&world.engine, first, BackTo::Before).await, Ok(configured));
    assert_eq!(back_from(&again, first, BackTo::Before).await, Ok(configured));
    assert_eq!(again.packs().1, configured.0);
}

#[tokio::test]
async fn an_index_made_anew_holds_the_same_packs_and_changes() {
    let world = World::new().await;
    let first = stage(&world.engine, "ann", DENY).await;
    advance(&world.engine, "ann", first, Advance::All).await.unwrap();
    let second = offer(&world.engine, Offer::Texts(pack(&format!("{PACK}{STEP_UP}")))).await;
    let share = Advance::Share(250_u32.try_into().unwrap());
    advance(&world.engine, "ann", second.unwrap(), share).await.unwrap();
    let projection = Arc::new(IndexProjection::new(world.shared_vault()));
    let again = simbind_store::MemoryStore::new(
        projection as Arc<dyn Projection>,
        Arc::new(|| simbind_core::time::Timestamp::EPOCH),
    );
    for entry in world.store.all(LedgerKind::State).await {
        let append = Append { entry: entry.entry.as_ref().into(), expect: Vec::new() };
        assert_eq!(again.append(LedgerKind::State, append).await.unwrap(), entry.position);
    }
    let rebuilt = world.over(again).await;
    let (here, there) = (world.engine.rollout().await.unwrap(), rebuilt.rollout().await.unwrap());
    assert_eq!(here.rollout, there.rollout);
    let changes = world.engine.pack_changes(None, 100).await.unwrap().changes;
    assert_eq!(changes, rebuilt.pack_changes(None, 100).await.unwrap().changes);
    assert_eq!(rebuilt.packs().1, first.0);
    assert_eq!(
        back(&rebuilt, "ann", BackTo::Before).await.unwrap().0,
        super::support::book(PACK).0
    );
}

/// As if an earlier version of the program had hashed the same texts otherwise.
#[tokio::test]
async fn packs_that_have_another_hash_now_stay_in_service_and_can_be_gone_back_to() {
    let world = World::new().await;
    let denying = stage(&world.engine, "ann", DENY).await;
    let row = world.store.read(&[keys::manifest(&denying.0).unwrap()]).await.unwrap();
    let row: ManifestRow = decode_row(&row.values[0].as_ref().unwrap().value).unwrap();
    let named = row.clone();
    let configured = PacksHash(world.engine.packs().1);
    let (was, later) = (PacksHash([9; 32]), stage(&world.engine, "ann", STEP_UP).await);
    let change = |act, packs| {
        let (by, why) = (crate::support::caller("ann"), "before".parse().unwrap());
        StateEntry::PacksChanged(Change { act, packs, by, at: world.clock.now(), why })
    };
    let staged = Act::Staged { origin: Origin::Texts };
    let told = |entry: StateEntry| {
        let entry = encode_state(&entry).unwrap().into();
        world.store.append(LedgerKind::State, Append { entry, expect: Vec::new() })
    };
    let first = world.store.read(&[keys::manifest(&configured.0).unwrap()]).await.unwrap();
    let first: ManifestRow = decode_row(&first.values[0].as_ref().unwrap().value).unwrap();
    let old = PacksHash([8; 32]);
    told(StateEntry::PacksNamed { hash: old.0, packs: first.packs }).await.unwrap();
    told(change(Act::Configured { origin: Origin::Texts }, old)).await.unwrap();
    let again = world.restarted(PACK).await;
    let last = again.pack_changes(None, 1).await.unwrap().changes.remove(0);
    assert_eq!((last.act, last.packs), (Act::Renamed { was: old }, configured));
    told(StateEntry::PacksNamed { hash: was.0, packs: row.packs }).await.unwrap();
    told(change(staged, was)).await.unwrap();
    told(change(Act::Activated, was)).await.unwrap();
    let again = world.restarted(PACK).await;
    assert_eq!(again.packs().1, denying.0, "the same texts");
    let last = again.pack_changes(None, 1).await.unwrap().changes.remove(0);
    assert_eq!((last.act, last.packs), (Act::Renamed { was }, denying));
    let entries = world.store.all(LedgerKind::State).await.len();
    assert_eq!(world.restarted(PACK).await.packs().1, denying.0);
    assert_eq!(world.store.all(LedgerKind::State).await.len(), entries, "told once");
    // What was decided under the hash of before is explained by the same texts.
    told(StateEntry::PacksNamed { hash: [7; 32], packs: named.packs }).await.unwrap();
    let person = Person::new(&world.authority, 3);
    person.enrol(&world).await.unwrap();
    let mut decided = (*person.check(&again, "c1").await).clone();
    decided.id = simbind_core::ids::DecisionId::from_bytes([7; 16]);
    decided.packs = [7; 32];
    for (verdict, expected) in
        [(decided.verdict, Replayed::Same), (Verdict::Allow, Replayed::Different)]
    {
        decided.verdict = verdict;
        decided.id = simbind_core::ids::DecisionId::from_bytes([7 + expected as u8; 16]);
        let entry = encode_decision(&decided).unwrap().into();
        let append = Append { entry, expect: Vec::new() };
        world.store.append(LedgerKind::Decisions, append).await.unwrap();
        for _ in 0..2 {
            assert_eq!(again.replay(decided.id).await.unwrap().0, expected);
        }
        assert!(!again.explain(decided.id).await.unwrap().rules.is_empty());
    }
    // The same for packs that were in service before others.
    told(change(staged, was)).await.unwrap();
    told(change(Act::Activated, was)).await.unwrap();
    told(change(staged, later)).await.unwrap();
    told(change(Act::Activated, later)).await.unwrap();
    let engine = world.restarted(PACK).await;
    assert_eq!(engine.packs().1, later.0);
    assert_eq!(back(&engine, "ann", BackTo::Before).await, Ok(denying));
    assert_eq!(engine.packs().1, denying.0);
}

#[tokio::test]
async fn feeds_that_see_less_far_than_their_pack_says_are_told() {
    let world = World::new().await;
    let short = async |days: u32| {
        let feed = format!("\n[feed]\nhistory = \"{days}d\"\ntells = [\"reissue\"]\n");
        let mut sources = pack(PACK);
        sources.push(source("docomo.toml", &format!("{}{feed}", CARRIER)));
        let staged = stage_all(&world.engine, "ann", sources).await;
        advance(&world.engine, "ann", staged, Advance::All).await.unwrap();
        let short = world.engine.short_feeds().into_iter();
        short.map(|feed| feed.carrier.to_string()).collect::<Vec<_>>()
    };
    assert!(short(90).await.is_empty());
    assert_eq!(short(91).await, ["aqua-mobile", "docomo"]);
}
