//! A share of the year's people, played against a server in this process.
//!
//! `SIMBIND_YEAR_PEOPLE` sets how many (100).

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

use sim_sim::{
    Report, Scenario,
    catalogue::Side,
    report::{Outcome, Verdict},
};
use simbind::demo;
use simbind_tests::simbind_binary;
use std::{collections::BTreeSet, path::PathBuf, process::Command};

fn not_as_it_must_be(report: &Report) -> Vec<&Outcome> {
    let odd = |outcome: &&Outcome| match outcome.kind.side() {
        Side::Honest => outcome.verdict != Verdict::Allow,
        Side::Attack => !outcome.verdict.is_stopped() || !outcome.is_rightly_named(),
        Side::Barred => outcome.verdict != Verdict::Deny,
        Side::Ambiguous => !outcome.verdict.is_stopped(),
    };
    report.outcomes().iter().filter(odd).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_year_steps_up_few_owners_denies_none_and_lets_no_attack_pass() {
    let people = std::env::var("SIMBIND_YEAR_PEOPLE").map_or(100, |text| text.parse().unwrap());
    let year = Scenario::year().unwrap();
    let play = demo::play_scenario(&year, people, 1, |_| (), async |_, _| ());
    let report = Box::pin(play).await.unwrap();
    assert!(report.left_out().is_empty(), "{:?}", report.left_out());
    let totals = report.totals();
    let odd = not_as_it_must_be(&report);
    assert!(report.is_as_it_must_be(), "{}\n{odd:#?}", report.summary());
    assert_eq!(totals.honest.all.denied, 0);
    assert!(totals.honest.all.stepped_up * 200 <= totals.honest.all.total, "{odd:#?}");
    assert_eq!(totals.attacks.all.stopped(), totals.attacks.all.total, "{odd:#?}");
    // Everybody has checks all the year, and each way of attack was tried.
    assert!(totals.honest.all.total > u64::from(people) * 20, "{}", report.summary());
    let tried: BTreeSet<_> = totals.attacks.by_kind.keys().collect();
    assert!(tried.len() > 25, "{tried:?}");
    let json: serde_json::Value = serde_json::from_str(&report.to_json()).unwrap();
    let reissued = &json["rules"]["jp-national/sim-reissued"];
    assert!(reissued["attacks"].as_u64().unwrap() > 0, "{json}");
    assert!(reissued["precision"].as_f64().unwrap() > 0.0, "{json}");
    assert!(reissued["recall_of_kinds"].as_f64().unwrap() > 0.0, "{json}");
}

/// The last line of what `sim-sim` prints, and whether it succeeded.
fn sim_sim(args: &[&str]) -> (serde_json::Value, bool) {
    let simbind = simbind_binary().unwrap();
    let beside = simbind.with_file_name("sim-sim");
    let program = std::env::var_os("SIM_SIM_BIN").map_or(beside, PathBuf::from);
    let output = Command::new(program).args(args).env("SIMBIND_BIN", simbind).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let last = text.lines().last().unwrap_or_default();
    let errors = String::from_utf8_lossy(&output.stderr);
    (serde_json::from_str(last).expect(&errors), output.status.success())
}

#[test]
fn a_scenario_without_a_server_is_played_by_the_simbind_beside() {
    let (line, succeeded) =
        sim_sim(&["run", "day.toml", "--people", "40", "--seed", "3", "--json"]);
    assert!(succeeded, "{line}");
    assert!(line["checks"].as_u64().unwrap() > 40, "{line}");
    assert!(line["pairs"]["fails"].is_null(), "{line}");
    let (pairs, _) = sim_sim(&["pairs", "--json"]);
    let pairs = pairs.as_array().unwrap();
    assert!(pairs.len() > 30 && pairs.iter().any(|pair| pair["observation"].is_null()));
}
