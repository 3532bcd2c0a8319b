//! What a diff says.

use super::changes::{LimitChange, ParamChange, RuleChange};
use super::lines::Line;
use crate::book::LifeChange;
use crate::facts::{Fact, Facts};
use crate::reason::ReasonCode;
use crate::verdict::{CheckKind, Severity, StepUpMethod, Verdict};

/// What two books of rules answer otherwise.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diff {
    /// Packs that only the new book has.
    pub added: Vec<String>,
    /// Packs that only the old book has.
    pub removed: Vec<String>,
    /// What differs for whom: all lines that either book names, and any other, in the order of the
    /// new book's packs.
    pub chains: Vec<ChainDiff>,
}

impl Diff {
    /// Whether it is proved that no line is answered otherwise, and no limit, parameter or term of life differs.
    pub fn is_same(&self) -> bool {
        self.added.is_empty()
            && self.removed.is_empty()
            && self.chains.iter().all(ChainDiff::is_same)
    }
}

/// What differs for the lines that one pack answered before and one pack answers now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChainDiff {
    /// The old book's pack for these lines.
    pub pack_before: String,
    /// The new book's pack for them.
    pub pack: String,
    /// The lines, at least one.
    pub lines: Vec<Line>,
    /// Parameters of other values.
    pub params: Vec<ParamChange>,
    /// Other limits.
    pub limits: Vec<LimitChange>,
    /// Terms of a binding's life of other values.
    pub life: Vec<LifeChange>,
    /// What differs for logins and for taps.
    pub kinds: [KindDiff; 2],
}

impl ChainDiff {
    /// Whether another pack answers these lines than before.
    pub fn is_moved(&self) -> bool {
        self.pack_before != self.pack
    }

    /// Whether it is proved that nothing differs.
    pub fn is_same(&self) -> bool {
        let same =
            |kind: &KindDiff| kind.verdict == Compared::Same && kind.reasons == Compared::Same;
        self.params.is_empty()
            && self.limits.is_empty()
            && self.life.is_empty()
            && self.kinds.iter().all(same)
    }
}

/// What differs for one kind of check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KindDiff {
    /// The kind.
    pub kind: CheckKind,
    /// Whether any verdict differs, methods of a step-up included.
    pub verdict: Compared,
    /// Where the new verdict is milder: another rank, or the same with more methods.
    pub milder: Compared,
    /// Where it is more severe.
    pub stricter: Compared,
    /// Whether any check gets other reasons.
    pub reasons: Compared,
    /// The rules that differ.
    pub rules: Vec<RuleDiff>,
}

/// What the difference of one rule comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleDiff {
    /// The rule, as `pack/rule`.
    pub rule: String,
    /// What is different about it.
    pub change: RuleChange,
    /// Whether the whole verdict differs where this rule says otherwise.
    pub verdict: Compared,
    /// Whether a check gets other reasons of those that this rule gives.
    pub reasons: Compared,
}

/// The outcome of one comparison.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Compared {
    /// Proved: no plausible facts are told apart.
    Same,
    /// They are, and these facts show it.
    Differ(Box<Witness>),
    /// Searched, not proved: no facts were found, and some may exist.
    NotProved,
}

impl Compared {
    /// The facts that show a difference.
    pub fn witness(&self) -> Option<&Witness> {
        match self {
            Self::Differ(witness) => Some(witness),
            Self::Same | Self::NotProved => None,
        }
    }
}

/// One side's answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// The verdict.
    pub verdict: Verdict,
    /// The reasons, the most severe first.
    pub reasons: Vec<ReasonCode>,
}

/// Facts that two books answer otherwise, confirmed by asking both.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Witness {
    /// The kind of check.
    pub kind: CheckKind,
    /// The facts that a test gives; what is not given is unknown or has its usual value.
    pub given: Vec<(Fact, String)>,
    /// All facts.
    pub facts: Facts,
    /// The old book's answer.
    pub old: Told,
    /// The new book's answer.
    pub new: Told,
    /// Whether no fewer facts show it: proved, where true.
    pub smallest: bool,
}

impl Told {
    /// The answer in words, like `step_up (card, counter)`.
    pub fn words(&self) -> String {
        match self.verdict {
            Verdict::StepUp(methods) => {
                let names: Vec<_> = methods.iter().map(StepUpMethod::as_str).collect();
                format!("step_up ({})", names.join(", "))
            }
            verdict => verdict.severity().to_string(),
        }
    }
}

impl Witness {
    /// The facts as a pack gives them, like `{ "sim.latch" = "clear" }`.
    pub fn given_text(&self) -> String {
        let facts: Vec<_> = self
            .given
            .iter()
            .map(|(fact, value)| format!("\"{}\" = \"{value}\"", fact.name()))
            .collect();
        if facts.is_empty() { "{}".to_owned() } else { format!("{{ {} }}", facts.join(", ")) }
    }

    /// A test for a pack that holds under the new rules and not under the old ones.
    pub fn as_test(&self) -> String {
        let on = match self.kind {
            CheckKind::Login => "",
            CheckKind::Tap => "on = \"tap\"\n",
        };
        let (old, new) = (self.old.words(), self.new.words());
        let name = if old == new {
            let reasons = |told: &Told| {
                let codes: Vec<_> = told.reasons.iter().map(|reason| reason.as_str()).collect();
                codes.join(" and ")
            };
            format!("{new} for {}, where it was for {}", reasons(&self.new), reasons(&self.old))
        } else {
            format!("{new} where it was {old}")
        };
        let mut expect = format!("verdict = \"{}\"", self.new.verdict.severity());
        if let Some(reason) = self.telling_reason() {
            expect.push_str(&format!(", reason = \"{reason}\""));
        }
        if let Verdict::StepUp(methods) = self.new.verdict {
            let names: Vec<_> = methods.iter().map(|method| format!("\"{method}\"")).collect();
            expect.push_str(&format!(", step_up = [{}]", names.join(", ")));
        }
        let given = self.given_text();
        format!("[[test]]\nname = \"{name}\"\n{on}given = {given}\nexpect = {{ {expect} }}\n")
    }

    /// A reason that only the new answer gives, or its first.
    fn telling_reason(&self) -> Option<ReasonCode> {
        if self.new.verdict.severity() == Severity::Allow {
            return None;
        }
        let new = self.new.reasons.iter().copied();
        new.clone().find(|reason| !self.old.reasons.contains(reason)).or_else(|| new.clone().next())
    }
}
