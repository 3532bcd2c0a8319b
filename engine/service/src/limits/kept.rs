//! What governor keeps of each key, with a ceiling on the number of keys.

use governor::{
    nanos::Nanos,
    state::{StateStore, keyed::ShrinkableKeyedStateStore},
};
use parking_lot::Mutex;
use std::{
    collections::{HashMap, hash_map::Entry},
    sync::atomic::{AtomicUsize, Ordering},
};

/// Keys are spread over so many maps, so that checks seldom wait for one another.
const SHARDS: usize = 16;
/// A key whose next turn is so far away is over any limit.
const NEVER: Nanos = Nanos::new(u64::MAX / 4);

/// The states of at most so many keys. A key that is kept is served at the ceiling as ever; one
/// that is not counts as over its limit there.
pub(crate) struct Kept {
    shards: [Mutex<HashMap<u64, Nanos>>; SHARDS],
    count: AtomicUsize,
    most: usize,
}

impl Kept {
    pub(crate) fn new(most: usize) -> Self {
        Self { shards: Default::default(), count: AtomicUsize::new(0), most }
    }

    fn shard(&self, key: u64) -> Option<&Mutex<HashMap<u64, Nanos>>> {
        let count = u64::try_from(SHARDS).ok()?;
        self.shards.get(usize::try_from(key.checked_rem(count)?).ok()?)
    }

    /// Takes a place for one more key.
    fn take_place(&self) -> bool {
        let more = |count: usize| (count < self.most).then(|| count.saturating_add(1));
        self.count.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more).is_ok()
    }

    fn give_places(&self, gone: usize) {
        self.count.fetch_sub(gone, Ordering::Relaxed);
    }
}

impl StateStore for Kept {
    type Key = u64;

    fn measure_and_replace<T, F, E>(&self, key: &u64, f: F) -> Result<T, E>
    where
        F: Fn(Option<Nanos>) -> Result<(T, Nanos), E>,
    {
        let Some(shard) = self.shard(*key) else { return f(Some(NEVER)).map(|(answer, _)| answer) };
        match shard.lock().entry(*key) {
            Entry::Occupied(mut kept) => {
                let (answer, next) = f(Some(*kept.get()))?;
                kept.insert(next);
                Ok(answer)
            }
            Entry::Vacant(place) => {
                if !self.take_place() {
                    return f(Some(NEVER)).map(|(answer, _)| answer);
                }
                match f(None) {
                    Ok((answer, next)) => {
                        place.insert(next);
                        Ok(answer)
                    }
                    Err(refused) => {
                        self.give_places(1);
                        Err(refused)
                    }
                }
            }
        }
    }
}

impl ShrinkableKeyedStateStore<u64> for Kept {
    fn retain_recent(&self, drop_below: Nanos) {
        for shard in &self.shards {
            let mut kept = shard.lock();
            let before = kept.len();
            kept.retain(|_, next| *next > drop_below);
            self.give_places(before.saturating_sub(kept.len()));
        }
    }

    fn shrink_to_fit(&self) {
        self.shards.iter().for_each(|shard| shard.lock().shrink_to_fit());
    }

    fn len(&self) -> usize {
        self.count.load(Ordering::Relaxed)
    }

    fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
