//! Evaluation: the hot path.

use smallvec::{SmallVec, smallvec};

use super::outcome::{FiredBy, FiredRule, Outcome};
use super::{Armed, ChainId, OnUnknown, RuleBook};
use crate::condition::Tri;
use crate::facts::Facts;
use crate::reason::ReasonCode;
use crate::verdict::{CheckKind, Edge, Severity, Verdict};

impl RuleBook {
    /// What the rules of a chain say to a check.
    ///
    /// Every rule is asked; their verdicts join. Step-up methods that rest on an edge which a rule
    /// found broken are taken away. A chain that is not of this book is denied.
    pub fn evaluate(&self, chain: ChainId, kind: CheckKind, facts: &Facts) -> Outcome {
        match self.chains.get(usize::from(chain.0)) {
            Some(chain) => {
                let mut outcome = silence();
                match chain.plan(kind).ask(facts, &mut outcome.fired) {
                    Some(()) => conclude(&mut outcome),
                    None => outcome = judge(chain.stands.of(kind), facts),
                }
                outcome
            }
            None => no_chain(),
        }
    }
}

/// The answer where there are no rules to ask.
pub(super) fn no_chain() -> Outcome {
    let reasons = smallvec![ReasonCode::UNDECIDED];
    Outcome { verdict: Verdict::Deny, reasons, ..silence() }
}

/// The answer where no rule spoke.
#[inline]
pub(super) fn silence() -> Outcome {
    let (reasons, fired) = (SmallVec::new(), SmallVec::new());
    Outcome { verdict: Verdict::Allow, reasons, edge: None, fired }
}

/// What one rule says; `None` if it stays silent.
#[inline]
pub(super) fn ask(rule: &Armed, facts: &Facts) -> Option<FiredRule> {
    let (verdict, reason, by) = match rule.cond.eval(facts) {
        Tri::False => return None,
        Tri::True => (rule.holds, rule.reason, FiredBy::Condition),
        Tri::Unknown => match rule.unknown {
            OnUnknown::Silent => return None,
            OnUnknown::Speak(verdict, reason) => (verdict, reason, FiredBy::Unknown),
            OnUnknown::Fault => (Verdict::Deny, ReasonCode::UNDECIDED, FiredBy::MissingFact),
        },
    };
    Some(FiredRule { rule: rule.rule, verdict, reason, by })
}

/// The join of all rules.
pub(super) fn judge(rules: &[Armed], facts: &Facts) -> Outcome {
    joined(rules.iter().filter_map(|rule| ask(rule, facts)))
}

/// The join of what rules that spoke ask for.
pub(super) fn joined(fired: impl Iterator<Item = FiredRule>) -> Outcome {
    let mut outcome = silence();
    outcome.fired.extend(fired);
    conclude(&mut outcome);
    outcome
}

/// Joins what the rules that spoke ask for.
#[inline]
fn conclude(outcome: &mut Outcome) {
    let (mut denied, mut stepped_up) = (false, false);
    for spoke in &outcome.fired {
        outcome.verdict = outcome.verdict.join(spoke.verdict);
        match spoke.verdict.severity() {
            Severity::Deny => denied = true,
            Severity::StepUp => stepped_up = true,
            Severity::Allow => {}
        }
    }
    if denied {
        give_reasons(outcome, Severity::Deny);
    }
    if stepped_up {
        give_reasons(outcome, Severity::StepUp);
    }
}

/// Gives the reasons of the rules that ask for this, and takes away what rests on broken edges.
fn give_reasons(outcome: &mut Outcome, rank: Severity) {
    let mut last = None;
    for spoke in outcome.fired.iter().filter(|spoke| spoke.verdict.severity() == rank) {
        // Rules beside each other often give one reason.
        if last.replace((spoke.reason, spoke.by)) == Some((spoke.reason, spoke.by)) {
            continue;
        }
        if !outcome.reasons.contains(&spoke.reason) {
            outcome.reasons.push(spoke.reason);
        }
        if let Some(broken) = broken_edge(spoke) {
            outcome.verdict = outcome.verdict.without_methods_on(broken);
            outcome.edge = outcome.edge.or(Some(broken));
        }
    }
}

/// The edge that a rule found broken. What is merely unknown breaks nothing.
#[inline]
fn broken_edge(spoke: &FiredRule) -> Option<Edge> {
    if spoke.by == FiredBy::Condition { spoke.reason.edge() } else { None }
}
