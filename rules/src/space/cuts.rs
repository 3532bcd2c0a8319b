//! Where facts are cut into regions.

use std::collections::{BTreeMap, BTreeSet};

use crate::condition::{Cond, Op};
use crate::facts::{Fact, FactType, Knowledge};

/// Values of a fact that nothing asked of it can tell apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Region {
    /// The values from the first to the last.
    Known(i64, i64),
    /// The fact is unknown.
    Unknown,
}

/// The facts that are read, and at which values each is cut.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cuts {
    /// Of each fact, the values at which a region begins.
    starts: BTreeMap<Fact, BTreeSet<i64>>,
    /// Of each fact, the values that are written somewhere.
    written: BTreeMap<Fact, BTreeSet<i64>>,
    /// Facts that are compared with each other, the lesser first.
    pairs: BTreeSet<(Fact, Fact)>,
    reads: BTreeSet<Fact>,
}

impl Cuts {
    /// Takes in what a condition reads.
    pub(crate) fn read(&mut self, cond: &Cond) {
        match cond {
            Cond::Among { fact, .. } => self.touch(*fact),
            Cond::Number { fact, op, value } => {
                self.touch(*fact);
                self.cut(*fact, *op, *value);
            }
            Cond::Facts { left, right, .. } => {
                self.touch(*left);
                self.touch(*right);
                self.pairs.insert((*left.min(right), *left.max(right)));
            }
            Cond::Not(part) => self.read(part),
            Cond::And(parts) | Cond::Or(parts) => parts.iter().for_each(|part| self.read(part)),
        }
    }

    fn touch(&mut self, fact: Fact) {
        self.reads.insert(fact);
    }

    /// Cuts where a comparison with `value` changes its mind.
    pub(crate) fn cut(&mut self, fact: Fact, op: Op, value: i64) {
        let starts = self.starts.entry(fact).or_default();
        if matches!(op, Op::Eq | Op::Ne | Op::Lt | Op::Ge) {
            starts.insert(value);
        }
        if matches!(op, Op::Eq | Op::Ne | Op::Le | Op::Gt)
            && let Some(next) = value.checked_add(1)
        {
            starts.insert(next);
        }
        self.written.entry(fact).or_default().insert(value);
    }

    /// The facts that are read, in the order of the schema.
    pub(crate) fn facts(&self) -> Vec<Fact> {
        self.reads.iter().copied().collect()
    }

    pub(crate) fn pairs(&self) -> impl Iterator<Item = (Fact, Fact)> + '_ {
        self.pairs.iter().copied()
    }

    /// The values of a fact that are written somewhere.
    pub(crate) fn written(&self, fact: Fact) -> BTreeSet<i64> {
        self.written.get(&fact).cloned().unwrap_or_default()
    }

    /// Facts that are compared with each other are cut at the same values, so that their order is
    /// decided wherever their regions differ.
    pub(crate) fn align(&mut self) {
        let mut groups: Vec<BTreeSet<Fact>> = Vec::new();
        for (left, right) in &self.pairs {
            let meets = |group: &BTreeSet<Fact>| group.contains(left) || group.contains(right);
            let (met, mut others): (Vec<_>, Vec<_>) = groups.into_iter().partition(meets);
            others.push(met.into_iter().flatten().chain([*left, *right]).collect());
            groups = others;
        }
        for group in groups {
            for table in [&mut self.starts, &mut self.written] {
                let of = |fact: &Fact| table.get(fact).into_iter().flatten().copied();
                let all: BTreeSet<i64> = group.iter().flat_map(of).collect();
                table.extend(group.iter().map(|fact| (*fact, all.clone())));
            }
        }
    }

    /// The regions of a fact in the order of their values, unknown last.
    pub(crate) fn regions(&self, fact: Fact) -> Vec<Region> {
        let last = match fact.ty() {
            FactType::Enum(of) => i64::try_from(of.variants.len()).unwrap_or(1) - 1,
            FactType::Bool => 1,
            FactType::Int => i64::from(u32::MAX),
            FactType::Duration => i64::MAX,
        };
        let mut starts: BTreeSet<i64> = match fact.ty() {
            FactType::Enum(_) | FactType::Bool => (0..=last).collect(),
            _ => self.starts.get(&fact).cloned().unwrap_or_default(),
        };
        starts.retain(|start| (0..=last).contains(start));
        starts.insert(0);
        let ends = starts.iter().skip(1).map(|next| next - 1).chain([last]);
        let mut regions: Vec<_> =
            starts.iter().zip(ends).map(|(from, to)| Region::Known(*from, to)).collect();
        if matches!(fact.knowledge(), Knowledge::Sometimes { .. }) {
            regions.push(Region::Unknown);
        }
        regions
    }
}
