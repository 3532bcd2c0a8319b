//! A diff as JSON.

use serde_json::{Value, json};
use simbind_rules::{
    CheckKind, Compared, Diff, KindDiff, LifeChange, LimitChange, Line, ParamChange, RuleChange,
    RuleDiff, Told, Verdict, Witness,
};

pub(super) fn of(diff: &Diff) -> Value {
    let chains: Vec<_> = diff
        .chains
        .iter()
        .map(|chain| {
            json!({
                "pack_before": chain.pack_before,
                "pack": chain.pack,
                "lines": chain.lines.iter().map(line).collect::<Vec<_>>(),
                "same": chain.is_same(),
                "params": chain.params.iter().map(param).collect::<Vec<_>>(),
                "limits": chain.limits.iter().map(limit).collect::<Vec<_>>(),
                "life": chain.life.iter().map(term).collect::<Vec<_>>(),
                "checks": chain.kinds.iter().map(kind).collect::<Vec<_>>(),
            })
        })
        .collect();
    json!({
        "same": diff.is_same(),
        "added": diff.added,
        "removed": diff.removed,
        "chains": chains,
    })
}

fn line(line: &Line) -> Value {
    json!({ "name": line.to_string(), "carrier": line.carrier(), "mvno": line.mvno() })
}

fn param(change: &ParamChange) -> Value {
    json!({ "name": change.name, "old": change.old, "new": change.new })
}

fn limit(change: &LimitChange) -> Value {
    json!({ "id": change.id, "old": change.old, "new": change.new })
}

fn term(change: &LifeChange) -> Value {
    json!({ "term": change.term, "old": change.old, "new": change.new })
}

fn kind(diff: &KindDiff) -> Value {
    json!({
        "on": on(diff.kind),
        "verdict": compared(&diff.verdict),
        "milder": compared(&diff.milder),
        "stricter": compared(&diff.stricter),
        "reasons": compared(&diff.reasons),
        "rules": diff.rules.iter().map(rule).collect::<Vec<_>>(),
    })
}

fn rule(diff: &RuleDiff) -> Value {
    let (change, parts) = match &diff.change {
        RuleChange::Added => ("added", [].as_slice()),
        RuleChange::Removed => ("removed", [].as_slice()),
        RuleChange::Changed(parts) => ("changed", parts.as_slice()),
    };
    json!({
        "rule": diff.rule,
        "change": change,
        "parts": parts,
        "verdict": compared(&diff.verdict),
        "reasons": compared(&diff.reasons),
    })
}

fn compared(compared: &Compared) -> Value {
    match compared {
        Compared::Same => json!({ "answer": "same" }),
        Compared::NotProved => json!({ "answer": "not_proved" }),
        Compared::Differ(found) => json!({ "answer": "differ", "witness": witness(found) }),
    }
}

fn witness(witness: &Witness) -> Value {
    let given: serde_json::Map<_, _> = witness
        .given
        .iter()
        .map(|(fact, value)| (fact.name().to_owned(), Value::from(value.as_str())))
        .collect();
    json!({
        "given": given,
        "old": told(&witness.old),
        "new": told(&witness.new),
        "smallest": witness.smallest,
        "test": witness.as_test(),
    })
}

fn told(told: &Told) -> Value {
    let methods = match told.verdict {
        Verdict::StepUp(methods) => methods.iter().map(|method| method.as_str()).collect(),
        Verdict::Allow | Verdict::Deny => vec![],
    };
    json!({
        "verdict": told.verdict.severity().as_str(),
        "step_up": methods,
        "reasons": told.reasons.iter().map(|reason| reason.as_str()).collect::<Vec<_>>(),
    })
}

pub(super) const fn on(kind: CheckKind) -> &'static str {
    match kind {
        CheckKind::Login => "login",
        CheckKind::Tap => "tap",
    }
}
