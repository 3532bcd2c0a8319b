//! Packs that change while checks run.

use crate::rollout::support;
use crate::support::{Fault, PACK, Person, TestEngine, World, caller, pack};
use simbind_rules::{PacksHash, Verdict};
use simbind_service::{
    decisions::Replayed,
    rollout::{Advance, BackTo},
};
use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

const ASKS: &str = r#"
[[rule]]
id = "everybody"
on = ["login", "tap"]
when = "pin.failures >= 0"
verdict = "step_up"
step_up = ["card", "counter"]
reason = "SIM_REISSUED"
"#;

const LIMIT: &str = r#"
[[limit]]
id = "logins"
on = ["login"]
per = ["certificate"]
rate = "1/1h"
burst = 4
reason = "RATE_LIMITED"
"#;

async fn stage(engine: &TestEngine, text: &str) -> PacksHash {
    support::stage_all(engine, "ann", pack(text)).await
}

async fn advance(engine: &TestEngine, packs: PacksHash, to: Advance) -> PacksHash {
    support::advance(engine, "ann", packs, to).await.unwrap()
}

async fn back(engine: &TestEngine) -> PacksHash {
    support::back(engine, "ann", BackTo::Before).await.unwrap()
}

/// A thousand times other packs come into service, and half of the certificates are now in a share
/// and now not, while eight callers check without a pause.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_thousand_changes_of_the_packs_under_load_fail_no_check() {
    let world = World::new().await;
    let mut people = Vec::new();
    for n in 1..=8 {
        let person = Person::new(&world.authority, n);
        person.enrol(&world).await.unwrap();
        people.push(person);
    }
    let first = PacksHash(world.engine.packs().1);
    let going = Arc::new(AtomicBool::new(true));
    let mut callers = Vec::new();
    for (n, person) in people.into_iter().enumerate() {
        let (engine, going) = (Arc::clone(&world.engine), Arc::clone(&going));
        callers.push(tokio::spawn(async move {
            let mut decided = Vec::new();
            while going.load(Ordering::SeqCst) || decided.len() < 20 {
                let request = format!("c{n}-{}", decided.len());
                decided.push(engine.check(&person.login(&engine, &request)).await.unwrap());
            }
            decided
        }));
    }
    let text = format!("{PACK}{ASKS}");
    let half = Advance::Share(500_u32.try_into().unwrap());
    let mut second = first;
    for round in 0..500 {
        second = stage(&world.engine, &text).await;
        if round % 10 == 0 {
            advance(&world.engine, second, half).await;
            tokio::task::yield_now().await;
        }
        assert_eq!(advance(&world.engine, second, Advance::All).await, second);
        tokio::task::yield_now().await;
        assert_eq!(back(&world.engine).await, first);
    }
    going.store(false, Ordering::SeqCst);
    let mut by_packs: BTreeMap<[u8; 32], usize> = BTreeMap::new();
    for caller in callers {
        for decision in caller.await.unwrap() {
            *by_packs.entry(decision.packs).or_default() += 1;
            let expected = decision.packs == first.0;
            assert_eq!(decision.verdict == Verdict::Allow, expected, "{decision:?}");
            let replayed = world.engine.replay(decision.id).await.unwrap();
            assert_eq!(replayed, (Replayed::Same, decision.verdict));
        }
    }
    let known = [first.0, second.0];
    assert!(by_packs.keys().all(|packs| known.contains(packs)), "{by_packs:?}");
    assert_eq!(by_packs.len(), 2, "both decided: {by_packs:?}");
}

#[tokio::test]
async fn a_request_that_is_repeated_is_answered_by_the_packs_of_now() {
    let world = World::new().await;
    let person = Person::new(&world.authority, 1);
    person.enrol(&world).await.unwrap();
    let login = person.login(&world.engine, "c1");
    let allowed = world.engine.check(&login).await.unwrap();
    assert_eq!(allowed.verdict, Verdict::Allow);
    assert_eq!(world.engine.check(&login).await.unwrap().id, allowed.id, "a lost reply");
    let staged = stage(&world.engine, &format!("{PACK}{ASKS}")).await;
    assert_eq!(world.engine.check(&login).await.unwrap().id, allowed.id, "without effect");
    advance(&world.engine, staged, Advance::All).await;
    let asked = world.engine.check(&login).await.unwrap();
    assert!(matches!(asked.verdict, Verdict::StepUp(_)), "{asked:?}");
    assert_eq!(asked.packs, staged.0);
    // Packs that would allow again never soften what was answered.
    back(&world.engine).await;
    assert!(matches!(world.engine.check(&login).await.unwrap().verdict, Verdict::StepUp(_)));
}

#[tokio::test]
async fn packs_that_change_while_a_check_is_written_decide_it_again() {
    let world = World::new().await;
    let person = Person::new(&world.authority, 1);
    person.enrol(&world).await.unwrap();
    let staged = stage(&world.engine, &format!("{PACK}{ASKS}")).await;
    let engine = Arc::clone(&world.engine);
    world.store.next(Fault::After(Box::pin(async move {
        advance(&engine, staged, Advance::All).await;
    })));
    let decided = person.check(&world.engine, "c1").await;
    assert!(matches!(decided.verdict, Verdict::StepUp(_)), "{decided:?}");
    assert_eq!(decided.packs, staged.0);
}

#[tokio::test]
async fn other_packs_give_nobody_a_fresh_allowance() {
    let limited = format!("{PACK}{LIMIT}");
    let world = World::with(&limited, |_| {}).await;
    let person = Person::new(&world.authority, 1);
    person.enrol(&world).await.unwrap();
    for n in 0..2 {
        assert!(person.check(&world.engine, &format!("a{n}")).await.limit.is_none());
    }
    let staged = stage(&world.engine, &format!("{limited}{ASKS}")).await;
    assert!(person.check(&world.engine, "b0").await.limit.is_none());
    advance(&world.engine, staged, Advance::All).await;
    let last = person.check(&world.engine, "b1").await;
    assert!(last.limit.is_none() && last.packs == staged.0, "{last:?}");
    assert!(person.check(&world.engine, "b2").await.limit.is_some());
    back(&world.engine).await;
    // A limit hides how packs differ: what it refuses is not compared.
    let compared = |view: simbind_service::rollout::RolloutView| view.shadow.unwrap().checks;
    stage(&world.engine, &format!("{limited}{ASKS}\n# again\n")).await;
    assert!(person.check(&world.engine, "b3").await.limit.is_some());
    assert_eq!(compared(world.engine.rollout().await.unwrap()), 0);
    // The limits are those of the packs that decide.
    let free = stage(&world.engine, PACK).await;
    advance(&world.engine, free, Advance::All).await;
    assert!(person.check(&world.engine, "b4").await.limit.is_none());
}

#[tokio::test]
async fn a_step_up_is_ended_by_the_packs_that_decide_for_the_certificate() {
    let world = World::new().await;
    let person = Person::new(&world.authority, 1).with_card(&world.authority);
    person.enrol(&world).await.unwrap();
    let staged = stage(&world.engine, &format!("{PACK}{ASKS}")).await;
    advance(&world.engine, staged, Advance::Share(999_u32.try_into().unwrap())).await;
    let asked = person.check(&world.engine, "c1").await;
    // One certificate of a thousand is not in the share: it is let in by those in service.
    if asked.packs != staged.0 {
        return;
    }
    let step_up = simbind_service::outcome::step_up_of(asked.id);
    let proof = person.card_proof(step_up);
    let request = "p1".parse().unwrap();
    let child = world.engine.end_step_up(&caller("bank"), &request, step_up, proof).await.unwrap();
    let child = child.unwrap();
    assert_eq!((child.verdict, child.packs), (Verdict::Allow, staged.0));
    assert_eq!(world.engine.replay(child.id).await.unwrap().0, Replayed::Same);
}
