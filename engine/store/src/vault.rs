//! The vault in files: a master key in one, person keys wrapped under it in another.

mod master;
mod slot;
mod slots;
#[cfg(test)]
mod tests;
mod worker;

pub use master::MasterKey;

use crate::{
    disk::{Disk, RealDisk},
    error::OpenError,
};
use master::SEAL_OVERHEAD;
use quick_cache::sync::Cache;
use simbind_service::ports::vault::{
    KeyId, LookupHash, LookupKind, Opened, Sealed, Vault, VaultError,
};
use slot::Slot;
use slots::Slots;
use std::{path::PathBuf, sync::Arc};
use worker::Worker;
use zeroize::Zeroizing;

/// The key of one person.
type PersonKey = Zeroizing<[u8; 32]>;

/// Where a file vault is.
#[derive(Clone)]
pub struct VaultConfig {
    /// The file of the wrapped keys. It is made where it is missing.
    pub slots: PathBuf,
    /// The most keys that are held unwrapped in memory.
    pub cached_keys: usize,
    /// The most new keys and destructions that wait for the disk.
    pub queue: usize,
    /// How bytes reach the disk.
    pub disk: Arc<dyn Disk>,
}

impl VaultConfig {
    /// The usual sizes, for a file.
    pub fn new(slots: impl Into<PathBuf>) -> Self {
        Self { slots: slots.into(), cached_keys: 4096, queue: 4096, disk: Arc::new(RealDisk) }
    }
}

impl std::fmt::Debug for VaultConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("VaultConfig").field("slots", &self.slots).finish_non_exhaustive()
    }
}

/// A vault whose keys are in a file.
///
/// Destroying a key overwrites its slot in place. That keeps it from whoever has the file; it
/// cannot reach copies that a file system, a disk's own wear levelling or a backup has made, which
/// the master key, kept apart from them, protects.
pub struct FileVault {
    master: Arc<MasterKey>,
    keys: Arc<Keys>,
    worker: Worker,
}

/// The slots, and the keys of some of them.
struct Keys {
    slots: Slots,
    cache: Cache<u64, (KeyId, Arc<PersonKey>)>,
}

/// What stands behind a key id.
enum Found {
    Key(Arc<PersonKey>),
    Destroyed,
}

impl FileVault {
    /// Opens the vault of a file, or makes it.
    ///
    /// # Errors
    /// [`OpenError::Locked`] where another process has it; [`OpenError::Damaged`] where the file is
    /// not a vault's, or is one of another master key; otherwise where the system refuses.
    pub fn open(config: VaultConfig, master: MasterKey) -> Result<Self, OpenError> {
        let slots = Slots::open(&config.slots, &master, config.disk)?;
        let keys = Arc::new(Keys { slots, cache: Cache::new(config.cached_keys.max(1)) });
        let master = Arc::new(master);
        let worker = Worker::start(config.queue, Arc::clone(&keys), Arc::clone(&master))?;
        Ok(Self { master, keys, worker })
    }

    fn find(&self, id: KeyId) -> Result<Found, VaultError> {
        let number = slot::number(id);
        if let Some((_, key)) = self.keys.cache.get(&number).filter(|(cached, _)| *cached == id) {
            return Ok(Found::Key(key));
        }
        self.keys.slots.read(number, |slot| match slot {
            Slot::Key { id: found, wrapped } if found == id => {
                let key = self.master.unwrap(id, &wrapped).ok_or_else(damaged)?;
                let key = Arc::new(key);
                self.keys.cache.insert(number, (id, Arc::clone(&key)));
                Ok(Found::Key(key))
            }
            Slot::Destroyed { id: found } if found == id => Ok(Found::Destroyed),
            Slot::Key { .. } | Slot::Destroyed { .. } => Err(VaultError::DoesNotOpen),
        })
    }
}

impl std::fmt::Debug for FileVault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FileVault").finish_non_exhaustive()
    }
}

impl Vault for FileVault {
    async fn new_key(&self) -> Result<KeyId, VaultError> {
        self.worker.new_key()?.await.map_err(|_| stopped())?
    }

    fn seal(&self, key: KeyId, context: &[u8], plain: &[u8]) -> Result<Sealed, VaultError> {
        let Found::Key(person) = self.find(key)? else { return Err(VaultError::DoesNotOpen) };
        let bytes = master::seal(&person, key, context, plain).ok_or_else(no_random)?;
        Ok(Sealed { key, bytes })
    }

    fn open(&self, context: &[u8], sealed: &Sealed) -> Result<Opened, VaultError> {
        if sealed.bytes.len() < SEAL_OVERHEAD {
            return Err(VaultError::DoesNotOpen);
        }
        match self.find(sealed.key)? {
            Found::Destroyed => Ok(Opened::Erased),
            Found::Key(person) => master::open(&person, sealed.key, context, &sealed.bytes)
                .map(Opened::Plain)
                .ok_or(VaultError::DoesNotOpen),
        }
    }

    async fn destroy(&self, key: KeyId) -> Result<(), VaultError> {
        self.worker.destroy(key)?.await.map_err(|_| stopped())?
    }

    fn lookup(&self, kind: LookupKind, parts: &[&[u8]]) -> LookupHash {
        self.master.lookup(kind, parts)
    }
}

fn unavailable(why: &str) -> VaultError {
    VaultError::Unavailable { why: why.into() }
}

fn damaged() -> VaultError {
    unavailable("a slot of it is damaged")
}

fn stopped() -> VaultError {
    unavailable("its thread has stopped")
}

fn no_random() -> VaultError {
    unavailable("the system gives no random bytes")
}
