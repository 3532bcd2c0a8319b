//! Explanations, and the facts that somebody brings.

use super::decision::{method, severity};
use simbind_proto::v1 as wire;
use simbind_rules::{
    Adjustment, CheckKind, Conclusion, Fact, FactReading, Facts, ParamReading, RuleTrace, Truth,
    Verdict, facts::SetFactError,
};
use simbind_service::{ServiceError, explain::Answer};

/// The word for a fact that is not known.
const UNKNOWN: &str = "unknown";
/// The longest name or value of a fact, in bytes.
const LONGEST: usize = 64;

/// The kind of a check for an answer.
pub(super) const fn kind_of(kind: CheckKind) -> wire::CheckKind {
    match kind {
        CheckKind::Login => wire::CheckKind::Login,
        CheckKind::Tap => wire::CheckKind::Tap,
    }
}

/// The kind of a check.
pub(in crate::grpc) fn check_kind(kind: i32) -> Result<CheckKind, ServiceError> {
    match wire::CheckKind::try_from(kind) {
        Ok(wire::CheckKind::Login) => Ok(CheckKind::Login),
        Ok(wire::CheckKind::Tap) => Ok(CheckKind::Tap),
        Ok(wire::CheckKind::Unspecified) | Err(_) => {
            Err(ServiceError::invalid("kind", "is neither login nor tap"))
        }
    }
}

/// The facts of a check of that kind: what is not named is as in a test of a pack.
pub(in crate::grpc) fn known_facts(
    kind: CheckKind,
    given: &[wire::FactValue],
) -> Result<Facts, ServiceError> {
    let there_are = Fact::ALL.len();
    if given.len() > there_are {
        let why = format!("has {} facts; there are {there_are}", given.len());
        return Err(ServiceError::invalid("facts", why));
    }
    let mut facts = Facts::usual(kind);
    for (at, wire::FactValue { name, value }) in given.iter().enumerate() {
        for (field, text) in [("facts.name", name), ("facts.value", value)] {
            if text.len() > LONGEST {
                return Err(ServiceError::invalid(field, "has more than 64 bytes"));
            }
        }
        if given.iter().take(at).any(|before| before.name == *name) {
            return Err(ServiceError::invalid("facts.name", format!("`{name}` stands twice")));
        }
        facts.set_by_name(name, value).map_err(|error| wrong_fact(&error))?;
    }
    Ok(facts)
}

fn wrong_fact(error: &SetFactError) -> ServiceError {
    let field = match error {
        SetFactError::UnknownFact { .. } => "facts.name",
        SetFactError::WrongValue { .. } | SetFactError::NeverUnknown { .. } => "facts.value",
    };
    let meant = error.suggestion().map(|meant| format!("; did you mean `{meant}`?"));
    ServiceError::invalid(field, format!("{error}{}", meant.unwrap_or_default()))
}

/// What packs answer to facts.
pub(crate) fn explained_facts(answer: Answer) -> wire::ExplainFactsResponse {
    let methods = match answer.outcome.verdict {
        Verdict::StepUp(methods) => methods.iter().map(|one| method(one).into()).collect(),
        Verdict::Allow | Verdict::Deny => Vec::new(),
    };
    wire::ExplainFactsResponse {
        verdict: severity(answer.outcome.verdict).to_owned(),
        step_up_methods: methods,
        reasons: answer.outcome.reasons.iter().map(ToString::to_string).collect(),
        rules: answer.rules.into_iter().map(rule_trace).collect(),
        milder: answer.milder.map(milder),
        packs_hash: answer.packs.0.to_vec().into(),
    }
}

/// One rule of an explanation.
pub(in crate::grpc) fn rule_trace(trace: RuleTrace) -> wire::RuleTrace {
    let result = match trace.truth {
        Truth::False => wire::ConditionResult::False,
        Truth::Unknown => wire::ConditionResult::Unknown,
        Truth::True => wire::ConditionResult::True,
    };
    let (verdict, reason) = match trace.conclusion {
        Conclusion::Silent => ("", ""),
        Conclusion::Spoke { verdict, reason, .. } => (severity(verdict), reason.as_str()),
    };
    let fact = |reading: FactReading| wire::FactValue {
        name: reading.fact.name().to_owned(),
        value: reading.value.unwrap_or_else(|| UNKNOWN.to_owned()),
    };
    let param = |ParamReading { name, value, set_by }| wire::ParamValue { name, value, set_by };
    let adjustment = trace.adjusted.as_ref().map(Adjustment::to_string);
    wire::RuleTrace {
        pack_id: trace.pack,
        rule_id: trace.rule,
        condition: trace.condition,
        facts: trace.facts.into_iter().map(fact).collect(),
        result: result.into(),
        verdict: verdict.to_owned(),
        condition_with_values: trace.condition_with_values,
        params: trace.params.into_iter().map(param).collect(),
        adjusted_by: trace.adjusted.map(|adjusted| adjusted.pack).unwrap_or_default(),
        reason: reason.to_owned(),
        adjustment: adjustment.unwrap_or_default(),
        kinds: trace.on.into_iter().map(|kind| kind_of(kind).into()).collect(),
    }
}

/// What would have to differ.
pub(in crate::grpc) fn milder(milder: simbind_rules::Milder) -> wire::Milder {
    let value = |value: Option<String>| value.unwrap_or_else(|| UNKNOWN.to_owned());
    let change = |change: simbind_rules::FactChange| wire::FactChange {
        name: change.fact.name().to_owned(),
        was: value(change.was),
        becomes: value(change.becomes),
    };
    wire::Milder {
        verdict: milder.verdict.as_str().to_owned(),
        changes: milder.changes.into_iter().map(change).collect(),
        fewest: milder.fewest,
    }
}

/// All facts as they were recorded.
pub(in crate::grpc) fn facts(facts: &Facts) -> Vec<wire::FactValue> {
    let value = |fact: &Fact| wire::FactValue {
        name: fact.name().to_owned(),
        value: facts.text(*fact).unwrap_or_else(|| UNKNOWN.to_owned()),
    };
    Fact::ALL.iter().map(value).collect()
}
