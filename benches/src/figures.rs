//! How long things took.

use hdrhistogram::Histogram;
use std::time::Duration;

/// The longest time that is told from a longer one, in microseconds.
const LONGEST: u64 = 60_000_000;

/// Times of many operations, in microseconds.
#[derive(Clone, Debug)]
pub struct Figures(Histogram<u64>);

impl Default for Figures {
    fn default() -> Self {
        Self(Histogram::new_with_bounds(1, LONGEST, 3).expect("the bounds are right"))
    }
}

impl Figures {
    /// Takes in one operation.
    pub fn record(&mut self, took: Duration) {
        self.0.saturating_record(u64::try_from(took.as_micros()).unwrap_or(LONGEST).max(1));
    }

    /// Takes in the operations of another.
    pub fn add(&mut self, other: &Self) {
        self.0.add(&other.0).expect("the bounds are the same");
    }

    /// How many operations.
    pub fn len(&self) -> u64 {
        self.0.len()
    }

    /// Whether there was none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The time within which this share of the operations ended, in microseconds.
    pub fn quantile(&self, share: f64) -> u64 {
        self.0.value_at_quantile(share)
    }
}

/// The median; 0 of nothing.
pub fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or(0.0)
}
