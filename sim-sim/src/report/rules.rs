//! What each rule did: how many of the checks that it spoke against were attacks, and how many of
//! the attacks it spoke against.

use super::{outcome::Outcome, table::fresh};
use crate::catalogue::Side;
use comfy_table::CellAlignment;
use serde::Serialize;
use std::collections::BTreeMap;

/// How often one rule spoke, by who asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RuleCounts {
    /// In checks of owners.
    pub honest: u64,
    /// In checks of attackers.
    pub attacks: u64,
    /// In checks of owners whose certificate was stopped at their word.
    pub barred: u64,
    /// In checks of owners who cannot be told from attackers.
    pub ambiguous: u64,
    /// In checks of attackers, by the kind's name: those kinds are what the rule is taken to be
    /// meant for.
    pub kinds: BTreeMap<&'static str, u64>,
}

/// Each rule as `pack/rule`, and each wall of the engine, which is no rule, as `engine/REASON`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rules {
    rules: BTreeMap<String, RuleCounts>,
    /// Attackers' checks that were decided, by kind.
    attacks: BTreeMap<&'static str, u64>,
}

/// A share between 0 and 1, as a rule's row has it.
#[derive(Serialize)]
struct Row<'a> {
    honest: u64,
    attacks: u64,
    barred: u64,
    ambiguous: u64,
    /// Of the owners' and attackers' checks that it spoke against, the share that were attackers'.
    precision: f64,
    /// Of all attackers' checks, the share that it spoke against.
    recall: f64,
    /// The same of the attackers' checks of those kinds that it spoke against at all.
    recall_of_kinds: f64,
    kinds: &'a BTreeMap<&'static str, u64>,
}

#[expect(clippy::cast_precision_loss, reason = "counts of a run are far below 2^52")]
pub(super) fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { (part as f64 / whole as f64 * 1e5).round() / 1e5 }
}

impl Rules {
    pub(super) fn of(outcomes: &[Outcome]) -> Self {
        let mut all = Self::default();
        for outcome in outcomes {
            let (name, side) = (outcome.kind.name(), outcome.kind.side());
            if side == Side::Attack {
                *all.attacks.entry(name).or_default() += 1;
            }
            for rule in &outcome.rules {
                let counts = all.rules.entry(rule.clone()).or_default();
                match side {
                    Side::Honest => counts.honest += 1,
                    Side::Barred => counts.barred += 1,
                    Side::Ambiguous => counts.ambiguous += 1,
                    Side::Attack => {
                        counts.attacks += 1;
                        *counts.kinds.entry(name).or_default() += 1;
                    }
                }
            }
        }
        all
    }

    /// Each rule's counts.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &RuleCounts)> {
        self.rules.iter().map(|(rule, counts)| (rule.as_str(), counts))
    }

    fn row<'a>(&self, counts: &'a RuleCounts) -> Row<'a> {
        let RuleCounts { honest, attacks, barred, ambiguous, .. } = *counts;
        let all = self.attacks.values().sum();
        let of_kinds = counts.kinds.keys().filter_map(|kind| self.attacks.get(kind)).sum();
        Row {
            honest,
            attacks,
            barred,
            ambiguous,
            precision: share(attacks, attacks + honest),
            recall: share(attacks, all),
            recall_of_kinds: share(attacks, of_kinds),
            kinds: &counts.kinds,
        }
    }

    /// By rule: how often it spoke, with precision and recall.
    pub(super) fn to_json(&self) -> serde_json::Value {
        let rows = self.iter().map(|(rule, counts)| (rule, self.row(counts)));
        serde_json::to_value(rows.collect::<BTreeMap<_, _>>()).unwrap_or_default()
    }

    pub(super) fn to_table(&self) -> comfy_table::Table {
        let header = ["rule", "owners", "attacks", "precision", "recall", "recall of its kinds"];
        let mut table = fresh(header);
        for column in table.column_iter_mut().skip(1) {
            column.set_cell_alignment(CellAlignment::Right);
        }
        for (rule, counts) in self.iter() {
            let row = self.row(counts);
            let shares = [row.precision, row.recall, row.recall_of_kinds];
            let numbers = [row.honest, row.attacks].map(|n| n.to_string());
            let shares = shares.map(|share| format!("{:.1} %", share * 100.0));
            table.add_row(std::iter::once(rule.to_owned()).chain(numbers).chain(shares));
        }
        table
    }
}
