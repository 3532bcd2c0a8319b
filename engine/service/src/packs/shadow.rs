//! How answers of staged packs differ from those in service, counted in memory.

#[cfg(test)]
mod tests;

use parking_lot::Mutex;
use simbind_core::{
    check::Ruling,
    ids::{CarrierId, DecisionId},
    time::Timestamp,
};
use simbind_rules::{RuleBook, Severity};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::atomic::{AtomicU64, Ordering},
};

/// The most decisions that are named.
const MOST_EXAMPLES: usize = 100;
/// The most names that are counted apart; what is over it is counted together.
const MOST_NAMES: usize = 2000;
/// The name of what is counted together.
const OTHERS: &str = "(others)";

/// How many decisions change in one way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangeCount {
    /// What they have in common; empty where it is the verdicts alone.
    pub name: String,
    /// The verdict by the packs in service.
    pub was: Severity,
    /// The verdict by the others.
    pub becomes: Severity,
    /// How many.
    pub decisions: u64,
}

/// A decision whose verdict changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangedDecision {
    /// Which.
    pub decision: DecisionId,
    /// The carrier whose packs decide.
    pub carrier: Option<CarrierId>,
    /// The relying party or the reader.
    pub audience: String,
    /// The verdict by the packs in service.
    pub was: Severity,
    /// The verdict by the others.
    pub becomes: Severity,
    /// The rules, as pack/rule, that speak by the packs in service only.
    pub rules_gone: Vec<String>,
    /// The rules, as pack/rule, that speak by the others only.
    pub rules_new: Vec<String>,
}

/// What was counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShadowReport {
    /// Since when.
    pub since: Timestamp,
    /// Checks that both answered.
    pub checks: u64,
    /// Checks whose verdicts differ, the step-up methods included.
    pub differ: u64,
    /// By verdict.
    pub by_verdict: Vec<ChangeCount>,
    /// By rule that came or went.
    pub by_rule: Vec<ChangeCount>,
    /// By carrier.
    pub by_carrier: Vec<ChangeCount>,
    /// Some of those decisions.
    pub examples: Vec<ChangedDecision>,
}

/// The counts.
pub(crate) struct Shadow {
    since: Timestamp,
    checks: AtomicU64,
    differ: AtomicU64,
    found: Mutex<Found>,
}

type Counts = BTreeMap<(String, Severity, Severity), u64>;

#[derive(Default)]
struct Found {
    by_verdict: Counts,
    by_rule: Counts,
    by_carrier: Counts,
    examples: Vec<ChangedDecision>,
}

/// A check that was answered by both.
pub(crate) struct Compared<'a> {
    pub(crate) decision: DecisionId,
    pub(crate) carrier: Option<&'a CarrierId>,
    pub(crate) audience: &'a str,
    /// By the packs in service.
    pub(crate) live: (&'a RuleBook, &'a Ruling),
    /// By those that are staged.
    pub(crate) staged: (&'a RuleBook, &'a Ruling),
}

impl Shadow {
    pub(crate) fn new(since: Timestamp) -> Self {
        let (checks, differ) = (AtomicU64::new(0), AtomicU64::new(0));
        Self { since, checks, differ, found: Mutex::default() }
    }

    /// Checks that both answered, and those whose verdicts differ.
    pub(crate) fn totals(&self) -> (u64, u64) {
        (self.checks.load(Ordering::Relaxed), self.differ.load(Ordering::Relaxed))
    }

    pub(crate) fn count(&self, compared: &Compared<'_>) {
        self.checks.fetch_add(1, Ordering::Relaxed);
        let (live, staged) = (compared.live.1.answer.verdict(), compared.staged.1.answer.verdict());
        if live == staged {
            return;
        }
        self.differ.fetch_add(1, Ordering::Relaxed);
        let (was, becomes) = (live.severity(), staged.severity());
        let (before, after) = (names(compared.live), names(compared.staged));
        let rules_gone: Vec<String> = before.difference(&after).cloned().collect();
        let rules_new: Vec<String> = after.difference(&before).cloned().collect();
        let mut found = self.found.lock();
        add(&mut found.by_verdict, "", was, becomes);
        for rule in rules_gone.iter().chain(&rules_new) {
            add(&mut found.by_rule, rule, was, becomes);
        }
        let carrier = compared.carrier.map_or("", CarrierId::as_str);
        add(&mut found.by_carrier, carrier, was, becomes);
        if found.examples.len() < MOST_EXAMPLES {
            found.examples.push(ChangedDecision {
                decision: compared.decision,
                carrier: compared.carrier.cloned(),
                audience: compared.audience.to_owned(),
                was,
                becomes,
                rules_gone,
                rules_new,
            });
        }
    }

    pub(crate) fn report(&self) -> ShadowReport {
        let (checks, differ) = self.totals();
        let found = self.found.lock();
        ShadowReport {
            since: self.since,
            checks,
            differ,
            by_verdict: rows(&found.by_verdict),
            by_rule: rows(&found.by_rule),
            by_carrier: rows(&found.by_carrier),
            examples: found.examples.clone(),
        }
    }
}

fn names((book, ruling): (&RuleBook, &Ruling)) -> BTreeSet<String> {
    ruling.fired.iter().map(|fired| book.rule_name(fired.rule)).collect()
}

fn add(counts: &mut Counts, name: &str, was: Severity, becomes: Severity) {
    let key = |name: &str| (name.to_owned(), was, becomes);
    let named = key(name);
    let full = counts.len() >= MOST_NAMES && !counts.contains_key(&named);
    let count = counts.entry(if full { key(OTHERS) } else { named }).or_default();
    *count = count.saturating_add(1);
}

/// The most frequent first.
fn rows(counts: &Counts) -> Vec<ChangeCount> {
    let row = |((name, was, becomes), decisions): (&(String, Severity, Severity), &u64)| {
        let (name, was, becomes, decisions) = (name.clone(), *was, *becomes, *decisions);
        ChangeCount { name, was, becomes, decisions }
    };
    let mut rows: Vec<_> = counts.iter().map(row).collect();
    rows.sort_by(|a, b| b.decisions.cmp(&a.decisions).then_with(|| a.name.cmp(&b.name)));
    rows
}
