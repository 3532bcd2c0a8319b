//! The decisions ledger of a store's folder, read without a server.

use super::{aside, format};
use crate::{
    error::OpenError,
    ledger::{self, Known, Ledger, page},
    lock::Lock,
};
use simbind_core::time::Timestamp;
use simbind_service::ports::store::{
    Append, Key, LedgerEntry, LedgerKind, Page, Position, Scan, Snapshot, Stamp, Store, StoreError,
};
use std::{fs::File, io, path::Path, sync::Arc};

/// The decisions ledger of a folder that no server serves. Nothing in the folder is changed; as
/// long as this exists no server can open it. There is no index, and nothing can be appended.
pub struct LedgerCopy {
    decisions: Arc<Ledger>,
    _lock: Option<Lock>,
}

impl LedgerCopy {
    /// Verifies the decisions ledger in a store's folder. Blocks.
    ///
    /// # Errors
    /// [`OpenError::Locked`] where a server has the folder; [`OpenError::Damaged`] where the ledger
    /// is not what was written; otherwise where the system refuses.
    pub fn open(dir: &Path) -> Result<Self, OpenError> {
        let path = dir.join("lock");
        let lock = match File::open(&path) {
            Ok(file) => Some(Lock::share(file, &path, dir)?),
            // It was not copied.
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(OpenError::io("open", path)(error)),
        };
        let id = format::read(dir)?.map(|[_, decisions]| decisions);
        let known = Known { id, checkpoint: None };
        let decisions = ledger::look(dir, LedgerKind::Decisions, known, &|_| ())?;
        Ok(Self { decisions, _lock: lock })
    }

    fn ledger(&self, ledger: LedgerKind) -> Result<Arc<Ledger>, StoreError> {
        match ledger {
            LedgerKind::Decisions => Ok(Arc::clone(&self.decisions)),
            LedgerKind::State => Err(only_read()),
        }
    }
}

impl std::fmt::Debug for LedgerCopy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LedgerCopy").finish_non_exhaustive()
    }
}

fn only_read() -> StoreError {
    StoreError::Unavailable { why: "only the decisions ledger is open, to be read".into() }
}

impl Store for LedgerCopy {
    async fn append(&self, _: LedgerKind, _: Append) -> Result<Position, StoreError> {
        Err(only_read())
    }

    async fn read(&self, _: &[Key]) -> Result<Snapshot, StoreError> {
        Err(only_read())
    }

    async fn stamp(&self, _: &[Key]) -> Result<Stamp, StoreError> {
        Err(only_read())
    }

    async fn scan(&self, _: Scan) -> Result<Page, StoreError> {
        Err(only_read())
    }

    async fn entries(
        &self,
        ledger: LedgerKind,
        from: Position,
        most: usize,
    ) -> Result<Vec<LedgerEntry>, StoreError> {
        let ledger = self.ledger(ledger)?;
        aside(move || page(&ledger, from, most.clamp(1, LedgerEntry::MOST_READ))).await
    }

    async fn recorded_within(
        &self,
        ledger: LedgerKind,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<(Position, Position), StoreError> {
        Ok(self.ledger(ledger)?.recorded_within(from, to))
    }

    fn tip(&self, ledger: LedgerKind) -> Position {
        match ledger {
            LedgerKind::Decisions => self.decisions.tip(),
            LedgerKind::State => Position::default(),
        }
    }

    fn health(&self) -> Result<(), StoreError> {
        Err(only_read())
    }
}
