use super::{Goal, Outcome, Report, Verdict};
use crate::catalogue::{Kind, Side};
use simbind_proto::v1::{self, Edge, decision};

fn decided(kind: Kind, verdict: decision::Verdict, edge: Edge, reason: &str) -> Outcome {
    let reasons = vec![v1::Reason { code: reason.to_owned(), ..v1::Reason::default() }];
    let decision = v1::Decision {
        verdict: Some(verdict),
        broken_edge: edge.into(),
        reasons,
        ..v1::Decision::default()
    };
    Outcome::decided(kind, &decision)
}

fn report(outcomes: Vec<Outcome>) -> Report {
    let goal = Goal { stepped_up_per_mille: 10 };
    Report::new("test".to_owned(), 1, goal, outcomes, Vec::new())
}

#[test]
fn the_json_line_has_the_published_shape() {
    let deny = decision::Verdict::Deny(v1::Deny::default());
    let allow = decision::Verdict::Allow(v1::Allow {});
    let report = report(vec![
        decided(Kind::OtherHandset, deny, Edge::SimHandset, "HANDSET_MISMATCH"),
        decided(Kind::AppLogin, allow, Edge::Unspecified, ""),
    ]);
    let json: serde_json::Value = serde_json::from_str(&report.to_json()).unwrap();
    assert_eq!(json["checks"], 2);
    assert_eq!(json["attacks"]["total"], 1);
    assert_eq!(json["attacks"]["stopped"], 1);
    assert_eq!(json["attacks"]["by_kind"]["other-handset"]["denied"], 1);
    assert_eq!(json["honest"]["allowed"], 1);
    assert_eq!(json["honest"]["stepped_up"], 0);
    assert_eq!(json["honest"]["denied"], 0);
    assert_eq!(json["honest"]["by_kind"]["app-login"]["allowed"], 1);
    assert_eq!(json["ambiguous"]["total"], 0);
    assert!(report.is_as_it_must_be());
}

#[test]
fn a_stopped_attack_counts_as_named_only_with_the_right_cause() {
    let deny = || decision::Verdict::Deny(v1::Deny::default());
    let wrong_edge = decided(Kind::PortOut, deny(), Edge::SimHandset, "X");
    assert!(!wrong_edge.is_rightly_named());
    assert!(decided(Kind::PortOut, deny(), Edge::SimLine, "X").is_rightly_named());
    assert!(decided(Kind::Replay, deny(), Edge::Unspecified, "CHALLENGE_USED").is_rightly_named());
    assert!(!decided(Kind::Replay, deny(), Edge::Unspecified, "X").is_rightly_named());
    assert!(!report(vec![wrong_edge]).is_as_it_must_be());
}

#[test]
fn a_decision_without_a_verdict_is_no_allow() {
    let outcome = Outcome::decided(Kind::Replay, &v1::Decision::default());
    assert!(matches!(outcome.verdict, Verdict::Fault(_)));
    let totals = report(vec![outcome]).totals();
    assert_eq!((totals.attacks.all.stopped(), totals.attacks.all.faults), (0, 1));
}

#[test]
fn labels_name_owners_and_attackers_and_leave_out_who_cannot_be_told() {
    let deny = || decision::Verdict::Deny(v1::Deny::default());
    let named = |kind, id: &str| {
        let decision_id = id.to_owned();
        Outcome { decision_id, ..decided(kind, deny(), Edge::SimLine, "X") }
    };
    let ambiguous = *Kind::ALL.iter().find(|kind| kind.side() == Side::Ambiguous).unwrap();
    let labels = report(vec![
        named(Kind::PortOut, "dec_1"),
        named(Kind::AppLogin, "dec_2"),
        named(ambiguous, "dec_3"),
        decided(Kind::AppLogin, deny(), Edge::SimLine, "X"),
    ])
    .labels();
    let lines: Vec<&str> = labels.lines().collect();
    let line = |id, label| format!(r#"{{"decision_id":"{id}","label":"{label}"}}"#);
    assert_eq!(lines, [line("dec_1", "attack"), line("dec_2", "honest")]);
}
