//! The ledgers: append-only segment files that are the truth.
//!
//! Entries are framed, checksummed and hash-chained; each group commit ends in a mark. At open
//! everything is verified: bytes after the last whole mark are cut as torn, anything else that is
//! wrong stops the start. That whole groups were taken from the end cannot be seen from the files.

mod appender;
pub(crate) mod frame;
mod page;
mod places;
mod reader;
mod segment;
#[cfg(test)]
mod tests;
mod verify;

pub(crate) use appender::Appender;
pub(crate) use frame::LedgerId;
pub(crate) use page::page;
pub(crate) use reader::Reader;
pub(crate) use verify::{Known, Opened, look, open};

use frame::Chain;
use parking_lot::Mutex;
use places::{Place, Places};
use segment::FIRST_FRAME;
use simbind_core::time::Timestamp;
use simbind_service::ports::store::{LedgerKind, Position};
use std::{
    path::{Path, PathBuf},
    sync::atomic::{AtomicU64, Ordering},
};
use thiserror::Error;

/// Where a ledger is not what was written.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{} is damaged at byte {offset}{}: {what}", file.display(), near(*position))]
pub struct Damage {
    /// The file.
    pub file: PathBuf,
    /// Where in it, in bytes.
    pub offset: u64,
    /// The entry that stands there, or should.
    pub position: Option<Position>,
    /// What is wrong.
    pub what: &'static str,
}

fn near(position: Option<Position>) -> String {
    position.map_or_else(String::new, |position| format!(", entry {}", position.0))
}

/// What readers of a ledger share with its one writer.
pub(crate) struct Ledger {
    pub(crate) dir: PathBuf,
    pub(crate) kind: LedgerKind,
    pub(crate) id: LedgerId,
    tip: AtomicU64,
    head: Mutex<Checkpoint>,
    places: Places,
    /// Where the last page that was read ended: the next one often begins there.
    ended: Mutex<Option<(Position, Place)>>,
}

/// Where a ledger stood at some time. Kept elsewhere, it tells later whether whole commits were
/// taken from the ledger's end, which the ledger itself cannot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// Which ledger.
    pub ledger: LedgerKind,
    /// The last entry of a commit.
    pub position: Position,
    /// The chain's hash after it (SHA-256).
    pub chain: [u8; 32],
}

impl Ledger {
    /// The last entry that is on disk.
    pub(crate) fn tip(&self) -> Position {
        Position(self.tip.load(Ordering::Acquire))
    }

    /// Where the ledger stands.
    pub(crate) fn head(&self) -> Checkpoint {
        *self.head.lock()
    }

    /// A place from which the entry at a position can be reached.
    fn place_before(&self, position: Position) -> Option<Place> {
        let ended = self.ended.lock().filter(|(next, _)| *next == position);
        ended.map(|(_, place)| place).or_else(|| self.places.before(position, FIRST_FRAME))
    }

    /// Keeps where a page ended and the entry that comes next.
    fn remember(&self, next: Position, place: Place) {
        *self.ended.lock() = Some((next, place));
    }

    /// Two positions between which stands what was recorded from a time on and before another.
    pub(crate) fn recorded_within(&self, from: Timestamp, to: Timestamp) -> (Position, Position) {
        self.places.recorded_within(from, to, self.tip())
    }

    fn publish(&self, tip: Position, chain: Chain) {
        *self.head.lock() = Checkpoint { ledger: self.kind, position: tip, chain };
        self.tip.store(tip.0, Ordering::Release);
    }
}

/// The folder of a ledger in the store's folder.
pub(crate) fn folder(dir: &Path, kind: LedgerKind) -> PathBuf {
    dir.join(match kind {
        LedgerKind::State => "state",
        LedgerKind::Decisions => "decisions",
    })
}
