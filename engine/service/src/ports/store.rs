//! The store: two append-only ledgers that are the truth, and an index of current values that is
//! derived from them and can be made anew.

use bytes::Bytes;
use simbind_core::time::Timestamp;
use std::{future::Future, sync::Arc};
use thiserror::Error;

/// Which ledger an entry belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LedgerKind {
    /// Enrolments, life-cycle changes, SIM events, pack activations.
    State,
    /// Decisions.
    Decisions,
}

/// An entry's place in its ledger: 1 for the first, without gaps. 0 is before the first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position(pub u64);

/// Where and when an entry was recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// Its place in its ledger.
    pub position: Position,
    /// When it was appended.
    pub at: Timestamp,
}

/// A key of the index, at most [`Key::MAX`] bytes. The first byte names the table.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(Arc<[u8]>);

impl Key {
    /// The longest key, in bytes.
    pub const MAX: usize = 128;

    /// The key with these bytes.
    ///
    /// # Errors
    /// [`StoreError::Key`] where it is empty or longer than [`Self::MAX`].
    pub fn new(bytes: &[u8]) -> Result<Self, StoreError> {
        if bytes.is_empty() || bytes.len() > Self::MAX {
            return Err(StoreError::Key { length: bytes.len() });
        }
        Ok(Self(bytes.into()))
    }

    /// The bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Key({} bytes)", self.0.len())
    }
}

/// What the index holds under a key, and the position of the entry that put it there.
#[derive(Clone, PartialEq, Eq)]
pub struct Stored {
    /// The value.
    pub value: Arc<[u8]>,
    /// The position, in the ledger that the key belongs to, of the entry that wrote it last.
    pub version: Position,
}

impl std::fmt::Debug for Stored {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Stored({} bytes at {})", self.value.len(), self.version.0)
    }
}

/// What a writer expects of a key at the moment its entry is appended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    /// Nothing stands under the key.
    Absent,
    /// The value is still the one of this version.
    Version(Position),
}

/// An entry for a ledger, with what must hold for it to be appended.
#[derive(Clone, Debug)]
pub struct Append {
    /// The entry's bytes, opaque to the store: at most [`Append::MAX_ENTRY`].
    pub entry: Arc<[u8]>,
    /// The conditions; where one fails nothing is written and the answer is a conflict.
    pub expect: Vec<(Key, Expected)>,
}

impl Append {
    /// The longest entry, in bytes.
    pub const MAX_ENTRY: usize = 1 << 20;
}

/// One change that an entry makes in the index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Write {
    /// The key.
    pub key: Key,
    /// The new value, or `None` to remove the key.
    pub value: Option<Arc<[u8]>>,
}

/// How an entry becomes changes of the index: a pure function of the entry and of the values it
/// asks for, used alike when an entry is appended and when the index is rebuilt.
///
/// Each key belongs to one ledger: an entry reads and writes keys of its own ledger only, since the
/// two are replayed one after the other. Conditions of a decision may also name keys of the state.
pub trait Projection: Send + Sync + 'static {
    /// The keys whose values [`Self::writes`] needs. Scans are not possible here.
    ///
    /// # Errors
    /// Where the entry is not one this projection knows.
    fn reads(&self, ledger: LedgerKind, entry: &[u8]) -> Result<Vec<Key>, ProjectionError>;

    /// The changes that the entry recorded at `at` makes, given the values of the keys it asked for, in the
    /// same order.
    ///
    /// # Errors
    /// Where the entry or a value is not one this projection knows.
    fn writes(
        &self,
        ledger: LedgerKind,
        at: Recorded,
        entry: &[u8],
        values: &[Option<Stored>],
    ) -> Result<Vec<Write>, ProjectionError>;
}

/// An entry or a value that the projection cannot read: a newer format, or damage.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("cannot project {what}")]
pub struct ProjectionError {
    /// What could not be read.
    pub what: &'static str,
}

/// Values as of one state position.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// The state position that everything in `values` is at least as new as.
    pub position: Position,
    /// The values, in the order of the keys.
    pub values: Vec<Option<Stored>>,
    /// What tells later whether any of the keys has changed since.
    pub stamp: Stamp,
}

/// The generations of a set of keys when they were read. Two stamps of the same keys that are
/// equal mean that no entry has written any of them in between; different ones mean that one may.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stamp(pub Arc<[u64]>);

/// One page of a scan.
#[derive(Clone, Debug)]
pub struct Page {
    /// Keys and values, in the order of the scan.
    pub rows: Vec<(Key, Stored)>,
    /// The last key of the page where there may be more; give it as `after` for the next page.
    pub next: Option<Key>,
}

/// Which way a scan goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// From the smallest key.
    Ascending,
    /// From the largest key.
    Descending,
}

/// What to scan: the keys with a prefix, a page at a time. Never on the path of a check.
#[derive(Clone, Debug)]
pub struct Scan {
    /// What each key begins with.
    pub prefix: Key,
    /// The last key of the page before.
    pub after: Option<Key>,
    /// The most rows, 1 to [`Scan::MAX_ROWS`].
    pub rows: usize,
    /// Which way.
    pub direction: Direction,
}

impl Scan {
    /// The most rows of a page.
    pub const MAX_ROWS: usize = 1000;
}

/// An entry read back from a ledger.
#[derive(Clone, Debug)]
pub struct LedgerEntry {
    /// Where it stands.
    pub position: Position,
    /// When it was appended.
    pub recorded_at: Timestamp,
    /// Its bytes. They can be part of a larger run of bytes, which lives as long.
    pub entry: Bytes,
}

impl LedgerEntry {
    /// The most entries of one read.
    pub const MOST_READ: usize = 8192;
}

/// Why the store did not do what was asked.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum StoreError {
    /// A condition of an append did not hold. Nothing was written.
    #[error("another change came first")]
    Conflict,
    /// A key that is empty or too long.
    #[error("a key of {length} bytes cannot be stored")]
    Key {
        /// Its length.
        length: usize,
    },
    /// An entry that is too long.
    #[error("an entry of {length} bytes is too long")]
    EntryTooLong {
        /// Its length.
        length: usize,
    },
    /// Too much is waiting to be written. Nothing of this was.
    #[error("the store's queue is full")]
    Busy,
    /// The store cannot write or read, and says why. Nothing that was not acknowledged is promised.
    #[error("the store is unavailable: {why}")]
    Unavailable {
        /// Why, without personal data.
        why: String,
    },
    /// What is stored is damaged.
    #[error("the store is damaged: {place}")]
    Damaged {
        /// Where.
        place: String,
    },
    /// The projection refused the entry. Nothing was written.
    #[error(transparent)]
    Projection(#[from] ProjectionError),
}

impl StoreError {
    /// Whether an append that was answered so is known to have written nothing. Of the others it
    /// is not known until the ledger is read again.
    pub const fn nothing_written(&self) -> bool {
        match self {
            Self::Conflict
            | Self::Key { .. }
            | Self::EntryTooLong { .. }
            | Self::Busy
            | Self::Projection(_) => true,
            Self::Unavailable { .. } | Self::Damaged { .. } => false,
        }
    }
}

/// The store port. Everything that is acknowledged is on disk.
pub trait Store: Send + Sync + 'static {
    /// Appends an entry to a ledger and makes its changes in the index. For the state ledger the
    /// answer comes after the group commit, with the changes visible to every later read; for the
    /// decisions it comes after the group commit, and the index follows behind.
    fn append(
        &self,
        ledger: LedgerKind,
        append: Append,
    ) -> impl Future<Output = Result<Position, StoreError>> + Send;

    /// The values of some keys.
    fn read(&self, keys: &[Key]) -> impl Future<Output = Result<Snapshot, StoreError>> + Send;

    /// The generations of the keys now, to compare with a snapshot's.
    fn stamp(&self, keys: &[Key]) -> impl Future<Output = Result<Stamp, StoreError>> + Send;

    /// One page of keys with a prefix.
    fn scan(&self, scan: Scan) -> impl Future<Output = Result<Page, StoreError>> + Send;

    /// The entry at a position of a ledger, or `None` past its end.
    fn entry(
        &self,
        ledger: LedgerKind,
        at: Position,
    ) -> impl Future<Output = Result<Option<LedgerEntry>, StoreError>> + Send {
        async move {
            if at.0 == 0 {
                return Ok(None);
            }
            Ok(self.entries(ledger, at, 1).await?.pop())
        }
    }

    /// Up to `most` (1 to [`LedgerEntry::MOST_READ`]) entries of a ledger, from a position on. Fewer
    /// may come; none come only past the end.
    fn entries(
        &self,
        ledger: LedgerKind,
        from: Position,
        most: usize,
    ) -> impl Future<Output = Result<Vec<LedgerEntry>, StoreError>> + Send;

    /// Two positions; every entry that was recorded from a time on and before another stands
    /// between them or at them. Others may, too: what stands there is to be looked at.
    fn recorded_within(
        &self,
        ledger: LedgerKind,
        from: Timestamp,
        to: Timestamp,
    ) -> impl Future<Output = Result<(Position, Position), StoreError>> + Send;

    /// The position of the last entry that is on disk.
    fn tip(&self, ledger: LedgerKind) -> Position;

    /// Whether writes are possible now; turns to an error for good once a write has failed.
    fn health(&self) -> Result<(), StoreError>;
}
