//! A fault of ours is never a verdict, and never lets a challenge be used twice.

use crate::support::{Fault, PACK, Person, World};
use simbind_core::binding::State;
use simbind_rules::Verdict;
use simbind_service::{ServiceError, ports::store::LedgerKind};
use std::sync::Arc;

#[tokio::test]
async fn a_decision_that_was_not_written_is_a_fault_and_gives_the_challenge_back() {
    let world = World::new().await;
    let person = Person::new(&world.authority, 1).counting();
    let id = person.enrol(&world).await.unwrap().binding.id;
    world.store.next(Fault::Refused);
    let check = person.login_with(&world.engine, "c1", |check| check.counter = Some(1));
    let fault = world.engine.check(&check).await.unwrap_err();
    assert!(matches!(fault, ServiceError::Busy { .. }), "{fault:?}");
    // The counter of the check was counted already: the same check is no clone.
    let decision = world.engine.check(&check).await.unwrap();
    assert_eq!(decision.verdict, Verdict::Allow);
    assert_eq!(world.engine.binding(id).await.unwrap().binding.state, State::Active);
    assert_eq!(world.store.all(LedgerKind::Decisions).await.len(), 1);
}

#[tokio::test]
async fn a_decision_that_may_be_on_disk_keeps_its_challenge_used() {
    let world = World::new().await;
    let person = Person::new(&world.authority, 1);
    person.enrol(&world).await.unwrap();
    world.store.next(Fault::WrittenButUnknown);
    let check = person.login(&world.engine, "c1");
    let fault = world.engine.check(&check).await.unwrap_err();
    assert!(matches!(fault, ServiceError::Unavailable { .. }), "{fault:?}");
    let mut other = check.clone();
    other.request = "c2".parse().unwrap();
    assert_eq!(world.engine.check(&other).await.unwrap().reasons[0], "CHALLENGE_USED");
    // The same request finds the decision where it reached the disk.
    let found = world.engine.check(&check).await.unwrap();
    assert_eq!(found.verdict, Verdict::Allow);
    let restarted = world.restarted(PACK).await;
    assert_eq!(restarted.check(&check).await.unwrap().id, found.id);
}

#[tokio::test]
async fn a_caller_that_hangs_up_while_its_decision_is_written_uses_the_challenge_once() {
    for written in [true, false] {
        let world = World::new().await;
        let person = Person::new(&world.authority, 1);
        person.enrol(&world).await.unwrap();
        world.store.next(if written { Fault::WrittenAndSilent } else { Fault::Silent });
        let check = person.login(&world.engine, "c1");
        let (engine, asked) = (Arc::clone(&world.engine), check.clone());
        let task = tokio::spawn(async move { engine.check(&asked).await });
        world.store.silent.notified().await;
        task.abort();
        let _ = task.await;
        let mut other = check.clone();
        other.request = "c2".parse().unwrap();
        assert_eq!(world.engine.check(&other).await.unwrap().reasons[0], "CHALLENGE_USED");
        match world.engine.check(&check).await {
            Ok(found) if written => assert_eq!(found.verdict, Verdict::Allow),
            Err(ServiceError::Busy { .. }) if !written => {}
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn a_caller_that_hangs_up_before_anything_is_written_burns_nothing() {
    let world = World::new().await;
    let person = Person::new(&world.authority, 1);
    person.enrol(&world).await.unwrap();
    let check = person.login(&world.engine, "c1");
    // A future that is dropped without being finished: it was never polled as far as the ledger.
    drop(world.engine.check(&check));
    assert_eq!(world.engine.check(&check).await.unwrap().verdict, Verdict::Allow);
}

#[tokio::test]
async fn a_second_decision_that_cannot_be_written_leaves_the_challenge_used() {
    let world = World::new().await;
    let person = Person::new(&world.authority, 1);
    let id = person.enrol(&world).await.unwrap().binding.id;
    let engine = Arc::clone(&world.engine);
    world.store.after(async move {
        let by = crate::support::caller("counter");
        engine.hold(&by, id, simbind_core::binding::LifecycleReason::Lost).await.unwrap();
    });
    world.store.next(Fault::Refused);
    let check = person.login(&world.engine, "c1");
    assert!(world.engine.check(&check).await.is_err());
    // The first decision, an allow, is on disk; the repeat is decided by what stands now.
    let denied = world.engine.check(&check).await.unwrap();
    assert_eq!((denied.verdict, &*denied.reasons[0]), (Verdict::Deny, "BINDING_HELD"));
}
