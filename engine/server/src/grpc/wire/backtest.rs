use simbind_proto::v1::{self as wire, backtest_response::Part as Wire};
use simbind_service::backtest::{Changed, Count, Part, Progress, Summary};
use std::sync::Arc;

/// A part of a backtest for an answer.
pub(crate) fn backtest_part(part: Part) -> wire::BacktestResponse {
    let part = match part {
        Part::Progress(Progress { done, total }) => {
            Wire::Progress(wire::BacktestProgress { done, total })
        }
        Part::Changes(changes) => Wire::Changes(wire::ChangedDecisions {
            decisions: changes.into_iter().map(changed).collect(),
        }),
        Part::Result(summary) => Wire::Result(result(&summary)),
    };
    wire::BacktestResponse { part: Some(part) }
}

fn texts(names: &[Arc<str>]) -> Vec<String> {
    names.iter().map(|name| name.as_ref().to_owned()).collect()
}

fn changed(changed: Changed) -> wire::ChangedDecision {
    let Changed { id, carrier, audience, was, becomes, rules_gone, rules_new } = changed;
    wire::ChangedDecision {
        decision_id: id.to_string(),
        carrier: carrier.as_deref().unwrap_or_default().to_owned(),
        audience: audience.as_ref().to_owned(),
        was: super::severity(was).to_owned(),
        becomes: super::severity(becomes).to_owned(),
        rules_gone: texts(&rules_gone),
        rules_new: texts(&rules_new),
    }
}

fn counts(counts: &[Count]) -> Vec<wire::ChangeCount> {
    let count = |count: &Count| wire::ChangeCount {
        name: count.name.as_ref().to_owned(),
        was: count.shift.was.as_str().to_owned(),
        becomes: count.shift.becomes.as_str().to_owned(),
        decisions: count.decisions,
    };
    counts.iter().map(count).collect()
}

fn result(summary: &Summary) -> wire::BacktestResult {
    let Summary {
        decisions,
        changed,
        other_methods,
        unreadable,
        by_verdict,
        by_rule,
        by_carrier,
        by_audience,
        took,
        packs,
    } = summary;
    wire::BacktestResult {
        decisions: *decisions,
        same: summary.same(),
        changed: *changed,
        unreadable: *unreadable,
        by_verdict: counts(by_verdict),
        by_rule: counts(by_rule),
        by_carrier: counts(by_carrier),
        by_audience: counts(by_audience),
        took: prost_types::Duration::try_from(*took).ok(),
        packs_hash: packs.0.to_vec().into(),
        other_methods: *other_methods,
    }
}
