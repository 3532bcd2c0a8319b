//! Evaluation: the hot path.

use smallvec::{SmallVec, smallvec};

use super::outcome::{FiredBy, FiredRule, Outcome};
use super::{Armed, ChainId, OnUnknown, RuleBook};
use crate::condition::Tri;
use crate::facts::Facts;
use crate::reason::ReasonCode;
use crate::verdict::{CheckKind, Edge, Methods, Verdict};

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

/// Joins what the rules that spoke ask for, in one pass.
#[inline]
fn conclude(outcome: &mut Outcome) {
    let (mut denials, mut steps) = (Why::default(), Why::default());
    // The two kinds come by chance, so a processor guesses wrong: there is one branch for all.
    for spoke in &outcome.fired {
        match spoke.verdict {
            Verdict::Deny => denials.add(spoke),
            Verdict::StepUp(methods) => {
                steps.add(spoke);
                steps.methods = steps.methods.and_then(|common| common.intersect(methods));
            }
            Verdict::Allow => {}
        }
    }
    outcome.verdict = match (denials.last, steps.last, steps.methods) {
        (None, None, _) => return,
        (None, Some(_), Some(methods)) => Verdict::StepUp(methods),
        _ => Verdict::Deny,
    };
    outcome.edge = denials.edge.or(steps.edge);
    for edge in denials.broken.iter().chain(&steps.broken) {
        outcome.verdict = outcome.verdict.without_methods_on(*edge);
    }
    outcome.reasons = denials.reasons;
    for reason in steps.reasons {
        if !outcome.reasons.contains(&reason) {
            outcome.reasons.push(reason);
        }
    }
}

/// Why rules ask for one severity.
struct Why {
    /// The last rule's.
    last: Option<(ReasonCode, FiredBy)>,
    /// What all of the rules accept; `None` is nothing.
    methods: Option<Methods>,
    reasons: SmallVec<[ReasonCode; 4]>,
    edge: Option<Edge>,
    broken: SmallVec<[Edge; 4]>,
}

impl Default for Why {
    #[inline]
    fn default() -> Self {
        let (reasons, broken) = (SmallVec::new(), SmallVec::new());
        Self { last: None, methods: Some(Methods::all()), reasons, edge: None, broken }
    }
}

impl Why {
    #[inline]
    fn add(&mut self, spoke: &FiredRule) {
        // Rules beside each other often give one reason.
        if self.last.replace((spoke.reason, spoke.by)) != Some((spoke.reason, spoke.by)) {
            self.add_reason(spoke);
        }
    }

    fn add_reason(&mut self, spoke: &FiredRule) {
        if !self.reasons.contains(&spoke.reason) {
            self.reasons.push(spoke.reason);
        }
        // What is merely unknown breaks nothing.
        if spoke.by == FiredBy::Condition
            && let Some(edge) = spoke.reason.edge()
        {
            self.edge = self.edge.or(Some(edge));
            if !self.broken.contains(&edge) {
                self.broken.push(edge);
            }
        }
    }
}
