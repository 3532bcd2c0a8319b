//! Opening the index: what is there where it can be trusted, or anew from snapshot and ledgers.

use super::{
    Applied, Index, broken, caught, mark,
    mark::End,
    record,
    snapshot::{self, Stamps},
};
use crate::{
    config::{Progress, Stage},
    error::OpenError,
    generations::Generations,
    ledger::{Ledger, Reader},
    project::{Changes, Over, note, project},
};
use parking_lot::{Mutex, RwLock};
use simbind_service::ports::store::{LedgerKind, Position, Projection, StoreError};
use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::{Arc, atomic::AtomicU64},
};

const LEDGERS: [LedgerKind; 2] = [LedgerKind::State, LedgerKind::Decisions];
/// The most entries and the most bytes of them that are applied in one batch.
const BATCH: usize = 512;
const BATCH_BYTES: usize = 4 << 20;
const READ_AHEAD: usize = 1 << 20;

/// Why an index was made anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rebuilt {
    /// There was none.
    Missing,
    /// Nothing says how its last use ended.
    Unmarked,
    /// The system stopped while it was open, so what of it is on disk is not known.
    PowerLost,
    /// sled could not open it.
    Unopenable,
    /// A record's checksum was wrong, or sled found damage.
    Damaged,
    /// It belongs to other ledgers.
    Foreign,
    /// It had applied more than the ledger holds: whole groups are gone from the ledger's end.
    Ahead,
}

/// What an index is made from.
pub(crate) struct Sources<'a> {
    pub(crate) dir: PathBuf,
    pub(crate) cache_bytes: u64,
    pub(crate) check: bool,
    pub(crate) state: Arc<Ledger>,
    pub(crate) decisions: Arc<Ledger>,
    pub(crate) projection: &'a dyn Projection,
    pub(crate) progress: &'a dyn Fn(Progress),
}

/// Opens the index and brings it up to the tips of the ledgers; says where it was made anew.
pub(crate) fn open(sources: &Sources<'_>) -> Result<(Index, Option<Rebuilt>), OpenError> {
    let dir = &sources.dir;
    let end = mark::opening(dir).map_err(OpenError::io("mark the index in", dir))?;
    let why = match sources.existing(&end) {
        Ok(index) => {
            mark::open(dir).map_err(OpenError::io("mark the index in", dir))?;
            match LEDGERS.into_iter().try_for_each(|ledger| sources.catch_up(&index, ledger)) {
                Ok(()) => return Ok((index, None)),
                Err(Stop::Projection(error)) => return Err(error),
                Err(Stop::Store(_)) => Rebuilt::Damaged,
            }
        }
        Err(why) => why,
    };
    if why == Rebuilt::Ahead {
        tracing::error!("a ledger holds less than was applied: acknowledged entries are gone");
    }
    let first = LEDGERS.iter().all(|ledger| sources.ledger(*ledger).tip() == Position(0));
    if first && why == Rebuilt::Missing {
        // A folder that was just made: nothing was lost, and nothing is to be said.
        return Ok((sources.rebuild()?, None));
    }
    tracing::warn!(?why, "the index is made anew");
    Ok((sources.rebuild()?, Some(why)))
}

/// Why applying stopped.
enum Stop {
    Store(StoreError),
    Projection(OpenError),
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<Stop> for OpenError {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::Store(error) => Self::Index(error),
            Stop::Projection(error) => error,
        }
    }
}

impl Sources<'_> {
    fn ledger(&self, ledger: LedgerKind) -> &Arc<Ledger> {
        match ledger {
            LedgerKind::State => &self.state,
            LedgerKind::Decisions => &self.decisions,
        }
    }

    fn sled(&self) -> Result<sled::Db, StoreError> {
        caught(|| {
            sled::Config::new()
                .path(mark::folder(&self.dir))
                .cache_capacity(self.cache_bytes)
                .use_compression(false)
                .open()
                .map_err(broken)
        })
    }

    /// The index that is there, or why it is not to be used.
    fn existing(&self, end: &End) -> Result<Index, Rebuilt> {
        match end {
            _ if !mark::folder(&self.dir).exists() => return Err(Rebuilt::Missing),
            End::Unknown => return Err(Rebuilt::Unmarked),
            End::KilledOpening => return Err(Rebuilt::Unopenable),
            End::PowerLost => return Err(Rebuilt::PowerLost),
            End::Suspect => return Err(Rebuilt::Damaged),
            End::Closed | End::Killed => {}
        }
        let db = self.sled().map_err(|_| Rebuilt::Unopenable)?;
        let stamp = |ledger| self.stamp(&db, ledger);
        let (state, decisions) = (stamp(LedgerKind::State)?, stamp(LedgerKind::Decisions)?);
        if self.check {
            caught(|| self.check(&db)).map_err(|_| Rebuilt::Damaged)?;
        }
        Ok(self.index(db, Stamps { state, decisions }))
    }

    /// How far a ledger has been applied to what is there.
    fn stamp(&self, db: &sled::Db, kind: LedgerKind) -> Result<Position, Rebuilt> {
        let ledger = self.ledger(kind);
        let found = caught(|| {
            let bytes = db.get(record::meta_key(kind)).map_err(broken)?;
            bytes.map(|bytes| record::decode_meta(&bytes)).transpose()
        });
        match found.map_err(|_| Rebuilt::Damaged)? {
            Some((id, _)) if id != ledger.id => Err(Rebuilt::Foreign),
            Some((_, position)) if position > ledger.tip() => Err(Rebuilt::Ahead),
            Some((_, position)) => Ok(position),
            None => Err(Rebuilt::Damaged),
        }
    }

    /// Reads everything once.
    fn check(&self, db: &sled::Db) -> Result<(), StoreError> {
        let mut done = 0_u64;
        for row in db.range(record::FIRST..) {
            let (key, bytes) = row.map_err(broken)?;
            record::decode(record::decode_key(&key)?.as_bytes(), &bytes)?;
            done = done.saturating_add(1);
            if done.is_multiple_of(1 << 16) {
                (self.progress)(Progress { stage: Stage::Check, done, total: 0 });
            }
        }
        Ok(())
    }

    fn index(&self, db: sled::Db, stamps: Stamps) -> Index {
        let applied = |ledger, position: Position| Applied {
            id: self.ledger(ledger).id,
            position: AtomicU64::new(position.0),
        };
        Index {
            dir: self.dir.clone(),
            gate: RwLock::new(Some(db)),
            generations: Generations::default(),
            state: applied(LedgerKind::State, stamps.state),
            decisions: applied(LedgerKind::Decisions, stamps.decisions),
            before: Mutex::new(None),
            suspect: false.into(),
        }
    }

    /// Makes the index anew: from the newest snapshot that is whole, or from nothing.
    fn rebuild(&self) -> Result<Index, OpenError> {
        for path in snapshot::list(&self.dir).map_err(OpenError::io("list", &self.dir))? {
            let db = self.empty()?;
            match caught(|| snapshot::load(&path, &db, self)) {
                Ok(stamps) => return self.catch_up_all(self.index(db, stamps)),
                Err(error) => tracing::warn!(%error, "a snapshot is not used"),
            }
        }
        let db = self.empty()?;
        let none = Position::default();
        caught(|| {
            let mut batch = sled::Batch::default();
            for kind in LEDGERS {
                let meta = record::encode_meta(&self.ledger(kind).id, none);
                batch.insert(&record::meta_key(kind)[..], meta);
            }
            db.apply_batch(batch).map_err(broken)
        })
        .map_err(OpenError::Index)?;
        self.catch_up_all(self.index(db, Stamps { state: none, decisions: none }))
    }

    fn catch_up_all(&self, index: Index) -> Result<Index, OpenError> {
        LEDGERS.into_iter().try_for_each(|ledger| self.catch_up(&index, ledger))?;
        Ok(index)
    }

    /// A new, empty sled in the place of whatever was there.
    fn empty(&self) -> Result<sled::Db, OpenError> {
        let folder = mark::folder(&self.dir);
        remove(&folder).map_err(OpenError::io("remove", &folder))?;
        let db = self.sled().map_err(OpenError::Index)?;
        mark::open(&self.dir).map_err(OpenError::io("mark the index in", &self.dir))?;
        Ok(db)
    }

    /// Applies what a ledger holds past the position that was applied.
    fn catch_up(&self, index: &Index, kind: LedgerKind) -> Result<(), Stop> {
        let ledger = self.ledger(kind);
        let from = index.applied(kind);
        let total = ledger.tip().0.saturating_sub(from.0);
        let next = Position(from.0.saturating_add(1));
        let mut reader = Reader::new(Arc::clone(ledger), next, READ_AHEAD);
        let mut changes = Changes::new();
        let (mut waiting, mut bytes, mut last) = (0, 0_usize, from);
        loop {
            let entry = reader.next()?;
            let done = entry.is_none();
            if let Some(entry) = entry {
                let values = Over { under: index, changes: &changes };
                let writes = project(&values, self.projection, kind, entry.recorded, entry.bytes)
                    .map_err(|error| stop(error, kind, entry.recorded.position))?;
                note(&mut changes, entry.recorded.position, writes);
                last = entry.recorded.position;
                waiting += 1;
                bytes = bytes.saturating_add(entry.bytes.len());
            }
            if waiting > 0 && (done || waiting >= BATCH || bytes >= BATCH_BYTES) {
                index.apply(kind, last, &changes)?;
                changes.clear();
                (waiting, bytes) = (0, 0);
                let done = last.0.saturating_sub(from.0);
                (self.progress)(Progress { stage: Stage::Apply(kind), done, total });
            }
            if done {
                return Ok(());
            }
        }
    }
}

fn stop(error: StoreError, ledger: LedgerKind, at: Position) -> Stop {
    match error {
        StoreError::Projection(source) => {
            Stop::Projection(OpenError::Projection { ledger, at, source })
        }
        error => Stop::Store(error),
    }
}

fn remove(path: &Path) -> io::Result<()> {
    let removed = match fs::symlink_metadata(path) {
        Ok(found) if found.is_dir() => fs::remove_dir_all(path),
        Ok(_) => fs::remove_file(path),
        Err(error) => Err(error),
    };
    match removed {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        removed => removed,
    }
}
