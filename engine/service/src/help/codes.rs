//! How often a caller may come with a code that stands for nothing.

use crate::error::ServiceError;
use parking_lot::Mutex;
use simbind_core::{ids::CallerId, time::Timestamp};
use std::{collections::HashMap, time::Duration};

/// The time over which wrong codes are counted.
const PERIOD: Duration = Duration::from_secs(3600);
/// The most callers that are remembered. Callers are configured, so these are more than there are.
pub(super) const CALLERS: usize = 4096;

/// The wrong codes of each caller: an allowance that fills evenly over an hour.
#[derive(Debug)]
pub(crate) struct WrongCodes {
    /// What one code costs.
    cost: Duration,
    /// Until when each caller's allowance is not whole.
    until: Mutex<HashMap<CallerId, Timestamp>>,
}

impl WrongCodes {
    /// An allowance of so many an hour.
    pub(crate) fn new(an_hour: u32) -> Self {
        Self { cost: PERIOD / an_hour.max(1), until: Mutex::default() }
    }

    /// Takes one code from a caller's allowance.
    ///
    /// # Errors
    /// Where it is used up.
    pub(crate) fn take(&self, by: &CallerId, now: Timestamp) -> Result<(), ServiceError> {
        let mut until = self.until.lock();
        let from = until.get(by).copied().unwrap_or(now).max(now);
        let then = from.plus(self.cost);
        if then.since(now) > PERIOD {
            return Err(ServiceError::Busy { retry_after: then.since(now).saturating_sub(PERIOD) });
        }
        if until.len() >= CALLERS && !until.contains_key(by) {
            until.retain(|_, until| *until > now);
            if until.len() >= CALLERS {
                return Err(ServiceError::Busy { retry_after: self.cost });
            }
        }
        until.insert(by.clone(), then);
        Ok(())
    }

    /// Gives one back: the code was right.
    pub(crate) fn give_back(&self, by: &CallerId) {
        if let Some(until) = self.until.lock().get_mut(by) {
            *until = until.minus(self.cost);
        }
    }

    #[cfg(test)]
    pub(super) fn remembered(&self) -> usize {
        self.until.lock().len()
    }
}
