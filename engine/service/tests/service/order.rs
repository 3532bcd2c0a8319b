//! What was acknowledged before a reply is never answered against.

use crate::support::{PACK, Person, World, caller, imei};
use simbind_core::{
    binding::{LifecycleReason as Why, State},
    line::{EventKind, ReissueCause},
};
use simbind_rules::Verdict;
use simbind_service::{
    ingest::{Message, Tidings},
    ledger::decode_decision,
    ports::store::LedgerKind,
};
use std::{sync::Arc, time::Duration};

#[tokio::test]
async fn a_hold_between_the_decision_and_its_reply_makes_it_decide_again() {
    let world = World::new().await;
    let person = Person::new(&world.authority, 1).counting();
    let id = person.enrol(&world).await.unwrap().binding.id;
    let engine = Arc::clone(&world.engine);
    world.store.after(async move {
        engine.hold(&caller("counter"), id, Why::Lost).await.unwrap();
    });
    let check = person.login_with(&world.engine, "c1", |check| check.counter = Some(1));
    let decision = world.engine.check(&check).await.unwrap();
    assert_eq!((decision.verdict, &*decision.reasons[0]), (Verdict::Deny, "BINDING_HELD"));
    let state = world.engine.binding(id).await.unwrap().binding.state;
    assert_eq!(state, State::held(Why::Lost), "its own counter is no step back");
    let written = world.store.all(LedgerKind::Decisions).await;
    let verdicts: Vec<_> =
        written.iter().map(|entry| decode_decision(&entry.entry).unwrap().verdict).collect();
    assert_eq!(verdicts, [Verdict::Allow, Verdict::Deny]);
    // The last decision is the one that the same request finds, also after a restart.
    for engine in [world.engine.clone(), world.restarted(PACK).await] {
        assert_eq!(engine.check(&check).await.unwrap().id, decision.id);
    }
}

#[tokio::test]
async fn an_event_between_the_decision_and_its_reply_makes_it_decide_again() {
    let world = World::new().await;
    let person = Person::new(&world.authority, 1);
    person.enrol(&world).await.unwrap();
    world.clock.move_on(Duration::from_secs(60));
    let message =
        world.message("docomo", "e1", &person, EventKind::HandsetObserved { imei: imei(66) });
    let engine = Arc::clone(&world.engine);
    world.store.after(async move {
        engine.ingest(&message).await.unwrap();
    });
    let decision = world.engine.check(&person.login(&world.engine, "c1")).await.unwrap();
    assert_eq!(decision.verdict, Verdict::Deny);
}

#[tokio::test]
async fn a_repeated_request_is_not_let_in_after_a_hold() {
    let world = World::new().await;
    let person = Person::new(&world.authority, 1).counting();
    let id = person.enrol(&world).await.unwrap().binding.id;
    let check = person.login_with(&world.engine, "c1", |check| check.counter = Some(1));
    let allowed = world.engine.check(&check).await.unwrap();
    assert_eq!(allowed.verdict, Verdict::Allow);
    let later = person.login_with(&world.engine, "c2", |check| check.counter = Some(2));
    world.engine.check(&later).await.unwrap();
    world.engine.hold(&caller("counter"), id, Why::Lost).await.unwrap();
    for engine in [world.engine.clone(), world.restarted(PACK).await] {
        let denied = engine.check(&check).await.unwrap();
        assert_eq!((denied.verdict, &*denied.reasons[0]), (Verdict::Deny, "BINDING_HELD"));
        assert_eq!(engine.check(&check).await.unwrap().id, denied.id);
    }
    let state = world.engine.binding(id).await.unwrap().binding.state;
    assert_eq!(state, State::held(Why::Lost), "an older counter once more is no clone");
}

#[tokio::test]
async fn a_repeated_request_finds_its_decision_again_though_something_harmless_happened() {
    let world = World::new().await;
    let person = Person::new(&world.authority, 1).counting();
    person.enrol(&world).await.unwrap();
    let check = person.login_with(&world.engine, "c1", |check| check.counter = Some(1));
    let first = world.engine.check(&check).await.unwrap();
    let next = person.login_with(&world.engine, "c2", |check| check.counter = Some(2));
    world.engine.check(&next).await.unwrap();
    world.clock.move_on(Duration::from_secs(5));
    let kind = EventKind::HandsetObserved { imei: person.phone.imei };
    world.tell("e1", &person, kind).await.unwrap();
    assert_eq!(world.engine.check(&check).await.unwrap().id, first.id);
    assert_eq!(world.store.all(LedgerKind::Decisions).await.len(), 2);
}

#[tokio::test]
async fn a_repeated_request_is_not_answered_more_softly_than_before() {
    let world = World::new().await;
    let person = Person::new(&world.authority, 1);
    person.enrol(&world).await.unwrap();
    world.clock.move_on(Duration::from_secs(60));
    let reissued = EventKind::SimReissued { new_iccid: None, cause: ReissueCause::Unsaid };
    world.tell("e1", &person, reissued).await.unwrap();
    let check = person.login(&world.engine, "c1");
    let first = world.engine.check(&check).await.unwrap();
    assert!(matches!(first.verdict, Verdict::StepUp(_)), "{first:?}");
    let correction = Message {
        id: "e2".parse().unwrap(),
        carrier: "docomo".parse().unwrap(),
        occurred_at: world.engine.now(),
        tidings: Tidings::Correction { corrected: "e1".parse().unwrap() },
    };
    world.engine.ingest(&correction).await.unwrap();
    let anew = world.engine.check(&person.login(&world.engine, "c2")).await.unwrap();
    assert_eq!(anew.verdict, Verdict::Allow, "the state of now lets in");
    for engine in [world.engine.clone(), world.restarted(PACK).await] {
        assert_eq!(*engine.check(&check).await.unwrap(), *first);
    }
    assert_eq!(world.store.all(LedgerKind::Decisions).await.len(), 2);
}

#[tokio::test]
async fn a_state_that_never_rests_is_no_verdict_and_ends() {
    let world = World::new().await;
    let person = Person::new(&world.authority, 1);
    let id = person.enrol(&world).await.unwrap().binding.id;
    for round in 0..100 {
        let engine = Arc::clone(&world.engine);
        world.store.after(async move {
            let by = caller("counter");
            if round % 2 == 0 {
                engine.hold(&by, id, Why::Clerical).await.unwrap();
            } else {
                engine.release(&by, id).await.unwrap();
            }
        });
    }
    let check = person.login(&world.engine, "c1");
    let busy = world.engine.check(&check).await.unwrap_err();
    assert!(matches!(busy, simbind_service::ServiceError::Busy { .. }));
    let written = world.store.all(LedgerKind::Decisions).await.len();
    assert!((2..=8).contains(&written), "{written}");
    world.store.rest();
    // The challenge stays used: another request cannot have it.
    let mut other = check.clone();
    other.request = "c2".parse().unwrap();
    let denied = world.engine.check(&other).await.unwrap();
    assert_eq!(denied.reasons[0], "CHALLENGE_USED");
}
