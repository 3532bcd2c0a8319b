use crate::support::{PACK, Recorded, START, World, again};
use simbind_core::{ids::DecisionId, time::Timestamp};
use simbind_rules::{PackSource, RuleBook, Verdict};
use simbind_service::{
    ServiceError,
    backtest::{Changed, Ended, Part, Progress, Summary, Terms, Tried, TriedPacks, run},
    ledger::DecisionEntry,
    ports::store::{Append, LedgerKind, Position, Store as _},
};
use std::{collections::BTreeSet, time::Duration};
use tokio::sync::mpsc;

/// All that a backtest told.
struct Told {
    progress: Vec<Progress>,
    changes: Vec<Changed>,
    summary: Summary,
}

async fn told(mut parts: mpsc::Receiver<Part>) -> Told {
    let (mut progress, mut changes, mut summary) = (Vec::new(), Vec::new(), None);
    while let Some(part) = parts.recv().await {
        assert!(summary.is_none(), "the result is the last");
        match part {
            Part::Progress(more) => progress.push(more),
            Part::Changes(more) => changes.extend(more),
            Part::Result(result) => summary = Some(*result),
        }
    }
    Told { progress, changes, summary: summary.unwrap() }
}

async fn backtest(world: &World, packs: TriedPacks, terms: Terms) -> Told {
    let (send, receive) = mpsc::channel(4);
    let prepared = world.engine.prepare_backtest(packs, terms).await.unwrap();
    let running = async move {
        let ended = world.engine.backtest(prepared, &send).await.unwrap();
        assert_eq!(ended, Ended::Done);
    };
    tokio::join!(running, told(receive)).1
}

const ALL: Terms = Terms { from: None, to: None, most_changes: Terms::MOST_CHANGES };

fn shipped() -> RuleBook {
    RuleBook::shipped().unwrap()
}

/// The packs that ship with one rule of the nation's that is another.
fn one_rule_changed() -> Vec<PackSource> {
    let mut sources = RuleBook::shipped_sources();
    let nation = sources.iter_mut().find(|s| s.text.contains("id = \"jp-national\"")).unwrap();
    nation.text.push_str(
        r#"
[[rule]]
id = "old-binding"
on = ["login", "tap"]
when = "binding.age > duration('300d')"
verdict = "step_up"
unknown = "ignore"
step_up = ["counter"]
reason = "STATUS_STALE"

[[test]]
name = "an old binding is asked for more"
given = { "binding.age" = "400d" }
expect = { at_least = "step_up" }
"#,
    );
    sources
}

#[tokio::test]
async fn the_packs_that_decided_change_nothing() {
    let world = World::new().await;
    let recorded = Recorded::new(1).append(&*world.store, &shipped(), START, 2500).await;
    let verdicts: BTreeSet<_> = recorded.iter().map(|d| d.verdict.severity()).collect();
    assert_eq!(verdicts.len(), 3, "the decisions are of all kinds");
    let told = backtest(&world, TriedPacks::Sources(RuleBook::shipped_sources()), ALL).await;
    assert_eq!((told.summary.decisions, told.summary.changed), (2500, 0));
    assert_eq!((told.summary.same(), told.summary.unreadable), (2500, 0));
    assert!(told.changes.is_empty());
    assert_eq!(told.summary.packs, shipped().hash());
    let last = told.progress.last().unwrap();
    assert_eq!((last.done, last.total), (2500, 2500));
}

#[tokio::test]
async fn a_changed_rule_changes_what_a_naive_replay_says_it_does() {
    let world = World::new().await;
    let recorded = Recorded::new(2).append(&*world.store, &shipped(), START, 3000).await;
    let sources = one_rule_changed();
    let book = RuleBook::compile(&sources).unwrap();
    let told = backtest(&world, TriedPacks::Sources(sources), ALL).await;
    let mut expected = Vec::new();
    for entry in &recorded {
        let ruling = again(&book, entry);
        let verdict = ruling.answer.verdict();
        if verdict != entry.verdict {
            let now: BTreeSet<_> = ruling.fired.iter().map(|f| book.rule_name(f.rule)).collect();
            let name = |f: &simbind_service::ledger::FiredEntry| format!("{}/{}", f.pack, f.rule);
            let before: BTreeSet<_> = entry.fired.iter().map(name).collect();
            let gone: Vec<_> = before.difference(&now).cloned().collect();
            let new: Vec<_> = now.difference(&before).cloned().collect();
            expected.push((entry.id, entry.verdict, verdict, gone, new));
        }
    }
    assert!((100..2900).contains(&expected.len()), "{}", expected.len());
    let found: Vec<_> = told.changes.iter().map(found).collect();
    assert_eq!(found, expected);
    let Summary { decisions, changed, other_methods, by_rule, by_verdict, .. } = &told.summary;
    assert_eq!((*decisions, *changed), (3000, expected.len() as u64));
    let other = |(_, was, becomes, ..): &&Found| was.severity() == becomes.severity();
    assert_eq!(*other_methods, expected.iter().filter(other).count() as u64);
    assert!(*other_methods > 0);
    assert_eq!(by_verdict.iter().map(|c| c.decisions).sum::<u64>(), *changed);
    let by_new: u64 = by_rule.iter().map(|c| c.decisions).sum();
    assert_eq!(by_new, *changed, "one rule came, and no other");
    assert!(by_rule.iter().all(|c| &*c.name == "jp-national/old-binding"));
    for counts in [&told.summary.by_carrier, &told.summary.by_audience] {
        assert_eq!(counts.iter().map(|c| c.decisions).sum::<u64>(), *changed);
    }
    let carriers: BTreeSet<_> = told.summary.by_carrier.iter().map(|c| &*c.name).collect();
    assert_eq!(carriers, ["", "aqua-mobile", "docomo", "iij", "kddi"].into());
}

type Found = (DecisionId, Verdict, Verdict, Vec<String>, Vec<String>);

fn found(changed: &Changed) -> Found {
    let texts = |names: &[std::sync::Arc<str>]| {
        let mut texts: Vec<_> = names.iter().map(|name| name.to_string()).collect();
        texts.sort();
        texts
    };
    let (gone, new) = (texts(&changed.rules_gone), texts(&changed.rules_new));
    (changed.id, changed.was, changed.becomes, gone, new)
}

#[tokio::test]
async fn the_bounds_are_exact_also_where_the_clock_was_set_back() {
    let world = World::new().await;
    let mut chance = Recorded::new(3);
    let mut all = chance.append(&*world.store, &shipped(), START, 300).await;
    let back = START.minus(Duration::from_secs(200));
    all.extend(chance.append(&*world.store, &shipped(), back, 300).await);
    let at = |second: i64| Timestamp::from_secs(START.as_secs() + second);
    for (from, to) in [
        (None, None),
        (Some(at(0)), None),
        (None, Some(at(0))),
        (Some(at(10)), Some(at(20))),
        (Some(Timestamp::from_millis(at(10).as_millis() + 1)), Some(at(11))),
        (Some(at(99)), Some(at(100))),
        (Some(at(5000)), None),
        (Some(at(50)), Some(at(50))),
    ] {
        let inside = |d: &&DecisionEntry| {
            from.is_none_or(|from| from <= d.decided_at) && to.is_none_or(|to| d.decided_at < to)
        };
        let expected = all.iter().filter(inside).count() as u64;
        let terms = Terms { from, to, most_changes: 0 };
        let told = backtest(&world, TriedPacks::Sources(RuleBook::shipped_sources()), terms).await;
        assert_eq!(told.summary.decisions, expected, "{from:?} {to:?}");
    }
    let terms = Terms { from: Some(at(1)), to: Some(at(0)), most_changes: 0 };
    let refused = world.engine.prepare_backtest(TriedPacks::InService, terms).await.unwrap_err();
    assert!(matches!(refused, ServiceError::Invalid { .. }), "{refused}");
}

#[tokio::test]
async fn changes_are_named_up_to_the_bound_and_all_are_counted() {
    let world = World::new().await;
    Recorded::new(4).append(&*world.store, &shipped(), START, 600).await;
    let tried = || TriedPacks::Sources(one_rule_changed());
    let all = backtest(&world, tried(), ALL).await;
    assert_eq!(all.changes.len() as u64, all.summary.changed);
    for most_changes in [0, 1, 7] {
        let told = backtest(&world, tried(), Terms { most_changes, ..ALL }).await;
        assert_eq!(told.changes, all.changes[..most_changes as usize]);
        assert_eq!(told.summary.changed, all.summary.changed);
    }
    let most_changes = Terms::MOST_CHANGES + 1;
    let refused = world.engine.prepare_backtest(tried(), Terms { most_changes, ..ALL }).await;
    assert!(matches!(refused, Err(ServiceError::Invalid { .. })));
}

#[tokio::test]
async fn what_cannot_be_read_is_left_out_and_said() {
    let world = World::new().await;
    let mut chance = Recorded::new(5);
    chance.append(&*world.store, &shipped(), START, 3).await;
    let mut newer = chance.decide(&shipped(), START);
    newer.facts = vec![9, 9, 9];
    let bytes = simbind_service::ledger::encode_decision(&newer).unwrap();
    let append = Append { entry: bytes.into(), expect: Vec::new() };
    world.store.append(LedgerKind::Decisions, append).await.unwrap();
    let told = backtest(&world, TriedPacks::Sources(RuleBook::shipped_sources()), ALL).await;
    assert_eq!((told.summary.decisions, told.summary.unreadable), (3, 1));
}

#[tokio::test]
async fn a_rule_that_was_snoozed_is_held_down_again() {
    let world = World::new().await;
    let sources = crate::support::pack(
        r#"
[pack]
id = "nation"
applies_to = { country = "JP" }

[[rule]]
id = "old-binding"
on = ["login", "tap"]
when = "binding.age > duration('300d')"
verdict = "deny"
unknown = "ignore"
floor = "allow"
step_up = ["counter"]
reason = "STATUS_STALE"
"#,
    );
    let book = RuleBook::compile(&sources).unwrap();
    let mut chance = Recorded::new(9);
    let mut snoozed = 0;
    for _ in 0..100 {
        let mut entry = chance.decide(&book, START);
        let Some(fired) = entry.fired.first() else { continue };
        entry.snoozed = vec![format!("{}/{}", fired.pack, fired.rule)];
        let ruling = again(&book, &entry);
        if ruling.answer.verdict() == entry.verdict {
            continue;
        }
        entry.verdict = ruling.answer.verdict();
        let bytes = simbind_service::ledger::encode_decision(&entry).unwrap();
        let append = Append { entry: bytes.into(), expect: Vec::new() };
        world.store.append(LedgerKind::Decisions, append).await.unwrap();
        snoozed += 1;
    }
    assert!(snoozed > 10, "{snoozed}");
    let told = backtest(&world, TriedPacks::Sources(sources), ALL).await;
    assert_eq!((told.summary.decisions, told.summary.changed), (snoozed, 0));
}

#[tokio::test]
async fn packs_are_tried_by_the_hash_that_the_ledger_knows() {
    let world = World::new().await;
    let service = RuleBook::compile(&crate::support::pack(PACK)).unwrap();
    Recorded::new(6).append(&*world.store, &service, START, 50).await;
    for packs in [TriedPacks::InService, TriedPacks::Hash(service.hash().0)] {
        let told = backtest(&world, packs, ALL).await;
        assert_eq!((told.summary.decisions, told.summary.changed), (50, 0));
        assert_eq!(told.summary.packs, service.hash());
    }
    // Packs that were in service before a restart.
    let after = world.restarted(&PACK.replace("deny", "step_up\"\nstep_up = [\"card\"]#")).await;
    let prepared = after.prepare_backtest(TriedPacks::Hash(service.hash().0), ALL).await;
    drop(prepared.unwrap());
    let unknown = after.prepare_backtest(TriedPacks::Hash([1; 32]), ALL).await.unwrap_err();
    assert_eq!(unknown, ServiceError::NotFound("packs"));
}

#[tokio::test]
async fn packs_that_do_not_compile_or_fail_their_tests_are_refused_with_the_problems() {
    let world = World::new().await;
    let typo = PACK.replace("pin.failures", "pin.failure");
    let fails = format!(
        "{PACK}\n[[test]]\nname = \"never\"\ngiven = {{ \"pin.failures\" = 0 }}\nexpect = {{ verdict = \"deny\" }}\n"
    );
    for (text, says) in [(typo, "pin.failure"), (fails, "never")] {
        let packs = TriedPacks::Sources(crate::support::pack(&text));
        let refused = world.engine.prepare_backtest(packs, ALL).await.unwrap_err();
        let ServiceError::Invalid { field, why } = refused else { panic!("{refused}") };
        assert!(field == "packs" && why.contains("problem") && why.contains(says), "{why}");
    }
}

#[tokio::test]
async fn a_second_backtest_is_refused_while_one_is_under_way() {
    let world = World::new().await;
    let first = world.engine.prepare_backtest(TriedPacks::InService, ALL).await.unwrap();
    let second = world.engine.prepare_backtest(TriedPacks::InService, ALL).await.unwrap_err();
    assert!(matches!(second, ServiceError::Busy { retry_after } if !retry_after.is_zero()));
    drop(first);
    world.engine.prepare_backtest(TriedPacks::InService, ALL).await.unwrap();
}

#[tokio::test]
async fn it_ends_when_nobody_listens() {
    let world = World::new().await;
    Recorded::new(7).append(&*world.store, &shipped(), START, 2000).await;
    let tried = Tried::from(RuleBook::compile(&one_rule_changed()).unwrap());
    let (send, mut receive) = mpsc::channel(1);
    let listening = async {
        receive.recv().await.unwrap();
        drop(receive);
    };
    let (ended, ()) = tokio::join!(run(&*world.store, tried, ALL, &send), listening);
    assert_eq!(ended.unwrap(), Ended::Abandoned);
}

#[tokio::test]
async fn it_changes_nothing_that_is_live() {
    let world = World::new().await;
    Recorded::new(8).append(&*world.store, &shipped(), START, 100).await;
    let before = tips(&world);
    let packs = world.engine.packs();
    backtest(&world, TriedPacks::Sources(one_rule_changed()), ALL).await;
    assert_eq!(tips(&world), before);
    assert_eq!(world.engine.packs(), packs);
}

fn tips(world: &World) -> [Position; 2] {
    [LedgerKind::State, LedgerKind::Decisions].map(|ledger| world.store.tip(ledger))
}
