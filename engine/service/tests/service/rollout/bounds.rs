//! What staging may take, and what a share rests on.

use super::support::{DENY, STEP_UP, advance, offer, stage, stage_text, withdraw};
use crate::support::{PACK, Person, World, caller, pack};
use simbind_core::rollout::{Act, Change, Origin};
use simbind_rules::PacksHash;
use simbind_service::{
    ServiceError,
    ledger::{ManifestRow, StateEntry, decode_row, encode_state, keys},
    ports::{
        clock::Clock as _,
        store::{Append, LedgerKind, Store as _},
    },
    rollout::{Advance, Offer},
    settings::DailyBytes,
};
use std::time::Duration;

#[tokio::test]
async fn so_much_new_text_is_staged_in_a_day_and_no_more() {
    let padded = |number: usize| format!("{PACK}{DENY}\n# {number} {}\n", "x".repeat(1000));
    let world = World::with_packs(PACK, |packs| {
        packs.new_text = DailyBytes(padded(0).len() as u64 * 3);
    })
    .await;
    let engine = &world.engine;
    let staged = offer(engine, Offer::Texts(pack(&padded(1)))).await.unwrap();
    stage_text(engine, "bob", &padded(2)).await.unwrap();
    world.clock.move_on(Duration::from_secs(3600));
    let entries = world.store.all(LedgerKind::State).await.len();
    let refused = stage_text(engine, "ann", &padded(3)).await;
    let retry_after = Duration::from_secs(23 * 3600);
    assert_eq!(refused, Err(ServiceError::Busy { retry_after }));
    assert_eq!(world.store.all(LedgerKind::State).await.len(), entries, "nothing is written");
    // What the ledger holds already is staged as before.
    assert_eq!(offer(engine, Offer::Texts(pack(&padded(1)))).await, Ok(staged));
    withdraw(engine, "ann", staged).await.unwrap();
    world.clock.move_on(retry_after);
    stage_text(engine, "ann", &padded(3)).await.unwrap();
}

#[tokio::test]
async fn a_share_is_of_the_same_certificates_where_its_packs_have_another_hash_now() {
    let world = World::new().await;
    let mut people = Vec::new();
    for n in 1..=24 {
        let person = Person::new(&world.authority, n);
        person.enrol(&world).await.unwrap();
        people.push(person);
    }
    let half: simbind_core::rollout::Share = 500_u32.try_into().unwrap();
    let staged = stage(&world.engine, "ann", DENY).await;
    advance(&world.engine, "ann", staged, Advance::Share(half)).await.unwrap();
    let mut held = Vec::new();
    for person in &people {
        held.push(person.check(&world.engine, "c1").await.packs == staged.0);
    }
    let row = world.store.read(&[keys::manifest(&staged.0).unwrap()]).await.unwrap();
    let row: ManifestRow = decode_row(&row.values[0].as_ref().unwrap().value).unwrap();
    let was = PacksHash([6; 32]);
    let at = world.clock.now();
    let change = |act| {
        let (by, why) = (caller("ann"), "before".parse().unwrap());
        StateEntry::PacksChanged(Change { act, packs: was, by, at, why })
    };
    // As an earlier version of the program staged them at the same moment.
    for entry in [
        StateEntry::PacksNamed { hash: was.0, packs: row.packs },
        change(Act::Staged { origin: Origin::Texts }),
        change(Act::Shared(half)),
    ] {
        let entry = encode_state(&entry).unwrap().into();
        world.store.append(LedgerKind::State, Append { entry, expect: vec![] }).await.unwrap();
    }
    let again = world.restarted(PACK).await;
    assert_eq!(again.rollout().await.unwrap().rollout.staged().unwrap().version.packs, staged);
    for (person, held) in people.iter().zip(&held) {
        assert_eq!(person.check(&again, "c2").await.packs == staged.0, *held);
    }
    // The same packs staged at another time are tried on others.
    world.clock.move_on(Duration::from_secs(1));
    stage(&again, "ann", STEP_UP).await;
    let anew = stage(&again, "ann", DENY).await;
    advance(&again, "ann", anew, Advance::Share(half)).await.unwrap();
    let mut others = Vec::new();
    for person in &people {
        others.push(person.check(&again, "c3").await.packs == anew.0);
    }
    assert_ne!(others, held);
}
