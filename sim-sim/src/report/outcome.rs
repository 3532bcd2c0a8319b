//! One outcome.

use crate::catalogue::{Kind, Side};
use simbind_proto::v1::{self, Edge, decision};
use std::time::Duration;

/// How one step of one person ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Let in.
    Allow,
    /// Asked for one more proof.
    StepUp,
    /// Refused.
    Deny,
    /// The binding was refused at the counter, with the server's words.
    RefusedAtEnrolment(String),
    /// No verdict: the call failed, with what was said.
    Fault(String),
}

impl Verdict {
    /// One word.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::StepUp => "step_up",
            Self::Deny => "deny",
            Self::RefusedAtEnrolment(_) => "refused",
            Self::Fault(_) => "fault",
        }
    }

    /// Whether whoever asked was not let in, by decision.
    pub const fn is_stopped(&self) -> bool {
        matches!(self, Self::StepUp | Self::Deny | Self::RefusedAtEnrolment(_))
    }
}

/// One outcome of one step.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Who, by number in the world.
    pub person: usize,
    /// The how manieth outcome of this person, from 0.
    pub step: usize,
    /// What it was.
    pub kind: Kind,
    /// How it ended.
    pub verdict: Verdict,
    /// The reasons' codes.
    pub reasons: Vec<String>,
    /// The first reason in words.
    pub words: String,
    /// The rules that spoke, as `pack/rule`; where none did and whoever asked was stopped, the engine's
    /// own reason, as `engine/REASON`.
    pub rules: Vec<String>,
    /// The edge that was named.
    pub edge: Edge,
    /// The decision's id; empty where there is none.
    pub decision_id: String,
    /// From asking to answer, signing included.
    pub took: Duration,
}

impl Outcome {
    /// An outcome that is no decision.
    pub(crate) fn of(kind: Kind, verdict: Verdict) -> Self {
        let words = match &verdict {
            Verdict::RefusedAtEnrolment(text) | Verdict::Fault(text) => text.clone(),
            Verdict::Allow | Verdict::StepUp | Verdict::Deny => String::new(),
        };
        Self {
            person: 0,
            step: 0,
            kind,
            verdict,
            reasons: Vec::new(),
            rules: Vec::new(),
            words,
            edge: Edge::Unspecified,
            decision_id: String::new(),
            took: Duration::ZERO,
        }
    }

    /// The outcome of a decision. One without a verdict is a fault.
    pub(crate) fn decided(kind: Kind, decision: &v1::Decision) -> Self {
        let verdict = match decision.verdict {
            Some(decision::Verdict::Allow(_)) => Verdict::Allow,
            Some(decision::Verdict::StepUp(_)) => Verdict::StepUp,
            Some(decision::Verdict::Deny(_)) => Verdict::Deny,
            None => Verdict::Fault("a decision without a verdict".to_owned()),
        };
        Self {
            reasons: decision.reasons.iter().map(|reason| reason.code.clone()).collect(),
            rules: rules(decision),
            words: decision.reasons.first().map(|r| r.text_en.clone()).unwrap_or_default(),
            edge: decision.broken_edge(),
            decision_id: decision.decision_id.clone(),
            ..Self::of(kind, verdict)
        }
    }

    /// Whether an attack was stopped for what it is: a right edge is named or a right reason given.
    /// A binding that was refused names no edge.
    pub fn is_rightly_named(&self) -> bool {
        let entry = self.kind.entry();
        if entry.side == Side::Honest || matches!(self.verdict, Verdict::RefusedAtEnrolment(_)) {
            return true;
        }
        entry.edges.contains(&self.edge)
            || self.reasons.iter().any(|code| entry.reasons.contains(&code.as_str()))
    }

    /// The edge in one word; empty for none.
    pub const fn edge_word(&self) -> &'static str {
        match self.edge {
            Edge::Unspecified => "",
            Edge::CertificateSim => "certificate-sim",
            Edge::SimHandset => "sim-handset",
            Edge::HandsetAttestation => "handset-attestation",
            Edge::SimLine => "sim-line",
        }
    }

    /// One line without what differs between runs.
    pub(crate) fn line(&self) -> String {
        let reasons = self.reasons.join(",");
        let (person, step, kind) = (self.person, self.step, self.kind.name());
        let (verdict, edge) = (self.verdict.word(), self.edge_word());
        format!("{person}\t{step}\t{kind}\t{verdict}\t{reasons}\t{edge}")
    }
}

fn rules(decision: &v1::Decision) -> Vec<String> {
    if !decision.rules.is_empty() {
        let name = |rule: &v1::FiredRule| format!("{}/{}", rule.pack_id, rule.rule_id);
        return decision.rules.iter().map(name).collect();
    }
    let first = decision.reasons.first();
    first.map(|reason| format!("engine/{}", reason.code)).into_iter().collect()
}
