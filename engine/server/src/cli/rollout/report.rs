//! Tables of what packs would answer otherwise.

use super::{
    super::remote::{hex, moment},
    hash::SURE,
};
use comfy_table::{ContentArrangement, Table, presets::UTF8_FULL_CONDENSED};
use serde_json::{Value, json};
use simbind_proto::v1::{ChangeCount, ChangedDecision, ShadowReport};
use std::fmt::Write as _;

/// The columns of a terminal that tells none.
const WIDTH: u16 = 140;

/// An empty table with these heads.
pub(super) fn table<const N: usize>(heads: [&str; N]) -> Table {
    let mut table = Table::new();
    table.load_preset(UTF8_FULL_CONDENSED);
    table.set_content_arrangement(ContentArrangement::Dynamic);
    table.set_width(WIDTH).set_header(heads);
    table
}

/// Packs for people: enough digits to name them again.
pub(super) fn short(hash: &[u8]) -> String {
    hex(hash).chars().take(SURE).collect()
}

/// The differences for people.
pub(super) fn shadow_text(report: &ShadowReport) -> String {
    let mut text = String::new();
    let since = super::super::remote::since(report.since.as_ref());
    let (checks, differ) = (report.checks, report.differ);
    let _ = writeln!(text, "since {since} both answered {checks} checks; different: {differ}");
    if differ == 0 {
        return text;
    }
    let mut counts = table(["what", "now", "staged", "checks"]);
    let lists = [&report.by_verdict, &report.by_rule, &report.by_carrier];
    for (list, what) in lists.into_iter().zip(["verdict", "rule", "carrier"]) {
        for ChangeCount { name, was, becomes, decisions } in list {
            let what = if name.is_empty() { what.to_owned() } else { format!("{what} {name}") };
            counts.add_row([what, was.clone(), becomes.clone(), decisions.to_string()]);
        }
    }
    let _ = writeln!(text, "{counts}");
    let mut examples = table(["decision", "carrier", "asked by", "now", "staged", "rules"]);
    examples.add_rows(report.examples.iter().map(example));
    let _ = writeln!(text, "{examples}");
    text
}

fn example(each: &ChangedDecision) -> [String; 6] {
    let gone = each.rules_gone.iter().map(|rule| format!("-{rule}"));
    let new = each.rules_new.iter().map(|rule| format!("+{rule}"));
    let rules: Vec<String> = gone.chain(new).collect();
    let ChangedDecision { decision_id, carrier, audience, was, becomes, .. } = each.clone();
    [decision_id, carrier, audience, was, becomes, rules.join("\n")]
}

/// The differences in JSON.
pub(super) fn shadow_value(report: &ShadowReport) -> Value {
    let counts = |rows: &[ChangeCount]| -> Vec<Value> {
        let row = |c: &ChangeCount| json!({ "name": c.name, "was": c.was, "becomes": c.becomes, "decisions": c.decisions });
        rows.iter().map(row).collect()
    };
    let example = |each: &ChangedDecision| {
        json!({
            "decision_id": each.decision_id,
            "carrier": each.carrier,
            "audience": each.audience,
            "was": each.was,
            "becomes": each.becomes,
            "rules_gone": each.rules_gone,
            "rules_new": each.rules_new,
        })
    };
    json!({
        "since": moment(report.since.as_ref()),
        "checks": report.checks,
        "differ": report.differ,
        "by_verdict": counts(&report.by_verdict),
        "by_rule": counts(&report.by_rule),
        "by_carrier": counts(&report.by_carrier),
        "examples": report.examples.iter().map(example).collect::<Vec<_>>(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_are_counted_and_named() {
        let count = |name: &str| ChangeCount {
            name: name.to_owned(),
            was: "allow".to_owned(),
            becomes: "step_up".to_owned(),
            decisions: 7,
        };
        let report = ShadowReport {
            since: None,
            checks: 90,
            differ: 7,
            by_verdict: vec![count("")],
            by_rule: vec![count("iij/new-rule")],
            by_carrier: vec![count("iij")],
            examples: vec![ChangedDecision {
                decision_id: "dec_1".to_owned(),
                carrier: "iij".to_owned(),
                audience: "bank".to_owned(),
                was: "allow".to_owned(),
                becomes: "step_up".to_owned(),
                rules_gone: Vec::new(),
                rules_new: vec!["iij/new-rule".to_owned()],
            }],
        };
        let text = shadow_text(&report);
        for part in [
            "90 checks; different: 7",
            "rule iij/new-rule",
            "carrier iij",
            "dec_1",
            "+iij/new-rule",
        ] {
            assert!(text.contains(part), "{part} is not in\n{text}");
        }
        let none = ShadowReport { differ: 0, examples: Vec::new(), ..report };
        assert_eq!(shadow_text(&none).lines().count(), 1);
    }
}
