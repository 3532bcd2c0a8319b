//! What the tests share: a small projection, and stores of it.

use crate::{Clock, Disk, EmbeddedStore, MemoryStore, OpenError, RealDisk, StoreConfig};
use simbind_core::time::Timestamp;
use simbind_service::ports::store::{
    Append, Expected, Key, LedgerKind, Projection, ProjectionError, Recorded, Stored, Write,
};
use std::{
    fs::File,
    io::{self, Write as _},
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
};

/// Entries are `=key value` (set), `-key` (remove), `+key` (add one to a decimal number, reading
/// it), ` ` (changes nothing) and `?` (refused); the key has one byte for its length before it.
pub(crate) struct TestProjection;

const REFUSED: ProjectionError = ProjectionError { what: "a test's entry" };

fn parse(entry: &[u8]) -> Result<(u8, Option<Key>, &[u8]), ProjectionError> {
    let (op, rest) = entry.split_first().ok_or(REFUSED)?;
    match op {
        b' ' => Ok((b' ', None, rest)),
        b'=' | b'-' | b'+' => {
            let (length, rest) = rest.split_first().ok_or(REFUSED)?;
            let (key, rest) = rest.split_at_checked(usize::from(*length)).ok_or(REFUSED)?;
            Ok((*op, Some(Key::new(key).map_err(|_| REFUSED)?), rest))
        }
        b'#' => panic!("a test's projection panics"),
        _ => Err(REFUSED),
    }
}

impl Projection for TestProjection {
    fn reads(&self, _: LedgerKind, entry: &[u8]) -> Result<Vec<Key>, ProjectionError> {
        let (op, key, _) = parse(entry)?;
        Ok(key.into_iter().filter(|_| op == b'+').collect())
    }

    fn writes(
        &self,
        _: LedgerKind,
        _: Recorded,
        entry: &[u8],
        values: &[Option<Stored>],
    ) -> Result<Vec<Write>, ProjectionError> {
        let (op, key, rest) = parse(entry)?;
        let Some(key) = key else { return Ok(Vec::new()) };
        let value: Option<Arc<[u8]>> = match op {
            b'=' => Some(rest.into()),
            b'+' => Some((number(values[0].as_ref()) + 1).to_string().into_bytes().into()),
            _ => None,
        };
        Ok(vec![Write { key, value }])
    }
}

pub(crate) fn number(stored: Option<&Stored>) -> u64 {
    stored.map_or(0, |stored| std::str::from_utf8(&stored.value).unwrap().parse().unwrap())
}

pub(crate) fn key(text: &str) -> Key {
    Key::new(text.as_bytes()).unwrap()
}

fn entry(op: u8, key: &str, rest: &[u8]) -> Append {
    let mut bytes = vec![op, u8::try_from(key.len()).unwrap()];
    bytes.extend_from_slice(key.as_bytes());
    bytes.extend_from_slice(rest);
    Append { entry: bytes.into(), expect: Vec::new() }
}

pub(crate) fn set(key: &str, value: &str) -> Append {
    entry(b'=', key, value.as_bytes())
}

pub(crate) fn remove(key: &str) -> Append {
    entry(b'-', key, b"")
}

pub(crate) fn add(key: &str) -> Append {
    entry(b'+', key, b"")
}

pub(crate) fn raw(bytes: &[u8]) -> Append {
    Append { entry: bytes.into(), expect: Vec::new() }
}

pub(crate) fn expecting(mut append: Append, name: &str, expected: Expected) -> Append {
    append.expect.push((key(name), expected));
    append
}

/// A clock that stands.
pub(crate) fn clock() -> Clock {
    Arc::new(|| Timestamp::from_millis(1_700_000_000_123))
}

pub(crate) fn memory() -> MemoryStore {
    MemoryStore::new(Arc::new(TestProjection), clock())
}

/// Small parts, so that tests meet their borders.
pub(crate) fn config(dir: &Path) -> StoreConfig {
    StoreConfig { cache_bytes: 1 << 20, segment_bytes: 4096, ..StoreConfig::new(dir) }
}

pub(crate) fn open(dir: &Path) -> Result<EmbeddedStore, OpenError> {
    open_with(config(dir))
}

pub(crate) fn open_with(config: StoreConfig) -> Result<EmbeddedStore, OpenError> {
    EmbeddedStore::open(config, Arc::new(TestProjection), clock(), Arc::new(|_| {}))
}

/// A runtime with some threads.
pub(crate) fn run<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().unwrap();
    runtime.block_on(work)
}

/// A disk that is full after so many bytes, or refuses the n-th sync.
pub(crate) struct Failing {
    room: AtomicI64,
    syncs: AtomicI64,
    after: AtomicU64,
}

impl Failing {
    pub(crate) fn new(room: i64, syncs: i64) -> Arc<Self> {
        Arc::new(Self { room: room.into(), syncs: syncs.into(), after: 0.into() })
    }

    pub(crate) fn syncs_after_failure(&self) -> u64 {
        self.after.load(Ordering::SeqCst)
    }
}

impl Disk for Failing {
    fn write(&self, file: &mut File, bytes: &[u8]) -> io::Result<()> {
        let length = i64::try_from(bytes.len()).unwrap();
        let room = self.room.fetch_sub(length, Ordering::SeqCst);
        if room < length {
            file.write_all(&bytes[..usize::try_from(room.max(0)).unwrap()])?;
            return Err(io::ErrorKind::StorageFull.into());
        }
        RealDisk.write(file, bytes)
    }

    fn sync(&self, file: &File) -> io::Result<()> {
        match self.syncs.fetch_sub(1, Ordering::SeqCst) {
            0 => Err(io::Error::other("a test's sync fails")),
            left => {
                if left < 0 {
                    self.after.fetch_add(1, Ordering::SeqCst);
                }
                RealDisk.sync(file)
            }
        }
    }
}
