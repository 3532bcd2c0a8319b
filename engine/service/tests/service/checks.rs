use crate::support::{PACK, Person, Phone, World, caller, imei};
use simbind_core::{
    binding::{LifecycleReason as Why, State},
    ids::CertificateId,
    transcript::Audience,
};
use simbind_rules::{Verdict, facts::Channel};
use simbind_service::{
    ServiceError,
    check::CertificateClaim,
    pin::{PinReport, Witness},
    ports::store::LedgerKind,
};
use std::{sync::Arc, time::Duration};

fn reasons(decision: &simbind_service::ledger::DecisionEntry) -> Vec<&str> {
    decision.reasons.iter().map(String::as_str).collect()
}

#[tokio::test]
async fn the_owner_is_let_in_and_the_same_request_finds_its_decision_again() {
    let world = World::new().await;
    let person = Person::new(&world.authority, 1);
    person.enrol(&world).await.unwrap();
    let check = person.login(&world.engine, "c1");
    let first = world.engine.check(&check).await.unwrap();
    assert_eq!((first.verdict, reasons(&first)), (Verdict::Allow, vec![]));
    for engine in [world.engine.clone(), world.restarted(PACK).await] {
        let again = engine.check(&check).await.unwrap();
        assert_eq!(*again, *first);
    }
    assert_eq!(world.store.all(LedgerKind::Decisions).await.len(), 1);
    let mut known = person.login(&world.engine, "c2");
    known.certificate = CertificateClaim::Known(person.certificate());
    assert_eq!(world.engine.check(&known).await.unwrap().verdict, Verdict::Allow);
}

#[tokio::test]
async fn requests_that_come_at_once_get_one_decision() {
    let world = World::new().await;
    let person = Person::new(&world.authority, 1).counting();
    person.enrol(&world).await.unwrap();
    let check = person.login_with(&world.engine, "c1", |check| check.counter = Some(1));
    let ask = || world.engine.check(&check);
    let (one, two, three) = tokio::join!(ask(), ask(), ask());
    let one = one.unwrap();
    assert_eq!(one.verdict, Verdict::Allow);
    assert_eq!((one.id, one.id), (two.unwrap().id, three.unwrap().id));
}

#[tokio::test]
async fn a_used_challenge_is_refused_to_any_other_request_also_after_a_restart() {
    let world = World::new().await;
    let person = Person::new(&world.authority, 1);
    person.enrol(&world).await.unwrap();
    let check = person.login(&world.engine, "c1");
    world.engine.check(&check).await.unwrap();
    let mut replayed = check.clone();
    replayed.request = "c2".parse().unwrap();
    let mut by_another = check.clone();
    by_another.caller = caller("bank-2");
    let mut resigned = check.clone();
    resigned.iccid = None;
    person.sign(&mut resigned);
    for engine in [world.engine.clone(), world.restarted(PACK).await] {
        for check in [&replayed, &by_another, &resigned] {
            let denied = engine.check(check).await.unwrap();
            assert_eq!(denied.verdict, Verdict::Deny);
            assert_eq!(reasons(&denied)[0], "CHALLENGE_USED");
        }
    }
}

#[tokio::test]
async fn every_challenge_stays_used_after_a_restart_however_few_entries_a_read_gives() {
    let world = World::new().await;
    let person = Person::new(&world.authority, 1);
    person.enrol(&world).await.unwrap();
    let mut checks = Vec::new();
    for number in 1..=5 {
        let check = person.login(&world.engine, &format!("c{number}"));
        world.engine.check(&check).await.unwrap();
        checks.push(check);
    }
    world.store.read_at_most(2);
    let engine = world.restarted(PACK).await;
    for mut check in checks {
        check.request = format!("again-{}", check.request.as_str()).parse().unwrap();
        let denied = engine.check(&check).await.unwrap();
        assert_eq!(reasons(&denied)[0], "CHALLENGE_USED");
    }
}

#[tokio::test]
async fn a_challenge_is_good_for_its_party_channel_and_time_only() {
    let world = World::new().await;
    let person = Person::new(&world.authority, 1);
    person.enrol(&world).await.unwrap();
    let elsewhere = person.login_with(&world.engine, "c1", |check| {
        check.audience = Audience::RelyingParty("shop".parse().unwrap());
    });
    let browser = person.login_with(&world.engine, "c2", |check| {
        check.channel = Channel::BrowserLogin;
    });
    let late = person.login(&world.engine, "c3");
    let forged = person.login_with(&world.engine, "c4", |check| check.challenge[3] ^= 1);
    let table = [
        (elsewhere, 0, "CHALLENGE_WRONG_PARTY"),
        (browser, 0, "CHALLENGE_WRONG_PARTY"),
        (forged, 0, "CHALLENGE_FORGED"),
        (late, 121, "CHALLENGE_EXPIRED"),
    ];
    for (check, after, reason) in table {
        world.clock.move_on(Duration::from_secs(after));
        let denied = world.engine.check(&check).await.unwrap();
        assert_eq!((denied.verdict, reasons(&denied)[0]), (Verdict::Deny, reason));
        assert_eq!(denied.challenge, None);
    }
}

#[tokio::test]
async fn a_wrong_signature_burns_nothing() {
    let world = World::new().await;
    let person = Person::new(&world.authority, 1);
    person.enrol(&world).await.unwrap();
    let good = person.login(&world.engine, "c1");
    let mut wrong = good.clone();
    wrong.request = "c0".parse().unwrap();
    wrong.signature.as_mut().unwrap().value[10] ^= 1;
    let mut missing = good.clone();
    missing.request = "c00".parse().unwrap();
    missing.signature = None;
    for (check, reason) in [(&wrong, "SIGNATURE_INVALID"), (&missing, "SIGNATURE_MISSING")] {
        let denied = world.engine.check(check).await.unwrap();
        assert_eq!((denied.verdict, reasons(&denied)[0]), (Verdict::Deny, reason));
    }
    assert_eq!(world.engine.check(&good).await.unwrap().verdict, Verdict::Allow);
}

#[tokio::test]
async fn a_certificate_that_nobody_enrolled_is_refused() {
    let world = World::new().await;
    let stranger = Person::new(&world.authority, 1);
    let check = stranger.login(&world.engine, "c1");
    let denied = world.engine.check(&check).await.unwrap();
    assert_eq!((denied.verdict, reasons(&denied)[0]), (Verdict::Deny, "NOT_BOUND"));
    let mut nameless = stranger.login(&world.engine, "c2");
    nameless.certificate = CertificateClaim::Known(CertificateId::of_der(b"nobody"));
    assert_eq!(world.engine.check(&nameless).await.unwrap().verdict, Verdict::Deny);
    let mut empty = stranger.login(&world.engine, "c3");
    empty.certificate = CertificateClaim::Chain(Vec::new());
    assert_eq!(world.engine.check(&empty).await.unwrap().verdict, Verdict::Deny);
}

#[tokio::test]
async fn a_sim_that_signed_in_a_foreign_handset_stays_latched_until_it_is_proved_again() {
    let world = World::new().await;
    let mut person = Person::new(&world.authority, 1);
    let id = person.enrol(&world).await.unwrap().binding.id;
    let own = std::mem::replace(&mut person.phone, Phone::plain(66));
    let denied = world.engine.check(&person.login(&world.engine, "c1")).await.unwrap();
    assert_eq!((denied.verdict, reasons(&denied)[0]), (Verdict::Deny, "HANDSET_MISMATCH"));
    person.phone = own;
    for engine in [world.engine.clone(), world.restarted(PACK).await] {
        let denied = engine.check(&person.login(&engine, "c2")).await.unwrap();
        assert_eq!(reasons(&denied), ["HANDSET_MISMATCH"], "back in its own handset");
    }
    world.clock.move_on(Duration::from_secs(60));
    world.reprove("reprove-1", id, person.iccid).await.unwrap();
    let allowed = world.engine.check(&person.login(&world.engine, "c3")).await.unwrap();
    assert_eq!(allowed.verdict, Verdict::Allow);
}

#[tokio::test]
async fn whoever_lacks_the_key_latches_and_holds_nothing() {
    let world = World::new().await;
    let person = Person::new(&world.authority, 1).counting();
    let id = person.enrol(&world).await.unwrap().binding.id;
    let seen = person.login_with(&world.engine, "c1", |check| check.counter = Some(5));
    assert_eq!(world.engine.check(&seen).await.unwrap().verdict, Verdict::Allow);
    let mut forged = person.login_with(&world.engine, "c2", |check| {
        check.counter = Some(1);
        check.imei = Some(imei(66));
    });
    forged.signature.as_mut().unwrap().value[10] ^= 1;
    world.engine.check(&forged).await.unwrap();
    // Nor does a transcript that is sent once more.
    let mut replayed = seen.clone();
    replayed.request = "c3".parse().unwrap();
    assert_eq!(world.engine.check(&replayed).await.unwrap().verdict, Verdict::Deny);
    let binding = world.engine.binding(id).await.unwrap().binding;
    assert_eq!((binding.state, binding.foreign_handset_at), (State::Active, None));
}

#[tokio::test]
async fn a_counter_that_goes_back_holds_the_binding_for_good() {
    let world = World::new().await;
    let person = Person::new(&world.authority, 1).counting();
    let id = person.enrol(&world).await.unwrap().binding.id;
    for (request, counter) in [("c1", 5), ("c2", 6), ("c3", 100)] {
        let check = person.login_with(&world.engine, request, |c| c.counter = Some(counter));
        assert_eq!(world.engine.check(&check).await.unwrap().verdict, Verdict::Allow);
    }
    let cloned = person.login_with(&world.engine, "c4", |c| c.counter = Some(100));
    let denied = world.engine.check(&cloned).await.unwrap();
    assert_eq!((denied.verdict, reasons(&denied)[0]), (Verdict::Deny, "BINDING_HELD"));
    let held = world.engine.binding(id).await.unwrap().binding.state;
    assert_eq!(held, State::held(Why::CounterRegressed));
    let later = person.login_with(&world.engine, "c5", |c| c.counter = Some(101));
    assert_eq!(world.engine.check(&later).await.unwrap().verdict, Verdict::Deny);
    let released = world.engine.release(&caller("counter"), id).await;
    assert!(matches!(released, Err(ServiceError::Refused(_))));
    // One decision for each check, although the state changed under the fourth.
    assert_eq!(world.store.all(LedgerKind::Decisions).await.len(), 5);
}

#[tokio::test]
async fn two_checks_with_one_counter_are_not_both_let_in() {
    let world = World::new().await;
    let person = Person::new(&world.authority, 1).counting();
    person.enrol(&world).await.unwrap();
    let check = |request| person.login_with(&world.engine, request, |c| c.counter = Some(7));
    let (one, two) = (check("c1"), check("c2"));
    let (one, two) = tokio::join!(world.engine.check(&one), world.engine.check(&two));
    let allowed =
        [one.unwrap(), two.unwrap()].iter().filter(|d| d.verdict == Verdict::Allow).count();
    assert!(allowed <= 1);
}

#[tokio::test]
async fn three_wrong_pins_lock_and_the_right_one_does_not_unlock() {
    let world = World::new().await;
    let person = Person::new(&world.authority, 1);
    person.enrol(&world).await.unwrap();
    let (by, certificate) = (caller("bank"), person.certificate());
    let report = |number: &str, report| {
        let request = number.parse().unwrap();
        let (engine, by) = (&world.engine, &by);
        async move { engine.report_pin(by, Witness::Counter, &request, certificate, report).await }
    };
    assert_eq!(report("1", PinReport::Wrong(2)).await, Ok(2));
    assert_eq!(report("1", PinReport::Wrong(2)).await, Ok(2), "a lost reply counts nothing");
    assert!(matches!(report("1", PinReport::Wrong(1)).await, Err(ServiceError::Exists(_))));
    assert_eq!(report("2", PinReport::Accepted).await, Ok(0));
    assert_eq!(report("3", PinReport::Wrong(2)).await, Ok(2));
    assert_eq!(report("4", PinReport::Wrong(1)).await, Ok(3));
    assert_eq!(report("5", PinReport::Accepted).await, Ok(3));
    let denied = world.engine.check(&person.login(&world.engine, "c1")).await.unwrap();
    assert_eq!(reasons(&denied), ["PIN_LOCKED"]);
    let restarted = world.restarted(PACK).await;
    let denied = restarted.check(&person.login(&restarted, "c2")).await.unwrap();
    assert_eq!(reasons(&denied), ["PIN_LOCKED"]);
    assert_eq!(report("6", PinReport::Wrong(u32::MAX)).await, Ok(1000), "bounded");
    let asked = person.asked(&world.engine, &world.authority);
    let listed = world.engine.bindings_of(&asked.person, None, 1);
    let standing = listed.await.unwrap().0.remove(0).binding;
    world.reprove("reprove-1", standing.id, standing.sim.iccid).await.unwrap();
    let seen = world.engine.check(&person.login(&world.engine, "c3")).await.unwrap();
    assert_eq!(reasons(&seen), [""; 0], "a counter sets the PIN anew");
}

#[tokio::test]
async fn wrong_pins_reported_at_once_are_all_counted() {
    let world = World::new().await;
    let person = Person::new(&world.authority, 1);
    person.enrol(&world).await.unwrap();
    let (by, certificate) = (caller("bank"), person.certificate());
    let report = |number: &str| {
        let request = number.parse().unwrap();
        let (engine, by) = (&world.engine, &by);
        let wrong = PinReport::Wrong(1);
        async move { engine.report_pin(by, Witness::Counter, &request, certificate, wrong).await }
    };
    let (one, two, three) = tokio::join!(report("1"), report("2"), report("3"));
    let mut counts = [one.unwrap(), two.unwrap(), three.unwrap()];
    counts.sort_unstable();
    assert_eq!(counts, [1, 2, 3]);
}

#[tokio::test]
async fn more_checks_at_once_than_allowed_are_told_to_come_back() {
    let world = World::with(PACK, |bounds| bounds.checks_in_flight = 1).await;
    let person = Person::new(&world.authority, 1);
    person.enrol(&world).await.unwrap();
    world.store.next(crate::support::Fault::Silent);
    let (engine, check) = (Arc::clone(&world.engine), person.login(&world.engine, "c1"));
    let task = tokio::spawn(async move { engine.check(&check).await });
    world.store.silent.notified().await;
    let other = person.login(&world.engine, "c2");
    assert!(matches!(world.engine.check(&other).await, Err(ServiceError::Busy { .. })));
    task.abort();
    let _ = task.await;
    assert_eq!(world.engine.check(&other).await.unwrap().verdict, Verdict::Allow);
}

#[tokio::test]
async fn used_challenges_are_bounded_and_full_is_no_verdict() {
    let world = World::with(PACK, |bounds| bounds.used_challenges = 2).await;
    let person = Person::new(&world.authority, 1);
    person.enrol(&world).await.unwrap();
    for request in ["c1", "c2"] {
        world.engine.check(&person.login(&world.engine, request)).await.unwrap();
    }
    let third = person.login(&world.engine, "c3");
    assert!(matches!(world.engine.check(&third).await, Err(ServiceError::Busy { .. })));
    world.clock.move_on(Duration::from_secs(121));
    let later = person.login(&world.engine, "c4");
    assert_eq!(world.engine.check(&later).await.unwrap().verdict, Verdict::Allow);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_requests_at_once_with_one_challenge_one_is_fresh() {
    let world = World::new().await;
    let person = Person::new(&world.authority, 1);
    person.enrol(&world).await.unwrap();
    for round in 0..20 {
        let check = person.login(&world.engine, &format!("c{round}"));
        let tasks: Vec<_> = (0..16)
            .map(|n| {
                let (engine, mut check) = (Arc::clone(&world.engine), check.clone());
                // Two of each number: the same request twice.
                check.request = format!("c{round}-{}", n / 2).parse().unwrap();
                tokio::spawn(async move { engine.check(&check).await.unwrap() })
            })
            .collect();
        let mut allowed = std::collections::BTreeSet::new();
        for task in tasks {
            let decision = task.await.unwrap();
            if decision.verdict == Verdict::Allow {
                allowed.insert(decision.id);
            } else {
                assert_eq!(reasons(&decision)[0], "CHALLENGE_USED");
            }
        }
        assert_eq!(allowed.len(), 1);
    }
}
