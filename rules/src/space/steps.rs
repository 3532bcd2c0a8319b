//! What reasoning may cost.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// The budget is used up: nothing is known of what was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Exceeded;

/// Steps that are left to some pieces of reasoning together: clones share them. A step is a look
/// at a branch or a comparison, some ten nanoseconds.
#[derive(Clone, Debug)]
pub(crate) struct Steps(Arc<AtomicU64>);

impl Steps {
    pub(crate) fn new(most: u64) -> Self {
        Self(Arc::new(AtomicU64::new(most)))
    }

    /// Takes steps; where they are too few, none are left.
    pub(crate) fn take(&self, steps: usize) -> Result<(), Exceeded> {
        let (steps, left) = (u64::try_from(steps).unwrap_or(u64::MAX), self.left());
        // One thread reasons at a time, so that nothing is taken in between.
        self.0.store(left.saturating_sub(steps), Ordering::Relaxed);
        if steps > left { Err(Exceeded) } else { Ok(()) }
    }

    pub(crate) fn left(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}
