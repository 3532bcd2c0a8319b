//! Generations: counters that tell whether a key may have changed.

use simbind_service::ports::store::{Key, Stamp};
use std::sync::atomic::{AtomicU64, Ordering};

const STRIPES: usize = 1 << 16;

/// Counters that keys share by their hash. Bounded; keys that share one seem to change together.
pub(crate) struct Generations(Box<[AtomicU64]>);

impl Default for Generations {
    fn default() -> Self {
        Self((0..STRIPES).map(|_| AtomicU64::new(0)).collect())
    }
}

impl Generations {
    fn of(&self, key: &Key) -> Option<&AtomicU64> {
        self.0.get(usize::try_from(crc32c::crc32c(key.as_bytes())).ok()? % STRIPES)
    }

    /// Says that a key has changed. Called when the new value can be read.
    pub(crate) fn bump(&self, key: &Key) {
        if let Some(generation) = self.of(key) {
            generation.fetch_add(1, Ordering::SeqCst);
        }
    }

    /// The generations of some keys.
    pub(crate) fn stamp(&self, keys: &[Key]) -> Stamp {
        let load = |generation: &AtomicU64| generation.load(Ordering::SeqCst);
        Stamp(keys.iter().map(|key| self.of(key).map_or(0, load)).collect())
    }
}
