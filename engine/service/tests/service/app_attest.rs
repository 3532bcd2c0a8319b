//! iPhones: enrolled by App Attest, known again by assertions whose counter only rises.

mod enrolment;
mod order;

use crate::support::{
    APPLE_APP, DEVELOPED_APP, Iphone, OTHER_APPLE_APP, Person, Phone, STRANGE_APP, World, caller,
};
use simbind_core::{
    app::AppList,
    binding::{AppleEnvironment, LifecycleReason as Why, Platform},
    ids::BindingId,
};
use simbind_evidence::apple::Environment;
use simbind_rules::{
    Facts, Verdict,
    facts::{AppIdentity, HandsetProof, Match, Provenance, SecurityLevel},
};
use simbind_service::{
    ServiceError,
    app_attest::MOST_RECEIPT_BYTES,
    attest::{AttestationRequest, HandsetRequest},
    check::{CheckRequest, HandsetWord},
    ledger::{DecisionEntry, StateEntry, decode_state},
    ports::store::LedgerKind,
};
use std::time::Duration;

/// Rules on what a handset proves, and nothing else.
const PACK: &str = r#"
[pack]
id = "nation"
applies_to = { country = "JP" }

[[rule]]
id = "invalid"
on = ["login", "tap"]
when = "handset.proof == 'invalid'"
verdict = "deny"
reason = "HANDSET_PROOF_INVALID"

[[rule]]
id = "replayed"
on = ["login", "tap"]
when = "handset.proof == 'replayed'"
verdict = "deny"
reason = "HANDSET_PROOF_REPLAYED"

[[rule]]
id = "withheld"
on = ["login", "tap"]
when = "handset.proof == 'withheld'"
verdict = "deny"
reason = "HANDSET_PROOF_WITHHELD"
"#;

async fn world() -> World {
    World::with(PACK, |_| {}).await
}

fn owner(world: &World) -> Person {
    Person::new(&world.authority, 1).with_iphone()
}

fn facts(decision: &DecisionEntry) -> Facts {
    Facts::from_bytes(&decision.facts).unwrap()
}

fn proof(decision: &DecisionEntry) -> HandsetProof {
    facts(decision).handset_proof().unwrap()
}

/// The counters that are on the ledger, in order.
async fn counters(world: &World) -> Vec<u32> {
    let entries = world.store.all(LedgerKind::State).await;
    let counter = |entry| match decode_state(entry).unwrap() {
        StateEntry::AssertionSeen { counter, .. } => Some(counter),
        _ => None,
    };
    entries.iter().filter_map(|entry| counter(&entry.entry)).collect()
}

/// A login with an assertion of this counter.
fn asserted_at(person: &Person, world: &World, request: &str, counter: u32) -> CheckRequest {
    let mut check = person.login(&world.engine, request);
    check.handset = HandsetWord::Assertion(person.iphone().assert_at(&check.transcript(), counter));
    check
}

#[tokio::test]
async fn a_counter_that_did_not_rise_is_a_replay_also_after_a_restart() {
    let world = world().await;
    let person = owner(&world);
    person.enrol(&world).await.unwrap();
    let five = world.engine.check(&asserted_at(&person, &world, "c5", 5)).await.unwrap();
    assert_eq!((five.verdict, proof(&five)), (Verdict::Allow, HandsetProof::Valid));
    for engine in [world.engine.clone(), world.restarted(PACK).await] {
        for counter in [5, 4, 1, 0] {
            let request =
                format!("r{counter}-{}", world.store.all(LedgerKind::Decisions).await.len());
            let denied =
                engine.check(&asserted_at(&person, &world, &request, counter)).await.unwrap();
            assert_eq!((denied.verdict, proof(&denied)), (Verdict::Deny, HandsetProof::Replayed));
            assert_eq!(denied.reasons, ["HANDSET_PROOF_REPLAYED"]);
            // What it says of the handset is the word of nobody.
            assert_ne!(facts(&denied).handset_match_provenance(), Some(Provenance::DeviceAttested));
        }
    }
    assert_eq!(counters(&world).await, [5]);
    let six = world.engine.check(&asserted_at(&person, &world, "c6", 6)).await.unwrap();
    assert_eq!(six.verdict, Verdict::Allow);
}

#[tokio::test]
async fn a_counter_of_zero_is_none() {
    let world = world().await;
    let person = owner(&world);
    person.enrol(&world).await.unwrap();
    let zero = world.engine.check(&asserted_at(&person, &world, "c0", 0)).await.unwrap();
    assert_eq!((zero.verdict, proof(&zero)), (Verdict::Deny, HandsetProof::Replayed));
}

#[tokio::test]
async fn the_same_request_finds_its_decision_again_though_the_counter_went_on() {
    let world = world().await;
    let person = owner(&world);
    let id = person.enrol(&world).await.unwrap().binding.id;
    let first = person.login(&world.engine, "c1");
    let answered = world.engine.check(&first).await.unwrap();
    person.check(&world.engine, "c2").await;
    for engine in [world.engine.clone(), world.restarted(PACK).await] {
        assert_eq!(*engine.check(&first).await.unwrap(), *answered);
    }
    // Where it is decided again, its counter is no step back.
    world.engine.hold(&caller("counter"), id, Why::Lost).await.unwrap();
    let held = world.engine.check(&first).await.unwrap();
    assert_eq!(held.reasons, ["BINDING_HELD"]);
    assert_eq!(proof(&held), HandsetProof::Valid);
    assert_eq!(counters(&world).await, [1, 2]);
}

#[tokio::test]
async fn requests_that_come_at_once_count_one_assertion() {
    let world = world().await;
    let person = owner(&world).counting();
    person.enrol(&world).await.unwrap();
    let check = person.login_with(&world.engine, "c1", |check| check.counter = Some(9));
    let ask = || world.engine.check(&check);
    let (one, two, three) = tokio::join!(ask(), ask(), ask());
    let one = one.unwrap();
    assert_eq!(one.verdict, Verdict::Allow);
    assert_eq!((one.id, one.id), (two.unwrap().id, three.unwrap().id));
    assert_eq!(counters(&world).await, [1]);
}

/// Two logins of one iPhone at once: whichever comes first, no counter goes back, and the later one
/// is let in; the earlier one may have to be tried again.
#[tokio::test]
async fn two_checks_of_an_iphone_at_once_are_put_in_order() {
    let world = world().await;
    let person = owner(&world);
    person.enrol(&world).await.unwrap();
    for round in 0..20 {
        let earlier = person.login(&world.engine, &format!("a{round}"));
        let later = person.login(&world.engine, &format!("b{round}"));
        let (first, second) = if round % 2 == 0 { (&earlier, &later) } else { (&later, &earlier) };
        let (one, two) = tokio::join!(world.engine.check(first), world.engine.check(second));
        let (one, two) = (one.unwrap(), two.unwrap());
        let (of_earlier, of_later) = if round % 2 == 0 { (one, two) } else { (two, one) };
        assert_eq!(of_later.verdict, Verdict::Allow);
        match of_earlier.verdict {
            Verdict::Allow => {}
            _ => assert_eq!(of_earlier.reasons, ["HANDSET_PROOF_REPLAYED"]),
        }
    }
    let counters = counters(&world).await;
    assert!(counters.is_sorted_by(|one, next| one < next), "{counters:?}");
}

#[tokio::test]
async fn an_assertion_proves_one_check_of_its_own_key_and_app() {
    let world = world().await;
    let person = owner(&world);
    person.enrol(&world).await.unwrap();
    let another = Iphone::new(person.iphone().app);
    type Made = fn(&Person, &Iphone, &CheckRequest) -> Vec<u8>;
    let cases: [(&str, Made); 5] = [
        ("of another check", |own, _, _| own.iphone().assert(b"another transcript")),
        ("of another key", |_, other, check| other.assert(&check.transcript())),
        ("for another app", |own, _, check| {
            own.iphone().assert_as(OTHER_APPLE_APP, &check.transcript(), 50)
        }),
        ("no assertion", |_, _, _| vec![0xA0]),
        ("cut", |own, _, check| {
            let mut assertion = own.iphone().assert(&check.transcript());
            assertion.pop();
            assertion
        }),
    ];
    for (name, assertion) in cases {
        let mut check = person.login(&world.engine, name.split(' ').next_back().unwrap());
        check.handset = HandsetWord::Assertion(assertion(&person, &another, &check));
        let denied = world.engine.check(&check).await.unwrap();
        assert_eq!(
            (denied.verdict, proof(&denied)),
            (Verdict::Deny, HandsetProof::Invalid),
            "{name}"
        );
    }
    // Nothing of it was counted.
    assert_eq!(counters(&world).await, [0_u32; 0]);
}

#[tokio::test]
async fn the_transcript_names_the_app_that_holds_the_key() {
    let world = world().await;
    let person = owner(&world);
    person.enrol(&world).await.unwrap();
    for app in [None, Some(OTHER_APPLE_APP), Some("jp.example.simbind")] {
        let request = format!("c-{}", app.unwrap_or("none"));
        let check = person.login_with(&world.engine, &request, |check| {
            check.app = app.map(|app| app.parse().unwrap());
        });
        let denied = world.engine.check(&check).await.unwrap();
        assert_eq!((denied.verdict, proof(&denied)), (Verdict::Deny, HandsetProof::Invalid));
        assert_ne!(facts(&denied).app_identity(), Some(AppIdentity::Listed), "{app:?}");
    }
}

#[tokio::test]
async fn an_assertion_that_is_left_out_is_withheld_and_another_kind_of_proof_is_wrong() {
    let world = world().await;
    let person = owner(&world);
    person.enrol(&world).await.unwrap();
    let mut check = person.login(&world.engine, "c1");
    check.handset = HandsetWord::Nothing;
    let denied = world.engine.check(&check).await.unwrap();
    assert_eq!((denied.verdict, proof(&denied)), (Verdict::Deny, HandsetProof::Withheld));
    let mut check = person.login(&world.engine, "c2");
    check.handset = HandsetWord::Signature(check.signature.clone().unwrap());
    let denied = world.engine.check(&check).await.unwrap();
    assert_eq!(proof(&denied), HandsetProof::Invalid);
}

#[tokio::test]
async fn a_check_that_does_not_prove_the_certificate_moves_no_counter() {
    let world = world().await;
    let person = owner(&world);
    person.enrol(&world).await.unwrap();
    let mut unsigned = asserted_at(&person, &world, "c1", 1000);
    unsigned.signature = None;
    let mut stale = asserted_at(&person, &world, "c2", 1000);
    stale.challenge[3] ^= 1;
    for check in [unsigned, stale] {
        assert_eq!(world.engine.check(&check).await.unwrap().verdict, Verdict::Deny);
    }
    assert_eq!(counters(&world).await, [0_u32; 0]);
    assert_eq!(person.check(&world.engine, "c3").await.verdict, Verdict::Allow);
}

#[tokio::test]
async fn an_app_that_left_the_list_proves_nothing() {
    let world = world().await;
    let person = owner(&world);
    person.enrol(&world).await.unwrap();
    let check = person.login(&world.engine, "c1");
    let engine = world.restarted_by(PACK, AppList::default()).await;
    let denied = engine.check(&check).await.unwrap();
    assert_eq!((denied.verdict, proof(&denied)), (Verdict::Deny, HandsetProof::Invalid));
    assert_eq!(facts(&denied).app_identity(), Some(AppIdentity::Unlisted));
}
