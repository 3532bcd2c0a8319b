//! A store in memory whose appends can fail, stop, or be preceded by another's work.

use parking_lot::Mutex;
use simbind_core::time::Timestamp;
use simbind_service::ports::store::{
    Append, Key, LedgerEntry, LedgerKind, Page, Position, Scan, Snapshot, Stamp, Store, StoreError,
};
use simbind_store::MemoryStore;
use std::{
    collections::VecDeque,
    future::Future,
    pin::Pin,
    sync::atomic::{AtomicUsize, Ordering},
};
use tokio::sync::Notify;

type Work = Pin<Box<dyn Future<Output = ()> + Send>>;

/// What happens to an append of a decision.
pub(crate) enum Fault {
    /// It is refused; nothing is written.
    Refused,
    /// It is written, and the answer says that nobody knows.
    WrittenButUnknown,
    /// It is written, and no answer ever comes.
    WrittenAndSilent,
    /// It is not written, and no answer ever comes.
    Silent,
    /// This is done after it is written and before it is answered.
    After(Work),
}

pub(crate) struct Faulty {
    inner: MemoryStore,
    faults: Mutex<VecDeque<Fault>>,
    most_read: AtomicUsize,
    before: Mutex<Option<Work>>,
    /// Told when an append stands still.
    pub(crate) silent: Notify,
}

impl Faulty {
    pub(crate) fn new(inner: MemoryStore) -> Self {
        let most_read = AtomicUsize::new(usize::MAX);
        let (faults, before, silent) = (Mutex::default(), Mutex::default(), Notify::new());
        Self { inner, faults, most_read, before, silent }
    }

    /// What becomes of the next decision that is appended.
    pub(crate) fn next(&self, fault: Fault) {
        self.faults.lock().push_back(fault);
    }

    /// What is done before the next entry of the state ledger is appended.
    pub(crate) fn before_state(&self, work: impl Future<Output = ()> + Send + 'static) {
        *self.before.lock() = Some(Box::pin(work));
    }

    /// A read of entries gives at most so many.
    pub(crate) fn read_at_most(&self, entries: usize) {
        self.most_read.store(entries, Ordering::SeqCst);
    }

    /// Nothing more happens.
    pub(crate) fn rest(&self) {
        self.faults.lock().clear();
    }

    pub(crate) fn after(&self, work: impl Future<Output = ()> + Send + 'static) {
        self.next(Fault::After(Box::pin(work)));
    }

    pub(crate) async fn all(&self, ledger: LedgerKind) -> Vec<LedgerEntry> {
        self.inner.entries(ledger, Position(1), 1000).await.unwrap()
    }
}

impl Store for Faulty {
    async fn append(&self, ledger: LedgerKind, append: Append) -> Result<Position, StoreError> {
        let fault = match ledger {
            LedgerKind::Decisions => self.faults.lock().pop_front(),
            LedgerKind::State => {
                let before = self.before.lock().take();
                if let Some(work) = before {
                    work.await;
                }
                None
            }
        };
        match fault {
            None => self.inner.append(ledger, append).await,
            Some(Fault::Refused) => Err(StoreError::Busy),
            Some(Fault::WrittenButUnknown) => {
                self.inner.append(ledger, append).await?;
                Err(StoreError::Unavailable { why: "a test's disk".into() })
            }
            Some(Fault::WrittenAndSilent) => {
                self.inner.append(ledger, append).await?;
                self.silent.notify_one();
                std::future::pending().await
            }
            Some(Fault::Silent) => {
                self.silent.notify_one();
                std::future::pending().await
            }
            Some(Fault::After(work)) => {
                let at = self.inner.append(ledger, append).await?;
                work.await;
                Ok(at)
            }
        }
    }

    async fn read(&self, keys: &[Key]) -> Result<Snapshot, StoreError> {
        self.inner.read(keys).await
    }

    async fn stamp(&self, keys: &[Key]) -> Result<Stamp, StoreError> {
        self.inner.stamp(keys).await
    }

    async fn scan(&self, scan: Scan) -> Result<Page, StoreError> {
        self.inner.scan(scan).await
    }

    async fn entry(
        &self,
        ledger: LedgerKind,
        at: Position,
    ) -> Result<Option<LedgerEntry>, StoreError> {
        self.inner.entry(ledger, at).await
    }

    async fn entries(
        &self,
        ledger: LedgerKind,
        from: Position,
        most: usize,
    ) -> Result<Vec<LedgerEntry>, StoreError> {
        let most = most.min(self.most_read.load(Ordering::SeqCst));
        self.inner.entries(ledger, from, most).await
    }

    async fn recorded_within(
        &self,
        ledger: LedgerKind,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<(Position, Position), StoreError> {
        self.inner.recorded_within(ledger, from, to).await
    }

    fn tip(&self, ledger: LedgerKind) -> Position {
        self.inner.tip(ledger)
    }

    fn health(&self) -> Result<(), StoreError> {
        self.inner.health()
    }
}
