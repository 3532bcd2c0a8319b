//! From regions to facts: a value for each.

use std::collections::BTreeSet;

use super::axes::{Axes, Axis};
use super::cuts::Region;
use crate::facts::{Fact, FactType, Facts};
use crate::time::MAX_DURATION_MS;

/// Steps away from a written value, the largest first, so that values are good to read.
const STEPS: [i64; 5] = [86_400_000, 3_600_000, 60_000, 1_000, 1];

impl Axes {
    /// Facts that lie where `path` says and, in every other variable, where `rest` lies. `None`
    /// where no values were found for the orders that the path asks for.
    pub(crate) fn realise(&self, path: &[(u16, usize)], rest: &Facts) -> Option<Facts> {
        let mut facts = rest.clone();
        for (var, branch) in path {
            if let Axis::Fact { fact, regions, written } = self.axis(*var)? {
                match regions.get(*branch)? {
                    Region::Unknown => facts.forget(*fact),
                    Region::Known(from, to) => facts.put(*fact, value(*fact, *from, *to, written)),
                }
            }
        }
        for (var, branch) in path {
            if let Axis::Order { left, right } = self.axis(*var)? {
                self.set_order(*left, *right, *branch, &mut facts)?;
            }
        }
        // A later order may have undone an earlier one, and a fact that moved its region.
        let place = self.place(&facts)?;
        let kept = path.iter().all(|(var, branch)| place.get(usize::from(*var)) == Some(branch));
        kept.then_some(facts)
    }

    /// Moves one of two numbers within their region so that they compare as wanted.
    fn set_order(&self, left: Fact, right: Fact, wanted: usize, facts: &mut Facts) -> Option<()> {
        let (a, b) = (facts.slot(left)?, facts.slot(right)?);
        let (_, regions, _) = self.fact(left)?;
        let at = Self::region_of(regions, Some(a))?;
        let Some(Region::Known(from, to)) = regions.get(at).copied() else { return None };
        // A span between the longest that packs can write and `never` has no words.
        let ok = |value: &i64| {
            (from..=to).contains(value) && (*value <= MAX_DURATION_MS || *value == i64::MAX)
        };
        let below =
            |v: i64| [v.checked_sub(1), Some(from)].into_iter().flatten().find(|w| ok(w) && *w < v);
        let above =
            |v: i64| [v.checked_add(1), Some(to)].into_iter().flatten().find(|w| ok(w) && *w > v);
        match wanted {
            1 => facts.put(left, b),
            0 if a < b => {}
            2 if a > b => {}
            0 => match below(b) {
                Some(less) => facts.put(left, less),
                None => facts.put(right, above(a)?),
            },
            _ => match above(b) {
                Some(more) => facts.put(left, more),
                None => facts.put(right, below(a)?),
            },
        }
        Some(())
    }
}

/// A value that stands for its region: one that is written somewhere, or one just beside it.
fn value(fact: Fact, from: i64, to: i64, written: &BTreeSet<i64>) -> i64 {
    if let Some(exact) = written.range(from..=to).next_back() {
        return *exact;
    }
    if from == 0 && to == i64::MAX {
        return 0;
    }
    if fact.ty() != FactType::Duration {
        return if from == 0 { to.min(i64::from(u32::MAX)) } else { from };
    }
    let step = |edge: i64, away: fn(i64, i64) -> Option<i64>| {
        let mut steps = STEPS.into_iter().filter(move |step| edge % step == 0);
        steps.find_map(|step| away(edge, step).filter(|value| (from..=to).contains(value)))
    };
    let found = match to.checked_add(1) {
        Some(above) if from == 0 => step(above, |edge, step| edge.checked_sub(step)),
        _ => step(from - 1, |edge, step| edge.checked_add(step)),
    };
    // What is longer than any pack can write is written `never`.
    match found.unwrap_or(from) {
        value if value > MAX_DURATION_MS && to == i64::MAX => i64::MAX,
        value => value,
    }
}
