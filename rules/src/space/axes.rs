//! The variables of a space, and conditions as diagrams over them.

use std::collections::BTreeSet;

use super::cuts::{Cuts, Region};
use super::diagram::{Diagrams, Op as Join, Ref};
use super::order::rank;
use super::steps::Exceeded;
use crate::condition::{Cond, Op, Tri};
use crate::facts::{Fact, Facts};

/// One variable.
#[derive(Clone, Debug)]
pub(crate) enum Axis {
    /// A fact; `written` are the values that conditions compare it with.
    Fact { fact: Fact, regions: Vec<Region>, written: BTreeSet<i64> },
    /// How two numbers compare that lie in one region: less, equal or greater.
    Order { left: Fact, right: Fact },
}

/// The variables of a space, in the order in which diagrams branch on them.
#[derive(Clone, Debug)]
pub(crate) struct Axes {
    axes: Vec<Axis>,
    /// Variables from here on are facts that no condition reads.
    unread: u16,
}

/// A truth in a diagram: false, unknown and true are 0, 1 and 2.
pub(crate) const fn truth(tri: Tri) -> u8 {
    match tri {
        Tri::False => 0,
        Tri::Unknown => 1,
        Tri::True => 2,
    }
}

impl Axes {
    /// The variables for what the cuts have taken in, and `extra` facts behind them.
    pub(crate) fn new(mut cuts: Cuts, extra: &[Fact]) -> Self {
        cuts.align();
        let mut facts = cuts.facts();
        facts.sort_by_key(|fact| rank(*fact));
        let axis = |fact: Fact| Axis::Fact {
            fact,
            regions: cuts.regions(fact),
            written: cuts.written(fact),
        };
        let mut axes = Vec::new();
        for (at, fact) in facts.iter().enumerate() {
            axes.push(axis(*fact));
            for (left, right) in cuts.pairs().filter(|(a, b)| fact == a || fact == b) {
                let here = facts.iter().take(at + 1);
                let both = here.filter(|fact| **fact == left || **fact == right).count() == 2;
                let ordered = !matches!(
                    left.ty(),
                    crate::facts::FactType::Enum(_) | crate::facts::FactType::Bool
                );
                if both && ordered {
                    axes.push(Axis::Order { left, right });
                }
            }
        }
        let unread = u16::try_from(axes.len()).unwrap_or(u16::MAX);
        let mut unread_facts: Vec<_> =
            extra.iter().copied().filter(|fact| !facts.contains(fact)).collect();
        unread_facts.sort_by_key(|fact| rank(*fact));
        axes.extend(unread_facts.into_iter().map(axis));
        Self { axes, unread }
    }

    /// How many variables there are.
    pub(crate) const fn len(&self) -> usize {
        self.axes.len()
    }

    /// The first variable that no condition reads.
    pub(crate) const fn unread(&self) -> u16 {
        self.unread
    }

    /// Into how many regions a variable is cut.
    pub(crate) fn branches(&self, var: u16) -> usize {
        match self.axis(var) {
            Some(Axis::Fact { regions, .. }) => regions.len(),
            Some(Axis::Order { .. }) => 3,
            None => 0,
        }
    }

    pub(crate) fn axis(&self, var: u16) -> Option<&Axis> {
        self.axes.get(usize::from(var))
    }

    /// Whether some condition reads a fact.
    pub(crate) fn reads(&self, fact: Fact) -> bool {
        self.fact(fact).is_some_and(|(var, ..)| var < self.unread)
    }

    /// The facts that conditions read.
    #[cfg(test)]
    pub(crate) fn facts(&self) -> impl Iterator<Item = Fact> + '_ {
        self.axes.iter().take(usize::from(self.unread)).filter_map(|axis| match axis {
            Axis::Fact { fact, .. } => Some(*fact),
            Axis::Order { .. } => None,
        })
    }

    /// Whether some variable is an order of two facts: then a path is not yet a set of facts.
    pub(crate) fn has_orders(&self) -> bool {
        self.axes.iter().any(|axis| matches!(axis, Axis::Order { .. }))
    }

    /// The variable of a fact, and its regions.
    pub(crate) fn fact(&self, wanted: Fact) -> Option<(u16, &[Region], &BTreeSet<i64>)> {
        self.axes.iter().zip(0_u16..).find_map(|(axis, var)| match axis {
            Axis::Fact { fact, regions, written } if *fact == wanted => {
                Some((var, regions.as_slice(), written))
            }
            _ => None,
        })
    }

    fn order(&self, a: Fact, b: Fact) -> Option<u16> {
        self.axes.iter().zip(0_u16..).find_map(|(axis, var)| match axis {
            Axis::Order { left, right } if (*left, *right) == (a.min(b), a.max(b)) => Some(var),
            _ => None,
        })
    }

    /// The region of a fact in which a set of facts lies.
    pub(crate) fn region_of(regions: &[Region], slot: Option<i64>) -> Option<usize> {
        // They stand in the order of their values, unknown last.
        let at = regions.partition_point(|region| match (region, slot) {
            (Region::Known(_, to), Some(slot)) => *to < slot,
            (Region::Known(..), None) => true,
            (Region::Unknown, _) => false,
        });
        let right = match (regions.get(at)?, slot) {
            (Region::Known(from, to), Some(slot)) => (from..=to).contains(&&slot),
            (Region::Unknown, None) => true,
            _ => false,
        };
        right.then_some(at)
    }

    /// A diagram over one fact: `of` says the value in each region.
    pub(crate) fn over(
        &self,
        fact: Fact,
        space: &mut Diagrams,
        of: impl Fn(Region) -> u8,
    ) -> Result<Ref, Exceeded> {
        let (var, regions, _) = self.fact(fact).ok_or(Exceeded)?;
        space.make(var, regions.iter().map(|region| Ref::terminal(of(*region))).collect())
    }

    /// A condition as a diagram of truths.
    pub(crate) fn cond(&self, cond: &Cond, space: &mut Diagrams) -> Result<Ref, Exceeded> {
        match cond {
            Cond::Among { fact, mask } => self.over(*fact, space, |region| match region {
                Region::Known(slot, _) => truth(Tri::from(mask >> (slot & 63) & 1 == 1)),
                Region::Unknown => truth(Tri::Unknown),
            }),
            Cond::Number { fact, op, value } => self.over(*fact, space, |region| match region {
                Region::Known(from, _) => truth(Tri::from(op.holds(from, *value))),
                Region::Unknown => truth(Tri::Unknown),
            }),
            Cond::Facts { left, op, right } => self.compare(*left, *op, *right, space),
            Cond::Not(part) => {
                let part = self.cond(part, space)?;
                space.map(part, &|value| 2 - value.min(2))
            }
            Cond::And(parts) => self.fold(parts, Join::Min, Tri::True, space),
            Cond::Or(parts) => self.fold(parts, Join::Max, Tri::False, space),
        }
    }

    fn fold(
        &self,
        parts: &[Cond],
        join: Join,
        from: Tri,
        space: &mut Diagrams,
    ) -> Result<Ref, Exceeded> {
        let mut all = Ref::terminal(truth(from));
        for part in parts {
            let part = self.cond(part, space)?;
            all = space.apply(join, all, part)?;
        }
        Ok(all)
    }

    /// Two facts: decided where their regions differ, by the order of the two where not.
    fn compare(
        &self,
        left: Fact,
        op: Op,
        right: Fact,
        space: &mut Diagrams,
    ) -> Result<Ref, Exceeded> {
        let (first, second) = (self.fact(left).ok_or(Exceeded)?, self.fact(right).ok_or(Exceeded)?);
        // The one that is branched on first is the outer one.
        let (outer, inner, op) =
            if first.0 < second.0 { (first, second, op) } else { (second, first, op.mirrored()) };
        let tied = match self.order(left, right) {
            Some(var) => {
                let mirrored = left.min(right) != if first.0 < second.0 { left } else { right };
                let op = if mirrored { op.mirrored() } else { op };
                let holds = |a, b| Ref::terminal(truth(Tri::from(op.holds(a, b))));
                Some(space.make(var, vec![holds(0, 1), holds(1, 1), holds(1, 0)])?)
            }
            None => None,
        };
        let mut branches = Vec::with_capacity(outer.1.len());
        for a in outer.1 {
            let mut inside = Vec::with_capacity(inner.1.len());
            for b in inner.1 {
                inside.push(match (a, b) {
                    (Region::Known(from, to), Region::Known(other, _)) => match tied {
                        Some(tied) if from == other && from < to => tied,
                        _ => Ref::terminal(truth(Tri::from(op.holds(*from, *other)))),
                    },
                    _ => Ref::terminal(truth(Tri::Unknown)),
                });
            }
            branches.push(space.make(inner.0, inside)?);
        }
        space.make(outer.0, branches)
    }

    /// The region of every variable in which a set of facts lies; `None` where a fact has a value
    /// that its type excludes.
    pub(crate) fn place(&self, facts: &Facts) -> Option<Vec<usize>> {
        let mut place = Vec::with_capacity(self.axes.len());
        for axis in &self.axes {
            place.push(match axis {
                Axis::Fact { fact, regions, .. } => Self::region_of(regions, facts.slot(*fact))?,
                Axis::Order { left, right } => match facts.slot(*left).cmp(&facts.slot(*right)) {
                    std::cmp::Ordering::Less => 0,
                    std::cmp::Ordering::Equal => 1,
                    std::cmp::Ordering::Greater => 2,
                },
            });
        }
        Some(place)
    }
}
