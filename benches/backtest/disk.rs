//! A ledger on disk, filled through the store, and a backtest over it.

use futures::{StreamExt as _, stream};
use simbind_core::time::Timestamp;
use simbind_service::{
    backtest::{Part, Summary, Terms, Tried, run},
    ports::store::{
        Append, Key, LedgerKind, Projection, ProjectionError, Recorded, Store as _, Stored, Write,
    },
};
use simbind_store::{EmbeddedStore, StoreConfig};
use std::{path::Path, sync::Arc};
use tempfile::TempDir;
use tokio::{
    runtime::{Builder, Runtime},
    sync::mpsc,
};

/// An index is not what is measured.
struct NoIndex;

impl Projection for NoIndex {
    fn reads(&self, _: LedgerKind, _: &[u8]) -> Result<Vec<Key>, ProjectionError> {
        Ok(Vec::new())
    }

    fn writes(
        &self,
        _: LedgerKind,
        _: Recorded,
        _: &[u8],
        _: &[Option<Stored>],
    ) -> Result<Vec<Write>, ProjectionError> {
        Ok(Vec::new())
    }
}

fn open(folder: &Path) -> EmbeddedStore {
    let clock = Arc::new(|| Timestamp::from_secs(0));
    let opened =
        EmbeddedStore::open(StoreConfig::new(folder), Arc::new(NoIndex), clock, Arc::new(|_| ()));
    opened.expect("the store opens")
}

/// A folder with a store whose decisions are these entries.
pub fn fill(entries: &[Vec<u8>]) -> TempDir {
    let folder = tempfile::Builder::new().prefix("simbind-bench-").tempdir().expect("a folder");
    let store = open(folder.path());
    let runtime = Builder::new_current_thread().build().expect("a runtime");
    runtime.block_on(async {
        let append = |entry: &Vec<u8>| {
            let append = Append { entry: entry.as_slice().into(), expect: Vec::new() };
            store.append(LedgerKind::Decisions, append)
        };
        let mut appended = stream::iter(entries).map(append).buffered(2000);
        while let Some(done) = appended.next().await {
            done.expect("an entry is appended");
        }
    });
    store.close().expect("the store closes");
    folder
}

/// A store that stays open, and a runtime.
pub struct Disk {
    store: EmbeddedStore,
    runtime: Runtime,
}

impl Disk {
    /// Opens the store of a folder.
    pub fn open(folder: &Path) -> Self {
        let runtime = Builder::new_current_thread().enable_time().build().expect("a runtime");
        Self { store: open(folder), runtime }
    }

    /// Runs a backtest over all that it holds.
    pub fn run(&self, tried: &Tried, terms: Terms) -> Summary {
        let (send, mut receive) = mpsc::channel(16);
        let running = async move { run(&self.store, tried.clone(), terms, &send).await };
        let mut summary = None;
        let listening = async {
            while let Some(part) = receive.recv().await {
                if let Part::Result(result) = part {
                    summary = Some(*result);
                }
            }
        };
        let (ended, ()) = self.runtime.block_on(async { tokio::join!(running, listening) });
        ended.expect("the backtest ends well");
        summary.expect("a result")
    }
}
