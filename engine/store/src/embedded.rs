//! The store that needs no server beside it: two ledgers on disk and an index in sled.

mod applier;
mod copy;
mod format;
mod health;
mod opening;
mod queue;
#[cfg(test)]
mod tests;
mod writer;

pub use copy::LedgerCopy;
pub use opening::Opening;

use crate::{
    index::Index,
    ledger::{Checkpoint, Ledger, page},
    lock::Lock,
};
use health::Health;
use parking_lot::Mutex;
use queue::Queue;
use simbind_core::time::Timestamp;
use simbind_service::ports::store::{
    Append, Key, LedgerEntry, LedgerKind, Page, Position, Scan, Snapshot, Stamp, Store, StoreError,
};
use std::{sync::Arc, thread::JoinHandle};

/// A store in a folder of its own.
///
/// Each ledger has one thread that checks, appends, syncs and answers; the decisions' changes of
/// the index are made by a third. Dropping the store closes it.
pub struct EmbeddedStore {
    index: Arc<Index>,
    health: Arc<Health>,
    state: Side,
    decisions: Side,
    running: Mutex<Option<Running>>,
    opening: Opening,
}

/// What belongs to one ledger.
struct Side {
    ledger: Arc<Ledger>,
    queue: Queue,
}

/// What ends with the store.
struct Running {
    threads: Vec<JoinHandle<()>>,
    lock: Lock,
}

impl EmbeddedStore {
    fn side(&self, ledger: LedgerKind) -> &Side {
        match ledger {
            LedgerKind::State => &self.state,
            LedgerKind::Decisions => &self.decisions,
        }
    }

    /// What was found at open.
    pub fn opening(&self) -> &Opening {
        &self.opening
    }

    /// Where a ledger stands now, to be kept elsewhere and given to a later open.
    pub fn checkpoint(&self, ledger: LedgerKind) -> Checkpoint {
        self.side(ledger).ledger.head()
    }

    /// Writes a snapshot of the index, from which it can be made anew with the rest of the ledgers,
    /// and gives the state position it is of. The newest two are kept. Blocks; writers go on.
    ///
    /// # Errors
    /// [`StoreError::Busy`] while another is being made; otherwise where the disk refuses, or where
    /// so much changes meanwhile that it cannot be held in memory.
    pub fn snapshot(&self) -> Result<Position, StoreError> {
        self.index.snapshot()
    }

    /// Finishes what was taken in, brings the index to disk and gives the folder free. Blocks. What
    /// is asked of the store later is answered as unavailable; a second call does nothing.
    ///
    /// # Errors
    /// Where the index could not be written; it is then made anew at the next open.
    pub fn close(&self) -> Result<(), StoreError> {
        let Some(running) = self.running.lock().take() else { return Ok(()) };
        self.state.queue.close();
        self.decisions.queue.close();
        for thread in running.threads {
            // A thread that panicked has already made the store unavailable.
            let _ = thread.join();
        }
        let closed = self.index.close();
        drop(running.lock);
        closed
    }
}

impl Drop for EmbeddedStore {
    fn drop(&mut self) {
        if let Err(error) = self.close() {
            tracing::error!(%error, "the store was not closed cleanly");
        }
    }
}

impl std::fmt::Debug for EmbeddedStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("EmbeddedStore").field("opening", &self.opening).finish_non_exhaustive()
    }
}

impl Store for EmbeddedStore {
    async fn append(&self, ledger: LedgerKind, append: Append) -> Result<Position, StoreError> {
        self.health.check()?;
        let answer = self.side(ledger).queue.send(append)?;
        answer.await.unwrap_or_else(|_| Err(self.health.reason()))
    }

    async fn read(&self, keys: &[Key]) -> Result<Snapshot, StoreError> {
        self.index.read(keys)
    }

    async fn stamp(&self, keys: &[Key]) -> Result<Stamp, StoreError> {
        Ok(self.index.generations().stamp(keys))
    }

    async fn scan(&self, scan: Scan) -> Result<Page, StoreError> {
        let index = Arc::clone(&self.index);
        aside(move || index.scan(&scan)).await
    }

    async fn entries(
        &self,
        ledger: LedgerKind,
        from: Position,
        most: usize,
    ) -> Result<Vec<LedgerEntry>, StoreError> {
        let ledger = Arc::clone(&self.side(ledger).ledger);
        aside(move || page(&ledger, from, most.clamp(1, LedgerEntry::MOST_READ))).await
    }

    async fn recorded_within(
        &self,
        ledger: LedgerKind,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<(Position, Position), StoreError> {
        Ok(self.side(ledger).ledger.recorded_within(from, to))
    }

    fn tip(&self, ledger: LedgerKind) -> Position {
        self.side(ledger).ledger.tip()
    }

    fn health(&self) -> Result<(), StoreError> {
        self.health.check()?;
        if self.index.is_suspect() {
            return Err(StoreError::Damaged { place: "the index".into() });
        }
        Ok(())
    }
}

/// Runs what may wait for the disk for long on a thread for that.
async fn aside<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    let stopped = |_| StoreError::Unavailable { why: "the runtime is stopping".into() };
    tokio::task::spawn_blocking(work).await.map_err(stopped)?
}
