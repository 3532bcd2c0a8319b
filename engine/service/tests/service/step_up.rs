use crate::support::{Fault, PACK, Person, World, caller};
use simbind_core::{
    binding::LifecycleReason as Why,
    line::{EventKind, ReissueCause},
};
use simbind_rules::{StepUpMethod, Verdict};
use simbind_service::{
    ServiceError,
    decisions::Replayed,
    ledger::DecisionEntry,
    outcome::{StepUpProof, step_up_of},
};
use std::{sync::Arc, time::Duration};

const REISSUED: EventKind = EventKind::SimReissued { new_iccid: None, cause: ReissueCause::Unsaid };

/// A person of whom a check asked for a step-up.
async fn asked(world: &World) -> (Person, Arc<DecisionEntry>) {
    let person = Person::new(&world.authority, 1).with_card(&world.authority);
    person.enrol(world).await.unwrap();
    world.clock.move_on(Duration::from_secs(60));
    world.tell("e1", &person, REISSUED).await.unwrap();
    let decision = world.engine.check(&person.login(&world.engine, "c1")).await.unwrap();
    assert!(matches!(decision.verdict, Verdict::StepUp(_)), "{decision:?}");
    (person, decision)
}

async fn end(
    world: &World,
    by: &str,
    request: &str,
    parent: &DecisionEntry,
    proof: StepUpProof,
) -> Result<Option<Arc<DecisionEntry>>, ServiceError> {
    let request = request.parse().unwrap();
    world.engine.end_step_up(&caller(by), &request, step_up_of(parent.id), proof).await
}

#[tokio::test]
async fn a_counter_or_the_enrolled_card_makes_a_child_decision_and_a_second_use_is_refused() {
    for method in [StepUpMethod::Counter, StepUpMethod::Card] {
        let world = World::new().await;
        let (person, parent) = asked(&world).await;
        let proof = || match method {
            StepUpMethod::Card => person.card_proof(step_up_of(parent.id)),
            _ => StepUpProof::Counter,
        };
        let child = end(&world, "counter", "s1", &parent, proof()).await.unwrap().unwrap();
        assert_eq!((child.verdict, child.parent), (Verdict::Allow, Some(parent.id)));
        assert_eq!((child.proved, &*child.reasons[0]), (Some(method), "STEP_UP_DONE"));
        let again = end(&world, "counter", "s1", &parent, proof()).await.unwrap().unwrap();
        assert_eq!(again.id, child.id, "a lost reply");
        for (by, request) in [("counter", "s2"), ("counter-2", "s1")] {
            let second = end(&world, by, request, &parent, proof()).await;
            assert!(matches!(second, Err(ServiceError::Refused(_))), "{second:?}");
        }
        let (replayed, _) = world.engine.replay(child.id).await.unwrap();
        assert_eq!(replayed, Replayed::Same);
    }
}

#[tokio::test]
async fn a_relying_partys_word_changes_nothing() {
    let world = World::new().await;
    let (_, parent) = asked(&world).await;
    for request in ["s1", "s2"] {
        let word = end(&world, "bank", request, &parent, StepUpProof::Claimed).await.unwrap();
        assert!(word.is_none());
    }
    let child = end(&world, "counter", "s3", &parent, StepUpProof::Counter).await.unwrap();
    assert_eq!(child.unwrap().verdict, Verdict::Allow);
}

#[tokio::test]
async fn a_failed_step_up_is_over() {
    let world = World::new().await;
    let (_, parent) = asked(&world).await;
    assert!(end(&world, "bank", "s1", &parent, StepUpProof::Failed).await.unwrap().is_none());
    let late = end(&world, "counter", "s2", &parent, StepUpProof::Counter).await;
    assert!(matches!(late, Err(ServiceError::Refused(_))));
}

#[tokio::test]
async fn another_card_another_message_and_another_method_prove_nothing() {
    let world = World::new().await;
    let (person, parent) = asked(&world).await;
    let stranger = Person::new(&world.authority, 2).with_card(&world.authority);
    let id = step_up_of(parent.id);
    let other_message =
        person.card_proof(step_up_of(simbind_core::ids::DecisionId::from_bytes([1; 16])));
    for proof in [stranger.card_proof(id), other_message] {
        let refused = end(&world, "bank", "s1", &parent, proof).await;
        assert!(matches!(refused, Err(ServiceError::Invalid { .. })), "{refused:?}");
    }
    world.clock.move_on(Duration::from_secs(25 * 3600));
    let late = end(&world, "bank", "s1", &parent, person.card_proof(id)).await;
    assert!(matches!(late, Err(ServiceError::Refused(_))));
    let allowed = Person::new(&world.authority, 3);
    allowed.enrol(&world).await.unwrap();
    let decision = world.engine.check(&allowed.login(&world.engine, "c9")).await.unwrap();
    let none = end(&world, "counter", "s1", &decision, StepUpProof::Counter).await;
    assert!(matches!(none, Err(ServiceError::NotFound("step-up"))));
}

#[tokio::test]
async fn what_broke_after_the_question_is_seen_by_the_answer() {
    let world = World::new().await;
    let (_, parent) = asked(&world).await;
    world.engine.hold(&caller("counter"), parent.binding.unwrap(), Why::Lost).await.unwrap();
    let child = end(&world, "counter", "s1", &parent, StepUpProof::Counter).await.unwrap();
    assert_eq!(child.unwrap().verdict, Verdict::Deny);
}

#[tokio::test]
async fn a_hold_between_the_child_and_its_reply_makes_it_decide_again() {
    let world = World::new().await;
    let (_, parent) = asked(&world).await;
    let (engine, id) = (Arc::clone(&world.engine), parent.binding.unwrap());
    world.store.after(async move {
        engine.hold(&caller("counter"), id, Why::Lost).await.unwrap();
    });
    let child = end(&world, "counter", "s1", &parent, StepUpProof::Counter).await.unwrap();
    assert_eq!(child.unwrap().verdict, Verdict::Deny);
    let again = end(&world, "counter", "s1", &parent, StepUpProof::Counter).await.unwrap();
    assert_eq!(again.unwrap().verdict, Verdict::Deny);
}

#[tokio::test]
async fn a_fault_between_the_use_and_the_child_can_be_made_good_by_the_same_proof() {
    let world = World::new().await;
    let (_, parent) = asked(&world).await;
    world.store.next(Fault::Refused);
    assert!(end(&world, "counter", "s1", &parent, StepUpProof::Counter).await.is_err());
    let child = end(&world, "counter", "s1", &parent, StepUpProof::Counter).await.unwrap();
    assert_eq!(child.unwrap().verdict, Verdict::Allow);
    let _ = world.restarted(PACK).await;
}

#[tokio::test]
async fn a_step_up_of_a_binding_that_is_over_proves_nothing_for_the_next_one() {
    let world = World::new().await;
    let (person, parent) = asked(&world).await;
    world.engine.revoke(&caller("counter"), parent.binding.unwrap(), Why::Lost).await.unwrap();
    let (again, request) =
        (person.asked(&world.engine, &world.authority), "again".parse().unwrap());
    world.engine.enrol(&caller("counter"), &request, again).await.unwrap();
    let refused = end(&world, "counter", "s1", &parent, StepUpProof::Counter).await;
    assert!(matches!(refused, Err(ServiceError::Refused(_))), "{refused:?}");
}
