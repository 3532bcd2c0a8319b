//! How a store is opened.

use crate::{
    disk::{Disk, RealDisk},
    ledger::Checkpoint,
};
use simbind_core::time::Timestamp;
use simbind_service::ports::store::LedgerKind;
use std::{path::PathBuf, sync::Arc};

/// Gives the time at which an entry is appended.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// Hears how far a long start has come. It is called from several threads.
pub type OnProgress = Arc<dyn Fn(Progress) + Send + Sync>;

/// What a start is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Reading and verifying a ledger; counted in bytes.
    Verify(LedgerKind),
    /// Checking what the index holds; counted in records, the total being unknown (0).
    Check,
    /// Loading a snapshot into a new index; counted in records.
    Load,
    /// Applying entries of a ledger to the index; counted in entries.
    Apply(LedgerKind),
}

/// How far a stage of the start has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Which stage.
    pub stage: Stage,
    /// What is done.
    pub done: u64,
    /// What there is to do; 0 where it is not known.
    pub total: u64,
}

/// Where an embedded store is and how large its parts may grow.
#[derive(Clone)]
pub struct StoreConfig {
    /// The folder. It is made where it is missing.
    pub dir: PathBuf,
    /// The most appends that wait for each ledger; one more is answered as busy. At least 1.
    pub queue: usize,
    /// The most bytes of entries that wait for each ledger; more is answered as busy.
    pub queue_bytes: usize,
    /// A ledger's segment that has reached this size, in bytes, gets no more groups.
    pub segment_bytes: u64,
    /// What the index may keep in memory, in bytes.
    pub cache_bytes: u64,
    /// Whether every record of the index is read and checked at open.
    pub check_index: bool,
    /// Where the ledgers stood at some time, kept elsewhere. A ledger that does not reach its
    /// newest one, or not by the same entries, stops the start. Without any, nobody can tell
    /// whether whole commits were taken from a ledger's end.
    pub checkpoints: Vec<Checkpoint>,
    /// How bytes reach the disk.
    pub disk: Arc<dyn Disk>,
}

impl StoreConfig {
    /// The usual sizes, for a folder.
    pub fn new(dir: impl Into<PathBuf>) -> Self {
        Self {
            dir: dir.into(),
            queue: 4096,
            queue_bytes: 64 << 20,
            segment_bytes: 256 << 20,
            cache_bytes: 256 << 20,
            check_index: true,
            checkpoints: Vec::new(),
            disk: Arc::new(RealDisk),
        }
    }
}

impl std::fmt::Debug for StoreConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StoreConfig").field("dir", &self.dir).finish_non_exhaustive()
    }
}
