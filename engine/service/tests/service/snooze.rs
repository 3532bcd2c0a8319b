//! A rule snoozed for one binding: down to its floor, for its time, and for nobody else.

use crate::support::{Fault, PACK, Person, START, TestEngine, World, caller};
use simbind_core::{
    ids::{BindingId, DecisionId, SnoozeId},
    line::{EventKind, ReissueCause},
    rollout::Why,
    time::Timestamp,
};
use simbind_rules::{StepUpMethod, Verdict};
use simbind_service::{
    ServiceError,
    decisions::Replayed,
    rollout::Deed,
    snooze::{SnoozeRequest, Snoozed},
};
use std::time::Duration;

const REISSUED: EventKind = EventKind::SimReissued { new_iccid: None, cause: ReissueCause::Unsaid };

/// Three rules that a reissued SIM breaks: with a floor, silent under its floor, and without one.
fn packs() -> String {
    let rules = r#"
[[rule]]
id = "changed"
on = ["login", "tap"]
when = "sim.latch == 'reissued'"
verdict = "deny"
floor = "step_up"
step_up = ["card", "counter"]
beside = ["reissued", "quiet"]
reason = "SIM_REISSUED"

[[rule]]
id = "quiet"
on = ["login", "tap"]
when = "sim.latch == 'reissued' && pin.failures == 0"
verdict = "deny"
floor = "allow"
step_up = ["card", "counter"]
reason = "HANDSET_MISMATCH"
"#;
    format!("{PACK}{rules}")
}

async fn world() -> (World, Person, BindingId, DecisionId) {
    let world = World::with(&packs(), |_| {}).await;
    let person = Person::new(&world.authority, 1).with_card(&world.authority);
    let binding = person.enrol(&world).await.unwrap().binding.id;
    world.clock.move_on(Duration::from_secs(60));
    world.tell("e1", &person, REISSUED).await.unwrap();
    let denied = person.check(&world.engine, "c0").await;
    assert_eq!(denied.verdict, Verdict::Deny);
    (world, person, binding, denied.id)
}

async fn snooze(
    engine: &TestEngine,
    binding: BindingId,
    rule: &str,
    until: Timestamp,
    decision: DecisionId,
) -> Result<Snoozed, ServiceError> {
    let (rule, why) = (rule.parse().unwrap(), "the shop swapped it".parse::<Why>().unwrap());
    let request = SnoozeRequest { binding, rule, until, decision };
    engine.snooze_rule(Deed { by: &caller("ann"), why: &why }, request).await
}

async fn end(
    engine: &TestEngine,
    binding: BindingId,
    snooze: SnoozeId,
) -> Result<(), ServiceError> {
    let why: Why = "done".parse().unwrap();
    engine.end_snooze(Deed { by: &caller("bob"), why: &why }, binding, snooze).await
}

fn days(days: u64) -> Timestamp {
    START.plus(Duration::from_secs(days * 86_400))
}

#[tokio::test]
async fn snoozed_rules_say_their_floor_for_that_binding_until_the_end() {
    let (world, person, binding, led) = world().await;
    let other = Person::new(&world.authority, 2);
    other.enrol(&world).await.unwrap();
    world.clock.move_on(Duration::from_secs(60));
    world.tell("e2", &other, REISSUED).await.unwrap();
    snooze(&world.engine, binding, "nation/changed", days(3), led).await.unwrap();
    let denied = person.check(&world.engine, "c1").await;
    assert_eq!(denied.verdict, Verdict::Deny, "another rule speaks still");
    assert_eq!(denied.snoozed, ["nation/changed"]);
    snooze(&world.engine, binding, "nation/quiet", days(2), led).await.unwrap();
    let asked = person.check(&world.engine, "c2").await;
    let Verdict::StepUp(methods) = asked.verdict else { panic!("{asked:?}") };
    assert!(methods.contains(StepUpMethod::Card));
    assert_eq!(asked.snoozed, ["nation/changed", "nation/quiet"]);
    assert!(asked.fired.iter().all(|fired| fired.rule != "quiet"), "{:?}", asked.fired);
    for (request, decision) in [("c1", &denied), ("c2", &asked)] {
        let (same, verdict) = world.engine.replay(decision.id).await.unwrap();
        assert_eq!((same, verdict), (Replayed::Same, decision.verdict), "{request}");
    }
    assert_eq!(other.check(&world.engine, "o1").await.verdict, Verdict::Deny);
    // It ends by itself, with nothing written.
    world.clock.move_on(Duration::from_secs(2 * 86_400));
    let denied = person.check(&world.engine, "c3").await;
    assert_eq!((denied.verdict, &*denied.snoozed), (Verdict::Deny, &["nation/changed".into()][..]));
    assert_eq!(world.engine.replay(asked.id).await.unwrap().0, Replayed::Same);
}

#[tokio::test]
async fn the_walls_are_never_snoozed_and_a_step_up_is_by_the_same_snoozes() {
    let (world, person, binding, led) = world().await;
    for rule in ["nation/changed", "nation/quiet"] {
        snooze(&world.engine, binding, rule, days(3), led).await.unwrap();
    }
    let mut forged = person.login(&world.engine, "f1");
    forged.signature.as_mut().unwrap().value[10] ^= 1;
    let denied = world.engine.check(&forged).await.unwrap();
    assert_eq!(denied.verdict, Verdict::Deny);
    let asked = person.check(&world.engine, "c1").await;
    let step_up = simbind_service::outcome::step_up_of(asked.id);
    let proof = person.card_proof(step_up);
    let request = "p1".parse().unwrap();
    let child = world.engine.end_step_up(&caller("bank"), &request, step_up, proof).await.unwrap();
    let child = child.unwrap();
    assert_eq!((child.verdict, child.snoozed.len()), (Verdict::Allow, 2));
    assert_eq!(world.engine.replay(child.id).await.unwrap().0, Replayed::Same);
    world
        .engine
        .hold(&caller("counter"), binding, simbind_core::binding::LifecycleReason::Lost)
        .await
        .unwrap();
    assert_eq!(person.check(&world.engine, "c2").await.verdict, Verdict::Deny);
}

#[tokio::test]
async fn what_a_snooze_lacks_is_told_and_nothing_is_snoozed() {
    let (world, person, binding, led) = world().await;
    let engine = &world.engine;
    let other = Person::new(&world.authority, 2);
    let others = other.enrol(&world).await.unwrap().binding.id;
    let allowed = other.check(engine, "o1").await;
    let field = |answer: Result<Snoozed, ServiceError>| match answer {
        Err(ServiceError::Invalid { field, .. }) => field.into_owned(),
        other => format!("{other:?}"),
    };
    for (binding, rule, until, decision, expected) in [
        (binding, "nation/changed", days(0), led, "until"),
        (binding, "nation/changed", START, led, "until"),
        (binding, "nation/changed", days(31), led, "until"),
        (others, "nation/changed", days(1), led, "decision_id"),
        (others, "nation/changed", days(1), allowed.id, "decision_id"),
        (binding, "nation/pin-locked", days(1), led, "decision_id"),
        (binding, "nation/nothing", days(1), led, "decision_id"),
    ] {
        let answer = snooze(engine, binding, rule, until, decision).await;
        assert_eq!(field(answer), expected, "{rule}");
    }
    let floorless = snooze(engine, binding, "nation/reissued", days(1), led).await;
    let told = matches!(&floorless, Err(ServiceError::Refused(why)) if why.contains("no floor"));
    assert!(told, "{floorless:?}");
    snooze(engine, binding, "nation/quiet", days(1), led).await.unwrap();
    let twice = snooze(engine, binding, "nation/quiet", days(1), led).await;
    assert!(matches!(twice, Err(ServiceError::Refused(_))), "{twice:?}");
    assert_eq!(person.check(engine, "c9").await.verdict, Verdict::Deny);
    engine
        .revoke(&caller("counter"), binding, simbind_core::binding::LifecycleReason::Lost)
        .await
        .unwrap();
    let ended = snooze(engine, binding, "nation/changed", days(1), led).await;
    assert!(matches!(ended, Err(ServiceError::Refused(_))), "{ended:?}");
}

#[tokio::test]
async fn a_snooze_survives_a_restart_and_other_packs_while_its_rule_has_a_floor() {
    let (world, person, binding, led) = world().await;
    for rule in ["nation/changed", "nation/quiet"] {
        snooze(&world.engine, binding, rule, days(3), led).await.unwrap();
    }
    let again = world.restarted(&packs()).await;
    assert!(matches!(person.check(&again, "c1").await.verdict, Verdict::StepUp(_)));
    // The same rules at other places; one lost its floor, and the other is gone.
    let stricter = packs().replace("floor = \"step_up\"\nstep_up = [\"card\", \"counter\"]\n", "");
    let first = "[[rule]]\nid = \"foreign-handset\"";
    let before = "[[rule]]\nid = \"first\"\non = [\"login\"]\nwhen = \"pin.failures > 90\"\n\
                  verdict = \"deny\"\nbeside = [\"pin-locked\"]\nreason = \"PIN_LOCKED\"\n\n\
                  [[rule]]\nid = \"foreign-handset\"";
    let moved = packs().replace(first, before);
    let elsewhere = world.restarted(&moved).await;
    assert!(matches!(person.check(&elsewhere, "c2").await.verdict, Verdict::StepUp(_)));
    // Another condition under the same name is another rule.
    let widened = packs().replace("&& pin.failures == 0", "&& pin.failures <= 1");
    let other = world.restarted(&widened).await;
    let denied = person.check(&other, "c4").await;
    assert_eq!((denied.verdict, &*denied.snoozed), (Verdict::Deny, &["nation/changed".into()][..]));
    let floorless = world.restarted(&stricter).await;
    let denied = person.check(&floorless, "c3").await;
    assert_eq!((denied.verdict, &*denied.snoozed), (Verdict::Deny, &["nation/quiet".into()][..]));
}

#[tokio::test]
async fn an_ended_snooze_holds_nothing_down_and_stays_listed() {
    let (world, person, binding, led) = world().await;
    let engine = &world.engine;
    let quiet = snooze(engine, binding, "nation/quiet", days(3), led).await.unwrap();
    snooze(engine, binding, "nation/changed", days(4), led).await.unwrap();
    assert!(matches!(person.check(engine, "c1").await.verdict, Verdict::StepUp(_)));
    end(engine, binding, quiet.id).await.unwrap();
    assert_eq!(person.check(engine, "c2").await.verdict, Verdict::Deny);
    assert!(matches!(end(engine, binding, quiet.id).await, Err(ServiceError::NotFound(_))));
    let listed = engine.snoozes(binding).await.unwrap();
    let rules: Vec<_> = listed.iter().map(|snooze| snooze.rule.as_str()).collect();
    assert_eq!(rules, ["nation/changed", "nation/quiet"]);
    assert_eq!(listed[1].until, world.engine.now());
    assert_eq!(listed[1].why.as_ref().unwrap().as_str(), "the shop swapped it");
    assert_eq!(listed[1].by, caller("ann"));
}

#[tokio::test]
async fn a_decision_leads_to_one_snooze_of_a_rule_and_only_for_a_week() {
    let (world, person, binding, led) = world().await;
    let engine = &world.engine;
    let refused = |answer: Result<Snoozed, ServiceError>, word: &str| match answer {
        Err(ServiceError::Invalid { field, why }) => {
            assert!(field == "decision_id" && why.contains(word), "{field}: {why}");
        }
        other => panic!("{other:?}"),
    };
    let first = snooze(engine, binding, "nation/quiet", days(1), led).await.unwrap();
    end(engine, binding, first.id).await.unwrap();
    refused(snooze(engine, binding, "nation/quiet", days(2), led).await, "before");
    snooze(engine, binding, "nation/changed", days(1), led).await.unwrap();
    let newer = person.check(engine, "c1").await.id;
    snooze(engine, binding, "nation/quiet", days(1), newer).await.unwrap();
    world.clock.move_on(Duration::from_secs(7 * 86_400 + 1));
    refused(snooze(engine, binding, "nation/changed", days(9), newer).await, "7 days");
}

#[tokio::test]
async fn a_snooze_that_ends_while_a_check_is_written_is_decided_again() {
    let (world, person, binding, led) = world().await;
    let changed = snooze(&world.engine, binding, "nation/changed", days(3), led).await.unwrap();
    snooze(&world.engine, binding, "nation/quiet", days(3), led).await.unwrap();
    let engine = std::sync::Arc::clone(&world.engine);
    world.store.next(Fault::After(Box::pin(async move {
        end(&engine, binding, changed.id).await.unwrap();
    })));
    let decided = person.check(&world.engine, "c1").await;
    assert_eq!((decided.verdict, &*decided.snoozed), (Verdict::Deny, &["nation/quiet".into()][..]));
}

#[tokio::test]
async fn a_shadow_is_answered_under_the_same_snoozes() {
    let (world, person, binding, led) = world().await;
    snooze(&world.engine, binding, "nation/quiet", days(3), led).await.unwrap();
    snooze(&world.engine, binding, "nation/changed", days(3), led).await.unwrap();
    let why: Why = "stage".parse().unwrap();
    let deed = Deed { by: &caller("ann"), why: &why };
    let sources = crate::support::pack(&format!("{}\n# the same\n", packs()));
    let offer = simbind_service::rollout::Offer::Texts(sources);
    world.engine.stage_packs(deed, offer).await.unwrap();
    person.check(&world.engine, "c1").await;
    let shadow = world.engine.rollout().await.unwrap().shadow.unwrap();
    assert_eq!((shadow.checks, shadow.differ), (1, 0));
}
