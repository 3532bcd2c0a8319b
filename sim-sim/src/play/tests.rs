mod fake;

use super::{Progress, play};
use crate::{
    Connections, Names, Report, Scenario, World,
    catalogue::{Kind, Needs, Side},
    clock::{SimClock as _, VirtualClock},
    report::Verdict,
};
use fake::Fake;
use simbind_core::time::Timestamp;
use simbind_evidence::{
    certificate::Authority,
    status::{StatusRules, verify_crl_of_any_age},
};
use simbind_proto::v1::push_status_request::Status;
use std::{collections::BTreeSet, time::Duration};

const START: Timestamp = Timestamp::from_secs(1_790_000_000);

async fn played(seed: u64, people: usize, told_apart: bool) -> (Report, Fake, Timestamp) {
    played_by(Fake::default(), seed, people, told_apart).await
}

async fn played_by(
    fake: Fake,
    seed: u64,
    people: usize,
    told_apart: bool,
) -> (Report, Fake, Timestamp) {
    let channel = fake.serve().await;
    let connections =
        Connections { told_apart, names: Names::usual(), ..Connections::plaintext(channel) };
    let world = World::new(seed, people).unwrap();
    let clock = VirtualClock::new(START);
    let scenario = Scenario::day().unwrap();
    let mut last = None;
    let report = play(&world, &scenario, &connections, &clock, |p| last = Some(p)).await.unwrap();
    assert!(matches!(last, Some(Progress::Playing(done, all)) if done == all));
    (report, fake, clock.now())
}

#[tokio::test]
async fn every_kind_is_played_and_every_call_is_well_formed() {
    let (report, fake, ended) = played(3, 200, true).await;
    let faults: Vec<_> =
        report.outcomes().iter().filter(|o| matches!(o.verdict, Verdict::Fault(_))).collect();
    assert!(faults.is_empty(), "{:?}", faults.first());
    let seen: BTreeSet<Kind> = report.outcomes().iter().map(|o| o.kind).collect();
    // This server has nobody to send orders to.
    let platform = |kind: &&Kind| kind.entry().needs == Needs::Platform;
    let (ordered, played): (Vec<Kind>, Vec<Kind>) = Kind::ALL.iter().partition(platform);
    assert!(!ordered.is_empty());
    assert_eq!(report.left_out(), ordered);
    // A day is too short for some.
    let played = played.iter().filter(|kind| kind.entry().needs != Needs::Weeks);
    let missing: Vec<_> = played.filter(|kind| !seen.contains(kind)).collect();
    assert!(missing.is_empty(), "{missing:?}");
    assert!(ended.since(START).as_secs() > 30 * 86_400);
    assert!(fake.checks() >= report.outcomes().len());
}

#[tokio::test]
async fn one_seed_asks_the_same_and_another_asks_something_else() {
    let (one, first, _) = played(5, 60, true).await;
    let (two, second, _) = played(5, 60, true).await;
    assert_eq!(one.decisions(), two.decisions());
    assert_eq!(first.enrolled(), second.enrolled());
    let (other, ..) = played(6, 60, true).await;
    assert_ne!(one.decisions(), other.decisions());
}

#[tokio::test]
async fn kinds_that_need_callers_apart_are_left_out_where_they_are_not() {
    let (report, ..) = played(1, 60, false).await;
    assert!(report.left_out().contains(&Kind::OtherParty));
    assert!(report.outcomes().iter().all(|o| o.kind != Kind::OtherParty));
}

#[tokio::test]
async fn the_server_is_not_told_who_is_who() {
    let (_, fake, _) = played(4, 80, true).await;
    let sent = fake.transcript();
    for kind in Kind::ALL.iter().filter(|kind| kind.side() == Side::Attack) {
        assert!(!sent.contains(kind.name()), "{}", kind.name());
    }
    for word in ["attack", "honest", "victim", "foreign"] {
        assert!(!sent.contains(word), "{word}");
    }
}

#[tokio::test]
async fn a_server_that_hears_no_issuer_gets_a_day_without_status() {
    let fake = Fake::default();
    fake.deafen();
    let (report, fake, _) = played_by(fake, 3, 200, true).await;
    assert!(fake.told().is_empty());
    for kind in [Kind::ReportedLost, Kind::LateList, Kind::RevokedCertificate, Kind::OldAnswer] {
        assert!(report.left_out().contains(&kind), "{}", kind.name());
        assert!(report.outcomes().iter().all(|outcome| outcome.kind != kind));
    }
    assert!(report.outcomes().iter().all(|o| !matches!(o.verdict, Verdict::Fault(_))));
}

#[tokio::test]
async fn what_issuers_tell_verifies_grows_newer_and_comes_by_each_voice() {
    let (_, fake, _) = played(3, 600, true).await;
    let world = World::new(3, 0).unwrap();
    let [prompt, _] = world.issuers_pem();
    let issuer = Authority::from_pem(prompt.as_bytes()).unwrap();
    let (mut lists, mut answers, mut words, mut held) = (Vec::new(), 0, 0, 0);
    let later = START.plus(Duration::from_secs(400 * 86_400));
    for told in fake.told() {
        match told {
            Status::Crl(der) => {
                let rules = StatusRules::default();
                let Ok(list) = verify_crl_of_any_age(&der, &issuer, rules, later) else { continue };
                held += list.len();
                lists.push((list.this_update(), list.number()));
            }
            Status::Ocsp(_) => answers += 1,
            Status::Word(_) => words += 1,
        }
    }
    assert!(lists.len() > 5 && answers > 0 && words > 0 && held > 0);
    assert!(lists.is_sorted_by(|one, next| one.0 < next.0 && one.1 < next.1));
}
