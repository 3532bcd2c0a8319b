//! Explanations for people and as JSON.

use crate::cli::remote::hex;
use serde_json::{Value, json};
use simbind_proto::v1::{
    CheckKind, ConditionResult, Decision, ExplainDecisionResponse, ExplainFactsResponse, FactValue,
    Milder, RuleTrace, StepUpMethod, decision::Verdict,
};
use std::io::{self, Write};

/// What is explained: a decision, or an answer to facts.
pub(super) struct Told {
    decision: Option<String>,
    support_code: Option<String>,
    verdict: &'static str,
    methods: Vec<&'static str>,
    reasons: Vec<String>,
    rules: Vec<RuleTrace>,
    facts: Vec<FactValue>,
    milder: Option<Milder>,
    snoozed: Vec<String>,
    packs_hash: String,
}

const fn method(method: StepUpMethod) -> &'static str {
    match method {
        StepUpMethod::Unspecified => "?",
        StepUpMethod::Card => "card",
        StepUpMethod::Counter => "counter",
        StepUpMethod::Reattest => "reattest",
        StepUpMethod::Sms => "sms",
    }
}

const fn kind(kind: CheckKind) -> &'static str {
    match kind {
        CheckKind::Unspecified => "?",
        CheckKind::Login => "login",
        CheckKind::Tap => "tap",
    }
}

/// A verdict's word; what there is no word for is none that lets in.
fn word(verdict: &str) -> &'static str {
    ["allow", "step_up"].into_iter().find(|word| *word == verdict).unwrap_or("deny")
}

impl From<ExplainFactsResponse> for Told {
    fn from(answer: ExplainFactsResponse) -> Self {
        Self {
            decision: None,
            support_code: None,
            verdict: word(&answer.verdict),
            methods: answer.step_up_methods().map(method).collect(),
            packs_hash: hex(&answer.packs_hash),
            reasons: answer.reasons,
            rules: answer.rules,
            facts: Vec::new(),
            milder: answer.milder,
            snoozed: Vec::new(),
        }
    }
}

impl From<ExplainDecisionResponse> for Told {
    fn from(answer: ExplainDecisionResponse) -> Self {
        let ExplainDecisionResponse { decision, rules, facts, milder } = answer;
        let Decision {
            decision_id, support_code, verdict, reasons, packs_hash, snoozed_rules, ..
        } = decision.unwrap_or_default();
        let (verdict, methods) = match verdict {
            Some(Verdict::Allow(_)) => ("allow", Vec::new()),
            Some(Verdict::StepUp(step_up)) => ("step_up", step_up.methods().map(method).collect()),
            Some(Verdict::Deny(_)) | None => ("deny", Vec::new()),
        };
        Self {
            decision: Some(decision_id),
            support_code: Some(support_code),
            verdict,
            methods,
            reasons: reasons.into_iter().map(|reason| reason.code).collect(),
            rules,
            facts,
            milder,
            snoozed: snoozed_rules,
            packs_hash: hex(&packs_hash),
        }
    }
}

pub(super) fn print(told: &Told, as_json: bool) -> io::Result<()> {
    let mut out = io::stdout().lock();
    if as_json {
        return writeln!(out, "{}", value(told));
    }
    write(told, &mut out)
}

fn write(told: &Told, out: &mut impl Write) -> io::Result<()> {
    if let Some(decision) = &told.decision {
        let code = told.support_code.as_deref().unwrap_or_default();
        writeln!(out, "decision {decision}, support code {code}")?;
    }
    writeln!(out, "{}", headline(told))?;
    if !told.snoozed.is_empty() {
        writeln!(out, "snoozed, and held down to their floor: {}", told.snoozed.join(", "))?;
    }
    let (spoke, silent): (Vec<_>, Vec<_>) =
        told.rules.iter().partition(|rule| !rule.verdict.is_empty());
    if told.rules.is_empty() {
        writeln!(out, "\nthe packs that decided are not known here: no rule can be shown")?;
    }
    if !spoke.is_empty() {
        writeln!(out, "\nthese rules spoke:")?;
    }
    for rule in spoke {
        write_spoken(rule, out)?;
    }
    if !silent.is_empty() {
        writeln!(out, "\nthese were silent:")?;
    }
    for rule in silent {
        writeln!(out, "  {}: {}{}", name(rule), rule.condition_with_values, origins(rule))?;
    }
    write_milder(told, out)
}

fn headline(told: &Told) -> String {
    let by = if told.methods.is_empty() { "" } else { " by " };
    let verdict = format!("{}{by}{}", told.verdict, told.methods.join(" or "));
    if told.reasons.is_empty() {
        verdict
    } else {
        format!("{verdict}: {}", told.reasons.join(", "))
    }
}

fn name(rule: &RuleTrace) -> String {
    format!("{}/{}", rule.pack_id, rule.rule_id)
}

fn write_spoken(rule: &RuleTrace, out: &mut impl Write) -> io::Result<()> {
    let why = match rule.result() {
        ConditionResult::True => "its condition holds",
        ConditionResult::Unknown => "its condition cannot be told",
        ConditionResult::False | ConditionResult::Unspecified => "",
    };
    writeln!(out, "  {}: {}, {}; {why}", name(rule), rule.verdict, rule.reason)?;
    writeln!(out, "    {}", rule.condition_with_values)?;
    for param in &rule.params {
        writeln!(out, "    param.{} is {}, set by {}", param.name, param.value, param.set_by)?;
    }
    if !rule.adjusted_by.is_empty() {
        writeln!(out, "    adjusted by {}: {}", rule.adjusted_by, rule.adjustment)?;
    }
    Ok(())
}

/// Who set what a silent rule reads, and who adjusted it, on its line.
fn origins(rule: &RuleTrace) -> String {
    let params = rule.params.iter().map(|p| format!("param.{} set by {}", p.name, p.set_by));
    let adjusted = Some(&rule.adjusted_by).filter(|pack| !pack.is_empty());
    let adjusted = adjusted.map(|pack| format!("adjusted by {pack}: {}", rule.adjustment));
    let all: Vec<_> = params.chain(adjusted).collect();
    if all.is_empty() { String::new() } else { format!("; {}", all.join("; ")) }
}

fn write_milder(told: &Told, out: &mut impl Write) -> io::Result<()> {
    let Some(milder) = &told.milder else { return Ok(()) };
    let least = if milder.fewest { "no fewer facts do" } else { "fewer facts may do" };
    writeln!(out, "\nit would be {} if ({least}):", milder.verdict)?;
    for change in &milder.changes {
        writeln!(out, "  {} were {}, not {}", change.name, change.becomes, change.was)?;
    }
    Ok(())
}

fn value(told: &Told) -> Value {
    let facts = |facts: &[FactValue]| -> Value {
        facts.iter().map(|fact| (fact.name.clone(), Value::from(fact.value.as_str()))).collect()
    };
    let rule = |rule: &RuleTrace| {
        let params = rule.params.iter();
        let params: Vec<_> = params
            .map(|p| json!({ "name": p.name, "value": p.value, "set_by": p.set_by }))
            .collect();
        let result = match rule.result() {
            ConditionResult::True => "true",
            ConditionResult::False => "false",
            ConditionResult::Unknown | ConditionResult::Unspecified => "unknown",
        };
        let text = |text: &str| if text.is_empty() { Value::Null } else { Value::from(text) };
        json!({
            "pack": rule.pack_id,
            "rule": rule.rule_id,
            "on": rule.kinds().map(kind).collect::<Vec<_>>(),
            "condition": rule.condition,
            "condition_with_values": rule.condition_with_values,
            "result": result,
            "verdict": text(&rule.verdict),
            "reason": text(&rule.reason),
            "facts": facts(&rule.facts),
            "params": params,
            "adjusted_by": text(&rule.adjusted_by),
            "adjustment": text(&rule.adjustment),
        })
    };
    let milder = told.milder.as_ref().map(|milder| {
        let changes = milder.changes.iter();
        let changes: Vec<_> = changes
            .map(|c| json!({ "fact": c.name, "was": c.was, "becomes": c.becomes }))
            .collect();
        json!({ "verdict": milder.verdict, "changes": changes, "fewest": milder.fewest })
    });
    json!({
        "decision_id": told.decision,
        "support_code": told.support_code,
        "verdict": told.verdict,
        "step_up_methods": told.methods,
        "reasons": told.reasons,
        "rules": told.rules.iter().map(rule).collect::<Vec<_>>(),
        "facts": if told.decision.is_some() { facts(&told.facts) } else { Value::Null },
        "snoozed_rules": told.snoozed,
        "milder": milder,
        "packs_hash": told.packs_hash,
    })
}

#[cfg(test)]
mod tests;
