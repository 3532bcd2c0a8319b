//! What a backtest counts.

use simbind_rules::{PacksHash, Severity};
use std::{sync::Arc, time::Duration};

/// From which verdict to which.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Shift {
    /// The verdict that was given.
    pub was: Severity,
    /// The verdict that the tried packs give.
    pub becomes: Severity,
}

const RANKS: [Severity; 3] = [Severity::Allow, Severity::StepUp, Severity::Deny];

impl Shift {
    /// All of them. A step-up that stays one has other methods.
    fn all() -> impl Iterator<Item = Self> {
        RANKS
            .into_iter()
            .flat_map(|was| RANKS.into_iter().map(move |becomes| Self { was, becomes }))
    }
}

/// How many decisions change in one way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Count {
    /// What they have in common; empty where that is the way alone.
    pub name: Arc<str>,
    /// The way.
    pub shift: Shift,
    /// How many.
    pub decisions: u64,
}

/// Decisions by the way in which they change.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Shifts([[u64; RANKS.len()]; RANKS.len()]);

impl Shifts {
    pub(super) fn add(&mut self, shift: Shift) {
        let row = self.0.get_mut(shift.was as usize);
        if let Some(count) = row.and_then(|row| row.get_mut(shift.becomes as usize)) {
            *count = count.saturating_add(1);
        }
    }

    fn get(&self, shift: Shift) -> u64 {
        let row = self.0.get(shift.was as usize);
        row.and_then(|row| row.get(shift.becomes as usize)).copied().unwrap_or(0)
    }

    /// Those that are not 0.
    pub(super) fn counts(&self, name: &Arc<str>) -> impl Iterator<Item = Count> {
        let counts = Shift::all().map(|shift| Count {
            name: Arc::clone(name),
            shift,
            decisions: self.get(shift),
        });
        counts.filter(|count| count.decisions > 0)
    }
}

/// What a backtest found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// Decisions that were decided again.
    pub decisions: u64,
    /// Those of them whose verdict changes, step-up methods included.
    pub changed: u64,
    /// Those of the changed that stay a step-up, with other methods.
    pub other_methods: u64,
    /// Entries that were left out: they or their facts cannot be read.
    pub unreadable: u64,
    /// The changed by their verdicts.
    pub by_verdict: Vec<Count>,
    /// The changed by each rule that came or went; one decision can count under several.
    pub by_rule: Vec<Count>,
    /// The changed by carrier or MVNO; an empty name where no line was known.
    pub by_carrier: Vec<Count>,
    /// The changed by relying party or reader.
    pub by_audience: Vec<Count>,
    /// Time that reading and deciding took.
    pub took: Duration,
    /// The packs that were tried.
    pub packs: PacksHash,
}

impl Summary {
    /// Decisions whose verdict stays the same, step-up methods included.
    pub const fn same(&self) -> u64 {
        self.decisions.saturating_sub(self.changed)
    }
}
