//! PINs: who is believed about one, the owner's change, the reset, and the lock.

mod shown;

use crate::support::{PACK, Person, World, caller, in_person};
use simbind_core::{
    binding::LifecycleReason as Why,
    ids::BindingId,
    transcript::{OwnerAct, OwnerMessage},
};
use simbind_rules::Facts;
use simbind_service::{
    ServiceError,
    pin::{PinReport, Witness},
    ports::store::LedgerKind,
    succession::OwnerProof,
};
use std::time::Duration;

const DAY: Duration = Duration::from_secs(86_400);

async fn enrolled(world: &World) -> (Person, BindingId) {
    let person = Person::new(&world.authority, 1);
    let id = person.enrol(world).await.unwrap().binding.id;
    (person, id)
}

async fn report(
    world: &World,
    person: &Person,
    by: &str,
    number: &str,
    report: PinReport,
) -> Result<u32, ServiceError> {
    let (by, request) = (caller(by), number.parse().unwrap());
    let certificate = person.certificate();
    world.engine.report_pin(&by, Witness::Party, &request, certificate, report).await
}

async fn changed(world: &World, person: &Person, number: &str) -> Result<(), ServiceError> {
    let (by, request) = (caller("bank"), number.parse().unwrap());
    world.engine.pin_changed(&by, Witness::Party, &request, person.certificate()).await
}

async fn reset(world: &World, id: BindingId, number: &str) -> Result<(), ServiceError> {
    let (by, request) = (caller("counter"), number.parse().unwrap());
    world.engine.reset_pin(&by, &request, id, &in_person()).await.map(|_| ())
}

#[tokio::test]
async fn a_party_that_made_no_check_of_the_binding_cannot_lock_it_or_clear_it() {
    let world = World::new().await;
    let (person, _) = enrolled(&world).await;
    for (number, wrong) in [("1", 1), ("2", 1), ("3", 1), ("4", 10)] {
        let counted = report(&world, &person, "shop", number, PinReport::Wrong(wrong)).await;
        assert!(counted.unwrap() < 3, "{number}");
    }
    assert_eq!(report(&world, &person, "shop", "5", PinReport::Accepted).await, Ok(2));
    // A check that the key did not sign makes nobody known.
    let mut forged = person.login(&world.engine, "forged");
    forged.signature.as_mut().unwrap().value[8] ^= 1;
    world.engine.check(&forged).await.unwrap();
    assert_eq!(report(&world, &person, "bank", "6", PinReport::Accepted).await, Ok(2));
    world.engine.check(&person.login(&world.engine, "c1")).await.unwrap();
    assert_eq!(report(&world, &person, "bank", "7", PinReport::Accepted).await, Ok(0));
    assert_eq!(report(&world, &person, "bank", "8", PinReport::Wrong(3)).await, Ok(3));
    assert_eq!(report(&world, &person, "shop", "9", PinReport::Wrong(1)).await, Ok(3));
}

#[tokio::test]
async fn who_made_a_check_long_ago_is_a_stranger_again() {
    let world = World::new().await;
    let (person, _) = enrolled(&world).await;
    world.engine.check(&person.login(&world.engine, "c1")).await.unwrap();
    world.clock.move_on(91 * DAY);
    assert_eq!(report(&world, &person, "bank", "1", PinReport::Wrong(9)).await, Ok(2));
}

#[tokio::test]
async fn app_and_reader_are_counted_together_and_the_lock_outlives_a_restart() {
    let world = World::new().await;
    let (person, _) = enrolled(&world).await;
    world.engine.check(&person.login(&world.engine, "c1")).await.unwrap();
    let counter = caller("door-host");
    let at_reader = |number: &str| {
        let (request, certificate) = (number.parse().unwrap(), person.certificate());
        let (engine, by) = (&world.engine, &counter);
        async move {
            let wrong = PinReport::Wrong(1);
            engine.report_pin(by, Witness::Party, &request, certificate, wrong).await
        }
    };
    assert_eq!(at_reader("1").await, Ok(1));
    assert_eq!(report(&world, &person, "bank", "2", PinReport::Wrong(1)).await, Ok(2));
    assert_eq!(report(&world, &person, "bank", "3", PinReport::Wrong(1)).await, Ok(3));
    for number in 0..3 {
        let engine = world.restarted(PACK).await;
        let locked = engine.check(&person.login(&engine, &format!("l{number}"))).await.unwrap();
        assert_eq!(locked.reasons, ["PIN_LOCKED"]);
    }
}

#[tokio::test]
async fn the_owner_changes_the_pin_unless_it_is_locked_and_the_same_word_counts_once() {
    let world = World::new().await;
    let (person, id) = enrolled(&world).await;
    assert!(matches!(changed(&world, &person, "0").await, Err(ServiceError::Refused(_))));
    world.engine.check(&person.login(&world.engine, "c1")).await.unwrap();
    report(&world, &person, "bank", "1", PinReport::Wrong(2)).await.unwrap();
    world.engine.check(&person.login(&world.engine, "c2")).await.unwrap();
    changed(&world, &person, "2").await.unwrap();
    assert_eq!(report(&world, &person, "bank", "3", PinReport::Wrong(1)).await, Ok(1));
    let written = world.store.all(LedgerKind::State).await.len();
    changed(&world, &person, "2").await.unwrap();
    assert_eq!(world.store.all(LedgerKind::State).await.len(), written);
    assert_eq!(report(&world, &person, "bank", "4", PinReport::Wrong(1)).await, Ok(2));
    report(&world, &person, "bank", "5", PinReport::Wrong(1)).await.unwrap();
    let locked = changed(&world, &person, "6").await;
    assert!(matches!(locked, Err(ServiceError::Refused(_))), "{locked:?}");
    world.engine.revoke(&caller("counter"), id, Why::Owner).await.unwrap();
    assert!(matches!(changed(&world, &person, "7").await, Err(ServiceError::Refused(_))));
}

#[tokio::test]
async fn a_counter_resets_a_locked_pin_and_the_reset_is_dated_and_counts_once() {
    let world = World::new().await;
    let (person, id) = enrolled(&world).await;
    world.engine.check(&person.login(&world.engine, "c1")).await.unwrap();
    report(&world, &person, "bank", "1", PinReport::Wrong(3)).await.unwrap();
    reset(&world, id, "r1").await.unwrap();
    report(&world, &person, "bank", "2", PinReport::Wrong(1)).await.unwrap();
    world.clock.move_on(DAY);
    reset(&world, id, "r1").await.unwrap();
    assert_eq!(report(&world, &person, "bank", "3", PinReport::Wrong(1)).await, Ok(2));
    let engine = world.restarted(PACK).await;
    let decision = engine.check(&person.login(&engine, "c2")).await.unwrap();
    let facts = Facts::from_bytes(&decision.facts).unwrap();
    assert_eq!((facts.pin_reset_age(), facts.pin_failures()), (Some(DAY), Some(2)));
    // The request's number is one of the caller's, whatever it asked for.
    let (by, request) = (caller("counter"), "r1".parse().unwrap());
    let again = world.engine.pin_changed(&by, Witness::Counter, &request, person.certificate());
    assert!(matches!(again.await, Err(ServiceError::Exists(_))));
    world.engine.revoke(&by, id, Why::Owner).await.unwrap();
    assert!(matches!(reset(&world, id, "r2").await, Err(ServiceError::Refused(_))));
}

#[tokio::test]
async fn a_lifted_hold_is_a_fact_of_the_next_check() {
    let world = World::new().await;
    let (person, id) = enrolled(&world).await;
    let by = caller("counter");
    let age = async |number: &str| {
        let decision = world.engine.check(&person.login(&world.engine, number)).await.unwrap();
        Facts::from_bytes(&decision.facts).unwrap().binding_released_age()
    };
    assert_eq!(age("c1").await, None);
    world.engine.hold(&by, id, Why::Clerical).await.unwrap();
    world.engine.release(&by, id).await.unwrap();
    world.clock.move_on(DAY);
    assert_eq!(age("c2").await, Some(DAY));
}

#[tokio::test]
async fn the_enrolled_card_resets_a_pin_once_for_a_challenge_of_its_own() {
    let world = World::new().await;
    let person = Person::new(&world.authority, 1).with_card(&world.authority);
    let id = person.enrol(&world).await.unwrap().binding.id;
    let carrier = "docomo".parse().unwrap();
    let word = |act| {
        let challenge = world.engine.owner_challenge(&caller("bank")).unwrap().bytes.to_vec();
        let message = OwnerMessage {
            challenge: &challenge,
            act,
            binding: id,
            iccid: person.iccid,
            carrier: &carrier,
            certificate: None,
            handset_key: None,
        };
        let message = message.encode();
        person.card_signs(challenge, &message)
    };
    let reset = async |by: &str, number: &str, word: &OwnerProof| {
        world.engine.reset_pin(&caller(by), &number.parse().unwrap(), id, word).await
    };
    world.engine.check(&person.login(&world.engine, "c1")).await.unwrap();
    report(&world, &person, "bank", "1", PinReport::Wrong(3)).await.unwrap();
    // A word for another change, and one that another caller brings, reset nothing.
    for (by, word) in [("bank", word(OwnerAct::Reprove)), ("shop", word(OwnerAct::ResetPin))] {
        let refused = reset(by, "r0", &word).await;
        assert!(matches!(refused, Err(ServiceError::Invalid { .. })), "{by}: {refused:?}");
    }
    let good = word(OwnerAct::ResetPin);
    let done = reset("bank", "r1", &good).await.unwrap();
    assert_eq!(done.binding.pin_reset_at, Some(world.engine.now()));
    assert_eq!(report(&world, &person, "bank", "2", PinReport::Wrong(1)).await, Ok(1));
    let again = reset("bank", "r1", &good).await.unwrap();
    assert_eq!(again.version, done.version, "a lost reply");
    let replayed = reset("bank", "r2", &good).await;
    assert!(matches!(replayed, Err(ServiceError::Invalid { .. })), "{replayed:?}");
    assert_eq!(report(&world, &person, "bank", "3", PinReport::Wrong(1)).await, Ok(2));
}
