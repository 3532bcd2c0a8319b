//! The file of slots. Slot 0 is the vault's own: a key that nobody uses, by which a wrong master
//! key is told at open.

use super::{
    damaged,
    master::{MasterKey, random},
    slot::{self, SLOT, Slot},
    unavailable,
};
use crate::{
    disk::{self, Disk},
    error::OpenError,
    ledger::Damage,
    lock::Lock,
};
use parking_lot::RwLock;
use simbind_service::ports::vault::VaultError;
use std::{
    fs::{self, File},
    io::{self, Seek, SeekFrom},
    os::unix::fs::FileExt,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};
use zeroize::Zeroizing;

const SLOT_BYTES: u64 = 128;

pub(super) struct Slots {
    /// Shared to read a slot and remember its key, alone to overwrite it: so a key that is being
    /// destroyed is not remembered again.
    file: RwLock<File>,
    /// How many slots are on disk.
    count: AtomicU64,
    failed: AtomicBool,
    disk: Arc<dyn Disk>,
    _lock: Lock,
}

impl Slots {
    pub(super) fn open(
        path: &Path,
        master: &MasterKey,
        disk: Arc<dyn Disk>,
    ) -> Result<Self, OpenError> {
        if !path.exists() {
            if let Some(folder) = path.parent() {
                fs::create_dir_all(folder).map_err(OpenError::io("make", folder))?;
            }
            let first = own(master).ok_or(OpenError::Start("the system gives no random bytes"))?;
            disk::replace(path, &first.encode()).map_err(OpenError::io("make", path))?;
        }
        let opened = File::options().read(true).write(true).open(path);
        let file = opened.map_err(OpenError::io("open", path))?;
        let same = file.try_clone().map_err(OpenError::io("open", path))?;
        let lock = Lock::take(same, path, path)?;
        let wrong = |what| Box::new(Damage { file: path.into(), offset: 0, position: None, what });
        let own = read_slot(&file, 0).map_err(OpenError::io("read", path))?;
        match own.and_then(|bytes| Slot::parse(0, &bytes)) {
            Some(Slot::Key { id, wrapped }) if master.unwrap(id, &wrapped).is_some() => {}
            Some(_) => return Err(wrong("it belongs to another master key").into()),
            None => return Err(wrong("it is not a file of keys, or its first is damaged").into()),
        }
        // A slot that was half written when the process ended keeps its number and is never used.
        let length = file.metadata().map_err(OpenError::io("read", path))?.len();
        let count = length.div_ceil(SLOT_BYTES);
        file.set_len(count.saturating_mul(SLOT_BYTES)).map_err(OpenError::io("extend", path))?;
        file.sync_all().map_err(OpenError::io("sync", path))?;
        let (file, count, failed) = (RwLock::new(file), count.into(), false.into());
        Ok(Self { file, count, failed, disk, _lock: lock })
    }

    /// How many slots there are.
    pub(super) fn count(&self) -> u64 {
        self.count.load(Ordering::Acquire)
    }

    /// Works on a slot while nobody changes it.
    pub(super) fn read<T>(
        &self,
        number: u64,
        work: impl FnOnce(Slot) -> Result<T, VaultError>,
    ) -> Result<T, VaultError> {
        if number == 0 || number >= self.count() {
            return Err(VaultError::DoesNotOpen);
        }
        let file = self.file.read();
        let bytes = read_slot(&file, number).map_err(|error| failed(&error))?;
        work(bytes.and_then(|bytes| Slot::parse(number, &bytes)).ok_or_else(damaged)?)
    }

    /// Writes slots from a number on; `after` runs before anyone can read them again. They are on
    /// disk only after [`Self::sync`].
    pub(super) fn write(
        &self,
        number: u64,
        bytes: &[u8],
        after: impl FnOnce(),
    ) -> Result<(), VaultError> {
        self.check()?;
        let mut file = self.file.write();
        let offset = number.saturating_mul(SLOT_BYTES);
        let written =
            file.seek(SeekFrom::Start(offset)).and_then(|_| self.disk.write(&mut file, bytes));
        after();
        written.map_err(|error| self.fail(&error))
    }

    /// Makes what was written durable, up to a number of slots in all.
    pub(super) fn sync(&self, count: u64) -> Result<(), VaultError> {
        self.check()?;
        self.disk.sync(&self.file.read()).map_err(|error| self.fail(&error))?;
        self.count.store(count, Ordering::Release);
        Ok(())
    }

    /// After a write or a sync has failed nothing more is written: what the disk holds is not
    /// known.
    fn check(&self) -> Result<(), VaultError> {
        if self.failed.load(Ordering::Acquire) {
            return Err(unavailable("writing it has failed before"));
        }
        Ok(())
    }

    fn fail(&self, error: &io::Error) -> VaultError {
        self.failed.store(true, Ordering::Release);
        failed(error)
    }
}

fn own(master: &MasterKey) -> Option<Slot> {
    let id = slot::id(0, random()?);
    let wrapped = master.wrap(id, &Zeroizing::new(random()?))?;
    Some(Slot::Key { id, wrapped })
}

/// The bytes of a slot; `None` where the file ends before.
fn read_slot(file: &File, number: u64) -> io::Result<Option<[u8; SLOT]>> {
    let mut bytes = [0; SLOT];
    match file.read_exact_at(&mut bytes, number.saturating_mul(SLOT_BYTES)) {
        Ok(()) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(None),
        Err(error) => Err(error),
    }
}

fn failed(error: &io::Error) -> VaultError {
    unavailable(&error.kind().to_string())
}
