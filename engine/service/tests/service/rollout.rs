//! Staging, shares, activation, rollback, approval, and what a restart keeps.

mod bounds;
mod engines;
pub(crate) mod support;

use crate::support::{PACK, Person, World, caller, pack};
use simbind_core::rollout::{ApprovalStanding, NationalApproval, Stage, Why};
use simbind_rules::{PacksHash, RuleBook, Verdict};
use simbind_service::{
    ServiceError,
    bundle::{Bundle, Contents, Draft, SigningKey, TrustedKeys},
    ports::store::LedgerKind,
    rollout::{Advance, BackTo, Offer},
    settings::Signing,
};
use support::{CARRIER, DENY, STEP_UP, book, stage};

fn refused<T: std::fmt::Debug>(answer: Result<T, ServiceError>, word: &str) {
    match answer {
        Err(ServiceError::Refused(why)) => assert!(why.contains(word), "{why}"),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn staged_packs_have_no_effect_until_they_are_activated_and_a_rollback_takes_them_back() {
    let world = World::new().await;
    let person = Person::new(&world.authority, 1);
    person.enrol(&world).await.unwrap();
    let shipped = world.engine.packs().1;
    let staged = stage(&world.engine, "ann", DENY).await;
    let decided = person.check(&world.engine, "c1").await;
    assert_eq!((decided.verdict, decided.packs), (Verdict::Allow, shipped));
    let view = world.engine.rollout().await.unwrap();
    let shadow = view.shadow.unwrap();
    assert_eq!((shadow.checks, shadow.differ), (1, 1));
    assert_eq!(shadow.examples[0].decision, decided.id);
    assert_eq!(shadow.examples[0].rules_new, ["nation/nobody"]);
    assert_eq!(shadow.by_carrier[0].name, "docomo");
    let live = support::advance(&world.engine, "ann", staged, Advance::All).await.unwrap();
    assert_eq!(live, staged);
    let decided = person.check(&world.engine, "c2").await;
    assert_eq!((decided.verdict, decided.packs), (Verdict::Deny, staged.0));
    assert!(world.engine.rollout().await.unwrap().rollout.staged().is_none());
    let back = support::back(&world.engine, "ann", BackTo::Before).await.unwrap();
    assert_eq!(back.0, shipped);
    assert_eq!(person.check(&world.engine, "c3").await.verdict, Verdict::Allow);
    refused(support::back(&world.engine, "ann", BackTo::Before).await, "no packs were in service");
    assert_eq!(support::back(&world.engine, "ann", BackTo::Packs(staged)).await, Ok(staged));
    let never = PacksHash([9; 32]);
    refused(support::back(&world.engine, "ann", BackTo::Packs(never)).await, "never in service");
}

#[tokio::test]
async fn every_change_is_in_the_ledger_with_who_what_when_and_why() {
    let world = World::new().await;
    let staged = stage(&world.engine, "ann", DENY).await;
    support::approve(&world.engine, "bob", staged).await.unwrap();
    let share = Advance::Share(100_u32.try_into().unwrap());
    support::advance(&world.engine, "ann", staged, share).await.unwrap();
    support::advance(&world.engine, "ann", staged, Advance::All).await.unwrap();
    support::back(&world.engine, "bob", BackTo::Before).await.unwrap();
    let page = world.engine.pack_changes(None, 4).await.unwrap();
    let told = |change: &simbind_core::rollout::Change| {
        (format!("{:?}", change.act), change.by.to_string(), change.why.as_str().to_owned())
    };
    let first: Vec<_> = page.changes.iter().map(told).collect();
    let row = |act: &str, by: &str, why: &str| (act.to_owned(), by.to_owned(), why.to_owned());
    assert_eq!(
        first,
        [
            row("RolledBack { origin: Texts }", "bob", "back"),
            row("Activated", "ann", "advance"),
            row("Shared(Share(100))", "ann", "advance"),
            row("Approved", "bob", "approve"),
        ]
    );
    let rest = world.engine.pack_changes(page.next, 4).await.unwrap();
    let acts: Vec<_> = rest.changes.iter().map(told).collect();
    assert_eq!(
        acts,
        [
            row("Staged { origin: Texts }", "ann", "stage"),
            row("Configured { origin: Texts }", "simbind", "the packs of the configuration"),
        ]
    );
    assert!(rest.next.is_none());
    assert!(page.changes.iter().all(|change| change.at == support::now()));
}

#[tokio::test]
async fn a_restart_keeps_what_a_person_put_in_service_and_what_is_staged() {
    let world = World::new().await;
    let person = Person::new(&world.authority, 1);
    person.enrol(&world).await.unwrap();
    let first = stage(&world.engine, "ann", DENY).await;
    // Nobody activated anything yet: the configuration still rules, and the staged packs wait.
    let again = world.restarted(&format!("{PACK}\n# configured anew\n")).await;
    let view = again.rollout().await.unwrap();
    assert_eq!(view.rollout.staged().unwrap().version.packs, first);
    let anew = book(&format!("{PACK}\n# configured anew\n"));
    assert_eq!(again.packs().1, anew.0);
    support::advance(&again, "ann", first, Advance::All).await.unwrap();
    let second = stage(&again, "ann", STEP_UP).await;
    let share = Advance::Share(999_u32.try_into().unwrap());
    support::advance(&again, "ann", second, share).await.unwrap();
    let held = again.rollout().await.unwrap().rollout;
    let shared = person.check(&again, "c0").await.packs;
    // Now they stand, whatever the configuration says.
    let entries = world.store.all(LedgerKind::State).await.len();
    let after = world.restarted(PACK).await;
    assert_eq!(after.rollout().await.unwrap().rollout, held);
    assert_eq!(after.packs().1, first.0);
    assert_eq!(world.store.all(LedgerKind::State).await.len(), entries, "a start adds nothing");
    let decided = person.check(&after, "c1").await;
    assert_eq!(decided.packs, shared, "the share goes on");
    assert_eq!(support::back(&after, "ann", BackTo::Before).await, Ok(anew));
}

/// A nation's pack that the operator made harder.
const HARDER: &str = "\n[[rule]]\nid = \"harder\"\non = [\"login\"]\nwhen = \"pin.failures == 2\"\n\
                      verdict = \"deny\"\nreason = \"PIN_LOCKED\"\n";

#[tokio::test]
async fn a_share_decides_for_nobody_once_the_operator_configured_another_nation() {
    let two = |packs: &mut simbind_service::settings::PackTerms| {
        packs.approval = NationalApproval::TwoPersons;
    };
    let world = World::with_packs(PACK, two).await;
    let mut people = Vec::new();
    for n in 1..=8 {
        let person = Person::new(&world.authority, n);
        person.enrol(&world).await.unwrap();
        people.push(person);
    }
    let mut sources = pack(PACK);
    sources.push(support::source("docomo.toml", CARRIER));
    let staged = support::stage_all(&world.engine, "ann", sources).await;
    let share = Advance::Share(999_u32.try_into().unwrap());
    support::advance(&world.engine, "ann", staged, share).await.unwrap();
    let harder = format!("{PACK}{HARDER}");
    let engine = world.try_restarted(&harder, two).await.unwrap();
    for (n, person) in people.iter().enumerate() {
        assert_eq!(person.check(&engine, &format!("c{n}")).await.packs, book(&harder).0);
    }
    let view = engine.rollout().await.unwrap();
    assert_eq!(view.rollout.staged().unwrap().stage, Stage::Shadow);
    assert_eq!(view.approval, ApprovalStanding::Missing);
    refused(support::advance(&engine, "ann", staged, share).await, "second person");
}

#[tokio::test]
async fn a_share_that_lacks_an_approval_is_served_as_shadow_after_a_start() {
    let world = World::new().await;
    let person = Person::new(&world.authority, 1);
    person.enrol(&world).await.unwrap();
    let staged = stage(&world.engine, "ann", DENY).await;
    let share = Advance::Share(999_u32.try_into().unwrap());
    support::advance(&world.engine, "ann", staged, share).await.unwrap();
    let two = |packs: &mut simbind_service::settings::PackTerms| {
        packs.approval = NationalApproval::TwoPersons;
    };
    let engine = world.try_restarted(PACK, two).await.unwrap();
    assert_eq!(person.check(&engine, "c1").await.packs, book(PACK).0);
    let last = engine.pack_changes(None, 1).await.unwrap().changes.remove(0);
    assert_eq!((last.act, last.packs), (simbind_core::rollout::Act::Shadowed, staged));
    assert_eq!(engine.rollout().await.unwrap().rollout.staged().unwrap().stage, Stage::Shadow);
    support::approve(&engine, "bob", staged).await.unwrap();
    assert_eq!(person.check(&engine, "c2").await.packs, book(PACK).0, "not by itself");
}

#[tokio::test]
async fn packs_that_do_not_compile_or_fail_their_tests_are_not_staged() {
    let world = World::new().await;
    let before = world.store.all(LedgerKind::State).await.len();
    for (text, word) in [
        (PACK.replace("verdict = \"deny\"", "verdict = \"refuse\""), "refuse"),
        (format!("{PACK}{}", support::FAILING), "expected"),
    ] {
        let found = support::stage_text(&world.engine, "ann", &text).await.unwrap();
        let simbind_service::rollout::StagingOutcome::NotGood(found) = found else {
            panic!("{found:?}")
        };
        assert!(found.iter().any(|each| each.to_string().contains(word)), "{found:?}");
    }
    assert_eq!(world.store.all(LedgerKind::State).await.len(), before);
    assert!(world.engine.rollout().await.unwrap().rollout.staged().is_none());
}

#[tokio::test]
async fn where_two_persons_are_needed_one_alone_changes_nothing_but_the_step_back() {
    let world = World::with_packs(PACK, |packs| {
        packs.approval = NationalApproval::TwoPersons;
    })
    .await;
    let shipped = PacksHash(world.engine.packs().1);
    let staged = stage(&world.engine, "ann", DENY).await;
    assert_eq!(world.engine.rollout().await.unwrap().approval, ApprovalStanding::Missing);
    let share = Advance::Share(1_u32.try_into().unwrap());
    for to in [share, Advance::All] {
        for by in ["ann", "bob"] {
            refused(support::advance(&world.engine, by, staged, to).await, "second person");
        }
    }
    refused(support::approve(&world.engine, "ann", staged).await, "cannot approve");
    support::approve(&world.engine, "bob", staged).await.unwrap();
    assert_eq!(world.engine.rollout().await.unwrap().approval, ApprovalStanding::Enough);
    support::advance(&world.engine, "ann", staged, Advance::All).await.unwrap();
    // The emergency is one person's.
    support::back(&world.engine, "ann", BackTo::Before).await.unwrap();
    refused(support::back(&world.engine, "ann", BackTo::Packs(staged)).await, "stage these");
    assert_eq!(world.engine.packs().1, shipped.0);
}

#[tokio::test]
async fn a_pack_of_a_carrier_needs_no_second_person() {
    let world = World::with_packs(PACK, |packs| {
        packs.approval = NationalApproval::TwoPersons;
    })
    .await;
    let mut sources = pack(PACK);
    sources.push(support::source("docomo.toml", CARRIER));
    let staged = support::stage_all(&world.engine, "ann", sources).await;
    assert_eq!(world.engine.rollout().await.unwrap().approval, ApprovalStanding::Enough);
    assert_eq!(support::advance(&world.engine, "ann", staged, Advance::All).await, Ok(staged));
}

#[tokio::test]
async fn a_share_is_of_certificates_and_stays_as_it_grows() {
    let world = World::new().await;
    let staged = stage(&world.engine, "ann", DENY).await;
    let mut people = Vec::new();
    for n in 1..=40 {
        let person = Person::new(&world.authority, n);
        person.enrol(&world).await.unwrap();
        people.push(person);
    }
    let mut before: Vec<bool> = vec![false; people.len()];
    for permille in [200_u32, 600] {
        let share = Advance::Share(permille.try_into().unwrap());
        support::advance(&world.engine, "ann", staged, share).await.unwrap();
        for round in 0..2 {
            let mut held = Vec::new();
            for (n, person) in people.iter().enumerate() {
                let request = format!("c{permille}-{round}-{n}");
                let decided = person.check(&world.engine, &request).await;
                assert_eq!(decided.verdict == Verdict::Deny, decided.packs == staged.0);
                held.push(decided.packs == staged.0);
            }
            assert!(before.iter().zip(&held).all(|(before, now)| !before || *now));
            before = held;
        }
        let count = before.iter().filter(|held| **held).count();
        let expected = usize::try_from(permille).unwrap() * people.len() / 1000;
        assert!(count.abs_diff(expected) <= 15, "{count} for {permille}");
        assert!(count > 0 && count < people.len());
    }
    // A smaller share again, and none: nobody but those of before is in it.
    support::advance(&world.engine, "ann", staged, Advance::Shadow).await.unwrap();
    let decided = people[0].check(&world.engine, "last").await;
    assert_ne!(decided.packs, staged.0);
    let view = world.engine.rollout().await.unwrap();
    assert_eq!(view.rollout.staged().unwrap().stage, Stage::Shadow);
    assert_eq!(view.shadow.unwrap().differ, 161, "each check was answered by both");
}

#[tokio::test]
async fn packs_that_cannot_be_used_stop_the_start_or_give_way_to_the_configuration() {
    let world = World::new().await;
    let staged = stage(&world.engine, "ann", DENY).await;
    support::advance(&world.engine, "ann", staged, Advance::All).await.unwrap();
    support::damage(&world, staged).await;
    let why = world.try_restarted(PACK, |_| {}).await.err().unwrap().to_string();
    assert!(why.contains("packs.recover"), "{why}");
    let recovered = world
        .try_restarted(PACK, |packs| {
            packs.broken = simbind_service::settings::BrokenPacks::TakeConfigured;
        })
        .await
        .unwrap();
    assert_eq!(recovered.packs().1, book(PACK).0);
    let last = recovered.pack_changes(None, 1).await.unwrap().changes.remove(0);
    assert_eq!(
        last.act,
        simbind_core::rollout::Act::Recovered { origin: simbind_core::rollout::Origin::Texts }
    );
}

#[tokio::test]
async fn many_long_packs_fit_the_ledger_and_come_back() {
    let world = World::new().await;
    let mut sources = pack(PACK);
    for n in 0..200 {
        let padding = "#".repeat(12_000);
        let text = CARRIER.replace("docomo", &format!("carrier-{n}"));
        sources.push(support::source(&format!("{n}.toml"), &format!("{text}\n{padding}\n")));
    }
    let expected = RuleBook::compile(&sources).unwrap().hash();
    let staged = support::stage_all(&world.engine, "ann", sources).await;
    assert_eq!(staged, expected);
    support::advance(&world.engine, "ann", staged, Advance::All).await.unwrap();
    let again = world.restarted(PACK).await;
    assert_eq!(again.packs().1, staged.0);
    // Texts that are known are not written again.
    let entries = world.store.all(LedgerKind::State).await;
    let bytes: usize = entries.iter().map(|entry| entry.entry.len()).sum();
    assert!(entries.iter().all(|entry| entry.entry.len() <= 1 << 20) && bytes > 2_000_000);
}

#[tokio::test]
async fn whoever_names_other_packs_than_those_staged_is_refused() {
    let world = World::new().await;
    let first = stage(&world.engine, "ann", DENY).await;
    let second = stage(&world.engine, "bob", STEP_UP).await;
    refused(support::advance(&world.engine, "ann", first, Advance::All).await, "other packs");
    refused(support::approve(&world.engine, "ann", first).await, "other packs");
    let why: Why = "x".parse().unwrap();
    let deed = simbind_service::rollout::Deed { by: &caller("ann"), why: &why };
    refused(world.engine.withdraw_packs(deed.clone(), first).await, "other packs");
    world.engine.withdraw_packs(deed.clone(), second).await.unwrap();
    refused(world.engine.withdraw_packs(deed, second).await, "no packs are staged");
}

fn bundled(key: &SigningKey, version: u64, more: &str) -> Offer {
    let draft = Draft {
        name: "friday".into(),
        version,
        made_at: time::OffsetDateTime::UNIX_EPOCH,
        packs: pack(&format!("{PACK}{more}")),
    };
    Offer::Bundle(Bundle::seal(&Contents::new(draft).unwrap(), key).unwrap())
}

#[tokio::test]
async fn where_bundles_are_needed_only_trusted_and_newer_ones_are_staged() {
    let random = ring::rand::SystemRandom::new();
    let key = SigningKey::generate(&random).unwrap();
    let other = SigningKey::generate(&random).unwrap();
    let world = World::with_packs(PACK, |packs| {
        packs.keys = TrustedKeys::new([key.public()]).unwrap();
        packs.signing = Signing::Required;
    })
    .await;
    let engine = &world.engine;
    refused(support::stage_text(engine, "ann", PACK).await, "signed bundles");
    let wrong = support::offer(engine, bundled(&other, 7, DENY)).await;
    assert!(matches!(wrong, Err(ServiceError::Invalid { field, .. }) if field == "bundle"));
    let first = support::offer(engine, bundled(&key, 7, DENY)).await.unwrap();
    support::advance(engine, "ann", first, Advance::All).await.unwrap();
    let live = engine.rollout().await.unwrap().rollout;
    assert_eq!(live.live().unwrap().origin, simbind_core::rollout::Origin::Bundle(7));
    refused(support::offer(engine, bundled(&key, 6, STEP_UP)).await, "version 7 was in service");
    refused(support::offer(engine, bundled(&key, 7, STEP_UP)).await, "version 7 was in service");
    support::offer(engine, bundled(&key, 8, STEP_UP)).await.unwrap();
    // Going back is by hash, and on purpose.
    support::back(engine, "ann", BackTo::Before).await.unwrap();
    refused(support::offer(engine, bundled(&key, 6, STEP_UP)).await, "version 7 was in service");
}
