//! The sums of a run, and their JSON.

use super::{
    Goal,
    outcome::{Outcome, Verdict},
    rules::{Rules, share},
    twins::Showing,
};
use crate::catalogue::Side;
use serde::Serialize;
use std::collections::BTreeMap;

/// How outcomes of one kind ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// All.
    pub total: u64,
    /// Let in.
    pub allowed: u64,
    /// Asked for one more proof.
    pub stepped_up: u64,
    /// Refused, at the check or at enrolment.
    pub denied: u64,
    /// Without a verdict.
    pub faults: u64,
    /// Stopped with the right edge or reason named. Only said of attacks.
    pub rightly_named: u64,
}

impl Counts {
    fn add(&mut self, outcome: &Outcome) {
        self.total += 1;
        match outcome.verdict {
            Verdict::Allow => self.allowed += 1,
            Verdict::StepUp => self.stepped_up += 1,
            Verdict::Deny | Verdict::RefusedAtEnrolment(_) => self.denied += 1,
            Verdict::Fault(_) => self.faults += 1,
        }
        self.rightly_named += u64::from(outcome.verdict.is_stopped() && outcome.is_rightly_named());
    }

    /// Denied or stepped up.
    pub const fn stopped(&self) -> u64 {
        self.stepped_up + self.denied
    }
}

/// The sums of one side.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Group {
    /// All kinds of the side together.
    pub all: Counts,
    /// By the kind's name.
    pub by_kind: BTreeMap<&'static str, Counts>,
}

impl Group {
    fn add(&mut self, outcome: &Outcome) {
        self.all.add(outcome);
        self.by_kind.entry(outcome.kind.name()).or_default().add(outcome);
    }
}

/// The sums of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Of owners.
    pub honest: Group,
    /// Of attackers.
    pub attacks: Group,
    /// Of owners whose certificate the issuer had stopped at their word.
    pub barred: Group,
    /// Of owners who cannot be told from attackers.
    pub ambiguous: Group,
}

impl Totals {
    pub(super) fn of(outcomes: &[Outcome]) -> Self {
        let mut totals = Self::default();
        for outcome in outcomes {
            match outcome.kind.side() {
                Side::Honest => totals.honest.add(outcome),
                Side::Attack => totals.attacks.add(outcome),
                Side::Barred => totals.barred.add(outcome),
                Side::Ambiguous => totals.ambiguous.add(outcome),
            }
        }
        totals
    }

    /// All checks.
    pub const fn checks(&self) -> u64 {
        self.honest.all.total
            + self.attacks.all.total
            + self.barred.all.total
            + self.ambiguous.all.total
    }

    /// Whether the run shows what it must: every attack stopped and rightly named, nobody honest
    /// denied or left without a verdict, no more of them stepped up than is the goal, and whoever
    /// had the issuer stop a certificate denied for that.
    pub const fn is_as_it_must_be(&self, goal: Goal) -> bool {
        let (honest, attacks, barred) = (&self.honest.all, &self.attacks.all, &self.barred.all);
        attacks.stopped() == attacks.total
            && attacks.rightly_named == attacks.total
            && barred.denied == barred.total
            && barred.rightly_named == barred.total
            && honest.denied == 0
            && honest.faults == 0
            && honest.stepped_up * 1000 <= honest.total * goal.stepped_up_per_mille
            && self.ambiguous.all.allowed == 0
            && self.ambiguous.all.faults == 0
    }

    /// One JSON object, without a line break.
    pub(super) fn to_json(&self, rules: &Rules) -> String {
        serde_json::to_string(&Line::of(self, rules)).unwrap_or_default()
    }
}

#[derive(Serialize)]
struct Line<'a> {
    checks: u64,
    attacks: Attacks<'a>,
    honest: Owners<'a>,
    barred: Owners<'a>,
    ambiguous: Owners<'a>,
    /// Pairs of twins, by what the run shows of each: owner and thief, joined by a slash.
    pairs: BTreeMap<Showing, Vec<String>>,
    rules: serde_json::Value,
}

#[derive(Serialize)]
struct Attacks<'a> {
    total: u64,
    stopped: u64,
    rightly_named: u64,
    by_kind: BTreeMap<&'a str, AttackKind>,
}

#[derive(Serialize)]
struct AttackKind {
    total: u64,
    stopped: u64,
    stepped_up: u64,
    denied: u64,
    allowed: u64,
    faults: u64,
    rightly_named: u64,
}

#[derive(Serialize)]
struct Owners<'a> {
    total: u64,
    allowed: u64,
    stepped_up: u64,
    stepped_up_share: f64,
    denied: u64,
    faults: u64,
    by_kind: BTreeMap<&'a str, OwnerKind>,
}

#[derive(Serialize)]
struct OwnerKind {
    total: u64,
    allowed: u64,
    stepped_up: u64,
    denied: u64,
    faults: u64,
}

impl<'a> Line<'a> {
    fn of(totals: &'a Totals, rules: &Rules) -> Self {
        let attacks = &totals.attacks;
        Self {
            checks: totals.checks(),
            attacks: Attacks {
                total: attacks.all.total,
                stopped: attacks.all.stopped(),
                rightly_named: attacks.all.rightly_named,
                by_kind: attacks.by_kind.iter().map(|(k, c)| (*k, attack_kind(c))).collect(),
            },
            honest: owners(&totals.honest),
            barred: owners(&totals.barred),
            ambiguous: owners(&totals.ambiguous),
            pairs: showings(totals),
            rules: rules.to_json(),
        }
    }
}

fn showings(totals: &Totals) -> BTreeMap<Showing, Vec<String>> {
    let mut all: BTreeMap<Showing, Vec<String>> = BTreeMap::new();
    for twins in totals.twins() {
        let names = format!("{}/{}", twins.pair.honest.name(), twins.pair.fraud.name());
        all.entry(twins.showing()).or_default().push(names);
    }
    all
}

fn owners(group: &Group) -> Owners<'_> {
    let Counts { total, allowed, stepped_up, denied, faults, .. } = group.all;
    let by_kind = group.by_kind.iter().map(|(kind, c)| {
        let Counts { total, allowed, stepped_up, denied, faults, .. } = *c;
        (*kind, OwnerKind { total, allowed, stepped_up, denied, faults })
    });
    let stepped_up_share = share(stepped_up, total);
    let by_kind = by_kind.collect();
    Owners { total, allowed, stepped_up, stepped_up_share, denied, faults, by_kind }
}

const fn attack_kind(counts: &Counts) -> AttackKind {
    let Counts { total, allowed, stepped_up, denied, faults, rightly_named } = *counts;
    AttackKind {
        total,
        stopped: counts.stopped(),
        stepped_up,
        denied,
        allowed,
        faults,
        rightly_named,
    }
}
