//! A store in memory, with the semantics of the others, for tests.

use crate::{
    config::Clock,
    generations::Generations,
    project::{Changes, Over, Values, check, note, project},
};
use bytes::Bytes;
use parking_lot::Mutex;
use simbind_core::time::Timestamp;
use simbind_service::ports::store::{
    Append, Direction, Key, LedgerEntry, LedgerKind, Page, Position, Projection, Recorded, Scan,
    Snapshot, Stamp, Store, StoreError, Stored,
};
use std::{collections::BTreeMap, ops::Bound, sync::Arc};

/// A store that forgets everything when it is dropped. It grows without bound.
pub struct MemoryStore {
    held: Mutex<Held>,
    generations: Generations,
    projection: Arc<dyn Projection>,
    clock: Clock,
}

#[derive(Default)]
struct Held {
    state: Vec<LedgerEntry>,
    decisions: Vec<LedgerEntry>,
    values: BTreeMap<Key, Stored>,
}

impl Held {
    fn ledger(&self, ledger: LedgerKind) -> &Vec<LedgerEntry> {
        match ledger {
            LedgerKind::State => &self.state,
            LedgerKind::Decisions => &self.decisions,
        }
    }

    fn ledger_mut(&mut self, ledger: LedgerKind) -> &mut Vec<LedgerEntry> {
        match ledger {
            LedgerKind::State => &mut self.state,
            LedgerKind::Decisions => &mut self.decisions,
        }
    }

    fn tip(&self, ledger: LedgerKind) -> Position {
        self.ledger(ledger).last().map_or_else(Position::default, |entry| entry.position)
    }
}

impl Values for Held {
    fn get(&self, key: &Key) -> Result<Option<Stored>, StoreError> {
        Ok(self.values.get(key).cloned())
    }
}

impl MemoryStore {
    /// An empty store.
    pub fn new(projection: Arc<dyn Projection>, clock: Clock) -> Self {
        let (held, generations) = (Mutex::default(), Generations::default());
        Self { held, generations, projection, clock }
    }
}

impl std::fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MemoryStore").finish_non_exhaustive()
    }
}

impl Store for MemoryStore {
    async fn append(&self, ledger: LedgerKind, append: Append) -> Result<Position, StoreError> {
        if append.entry.len() > Append::MAX_ENTRY {
            return Err(StoreError::EntryTooLong { length: append.entry.len() });
        }
        let mut held = self.held.lock();
        let at = Position(held.tip(ledger).0.saturating_add(1));
        let mut changes = Changes::new();
        let values = Over { under: &*held, changes: &changes };
        check(&values, &append.expect)?;
        let recorded_at = (self.clock)();
        let recorded = Recorded { position: at, at: recorded_at };
        let writes = project(&values, &*self.projection, ledger, recorded, &append.entry)?;
        note(&mut changes, at, writes);
        held.ledger_mut(ledger).push(LedgerEntry {
            position: at,
            recorded_at,
            entry: Bytes::from_owner(append.entry),
        });
        for (key, change) in changes {
            match change {
                Some(stored) => held.values.insert(key.clone(), stored),
                None => held.values.remove(&key),
            };
            self.generations.bump(&key);
        }
        Ok(at)
    }

    async fn read(&self, keys: &[Key]) -> Result<Snapshot, StoreError> {
        let held = self.held.lock();
        let position = held.tip(LedgerKind::State);
        let stamp = self.generations.stamp(keys);
        let values = keys.iter().map(|key| held.values.get(key).cloned()).collect();
        Ok(Snapshot { position, values, stamp })
    }

    async fn stamp(&self, keys: &[Key]) -> Result<Stamp, StoreError> {
        Ok(self.generations.stamp(keys))
    }

    async fn scan(&self, scan: Scan) -> Result<Page, StoreError> {
        let held = self.held.lock();
        let most = scan.rows.clamp(1, Scan::MAX_ROWS);
        let inside = |key: &Key| key.as_bytes().starts_with(scan.prefix.as_bytes());
        let from = (Bound::Included(&scan.prefix), Bound::Unbounded);
        let matching = held.values.range(from).take_while(|(key, _)| inside(key));
        let row = |(key, stored): (&Key, &Stored)| (key.clone(), stored.clone());
        let after = scan.after.as_ref();
        let rows: Vec<_> = match scan.direction {
            Direction::Ascending => matching
                .filter(|(key, _)| after.is_none_or(|after| *key > after))
                .take(most)
                .map(row)
                .collect(),
            Direction::Descending => {
                let mut rows: Vec<_> = matching
                    .filter(|(key, _)| after.is_none_or(|after| *key < after))
                    .map(row)
                    .collect();
                rows.reverse();
                rows.truncate(most);
                rows
            }
        };
        let next = rows.last().filter(|_| rows.len() == most).map(|(key, _)| key.clone());
        Ok(Page { rows, next })
    }

    async fn entry(
        &self,
        ledger: LedgerKind,
        at: Position,
    ) -> Result<Option<LedgerEntry>, StoreError> {
        let held = self.held.lock();
        Ok(held.ledger(ledger).iter().find(|entry| entry.position == at).cloned())
    }

    async fn entries(
        &self,
        ledger: LedgerKind,
        from: Position,
        most: usize,
    ) -> Result<Vec<LedgerEntry>, StoreError> {
        let held = self.held.lock();
        let skip = held.ledger(ledger).partition_point(|entry| entry.position < from);
        let most = most.clamp(1, LedgerEntry::MOST_READ);
        Ok(held.ledger(ledger).iter().skip(skip).take(most).cloned().collect())
    }

    async fn recorded_within(
        &self,
        ledger: LedgerKind,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<(Position, Position), StoreError> {
        let held = self.held.lock();
        let within = |entry: &&LedgerEntry| (from..to).contains(&entry.recorded_at);
        let mut found = held.ledger(ledger).iter().filter(within).map(|entry| entry.position);
        let Some(first) = found.next() else { return Ok((Position(1), Position(0))) };
        Ok((first, found.next_back().unwrap_or(first)))
    }

    fn tip(&self, ledger: LedgerKind) -> Position {
        self.held.lock().tip(ledger)
    }

    fn health(&self) -> Result<(), StoreError> {
        Ok(())
    }
}
