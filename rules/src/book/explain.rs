//! Why a check was answered so: every rule, asked in turn.

use super::evaluate::ask;
use super::outcome::FiredBy;
use super::{ChainId, Layer, RuleBook};
use crate::facts::{Fact, Facts};
use crate::reason::ReasonCode;
use crate::verdict::{CheckKind, Verdict};

/// A fact that a rule reads, and its value in words; `None` is unknown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FactReading {
    /// The fact.
    pub fact: Fact,
    /// Its value.
    pub value: Option<String>,
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
    /// Its condition, as written.
    pub condition: String,
    /// The facts that it reads.
    pub facts: Vec<FactReading>,
    /// What became of it.
    pub conclusion: Conclusion,
}

impl RuleBook {
    /// Asks every rule of a chain about a check and tells what each said, the nation's first.
    pub fn explain(&self, chain: ChainId, kind: CheckKind, facts: &Facts) -> Vec<RuleTrace> {
        let Some(chain) = self.chains.get(usize::from(chain.0)) else { return Vec::new() };
        let mut traces = Vec::new();
        for armed in chain.stands.of(kind) {
            let info = usize::try_from(armed.rule.0).ok().and_then(|at| self.rules.get(at));
            let Some(info) = info else { continue };
            let Some(pack) = self.packs.get(info.pack) else { continue };
            let readings = info.facts.iter();
            let readings =
                readings.map(|fact| FactReading { fact: *fact, value: facts.text(*fact) });
            traces.push(RuleTrace {
                pack: pack.id.clone(),
                layer: pack.layer,
                rule: info.id.clone(),
                condition: info.when.clone(),
                facts: readings.collect(),
                conclusion: match ask(armed, facts) {
                    None => Conclusion::Silent,
                    Some(spoke) => Conclusion::Spoke {
                        by: spoke.by,
                        verdict: spoke.verdict,
                        reason: spoke.reason,
                    },
                },
            });
        }
        traces
    }
}
