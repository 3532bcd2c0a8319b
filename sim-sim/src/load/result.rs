//! What a load measured.

use super::LoadOptions;
use hdrhistogram::Histogram;
use serde::Serialize;
use simbind_proto::v1::{self, decision};
use std::{collections::BTreeMap, time::Duration};
use tonic::Status;

/// The longest time that is told from a longer one, in microseconds.
const LONGEST: u64 = 60_000_000;

/// A histogram with three digits. Its bounds are right by construction; were they not, nothing
/// would be recorded.
fn histogram() -> Option<Histogram<u64>> {
    Histogram::new_with_bounds(1, LONGEST, 3).ok()
}

/// What one worker measured.
pub(super) struct Tally {
    latency: Option<Histogram<u64>>,
    verdicts: Verdicts,
    reasons: BTreeMap<String, u64>,
}

impl Tally {
    pub(super) fn new() -> Self {
        Self { latency: histogram(), verdicts: Verdicts::default(), reasons: BTreeMap::new() }
    }

    pub(super) fn fault(&mut self) {
        self.verdicts.fault += 1;
    }

    pub(super) fn add(&mut self, answer: Result<v1::Decision, Status>, took: Duration) {
        let Ok(decision) = answer else { return self.fault() };
        match decision.verdict {
            Some(decision::Verdict::Allow(_)) => self.verdicts.allow += 1,
            Some(decision::Verdict::StepUp(_)) => self.verdicts.step_up += 1,
            Some(decision::Verdict::Deny(_)) => self.verdicts.deny += 1,
            None => return self.fault(),
        }
        if let Some(reason) = decision.reasons.into_iter().next() {
            *self.reasons.entry(reason.code).or_default() += 1;
        }
        if let Some(latency) = &mut self.latency {
            latency.saturating_record(u64::try_from(took.as_micros()).unwrap_or(LONGEST).max(1));
        }
    }
}

/// How many checks ended in each way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Verdicts {
    /// Let in.
    pub allow: u64,
    /// Asked for one more proof.
    pub step_up: u64,
    /// Refused.
    pub deny: u64,
    /// Without a verdict.
    pub fault: u64,
}

/// What a load measured.
#[derive(Clone, Debug)]
pub struct LoadResult {
    /// How long it went on, in seconds.
    pub seconds: f64,
    /// How the checks ended.
    pub verdicts: Verdicts,
    /// The first reason of checks, by code.
    pub reasons: BTreeMap<String, u64>,
    latency: Option<Histogram<u64>>,
}

impl Default for LoadResult {
    fn default() -> Self {
        let (verdicts, reasons) = (Verdicts::default(), BTreeMap::new());
        Self { seconds: 0.0, verdicts, reasons, latency: histogram() }
    }
}

impl LoadResult {
    pub(super) fn add(&mut self, tally: &Tally) {
        self.verdicts.allow += tally.verdicts.allow;
        self.verdicts.step_up += tally.verdicts.step_up;
        self.verdicts.deny += tally.verdicts.deny;
        self.verdicts.fault += tally.verdicts.fault;
        for (reason, count) in &tally.reasons {
            *self.reasons.entry(reason.clone()).or_default() += count;
        }
        if let (Some(all), Some(one)) = (&mut self.latency, &tally.latency) {
            // Both have the same bounds, so that nothing can be too large for the sum.
            let _ = all.add(one);
        }
    }

    /// Checks that were answered with a verdict.
    pub const fn checks(&self) -> u64 {
        self.verdicts.allow + self.verdicts.step_up + self.verdicts.deny
    }

    /// Checks answered in a second.
    #[expect(clippy::cast_precision_loss, reason = "a rate needs no more than 52 bits")]
    pub fn rate(&self) -> f64 {
        if self.seconds > 0.0 { self.checks() as f64 / self.seconds } else { 0.0 }
    }

    /// The time within which this share of the checks was answered, in microseconds.
    pub fn quantile(&self, share: f64) -> u64 {
        self.latency.as_ref().map_or(0, |latency| latency.value_at_quantile(share))
    }

    /// The longest time, in microseconds.
    pub fn longest(&self) -> u64 {
        self.latency.as_ref().map_or(0, Histogram::max)
    }

    /// One JSON object with what was asked for and what was measured, without a line break. Times
    /// in microseconds.
    pub fn to_json(&self, options: &LoadOptions) -> String {
        let line = serde_json::json!({
            "in_flight": options.in_flight,
            "stream": options.stream,
            "bindings": options.bindings,
            "handset_proof": options.handset_proof,
            "checks": self.checks(),
            "seconds": self.seconds,
            "checks_per_second": self.rate(),
            "latency_us": {
                "p50": self.quantile(0.5),
                "p90": self.quantile(0.9),
                "p99": self.quantile(0.99),
                "p99_9": self.quantile(0.999),
                "max": self.longest(),
            },
            "verdicts": self.verdicts,
            "reasons": self.reasons,
        });
        line.to_string()
    }

    /// A few lines for people.
    pub fn to_text(&self) -> String {
        let Verdicts { allow, step_up, deny, fault } = self.verdicts;
        let mut text = format!(
            "{} checks in {:.1} s: {:.0} a second\n\
             latency µs: p50 {}  p90 {}  p99 {}  p99.9 {}  max {}\n\
             allow {allow}, step up {step_up}, deny {deny}, without a verdict {fault}\n",
            self.checks(),
            self.seconds,
            self.rate(),
            self.quantile(0.5),
            self.quantile(0.9),
            self.quantile(0.99),
            self.quantile(0.999),
            self.longest(),
        );
        for (reason, count) in &self.reasons {
            text.push_str(&format!("{count} × {reason}\n"));
        }
        text
    }
}
