//! Where a chain's parameters and rules have their values from.

use super::super::{ChainId, RuleBook, RuleInfo};
use super::{Adjustment, ParamReading};
use crate::condition::ParamKinds;
use crate::pack::{PackDoc, ParamType, Unknown};
use crate::time::format_duration;

/// What one pack says of parameters and of the rules above it.
#[derive(Debug)]
pub(in super::super) struct Changes {
    /// The parameters that it defines or sets.
    params: Vec<String>,
    /// The rules that it adjusts.
    adjusts: Vec<(String, Adjustment)>,
}

impl Changes {
    pub(in super::super) fn of(doc: &PackDoc) -> Self {
        let defined = doc.params.iter().map(|param| &param.name.value);
        let set = doc.sets.iter().map(|set| &set.param.value);
        let adjusts = doc.adjusts.iter().map(|adjust| {
            let change = Adjustment {
                pack: doc.id.value.clone(),
                verdict: adjust.verdict.as_ref().map(|verdict| verdict.value),
                unknown: adjust.unknown.as_ref().map(|unknown| word(unknown.value)),
                methods: adjust.methods.as_ref().map(|methods| methods.value),
            };
            (adjust.rule.value.clone(), change)
        });
        Self { params: defined.chain(set).cloned().collect(), adjusts: adjusts.collect() }
    }
}

const fn word(unknown: Unknown) -> &'static str {
    match unknown {
        Unknown::Ignore => "ignore",
        Unknown::StepUp => "step_up",
        Unknown::Deny => "deny",
    }
}

impl RuleBook {
    /// The packs of a chain, the lowest first.
    fn upwards(&self, chain: ChainId) -> impl Iterator<Item = (&str, &Changes)> {
        let above = |at: &usize| {
            let extends = self.packs.get(*at)?.extends.as_ref()?;
            self.packs.iter().position(|pack| pack.id == *extends)
        };
        std::iter::successors(Some(usize::from(chain.0)), above)
            .filter_map(|at| Some((self.packs.get(at)?.id.as_str(), self.changes.get(at)?)))
    }

    pub(super) fn adjustment(&self, chain: ChainId, rule: &str) -> Option<Adjustment> {
        let mut adjusts = self.upwards(chain).flat_map(|(_, changes)| &changes.adjusts);
        adjusts.find(|(adjusted, _)| adjusted == rule).map(|(_, change)| change.clone())
    }

    pub(super) fn param_readings(&self, chain: ChainId, info: &RuleInfo) -> Vec<ParamReading> {
        let Some(values) = self.chains.get(usize::from(chain.0)) else { return Vec::new() };
        let mut readings: Vec<ParamReading> = Vec::new();
        let mut read = |name: &str| {
            if readings.iter().any(|known| known.name == name) {
                return;
            }
            let Some(value) = values.params.get(name) else { return };
            let has = |(_, changes): &(&str, &Changes)| changes.params.iter().any(|of| of == name);
            readings.push(ParamReading {
                name: name.to_owned(),
                value: in_words(&values.param_types, name, *value),
                set_by: self.upwards(chain).find(has).map_or("", |(pack, _)| pack).to_owned(),
            });
        };
        for part in &info.comparisons {
            part.param_uses(&mut |name, _, _| read(name));
        }
        readings
    }
}

fn in_words(types: &ParamKinds, name: &str, value: i64) -> String {
    match types.get(name) {
        Some(ParamType::Duration) => format_duration(value),
        _ => value.to_string(),
    }
}
