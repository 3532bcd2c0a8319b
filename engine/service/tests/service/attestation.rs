//! What the maker revokes after a handset was enrolled.

use crate::support::{BATCH_SERIAL, PACK, Person, Phone, TestEngine, World, caller};
use simbind_core::{app::AppList, time::Timestamp};
use simbind_evidence::android::StatusList;
use simbind_rules::Verdict;
use simbind_service::{
    ServiceError, attestation_status::ListAge, ledger::DecisionEntry, outcome::step_up_of,
};
use std::{sync::Arc, time::Duration};

const DAY: Duration = Duration::from_secs(86_400);

/// The rules of the other tests, and the nation's about the maker's list.
fn pack() -> String {
    PACK.to_owned()
        + r#"
[[rule]]
id = "attestation-revoked"
on = ["login", "tap"]
when = "handset.attestation_status == 'revoked' || handset.attestation_status == 'suspended'"
verdict = "deny"
unknown = "ignore"
reason = "ATTESTATION_REVOKED"

[[rule]]
id = "attestation-status-stale"
on = ["login", "tap"]
when = "handset.attestation_status_age > duration('7d') && handset.attestation_age > duration('7d')"
verdict = "step_up"
unknown = "ignore"
step_up = ["card", "counter"]
reason = "ATTESTATION_STATUS_STALE"
"#
}

fn list(status: &str) -> StatusList {
    let text = format!(r#"{{"entries": {{"{BATCH_SERIAL:x}": {{"status": "{status}"}}}}}}"#);
    StatusList::from_json(text.as_bytes()).unwrap()
}

async fn login(world: &World, person: &Person, id: &str) -> Arc<DecisionEntry> {
    world.engine.check(&person.login(&world.engine, id)).await.unwrap()
}

#[tokio::test]
async fn what_the_maker_revokes_next_week_is_refused_next_week_also_after_a_restart() {
    let world = World::with(&pack(), |_| {}).await;
    let person = Person::new(&world.authority, 1);
    person.enrol(&world).await.unwrap();
    let now = || world.engine.now();
    assert_eq!(login(&world, &person, "none").await.verdict, Verdict::Allow);
    world.engine.replace_attestation_list(StatusList::default(), now());
    assert_eq!(login(&world, &person, "clear").await.verdict, Verdict::Allow);
    world.clock.move_on(7 * DAY);
    for (id, status) in [("c1", "REVOKED"), ("c2", "SUSPENDED"), ("c3", "SOMETHING_NEW")] {
        world.engine.replace_attestation_list(list(status), now());
        let decision = login(&world, &person, id).await;
        assert_eq!(decision.verdict, Verdict::Deny, "{status}");
        assert_eq!(decision.reasons, ["ATTESTATION_REVOKED"], "{status}");
    }
    // The list that says so is gone, and with it what it says: the next one counts.
    world.engine.replace_attestation_list(StatusList::default(), now());
    assert_eq!(login(&world, &person, "back").await.verdict, Verdict::Allow);
    let restarted = world.restarted(&pack()).await;
    restarted.replace_attestation_list(list("REVOKED"), now());
    let decision = restarted.check(&person.login(&restarted, "after")).await.unwrap();
    assert_eq!(decision.verdict, Verdict::Deny);
}

#[tokio::test]
async fn the_age_of_the_list_is_known_to_rules() {
    let world = World::with(&pack(), |_| {}).await;
    let person = Person::new(&world.authority, 1);
    person.enrol(&world).await.unwrap();
    world.engine.replace_attestation_list(StatusList::default(), world.engine.now());
    assert_eq!(world.engine.attestation_list_age(), Some(Duration::ZERO));
    world.clock.move_on(7 * DAY);
    assert_eq!(login(&world, &person, "c1").await.verdict, Verdict::Allow);
    world.clock.move_on(Duration::from_secs(1));
    let decision = login(&world, &person, "c2").await;
    assert_eq!(decision.reasons, ["ATTESTATION_STATUS_STALE"]);
}

#[tokio::test]
async fn a_revoked_batch_is_not_enrolled_and_neither_is_any_by_a_list_too_old() {
    let world = World::with_list_age(ListAge::AtMost(DAY)).await;
    let person = Person::new(&world.authority, 1);
    let unavailable = |refused| matches!(refused, Err(ServiceError::Unavailable { .. }));
    assert!(unavailable(person.enrol(&world).await.map(drop)), "without a list");
    world.engine.replace_attestation_list(list("SUSPENDED"), world.engine.now());
    assert!(matches!(person.enrol(&world).await, Err(ServiceError::Invalid { .. })));
    world.engine.replace_attestation_list(StatusList::default(), world.engine.now());
    world.clock.move_on(DAY + Duration::from_millis(1));
    assert!(unavailable(person.enrol(&world).await.map(drop)), "by an old list");
    world.engine.replace_attestation_list(StatusList::default(), world.engine.now());
    person.enrol(&world).await.unwrap();
}

#[tokio::test]
async fn a_handset_without_a_kept_chain_is_not_judged_by_the_list() {
    let world = World::with(&pack(), |_| {}).await;
    let mut person = Person::new(&world.authority, 1);
    person.phone = Phone::plain(1);
    person.enrol(&world).await.unwrap();
    world.engine.replace_attestation_list(list("REVOKED"), Timestamp::EPOCH);
    let decision = login(&world, &person, "c1").await;
    assert!(!decision.reasons.iter().any(|reason| reason.starts_with("ATTESTATION_")));
}

/// Ends a step-up by the person's card.
async fn end(
    engine: &TestEngine,
    person: &Person,
    asked: &DecisionEntry,
) -> Result<Arc<DecisionEntry>, ServiceError> {
    let (id, request) = (step_up_of(asked.id), "proof".parse().unwrap());
    let child = engine.end_step_up(&caller("bank"), &request, id, person.card_proof(id)).await;
    child.map(Option::unwrap)
}

/// A login that is to be stepped up, since the list is old.
async fn asked(world: &World) -> (Person, Arc<DecisionEntry>) {
    let person = Person::new(&world.authority, 1).with_card(&world.authority);
    person.enrol(world).await.unwrap();
    world.engine.replace_attestation_list(StatusList::default(), world.engine.now());
    world.clock.move_on(7 * DAY + Duration::from_secs(1));
    let asked = login(world, &person, "asked").await;
    assert_eq!(asked.reasons, ["ATTESTATION_STATUS_STALE"]);
    (person, asked)
}

#[tokio::test]
async fn a_step_up_does_not_let_a_handset_in_that_was_revoked_meanwhile() {
    let world = World::with(&pack(), |_| {}).await;
    let (person, asked) = asked(&world).await;
    world.engine.replace_attestation_list(list("REVOKED"), world.engine.now());
    let child = end(&world.engine, &person, &asked).await.unwrap();
    assert_eq!(
        (child.verdict, &*child.reasons),
        (Verdict::Deny, &["ATTESTATION_REVOKED".into()][..])
    );
}

#[tokio::test]
async fn a_list_that_comes_while_the_child_is_written_makes_it_decide_again() {
    let world = World::with(&pack(), |_| {}).await;
    let (person, asked) = asked(&world).await;
    let engine = Arc::clone(&world.engine);
    world.store.after(async move {
        engine.replace_attestation_list(list("REVOKED"), engine.now());
    });
    assert_eq!(end(&world.engine, &person, &asked).await.unwrap().verdict, Verdict::Deny);
}

#[tokio::test]
async fn a_list_that_comes_while_a_check_is_written_or_before_it_is_repeated_counts() {
    for during in [true, false] {
        let world = World::with(&pack(), |_| {}).await;
        let person = Person::new(&world.authority, 1);
        person.enrol(&world).await.unwrap();
        let check = person.login(&world.engine, "c1");
        let engine = Arc::clone(&world.engine);
        let replaced = async move {
            engine.replace_attestation_list(list("REVOKED"), engine.now());
        };
        if during {
            world.store.after(replaced);
        } else {
            assert_eq!(world.engine.check(&check).await.unwrap().verdict, Verdict::Allow);
            replaced.await;
        }
        let decision = world.engine.check(&check).await.unwrap();
        assert_eq!(decision.verdict, Verdict::Deny, "while it is written: {during}");
    }
}

#[tokio::test]
async fn a_step_up_does_not_let_an_app_in_that_left_the_list_meanwhile() {
    let rule = r#"
[[rule]]
id = "app-unlisted"
on = ["login", "tap"]
when = "app.identity == 'unlisted' || app.ui == 'unlisted'"
verdict = "deny"
reason = "APP_UNLISTED"
"#;
    let world = World::with(&pack(), |_| {}).await;
    let (person, asked) = asked(&world).await;
    let gone = world.restarted_by(&(pack() + rule), AppList::default()).await;
    assert_eq!(end(&gone, &person, &asked).await.unwrap().verdict, Verdict::Deny);
}
