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
                let answer = chain.plan(kind).judge(facts);
                answer.unwrap_or_else(|| judge(chain.stands.of(kind), facts))
            }
            None => no_chain(),
        }
    }
}

/// The answer where there are no rules to ask.
pub(super) fn no_chain() -> Outcome {
    Outcome {
        verdict: Verdict::Deny,
        reasons: smallvec![ReasonCode::UNDECIDED],
        edge: None,
        fired: SmallVec::new(),
    }
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
    conclude(rules.iter().filter_map(|rule| ask(rule, facts)).collect())
}

/// The join of what the rules that spoke ask for.
pub(super) fn conclude(fired: SmallVec<[FiredRule; 4]>) -> Outcome {
    let mut verdict = fired.iter().fold(Verdict::Allow, |all, spoke| all.join(spoke.verdict));
    let mut reasons = SmallVec::new();
    let mut edge = None;
    for rank in [Severity::Deny, Severity::StepUp] {
        for spoke in fired.iter().filter(|spoke| spoke.verdict.severity() == rank) {
            if !reasons.contains(&spoke.reason) {
                reasons.push(spoke.reason);
            }
            if let Some(broken) = broken_edge(spoke) {
                verdict = verdict.without_methods_on(broken);
                edge = edge.or(Some(broken));
            }
        }
    }
    Outcome { verdict, reasons, edge, fired }
}

/// The edge that a rule found broken. What is merely unknown breaks nothing.
fn broken_edge(spoke: &FiredRule) -> Option<Edge> {
    if spoke.by == FiredBy::Condition { spoke.reason.edge() } else { None }
}
