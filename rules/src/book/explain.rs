//! Why a check was answered so: every rule, asked in turn.

mod origin;
mod values;

use std::fmt;

use super::evaluate::ask;
use super::outcome::FiredBy;
use super::{Armed, ChainId, Layer, RuleBook, RuleInfo};
use crate::condition::Tri;
use crate::facts::{Fact, Facts};
use crate::reason::ReasonCode;
use crate::verdict::{CheckKind, Methods, Severity, Verdict};

pub(super) use origin::Changes;

/// A fact that a rule reads, and its value in words; `None` is unknown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FactReading {
    /// The fact.
    pub fact: Fact,
    /// Its value.
    pub value: Option<String>,
}

/// A parameter that a rule reads, as it stands in a chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParamReading {
    /// Its name, without `param.`.
    pub name: String,
    /// Its value in words.
    pub value: String,
    /// The pack that set it last; the one that defines it where none below did.
    pub set_by: String,
}

/// What a condition, or a part of it, came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Truth {
    /// It did not hold.
    False,
    /// It could not be told.
    Unknown,
    /// It held.
    True,
}

impl Truth {
    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::False => "false",
            Self::Unknown => "unknown",
            Self::True => "true",
        }
    }
}

impl fmt::Display for Truth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl From<Tri> for Truth {
    fn from(tri: Tri) -> Self {
        match tri {
            Tri::False => Self::False,
            Tri::Unknown => Self::Unknown,
            Tri::True => Self::True,
        }
    }
}

/// What a lower pack made of a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Adjustment {
    /// The pack.
    pub pack: String,
    /// The verdict that it gave the rule; `None` where it left that alone.
    pub verdict: Option<Severity>,
    /// The word for what it made of unknown; `None` where it left that alone.
    pub unknown: Option<&'static str>,
    /// The step-up methods that it left; `None` where it took none away.
    pub methods: Option<Methods>,
}

impl fmt::Display for Adjustment {
    /// What was changed, without the pack: `verdict step_up, step_up by card or counter`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verdict = self.verdict.map(|verdict| format!("verdict {verdict}"));
        let unknown = self.unknown.map(|word| format!("unknown {word}"));
        let methods = self.methods.map(|methods| {
            let names: Vec<_> = methods.iter().map(|method| method.as_str()).collect();
            format!("step_up by {}", names.join(" or "))
        });
        let all: Vec<_> = [verdict, unknown, methods].into_iter().flatten().collect();
        f.write_str(&all.join(", "))
    }
}

/// What became of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Conclusion {
    /// It stayed silent.
    Silent,
    /// It spoke.
    Spoke {
        /// What made it speak.
        by: FiredBy,
        /// What it asks for.
        verdict: Verdict,
        /// Why.
        reason: ReasonCode,
    },
}

/// One rule, asked about one check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleTrace {
    /// The pack it stands in.
    pub pack: String,
    /// That pack's layer.
    pub layer: Layer,
    /// Its id.
    pub rule: String,
    /// The kinds of check that it stands for.
    pub on: Vec<CheckKind>,
    /// Its condition, as written.
    pub condition: String,
    /// Its condition on one line, with the value of each fact and parameter behind its name in
    /// round brackets, and what each comparison came to behind it in braces.
    pub condition_with_values: String,
    /// What the condition came to.
    pub truth: Truth,
    /// The facts that it reads.
    pub facts: Vec<FactReading>,
    /// The parameters that it reads.
    pub params: Vec<ParamReading>,
    /// The last change that a lower pack made to it.
    pub adjusted: Option<Adjustment>,
    /// What became of it.
    pub conclusion: Conclusion,
}

impl RuleBook {
    /// Asks every rule of a chain about a check and tells what each said, the nation's first.
    pub fn explain(&self, chain: ChainId, kind: CheckKind, facts: &Facts) -> Vec<RuleTrace> {
        let Some(rules) = self.chains.get(usize::from(chain.0)) else { return Vec::new() };
        let rules = rules.stands.of(kind).iter();
        rules.filter_map(|armed| self.trace(chain, armed, facts)).collect()
    }

    fn trace(&self, chain: ChainId, armed: &Armed, facts: &Facts) -> Option<RuleTrace> {
        let info: &RuleInfo = self.rules.get(usize::try_from(armed.rule.0).ok()?)?;
        let pack = self.packs.get(info.pack)?;
        let readings = info.facts.iter();
        let readings = readings.map(|fact| FactReading { fact: *fact, value: facts.text(*fact) });
        let params = self.param_readings(chain, info);
        let value_of =
            |name: &str| self.chains.get(usize::from(chain.0))?.params.get(name).copied();
        let comparisons = info.comparisons.iter();
        let truths: Option<Vec<Truth>> =
            comparisons.map(|part| Some(part.bind(&value_of)?.eval(facts).into())).collect();
        let kinds = [(CheckKind::Login, info.on.login), (CheckKind::Tap, info.on.tap)];
        Some(RuleTrace {
            pack: pack.id.clone(),
            layer: pack.layer,
            rule: info.id.clone(),
            on: kinds.into_iter().filter(|(_, on)| *on).map(|(kind, _)| kind).collect(),
            condition: info.when.clone(),
            condition_with_values: values::put_in(&info.when, facts, &params, &truths?),
            truth: armed.cond.eval(facts).into(),
            facts: readings.collect(),
            params,
            adjusted: self.adjustment(chain, &info.id),
            conclusion: match ask(armed, facts) {
                None => Conclusion::Silent,
                Some(spoke) => {
                    Conclusion::Spoke { by: spoke.by, verdict: spoke.verdict, reason: spoke.reason }
                }
            },
        })
    }
}
