//! Snapshots: the whole index as of one moment, in a file from which it can be made anew.
//!
//! A file is: magic (8), version (2), ids of both ledgers (16 each), positions applied of both
//! (8 each); then each record as key length (2), record length (4), key, record; then a key length
//! of zero, the number of records (8), and SHA-256 of all before (32). Little-endian.

use super::{Index, Sources, broken, closed, record, unavailable};
use crate::{
    config::{Progress, Stage},
    disk,
    ledger::LedgerId,
};
use ring::digest::{Context, SHA256};
use simbind_service::ports::store::{Key, LedgerKind, Position, StoreError};
use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{self, BufReader, BufWriter, Read, Write},
    ops::Bound,
    path::{Path, PathBuf},
};

const MAGIC: [u8; 8] = *b"SIMBSNAP";
const VERSION: u16 = 1;
const SUFFIX: &str = "snapshot";
/// How many snapshots are kept.
const KEEP: usize = 2;
/// How many records are read between two chances for a writer.
const CHUNK: usize = 512;
/// The most bytes of the past that are held while a snapshot is made.
const MOST_BEFORE: usize = 256 << 20;
/// No record is longer; a length beyond it is damage.
const MOST_RECORD: u32 = 64 << 20;
const BUFFER: usize = 1 << 20;

/// How far each ledger has been applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stamps {
    pub(crate) state: Position,
    pub(crate) decisions: Position,
}

/// Keys and records, as they stand in sled.
type Rows = Vec<(Vec<u8>, sled::IVec)>;

/// What stood under keys that were changed after a snapshot was begun and before it came to them.
#[derive(Default)]
pub(super) struct Before {
    /// The last key that the snapshot holds already.
    cursor: Vec<u8>,
    kept: BTreeMap<Vec<u8>, Option<sled::IVec>>,
    bytes: usize,
}

impl Before {
    /// Keeps what stands under keys that are about to change.
    pub(super) fn keep<'a>(
        &mut self,
        db: &sled::Db,
        keys: impl Iterator<Item = &'a Key>,
    ) -> Result<(), StoreError> {
        for key in keys {
            let key = record::key(key);
            if self.bytes > MOST_BEFORE || key <= self.cursor || self.kept.contains_key(&key) {
                continue;
            }
            let value = db.get(&key).map_err(broken)?;
            self.bytes += key.len() + value.as_ref().map_or(0, |value| value.len()) + 64;
            self.kept.insert(key, value);
        }
        Ok(())
    }
}

impl Index {
    /// Writes a snapshot of this moment while writers go on, and removes all but the newest two.
    ///
    /// # Errors
    /// Where one is being made already, where the disk refuses, or where so much is changed
    /// meanwhile that its past cannot be held in memory.
    pub(crate) fn snapshot(&self) -> Result<Position, StoreError> {
        let stamps = self.begin()?;
        let outcome = self.write(stamps);
        *self.before.lock() = None;
        outcome.map(|()| stamps.state)
    }

    fn begin(&self) -> Result<Stamps, StoreError> {
        let _alone = self.gate.write();
        let mut before = self.before.lock();
        if before.is_some() {
            return Err(StoreError::Busy);
        }
        *before = Some(Before::default());
        let (state, decisions) =
            (self.applied(LedgerKind::State), self.applied(LedgerKind::Decisions));
        Ok(Stamps { state, decisions })
    }

    fn write(&self, stamps: Stamps) -> Result<(), StoreError> {
        let dir = folder(&self.dir);
        fs::create_dir_all(&dir).map_err(io)?;
        let name = format!("{:020}-{:020}", stamps.state.0, stamps.decisions.0);
        let path = dir.join(name).with_extension(SUFFIX);
        let beside = path.with_extension("new");
        let written = self.write_to(&beside, stamps);
        if written.is_err() {
            let _ = fs::remove_file(&beside);
        }
        written?;
        fs::rename(&beside, &path).and_then(|()| disk::sync_folder(&dir)).map_err(io)?;
        for old in list(&self.dir).map_err(io)?.iter().skip(KEEP) {
            fs::remove_file(old).map_err(io)?;
        }
        Ok(())
    }

    fn write_to(&self, path: &Path, stamps: Stamps) -> Result<(), StoreError> {
        let file = File::create(path).map_err(io)?;
        let mut to = Hashed::new(BufWriter::with_capacity(BUFFER, file));
        to.put(&MAGIC)?;
        to.put(&VERSION.to_le_bytes())?;
        to.put(&self.state.id)?;
        to.put(&self.decisions.id)?;
        to.put(&stamps.state.0.to_le_bytes())?;
        to.put(&stamps.decisions.0.to_le_bytes())?;
        let mut count = 0_u64;
        while let Some(rows) = self.chunk()? {
            for (key, record) in &rows {
                let length = |length| u32::try_from(length).map_err(|_| too_long());
                to.put(&u16::try_from(key.len()).map_err(|_| too_long())?.to_le_bytes())?;
                to.put(&length(record.len())?.to_le_bytes())?;
                to.put(key)?;
                to.put(record)?;
                count = count.saturating_add(1);
            }
        }
        to.put(&0_u16.to_le_bytes())?;
        to.put(&count.to_le_bytes())?;
        let digest = to.context.finish();
        to.inner.write_all(digest.as_ref()).map_err(io)?;
        let file = to.inner.into_inner().map_err(|error| unavailable(error.error()))?;
        file.sync_all().map_err(io)
    }

    /// The next records as of the moment of the snapshot; `None` after the last.
    fn chunk(&self) -> Result<Option<Rows>, StoreError> {
        let gate = self.gate.read();
        let db = gate.as_ref().ok_or_else(closed)?;
        let mut before = self.before.lock();
        let Some(before) = before.as_mut() else { return Err(closed()) };
        if before.bytes > MOST_BEFORE {
            return Err(StoreError::Unavailable {
                why: "too much changed while a snapshot was made".into(),
            });
        }
        self.caught(|| {
            let mut low = Bound::Excluded(before.cursor.clone());
            if before.cursor.is_empty() {
                low = Bound::Included(record::FIRST.to_vec());
            }
            let mut rows = BTreeMap::new();
            for row in db.range((low, Bound::Unbounded)).take(CHUNK) {
                let (key, record) = row.map_err(broken)?;
                rows.insert(key.to_vec(), record);
            }
            let last = rows.keys().next_back().cloned().filter(|_| rows.len() == CHUNK);
            let done = last.is_none();
            let later = last.as_ref().map_or_else(BTreeMap::new, |last| {
                let mut later = before.kept.split_off(last);
                if let Some(kept) = later.remove(last) {
                    before.kept.insert(last.clone(), kept);
                }
                later
            });
            for (key, kept) in std::mem::replace(&mut before.kept, later) {
                match kept {
                    Some(record) => rows.insert(key, record),
                    None => rows.remove(&key),
                };
            }
            match last {
                Some(last) => before.cursor = last,
                None => before.cursor = vec![u8::MAX; 2],
            }
            Ok((!done || !rows.is_empty()).then(|| rows.into_iter().collect()))
        })
    }
}

/// Loads a snapshot into an empty sled. The stamps come last, so a part of it is never taken for
/// the whole.
pub(super) fn load(
    path: &Path,
    db: &sled::Db,
    sources: &Sources<'_>,
) -> Result<Stamps, StoreError> {
    let mut from = Hashed::new(BufReader::with_capacity(BUFFER, File::open(path).map_err(io)?));
    if from.take::<8>()? != MAGIC || from.take()? != VERSION.to_le_bytes() {
        return Err(damaged("it is not a snapshot of this version"));
    }
    let ids: [LedgerId; 2] = [from.take()?, from.take()?];
    let stamps = Stamps {
        state: Position(u64::from_le_bytes(from.take()?)),
        decisions: Position(u64::from_le_bytes(from.take()?)),
    };
    if ids != [sources.state.id, sources.decisions.id] {
        return Err(damaged("it belongs to other ledgers"));
    }
    if stamps.state > sources.state.tip() || stamps.decisions > sources.decisions.tip() {
        return Err(damaged("it is ahead of the ledgers"));
    }
    let mut count = 0_u64;
    let mut batch = sled::Batch::default();
    loop {
        let key = usize::from(u16::from_le_bytes(from.take()?));
        if key == 0 {
            break;
        }
        let length = u32::from_le_bytes(from.take()?);
        let key = from.bytes(key)?;
        let length = usize::try_from(length.min(MOST_RECORD)).map_err(|_| too_long())?;
        let bytes = from.bytes(length)?;
        record::decode(record::decode_key(&key)?.as_bytes(), &bytes)?;
        batch.insert(key, bytes);
        count = count.saturating_add(1);
        if count.is_multiple_of(CHUNK as u64) {
            db.apply_batch(std::mem::take(&mut batch)).map_err(broken)?;
            (sources.progress)(Progress { stage: Stage::Load, done: count, total: 0 });
        }
    }
    if u64::from_le_bytes(from.take()?) != count {
        return Err(damaged("its number of records is wrong"));
    }
    let digest = from.context.clone().finish();
    if from.take::<32>()? != digest.as_ref() {
        return Err(damaged("its checksum is wrong"));
    }
    for (kind, id, at) in [
        (LedgerKind::State, sources.state.id, stamps.state),
        (LedgerKind::Decisions, sources.decisions.id, stamps.decisions),
    ] {
        batch.insert(&record::meta_key(kind)[..], record::encode_meta(&id, at));
    }
    db.apply_batch(batch).map_err(broken)?;
    Ok(stamps)
}

fn folder(dir: &Path) -> PathBuf {
    dir.join("snapshots")
}

/// The snapshots, the newest first.
pub(super) fn list(dir: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    match fs::read_dir(folder(dir)) {
        Ok(entries) => {
            for entry in entries {
                let path = entry?.path();
                if path.extension().is_some_and(|suffix| suffix == SUFFIX) {
                    found.push(path);
                }
            }
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    found.sort_unstable_by(|a, b| b.cmp(a));
    Ok(found)
}

/// A stream whose bytes are hashed as they pass.
struct Hashed<S> {
    inner: S,
    context: Context,
}

impl<S> Hashed<S> {
    fn new(inner: S) -> Self {
        Self { inner, context: Context::new(&SHA256) }
    }
}

impl<S: Write> Hashed<S> {
    fn put(&mut self, bytes: &[u8]) -> Result<(), StoreError> {
        self.context.update(bytes);
        self.inner.write_all(bytes).map_err(io)
    }
}

impl<S: Read> Hashed<S> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], StoreError> {
        let mut bytes = [0; N];
        self.inner.read_exact(&mut bytes).map_err(io)?;
        self.context.update(&bytes);
        Ok(bytes)
    }

    fn bytes(&mut self, length: usize) -> Result<Vec<u8>, StoreError> {
        let mut bytes = vec![0; length];
        self.inner.read_exact(&mut bytes).map_err(io)?;
        self.context.update(&bytes);
        Ok(bytes)
    }
}

fn damaged(what: &str) -> StoreError {
    StoreError::Damaged { place: format!("a snapshot: {what}") }
}

fn too_long() -> StoreError {
    damaged("a record is too long")
}

#[expect(clippy::needless_pass_by_value, reason = "it is the shape that map_err calls")]
fn io(error: io::Error) -> StoreError {
    unavailable(&error)
}
