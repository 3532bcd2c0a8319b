//! What came of a run.

mod counts;
mod outcome;
mod rules;
mod table;
#[cfg(test)]
mod tests;
mod twins;

pub use counts::{Counts, Group, Totals};
pub use outcome::{Outcome, Verdict};
pub use rules::{RuleCounts, Rules};
pub use twins::{Showing, Twins, pairs_json, pairs_table};

use crate::catalogue::{Kind, Side};

/// What came of a run.
#[derive(Clone, Debug)]
pub struct Report {
    scenario: String,
    seed: u64,
    goal: Goal,
    outcomes: Vec<Outcome>,
    left_out: Vec<Kind>,
}

/// How many of a thousand honest checks may be stepped up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Goal {
    /// So many.
    pub stepped_up_per_mille: u64,
}

impl Report {
    pub(crate) fn new(
        scenario: String,
        seed: u64,
        goal: Goal,
        mut outcomes: Vec<Outcome>,
        left_out: Vec<Kind>,
    ) -> Self {
        outcomes.sort_by_key(|outcome| (outcome.person, outcome.step));
        Self { scenario, seed, goal, outcomes, left_out }
    }

    /// Every outcome, by person and step.
    pub fn outcomes(&self) -> &[Outcome] {
        &self.outcomes
    }

    /// The kinds of the scenario that this run could not play: the clock cannot be moved, or the
    /// callers cannot be told apart.
    pub fn left_out(&self) -> &[Kind] {
        &self.left_out
    }

    /// The sums.
    pub fn totals(&self) -> Totals {
        Totals::of(&self.outcomes)
    }

    /// What each rule did.
    pub fn rules(&self) -> Rules {
        Rules::of(&self.outcomes)
    }

    /// Whether the run shows what it must: [`Totals::is_as_it_must_be`] at the scenario's goal, and
    /// each pair of twins that was played holds.
    pub fn is_as_it_must_be(&self) -> bool {
        let totals = self.totals();
        totals.is_as_it_must_be(self.goal)
            && totals.twins().all(|twins| twins.showing() != Showing::Fails)
    }

    /// One JSON object, without a line break.
    pub fn to_json(&self) -> String {
        self.totals().to_json(&self.rules())
    }

    /// The decisions without what differs between runs: one line for each outcome with kind,
    /// person, step, verdict, reasons and edge. Two runs with one seed give the same text.
    pub fn decisions(&self) -> String {
        let mut text = String::new();
        for outcome in &self.outcomes {
            text.push_str(&outcome.line());
            text.push('\n');
        }
        text
    }

    /// Which decisions were asked for by owners and which by attackers: JSON lines with
    /// `decision_id` and `label` (`honest` or `attack`). Owners who cannot be told from attackers,
    /// or whose certificate was stopped at their own word, are left out.
    pub fn labels(&self) -> String {
        let mut text = String::new();
        for outcome in self.outcomes.iter().filter(|outcome| !outcome.decision_id.is_empty()) {
            let label = match outcome.kind.side() {
                Side::Honest => "honest",
                Side::Attack => "attack",
                Side::Barred | Side::Ambiguous => continue,
            };
            let id = &outcome.decision_id;
            let line = serde_json::json!({ "decision_id": id, "label": label });
            text.push_str(&line.to_string());
            text.push('\n');
        }
        text
    }
}
