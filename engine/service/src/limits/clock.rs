//! The clock of the process as governor wants it: never going back, and not far ahead at once.

use crate::ports::clock::Clock as Time;
use governor::{
    clock::{Clock, Reference},
    nanos::Nanos,
};
use parking_lot::Mutex;
use simbind_core::time::Timestamp;
use std::{sync::Arc, time::Duration};

/// The most that one reading moves the clock on: no period is longer.
const LONGEST_STEP: Duration = Duration::from_secs(86_400);
/// Where the clock stops: governor counts nanoseconds in 64 bits.
const END: Duration = Duration::from_secs(100 * 366 * 86_400);

/// Time that has passed, by the process's clock. A clock that is set back stands still for the
/// moment and goes on from there; one that was far ahead does not stop it when it is put right.
#[derive(Clone)]
pub(crate) struct LimitClock {
    time: Arc<dyn Time>,
    passed: Arc<Mutex<Passed>>,
}

struct Passed {
    read: Timestamp,
    passed: Duration,
}

impl LimitClock {
    pub(crate) fn new(time: &Arc<dyn Time>) -> Self {
        let passed = Passed { read: time.now(), passed: Duration::ZERO };
        Self { time: Arc::clone(time), passed: Arc::new(Mutex::new(passed)) }
    }
}

/// Time since the clock was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct LimitInstant(Duration);

impl std::ops::Add<Nanos> for LimitInstant {
    type Output = Self;

    fn add(self, other: Nanos) -> Self {
        Self(self.0.saturating_add(other.into()))
    }
}

impl Reference for LimitInstant {
    fn duration_since(&self, earlier: Self) -> Nanos {
        let nanos = self.0.saturating_sub(earlier.0).as_nanos();
        Nanos::new(u64::try_from(nanos).unwrap_or(u64::MAX))
    }

    fn saturating_sub(&self, duration: Nanos) -> Self {
        Self(self.0.saturating_sub(duration.into()))
    }
}

impl Clock for LimitClock {
    type Instant = LimitInstant;

    fn now(&self) -> LimitInstant {
        let now = self.time.now();
        let mut passed = self.passed.lock();
        let step = now.since(passed.read).min(LONGEST_STEP);
        passed.read = now;
        passed.passed = passed.passed.saturating_add(step).min(END);
        LimitInstant(passed.passed)
    }
}
