//! The index: current values in sled, derived from the ledgers and stamped with how far.
//!
//! sled is not trusted: it is not synced on the path, its panics are caught here, each record
//! carries a checksum, and whatever is wrong with it is mended by making it anew.

mod mark;
mod open;
mod record;
mod snapshot;

pub use open::Rebuilt;
pub(crate) use open::{Sources, open};

use crate::{
    generations::Generations,
    ledger::LedgerId,
    project::{Changes, Values},
};
use parking_lot::{Mutex, RwLock};
use simbind_service::ports::store::{
    Direction, Key, LedgerKind, Page, Position, Scan, Snapshot, StoreError, Stored,
};
use snapshot::Before;
use std::{
    ops::Bound,
    panic::{AssertUnwindSafe, catch_unwind},
    path::PathBuf,
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
};

/// Current values, and how far each ledger has been applied to them.
pub(crate) struct Index {
    dir: PathBuf,
    /// Shared to read, alone to change: so several keys are read as of one moment. `None` when
    /// closed.
    gate: RwLock<Option<sled::Db>>,
    generations: Generations,
    state: Applied,
    decisions: Applied,
    /// What a snapshot in the making needs of the past.
    before: Mutex<Option<Before>>,
    /// Whether damage was seen.
    suspect: AtomicBool,
}

struct Applied {
    id: LedgerId,
    position: AtomicU64,
}

impl Index {
    fn applied_of(&self, ledger: LedgerKind) -> &Applied {
        match ledger {
            LedgerKind::State => &self.state,
            LedgerKind::Decisions => &self.decisions,
        }
    }

    /// How far a ledger has been applied.
    pub(crate) fn applied(&self, ledger: LedgerKind) -> Position {
        Position(self.applied_of(ledger).position.load(Ordering::Acquire))
    }

    /// The generations of keys.
    pub(crate) fn generations(&self) -> &Generations {
        &self.generations
    }

    /// Makes changes in one batch with the position up to which a ledger is then applied.
    pub(crate) fn apply(
        &self,
        ledger: LedgerKind,
        upto: Position,
        changes: &Changes,
    ) -> Result<(), StoreError> {
        let applied = self.applied_of(ledger);
        let mut batch = sled::Batch::default();
        for (key, change) in changes {
            match change {
                Some(stored) => {
                    batch.insert(record::key(key).as_slice(), record::encode(key, stored));
                }
                None => batch.remove(record::key(key).as_slice()),
            }
        }
        batch.insert(&record::meta_key(ledger)[..], record::encode_meta(&applied.id, upto));
        let gate = self.gate.write();
        let db = gate.as_ref().ok_or_else(closed)?;
        self.caught(|| {
            if let Some(before) = self.before.lock().as_mut() {
                before.keep(db, changes.keys())?;
            }
            db.apply_batch(batch).map_err(broken)
        })
        // A batch that failed may be there in part, and its entries must not be applied again to
        // what it left.
        .inspect_err(|_| self.mark_suspect())?;
        applied.position.store(upto.0, Ordering::Release);
        changes.keys().for_each(|key| self.generations.bump(key));
        Ok(())
    }

    /// Values of one moment, with their generations.
    pub(crate) fn read(&self, keys: &[Key]) -> Result<Snapshot, StoreError> {
        let gate = self.gate.read();
        let db = gate.as_ref().ok_or_else(closed)?;
        let position = self.applied(LedgerKind::State);
        let stamp = self.generations.stamp(keys);
        let values =
            self.caught(|| keys.iter().map(|key| get(db, key)).collect::<Result<Vec<_>, _>>())?;
        Ok(Snapshot { position, values, stamp })
    }

    /// One page of the keys with a prefix.
    pub(crate) fn scan(&self, scan: &Scan) -> Result<Page, StoreError> {
        let gate = self.gate.read();
        let db = gate.as_ref().ok_or_else(closed)?;
        let most = scan.rows.clamp(1, Scan::MAX_ROWS);
        self.caught(|| {
            let rows = match scan.direction {
                Direction::Ascending => take(scan_range(db, scan), most),
                Direction::Descending => take(scan_range(db, scan).rev(), most),
            }?;
            let next = rows.last().filter(|_| rows.len() == most).map(|(key, _)| key.clone());
            Ok(Page { rows, next })
        })
    }

    /// Puts other bytes into sled behind the index's back.
    #[cfg(test)]
    pub(crate) fn harm(&self, key: &Key, harm: impl FnOnce(&mut Vec<u8>)) {
        let gate = self.gate.read();
        let key = record::key(key);
        let mut bytes = gate.as_ref().unwrap().get(&key).unwrap().unwrap().to_vec();
        harm(&mut bytes);
        gate.as_ref().unwrap().insert(key, bytes).unwrap();
    }

    /// Everything that is held, as it stands in sled.
    #[cfg(test)]
    pub(crate) fn dump(&self) -> Vec<(Vec<u8>, Vec<u8>)> {
        let gate = self.gate.read();
        let rows = gate.as_ref().unwrap().range(record::FIRST..);
        rows.map(|row| row.map(|(key, record)| (key.to_vec(), record.to_vec())).unwrap()).collect()
    }

    /// Whether damage was seen since the open.
    pub(crate) fn is_suspect(&self) -> bool {
        self.suspect.load(Ordering::Acquire)
    }

    /// Writes out what sled holds back and lets go of it. The mark of a clean end comes last.
    pub(crate) fn close(&self) -> Result<(), StoreError> {
        let Some(db) = self.gate.write().take() else { return Ok(()) };
        self.caught(|| db.flush().map(|_| ()).map_err(broken))?;
        self.caught(|| {
            drop(db);
            Ok(())
        })?;
        mark::close(&self.dir).map_err(|error| unavailable(&error))
    }

    /// Runs a piece of work on sled. Where it panics or finds damage, the index is marked, so that
    /// the next start makes it anew.
    fn caught<T>(&self, work: impl FnOnce() -> Result<T, StoreError>) -> Result<T, StoreError> {
        let outcome = caught(work);
        if let Err(StoreError::Damaged { .. }) = outcome {
            self.mark_suspect();
        }
        outcome
    }
}

impl Index {
    /// Sees to it that the next start makes the index anew.
    fn mark_suspect(&self) {
        if !self.suspect.swap(true, Ordering::AcqRel)
            && let Err(error) = mark::suspect(&self.dir)
        {
            tracing::error!(%error, "the damaged index could not be marked");
        }
    }
}

impl Values for Index {
    fn get(&self, key: &Key) -> Result<Option<Stored>, StoreError> {
        let gate = self.gate.read();
        let db = gate.as_ref().ok_or_else(closed)?;
        self.caught(|| get(db, key))
    }
}

/// Turns a panic into an error.
fn caught<T>(work: impl FnOnce() -> Result<T, StoreError>) -> Result<T, StoreError> {
    catch_unwind(AssertUnwindSafe(work))
        .unwrap_or_else(|_| Err(StoreError::Damaged { place: "the index: it panicked".into() }))
}

fn get(db: &sled::Db, key: &Key) -> Result<Option<Stored>, StoreError> {
    let found = db.get(record::key(key).as_slice()).map_err(broken)?;
    found.map(|bytes| record::decode(key.as_bytes(), &bytes)).transpose()
}

/// The part of the keys with the prefix that comes after `after`, in the scan's direction.
fn scan_range(db: &sled::Db, scan: &Scan) -> sled::Iter {
    let low = record::key(&scan.prefix);
    let high = record::after_prefix(&low);
    let after = scan.after.as_ref().map(record::key);
    let bounds = match (scan.direction, after) {
        (Direction::Ascending, Some(after)) if after >= low => {
            (Bound::Excluded(after), high.map_or(Bound::Unbounded, Bound::Excluded))
        }
        (Direction::Descending, Some(after)) if high.as_ref().is_none_or(|high| after < *high) => {
            (Bound::Included(low), Bound::Excluded(after))
        }
        _ => (Bound::Included(low), high.map_or(Bound::Unbounded, Bound::Excluded)),
    };
    db.range(bounds)
}

fn take(
    from: impl Iterator<Item = sled::Result<(sled::IVec, sled::IVec)>>,
    most: usize,
) -> Result<Vec<(Key, Stored)>, StoreError> {
    from.take(most)
        .map(|row| {
            let (key, bytes) = row.map_err(broken)?;
            let key = record::decode_key(&key)?;
            let stored = record::decode(key.as_bytes(), &bytes)?;
            Ok((key, stored))
        })
        .collect()
}

fn closed() -> StoreError {
    StoreError::Unavailable { why: "it is closed".into() }
}

/// What sled's errors mean. Its texts name no keys or values, but may hold paths: they are logged
/// at most by kind.
fn broken(error: sled::Error) -> StoreError {
    match error {
        sled::Error::Io(error) => unavailable(&error),
        sled::Error::Corruption { .. } => {
            StoreError::Damaged { place: "the index: sled found corruption".into() }
        }
        _ => StoreError::Damaged { place: "the index: sled failed".into() },
    }
}

fn unavailable(error: &std::io::Error) -> StoreError {
    StoreError::Unavailable { why: format!("the index: {}", error.kind()) }
}
