//! A check's own counter is never a step back, and a key that was replaced is never a proof.

use super::*;
use crate::support::Fault;
use simbind_core::binding::State;
use std::sync::Arc;

#[tokio::test]
async fn a_check_that_could_not_be_recorded_may_come_again_with_its_assertion() {
    let world = world().await;
    let person = owner(&world).counting();
    let id = person.enrol(&world).await.unwrap().binding.id;
    let check = person.login_with(&world.engine, "c1", |check| check.counter = Some(1));
    world.store.next(Fault::Refused);
    assert!(matches!(world.engine.check(&check).await, Err(ServiceError::Busy { .. })));
    assert_eq!(counters(&world).await, [1]);
    let restarted = world.restarted(PACK).await;
    let decision = restarted.check(&check).await.unwrap();
    assert_eq!((decision.verdict, proof(&decision)), (Verdict::Allow, HandsetProof::Valid));
    assert_eq!(counters(&world).await, [1]);
    assert_eq!(restarted.binding(id).await.unwrap().binding.state, State::Active);
}

#[tokio::test]
async fn a_check_that_is_decided_again_after_a_later_one_keeps_its_proof() {
    let world = world().await;
    let person = owner(&world);
    let id = person.enrol(&world).await.unwrap().binding.id;
    let earlier = person.login(&world.engine, "c1");
    let later = person.login(&world.engine, "c2");
    let engine = Arc::clone(&world.engine);
    world.store.after(async move {
        assert_eq!(engine.check(&later).await.unwrap().verdict, Verdict::Allow);
        // Something that makes the earlier one be decided again, and leaves all as it was.
        engine.hold(&caller("counter"), id, Why::Clerical).await.unwrap();
        engine.release(&caller("counter"), id).await.unwrap();
    });
    let decision = world.engine.check(&earlier).await.unwrap();
    assert_eq!((decision.verdict, proof(&decision)), (Verdict::Allow, HandsetProof::Valid));
    assert_eq!(counters(&world).await, [1, 2]);
    assert_eq!(world.store.all(LedgerKind::Decisions).await.len(), 3);
}

#[tokio::test]
async fn a_key_that_is_replaced_before_the_reply_proves_nothing() {
    let world = world().await;
    let person = owner(&world);
    let id = person.enrol(&world).await.unwrap().binding.id;
    let check = person.login(&world.engine, "c1");
    let fresh = Iphone::new(person.iphone().app).request(&world.engine, &world.authority);
    let engine = Arc::clone(&world.engine);
    world.store.after(async move {
        engine.reinstall_handset(&caller("counter"), id, 0, fresh).await.unwrap();
    });
    let decision = world.engine.check(&check).await.unwrap();
    assert_eq!((decision.verdict, proof(&decision)), (Verdict::Deny, HandsetProof::Invalid));
}

#[tokio::test]
async fn of_two_counters_that_are_written_at_once_the_lower_does_not_come_after_the_higher() {
    let world = world().await;
    let person = owner(&world);
    person.enrol(&world).await.unwrap();
    let earlier = person.login(&world.engine, "c1");
    let later = person.login(&world.engine, "c2");
    let engine = Arc::clone(&world.engine);
    world.store.before_state(async move {
        assert_eq!(engine.check(&later).await.unwrap().verdict, Verdict::Allow);
    });
    let denied = world.engine.check(&earlier).await.unwrap();
    assert_eq!((denied.verdict, proof(&denied)), (Verdict::Deny, HandsetProof::Replayed));
    assert_eq!(counters(&world).await, [2]);
    // The other way round both are let in.
    let (third, fourth) = (person.login(&world.engine, "c3"), person.login(&world.engine, "c4"));
    let engine = Arc::clone(&world.engine);
    world.store.before_state(async move {
        assert_eq!(engine.check(&third).await.unwrap().verdict, Verdict::Allow);
    });
    assert_eq!(world.engine.check(&fourth).await.unwrap().verdict, Verdict::Allow);
    assert_eq!(counters(&world).await, [2, 3, 4]);
}

#[tokio::test]
async fn a_request_with_another_assertion_is_another_request() {
    let world = world().await;
    let person = owner(&world);
    person.enrol(&world).await.unwrap();
    let first = person.login(&world.engine, "c1");
    assert_eq!(world.engine.check(&first).await.unwrap().verdict, Verdict::Allow);
    let mut other = first.clone();
    other.handset = HandsetWord::Assertion(person.iphone().assert(&first.transcript()));
    assert_eq!(world.engine.check(&other).await.unwrap().reasons[0], "CHALLENGE_USED");
}
