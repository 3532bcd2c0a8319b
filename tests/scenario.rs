//! The demo's day, played against a server in this process.
//!
//! `SIMBIND_SCENARIO_PEOPLE` sets how many people play the day that is played twice (60).
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use futures::{StreamExt as _, stream};
use sim_sim::{
    Report,
    catalogue::{Kind, pairs::Pair},
    report::{Showing, Twins, Verdict},
};
use simbind::demo::{self, KnownCallers};
use simbind_proto::v1::{
    Edge, ReplayDecisionRequest, ReplayResult, decision_service_client::DecisionServiceClient,
};

/// Whether the issuer's word alone stops this kind.
const fn stopped_by_issuer(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::WhileHeld | Kind::RevokedCertificate | Kind::OldAnswer | Kind::HeldCertificate
    )
}

async fn replay_all(report: &Report, callers: &KnownCallers) {
    let decided = report.outcomes().iter().filter(|outcome| !outcome.decision_id.is_empty());
    let ids: Vec<String> = decided.map(|outcome| outcome.decision_id.clone()).collect();
    assert!(ids.len() > 100, "only {} decisions", ids.len());
    let client = DecisionServiceClient::new(callers.channel("auditor").unwrap());
    let replayed = stream::iter(ids).map(|decision_id| {
        let mut client = client.clone();
        async move { client.replay_decision(ReplayDecisionRequest { decision_id }).await }
    });
    let mut replayed = replayed.buffer_unordered(16);
    while let Some(answer) = replayed.next().await {
        let answer = answer.unwrap().into_inner();
        assert_eq!(answer.result(), ReplayResult::Same, "{answer:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_seed_gives_the_same_decisions_twice_and_each_replays_the_same() {
    let people = std::env::var("SIMBIND_SCENARIO_PEOPLE").map_or(60, |text| text.parse().unwrap());
    let play = || Box::pin(demo::play(people, 7, |_| (), replay_all));
    let (first, second) = (play().await.unwrap(), play().await.unwrap());
    assert_eq!(first.decisions(), second.decisions());
    let other = Box::pin(demo::play(60, 8, |_| (), async |_, _| ())).await.unwrap();
    assert_ne!(first.decisions(), other.decisions(), "the seed decides nothing");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_attack_is_stopped_for_what_it_is_and_nobody_honest_is_denied() {
    for seed in [11, 12] {
        let report = Box::pin(demo::play(200, seed, |_| (), async |_, _| ())).await.unwrap();
        for outcome in report.outcomes() {
            assert!(outcome.is_rightly_named(), "seed {seed}: {outcome:?}");
        }
        assert!(report.left_out().is_empty(), "{:?}", report.left_out());
        for outcome in report.outcomes().iter().filter(|outcome| stopped_by_issuer(outcome.kind)) {
            assert_eq!(outcome.verdict, Verdict::Deny, "seed {seed}: {outcome:?}");
            assert_eq!(outcome.edge, Edge::CertificateSim, "seed {seed}: {outcome:?}");
        }
        let totals = report.totals();
        let (honest, attacks) = (totals.honest.all, totals.attacks.all);
        assert!(totals.barred.all.denied > 0, "{}", report.to_json());
        assert!(attacks.total > 0 && honest.total > 0, "{}", report.to_json());
        assert_eq!(attacks.stopped(), attacks.total, "seed {seed}: {}", report.to_json());
        assert_eq!(honest.denied + honest.faults, 0, "seed {seed}: {}", report.to_json());
        assert!(honest.stepped_up * 100 <= honest.total, "seed {seed}: {}", report.to_json());
        assert!(report.is_as_it_must_be(), "seed {seed}: {}", report.to_json());
        let of_a_day = |twins: &Twins| {
            let Pair { honest, fraud, .. } = twins.pair;
            !honest.needs_weeks() && !fraud.needs_weeks()
        };
        for twins in totals.twins().filter(of_a_day) {
            assert_eq!(twins.showing(), Showing::Holds, "seed {seed}: {twins:?}");
        }
    }
}
