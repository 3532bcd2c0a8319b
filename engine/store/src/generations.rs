//! Generations: counters that tell whether a key may have changed.

use simbind_service::ports::store::{Key, Stamp};
use std::sync::atomic::{AtomicU64, Ordering};

/// Tables, by their keys' first byte, have counters of their own, so that one table's many writes
/// (each decision makes three) do not make the values of another seem to change. No two small letters
/// share one.
const TABLES: usize = 32;
/// The counters of a table.
const STRIPES: usize = 1 << 15;

/// Counters that a table's keys share by their hash. Bounded; keys that share one seem to change
/// together.
pub(crate) struct Generations(Box<[AtomicU64]>);

impl Default for Generations {
    fn default() -> Self {
        Self((0..TABLES * STRIPES).map(|_| AtomicU64::new(0)).collect())
    }
}

impl Generations {
    fn of(&self, key: &Key) -> Option<&AtomicU64> {
        let bytes = key.as_bytes();
        let table = usize::from(*bytes.first()?) % TABLES;
        let stripe = usize::try_from(crc32c::crc32c(bytes)).ok()? % STRIPES;
        self.0.get(table * STRIPES + stripe)
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

#[cfg(test)]
mod tests {
    use super::*;

    fn key(bytes: &[u8]) -> Key {
        Key::new(bytes).unwrap()
    }

    #[test]
    fn a_change_shows_in_the_stamp_of_its_key() {
        let generations = Generations::default();
        let keys = [key(b"bone"), key(b"cone")];
        let before = generations.stamp(&keys);
        assert!(generations.stamp(&keys) == before);
        generations.bump(&key(b"cone"));
        assert!(generations.stamp(&keys) != before);
    }

    #[test]
    fn writes_to_one_table_leave_the_stamps_of_another() {
        let generations = Generations::default();
        let keys = [key(b"bone"), key(b"cone")];
        let before = generations.stamp(&keys);
        for number in 0..200_000_u32 {
            generations.bump(&key(&[&b"d"[..], &number.to_le_bytes()].concat()));
        }
        assert!(generations.stamp(&keys) == before);
    }
}
