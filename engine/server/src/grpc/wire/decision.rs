use super::field::time;
use simbind_core::ids::SupportCode;
use simbind_proto::v1 as wire;
use simbind_rules::facts::{ChangeCause, ChangeExpectation};
use simbind_rules::{Edge, Facts, Lang, ReasonCode, StepUpMethod, Verdict};
use simbind_service::{ledger::DecisionEntry, outcome::step_up_of};
use std::time::Duration;

pub(super) fn reason(code: &str) -> wire::Reason {
    let known = ReasonCode::from_name(code);
    let text = |lang| known.map_or("", |reason| reason.text(lang)).to_owned();
    let next = |lang| known.map_or("", |reason| reason.next(lang)).to_owned();
    wire::Reason {
        code: code.to_owned(),
        text_ja: text(Lang::Ja),
        text_en: text(Lang::En),
        next_ja: next(Lang::Ja),
        next_en: next(Lang::En),
    }
}

pub(super) const fn edge(edge: Option<Edge>) -> wire::Edge {
    match edge {
        None => wire::Edge::Unspecified,
        Some(Edge::CertificateSim) => wire::Edge::CertificateSim,
        Some(Edge::SimHandset) => wire::Edge::SimHandset,
        Some(Edge::HandsetAttestation) => wire::Edge::HandsetAttestation,
        Some(Edge::SimLine) => wire::Edge::SimLine,
    }
}

pub(super) const fn method(method: StepUpMethod) -> wire::StepUpMethod {
    match method {
        StepUpMethod::Card => wire::StepUpMethod::Card,
        StepUpMethod::Counter => wire::StepUpMethod::Counter,
        StepUpMethod::Reattest => wire::StepUpMethod::Reattest,
        StepUpMethod::Sms => wire::StepUpMethod::Sms,
    }
}

fn cause(facts: &Facts) -> wire::ChangeCause {
    match facts.change_cause() {
        None => wire::ChangeCause::Unspecified,
        Some(ChangeCause::None) => wire::ChangeCause::None,
        Some(ChangeCause::SimMoved) => wire::ChangeCause::SimMoved,
        Some(ChangeCause::SimReissued) => wire::ChangeCause::SimReissued,
        Some(ChangeCause::Ported) => wire::ChangeCause::Ported,
        Some(ChangeCause::EsimTransferred) => wire::ChangeCause::EsimTransferred,
        Some(ChangeCause::SlotChanged) => wire::ChangeCause::SlotChanged,
        Some(ChangeCause::Loaner) => wire::ChangeCause::Loaner,
        Some(ChangeCause::Renewed) => wire::ChangeCause::Renewed,
        Some(ChangeCause::Recycled) => wire::ChangeCause::Recycled,
        Some(ChangeCause::LineEnded) => wire::ChangeCause::LineEnded,
        Some(ChangeCause::LineTransferred) => wire::ChangeCause::LineTransferred,
        Some(ChangeCause::Unsaid) => wire::ChangeCause::Unknown,
    }
}

fn expected(facts: &Facts) -> wire::ChangeExpectation {
    match facts.change_expected() {
        None => wire::ChangeExpectation::Unspecified,
        Some(ChangeExpectation::None) => wire::ChangeExpectation::None,
        Some(ChangeExpectation::Announced) => wire::ChangeExpectation::Announced,
        Some(ChangeExpectation::Counter) => wire::ChangeExpectation::Counter,
        Some(ChangeExpectation::Renewed) => wire::ChangeExpectation::Renewed,
        Some(ChangeExpectation::Reproved) => wire::ChangeExpectation::Reproved,
        Some(ChangeExpectation::Unannounced) => wire::ChangeExpectation::Unannounced,
    }
}

/// A decision for an answer.
pub(in crate::grpc) fn decision(entry: &DecisionEntry, step_up: Duration) -> wire::Decision {
    use wire::decision::Verdict as Wire;
    let verdict = match entry.verdict {
        Verdict::Allow => Wire::Allow(wire::Allow {}),
        Verdict::Deny => Wire::Deny(wire::Deny {
            retry_after: entry.limit.as_ref().map(|limit| time(limit.retry_at)),
        }),
        Verdict::StepUp(methods) => Wire::StepUp(wire::StepUp {
            step_up_id: step_up_of(entry.id).to_string(),
            methods: methods.iter().map(|each| method(each).into()).collect(),
            expires_at: Some(time(entry.decided_at.plus(step_up))),
        }),
    };
    let rules = entry.fired.iter().map(|fired| wire::FiredRule {
        pack_id: fired.pack.clone(),
        rule_id: fired.rule.clone(),
        effect: if fired.held { wire::RuleEffect::Fired } else { wire::RuleEffect::Unknown }.into(),
    });
    // Facts that cannot be read name nothing.
    let facts = Facts::from_bytes(&entry.facts).unwrap_or_default();
    wire::Decision {
        decision_id: entry.id.to_string(),
        support_code: SupportCode::of(entry.id).to_string(),
        verdict: Some(verdict),
        reasons: entry.reasons.iter().map(|code| reason(code)).collect(),
        broken_edge: edge(entry.edge).into(),
        rules: rules.collect(),
        packs_hash: entry.packs.to_vec().into(),
        decided_at: Some(time(entry.decided_at)),
        state_position: entry.position,
        parent_decision_id: entry.parent.map(|id| id.to_string()).unwrap_or_default(),
        kind: super::explain::kind_of(entry.kind).into(),
        binding_id: entry.binding.map(|id| id.to_string()).unwrap_or_default(),
        audience: entry.audience.clone(),
        snoozed_rules: entry.snoozed.clone(),
        cause: cause(&facts).into(),
        expected: expected(&facts).into(),
    }
}

/// The word for a verdict.
pub(in crate::grpc) const fn severity(verdict: Verdict) -> &'static str {
    verdict.severity().as_str()
}
