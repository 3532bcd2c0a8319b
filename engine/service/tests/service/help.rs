//! Support codes at the help desk.

use crate::support::{PACK, Person, START, World, caller};
use simbind_core::{
    binding::State,
    ids::{DecisionId, SupportCode},
};
use simbind_rules::Verdict;
use simbind_service::{
    ServiceError,
    help::Recording,
    ledger::{InquiryEntry, encode_decision},
    ports::store::{Append, LedgerKind, Store as _},
};
use std::time::Duration;

const DAY: Duration = Duration::from_secs(86_400);

fn wrong(place: u8) -> SupportCode {
    SupportCode::of(DecisionId::from_bytes([place; 16]))
}

#[tokio::test]
async fn a_code_finds_its_decision_and_each_look_up_is_listed_also_that_of_a_wrong_one() {
    let world = World::new().await;
    let person = Person::new(&world.authority, 1);
    person.enrol(&world).await.unwrap();
    let mut forged = person.login(&world.engine, "c1");
    forged.signature = None;
    let denied = world.engine.check(&forged).await.unwrap();
    let (desk, clerk) = (caller("desk"), caller("clerk"));

    let found = world.engine.inquire(&desk, SupportCode::of(denied.id)).await.unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].decision.id, found[0].decision.verdict), (denied.id, Verdict::Deny));
    assert_eq!(found[0].state, Some(State::Active));
    assert_eq!(found[0].facts.to_bytes(), denied.facts);
    world.clock.move_on(DAY);
    let refused = world.engine.inquire(&clerk, wrong(0x77)).await.unwrap_err();
    assert!(matches!(refused, ServiceError::NotFound(_)), "{refused}");

    let later = world.restarted(PACK).await;
    let now = START.plus(DAY);
    let expected = [
        InquiryEntry { by: clerk, at: now, decisions: vec![] },
        InquiryEntry { by: desk, at: START, decisions: vec![denied.id] },
    ];
    let first = later.inquiries(None, 1).await.unwrap();
    let second = later.inquiries(first.next, 10).await.unwrap();
    assert_eq!([first.inquiries, second.inquiries].concat(), expected);
    assert_eq!(second.next, None);
}

#[tokio::test]
async fn a_party_that_looks_at_its_own_leaves_no_entry() {
    let world = World::new().await;
    let person = Person::new(&world.authority, 1);
    person.enrol(&world).await.unwrap();
    let allowed = world.engine.check(&person.login(&world.engine, "c1")).await.unwrap();
    let code = SupportCode::of(allowed.id);
    let found = world.engine.of_code(&caller("bank"), code, Recording::Own).await.unwrap();
    assert_eq!(found[0].id, allowed.id);
    assert!(world.engine.inquiries(None, 10).await.unwrap().inquiries.is_empty());
}

#[tokio::test]
async fn a_code_can_be_asked_for_while_it_lives_and_no_longer() {
    let world = World::with(PACK, |bounds| bounds.support_code_life = 3 * DAY).await;
    let person = Person::new(&world.authority, 1);
    person.enrol(&world).await.unwrap();
    let allowed = world.engine.check(&person.login(&world.engine, "c1")).await.unwrap();
    let (desk, code) = (caller("desk"), SupportCode::of(allowed.id));
    world.clock.move_on(3 * DAY);
    assert!(world.engine.inquire(&desk, code).await.is_ok());
    world.clock.move_on(Duration::from_millis(1));
    let refused = world.engine.inquire(&desk, code).await.unwrap_err();
    assert!(matches!(refused, ServiceError::NotFound(_)), "{refused}");
    // What was looked for in vain was no decision.
    let listed = world.engine.inquiries(None, 1).await.unwrap().inquiries;
    assert!(listed[0].decisions.is_empty());
}

#[tokio::test]
async fn who_guesses_codes_is_stopped_and_right_codes_do_not_count() {
    let world = World::with(PACK, |bounds| bounds.wrong_codes = 3).await;
    let person = Person::new(&world.authority, 1);
    person.enrol(&world).await.unwrap();
    let allowed = world.engine.check(&person.login(&world.engine, "c1")).await.unwrap();
    let (desk, code) = (caller("desk"), SupportCode::of(allowed.id));
    for place in 0..3 {
        for _ in 0..3 {
            assert!(world.engine.inquire(&desk, code).await.is_ok());
        }
        let refused = world.engine.inquire(&desk, wrong(place)).await.unwrap_err();
        assert!(matches!(refused, ServiceError::NotFound(_)), "{refused}");
    }
    let before = world.engine.inquiries(None, 100).await.unwrap().inquiries.len();
    for code in [wrong(4), code] {
        let stopped = world.engine.inquire(&desk, code).await.unwrap_err();
        assert!(matches!(stopped, ServiceError::Busy { .. }), "{stopped}");
    }
    // What is stopped writes nothing: a guesser cannot fill the ledger.
    assert_eq!(world.engine.inquiries(None, 100).await.unwrap().inquiries.len(), before);
    assert!(world.engine.inquire(&caller("other"), code).await.is_ok());
    world.clock.move_on(Duration::from_secs(1200));
    assert!(world.engine.inquire(&desk, code).await.is_ok());
}

#[tokio::test]
async fn decisions_whose_codes_happen_to_be_alike_are_all_told_the_newest_first() {
    let world = World::new().await;
    let person = Person::new(&world.authority, 1);
    person.enrol(&world).await.unwrap();
    let first = world.engine.check(&person.login(&world.engine, "c1")).await.unwrap();
    // Another id with the same code, of a later time.
    let mut id = *first.id.as_bytes();
    id[5] += 1;
    let mut alike = (*first).clone();
    alike.id = DecisionId::from_bytes(id);
    let code = SupportCode::of(first.id);
    assert_eq!(SupportCode::of(alike.id), code);
    let entry = encode_decision(&alike).unwrap().into();
    let append = Append { entry, expect: Vec::new() };
    world.store.append(LedgerKind::Decisions, append).await.unwrap();
    let found = world.engine.inquire(&caller("desk"), code).await.unwrap();
    let ids: Vec<_> = found.iter().map(|inquiry| inquiry.decision.id).collect();
    assert_eq!(ids, [alike.id, first.id]);
    let listed = world.engine.inquiries(None, 1).await.unwrap().inquiries;
    assert_eq!(listed[0].decisions, [alike.id, first.id]);
}

#[tokio::test]
async fn a_refusal_without_a_binding_has_no_state() {
    let world = World::new().await;
    let stranger = Person::new(&world.authority, 1);
    let denied = world.engine.check(&stranger.login(&world.engine, "c1")).await.unwrap();
    let code = SupportCode::of(denied.id);
    let found = world.engine.inquire(&caller("desk"), code).await.unwrap();
    assert_eq!((found[0].state, found[0].decision.reasons[0].as_str()), (None, "NOT_BOUND"));
}
