//! Sets of a fact's values.

use crate::condition::Op;

/// A set of numbers, by the places where membership changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Set {
    /// Whether the least number is in it, before any change.
    first: bool,
    /// Where it changes, ascending: the first number of each run but the first.
    changes: Vec<i64>,
}

impl Set {
    /// The numbers whose bit is set.
    pub(super) fn among(mask: u64) -> Self {
        let mut set = Self { first: false, changes: Vec::new() };
        let mut inside = false;
        for value in 0..=64_u32 {
            let bit = mask.checked_shr(value).is_some_and(|rest| rest & 1 == 1);
            if bit != inside {
                set.changes.push(i64::from(value));
                inside = bit;
            }
        }
        set
    }

    /// The numbers that stand so to `value`.
    pub(super) fn compared(op: Op, value: i64) -> Self {
        let at = |change: Option<i64>| change.into_iter().collect::<Vec<_>>();
        let next = value.checked_add(1);
        match op {
            Op::Lt => Self { first: true, changes: at(Some(value)) },
            Op::Ge => Self { first: false, changes: at(Some(value)) },
            Op::Le => Self { first: true, changes: at(next) },
            Op::Gt => Self { first: false, changes: at(next) },
            Op::Eq | Op::Ne => {
                let mut changes = at(Some(value));
                changes.extend(next);
                Self { first: op == Op::Ne, changes }
            }
        }
    }

    pub(super) fn complement(mut self) -> Self {
        self.first = !self.first;
        self
    }

    pub(super) fn union(&self, other: &Self) -> Self {
        self.joined(other, |a, b| a || b)
    }

    pub(super) fn intersection(&self, other: &Self) -> Self {
        self.joined(other, |a, b| a && b)
    }

    pub(super) fn contains(&self, value: i64) -> bool {
        let passed = self.changes.partition_point(|change| *change <= value);
        self.first ^ (passed % 2 == 1)
    }

    pub(super) fn changes(&self) -> &[i64] {
        &self.changes
    }

    fn joined(&self, other: &Self, join: fn(bool, bool) -> bool) -> Self {
        let mut places: Vec<i64> = self.changes.iter().chain(&other.changes).copied().collect();
        places.sort_unstable();
        places.dedup();
        let first = join(self.first, other.first);
        let mut inside = first;
        places.retain(|place| {
            let was = inside;
            inside = join(self.contains(*place), other.contains(*place));
            was != inside
        });
        Self { first, changes: places }
    }
}
