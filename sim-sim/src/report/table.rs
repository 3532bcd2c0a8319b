//! The tables for people.

use super::{Group, Report, Showing, counts::Counts, outcome::Outcome};
use crate::catalogue::{Kind, Side};
use comfy_table::{CellAlignment, ContentArrangement, Table, presets::UTF8_FULL_CONDENSED};
use std::fmt::Write as _;

/// The columns of a terminal that tells none.
const WIDTH: u16 = 120;

impl Report {
    /// Tables for people: an example of each kind, and the sums.
    pub fn to_table(&self) -> String {
        let totals = self.totals();
        let mut text = String::new();
        let _ = writeln!(text, "Scenario {}, seed {}.\n", self.scenario, self.seed);
        let _ = writeln!(text, "{}\n", self.examples());
        for (title, side, group) in [
            ("Owners", Side::Honest, &totals.honest),
            ("Attackers", Side::Attack, &totals.attacks),
            ("Owners who had their certificate stopped", Side::Barred, &totals.barred),
            ("Owners who cannot be told from attackers", Side::Ambiguous, &totals.ambiguous),
        ] {
            if group.all.total > 0 {
                let _ = writeln!(text, "{title}\n{}\n", sums(side, group));
            }
        }
        let _ = writeln!(text, "Rules\n{}\n", self.rules().to_table());
        let _ = writeln!(text, "Twins\n{}\n", self.twins_table());
        if !self.left_out.is_empty() {
            let names: Vec<_> = self.left_out.iter().map(|kind| kind.name()).collect();
            let _ = writeln!(text, "Not played, because this run cannot: {}.\n", names.join(", "));
        }
        text
    }

    /// The sums in a few sentences.
    pub fn summary(&self) -> String {
        let totals = self.totals();
        let (honest, attacks) = (totals.honest.all, totals.attacks.all);
        let mut text = format!(
            "{} checks. Attacks: {} of {} stopped, {} with the right cause named. \
             Owners: {} of {} let in, {} asked for more, {} refused.",
            totals.checks(),
            attacks.stopped(),
            attacks.total,
            attacks.rightly_named,
            honest.allowed,
            honest.total,
            honest.stepped_up,
            honest.denied,
        );
        let barred = totals.barred.all;
        if barred.total > 0 {
            let _ = write!(
                text,
                " Stopped at their owner's word: {} of {} refused.",
                barred.denied, barred.total
            );
        }
        let faults = honest.faults + attacks.faults + barred.faults + totals.ambiguous.all.faults;
        if faults > 0 {
            let _ = write!(text, " Without a verdict: {faults}.");
        }
        text
    }

    fn twins_table(&self) -> Table {
        let mut table = fresh(["owner", "let in", "thief", "stopped", "shows what it must"]);
        for twins in self.totals().twins() {
            let (honest, fraud) = (twins.honest, twins.fraud);
            table.add_row([
                twins.pair.honest.name().to_owned(),
                format!("{} of {}", honest.allowed, honest.total),
                twins.pair.fraud.name().to_owned(),
                format!("{} of {}", fraud.stopped(), fraud.total),
                match twins.showing() {
                    Showing::Holds => "yes",
                    Showing::Fails => "no",
                    Showing::NotPlayed => "not played",
                }
                .to_owned(),
            ]);
        }
        table
    }

    /// For each kind the most telling outcome: one that is not as it must be, or the first.
    fn examples(&self) -> Table {
        let mut table = fresh(["who", "what", "verdict", "edge", "reason"]);
        for kind in Kind::ALL {
            let mut of_kind = self.outcomes.iter().filter(|o| o.kind == *kind);
            let first = of_kind.clone().next();
            let odd = of_kind.find(|outcome| !is_well(outcome));
            if let Some(outcome) = odd.or(first) {
                table.add_row([
                    who(outcome.kind.side()).to_owned(),
                    format!("{} {}", who_does(outcome), outcome.kind.words()),
                    outcome.verdict.word().replace('_', " "),
                    outcome.edge_word().to_owned(),
                    outcome.words.clone(),
                ]);
            }
        }
        table
    }
}

/// Whether an outcome is as it must be.
fn is_well(outcome: &Outcome) -> bool {
    match outcome.kind.side() {
        Side::Honest => outcome.verdict == super::Verdict::Allow,
        Side::Barred => outcome.verdict == super::Verdict::Deny && outcome.is_rightly_named(),
        Side::Attack => outcome.verdict.is_stopped() && outcome.is_rightly_named(),
        Side::Ambiguous => outcome.verdict.is_stopped(),
    }
}

const fn who(side: Side) -> &'static str {
    match side {
        Side::Honest | Side::Barred => "owner",
        Side::Attack => "attacker",
        Side::Ambiguous => "owner?",
    }
}

fn who_does(outcome: &Outcome) -> String {
    format!("#{}", outcome.person)
}

fn sums(side: Side, group: &Group) -> Table {
    let mut table = match side {
        Side::Attack => {
            fresh(["kind", "checks", "stopped", "rightly named", "let in", "no verdict"])
        }
        Side::Honest | Side::Barred | Side::Ambiguous => {
            fresh(["kind", "checks", "let in", "asked for more", "refused", "no verdict"])
        }
    };
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    for kind in Kind::ALL {
        if let Some(counts) = group.by_kind.get(kind.name()) {
            table.add_row(row(side, kind.name(), counts));
        }
    }
    table.add_row(row(side, "all", &group.all));
    table
}

fn row(side: Side, name: &str, counts: &Counts) -> Vec<String> {
    let numbers = match side {
        Side::Attack => {
            [counts.total, counts.stopped(), counts.rightly_named, counts.allowed, counts.faults]
        }
        Side::Honest | Side::Barred | Side::Ambiguous => {
            [counts.total, counts.allowed, counts.stepped_up, counts.denied, counts.faults]
        }
    };
    std::iter::once(name.to_owned()).chain(numbers.map(|n| n.to_string())).collect()
}

pub(super) fn fresh<const N: usize>(header: [&str; N]) -> Table {
    let mut table = Table::new();
    table
        .load_preset(UTF8_FULL_CONDENSED)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(WIDTH)
        .set_header(header);
    table
}
