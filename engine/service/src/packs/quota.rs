//! How much new text may be staged in a day: the ledger keeps each for ever.

use crate::settings::DailyBytes;
use parking_lot::Mutex;
use simbind_core::time::Timestamp;
use std::time::Duration;

const DAY: Duration = Duration::from_secs(86_400);

/// Counts what is staged, in memory: a restart begins a new day.
pub(crate) struct Quota {
    most: DailyBytes,
    day: Mutex<Option<Day>>,
}

#[derive(Clone, Copy)]
struct Day {
    began: Timestamp,
    bytes: u64,
}

impl Quota {
    pub(crate) const fn new(most: DailyBytes) -> Self {
        Self { most, day: Mutex::new(None) }
    }

    /// Counts bytes that are about to be written.
    ///
    /// # Errors
    /// How long to wait, where they are too many for this day. They are not counted then.
    pub(crate) fn take(&self, bytes: usize, now: Timestamp) -> Result<(), Duration> {
        if bytes == 0 {
            return Ok(());
        }
        let mut day = self.day.lock();
        let running = day.filter(|day| now < day.began.plus(DAY));
        let Day { began, bytes: taken } = running.unwrap_or(Day { began: now, bytes: 0 });
        let taken = taken.saturating_add(u64::try_from(bytes).unwrap_or(u64::MAX));
        if taken > self.most.0 {
            return Err(began.plus(DAY).since(now));
        }
        *day = Some(Day { began, bytes: taken });
        Ok(())
    }
}
