use super::kept::{Parts, RegistryVersion, Standing, keep, name};
use crate::{
    engine::{Engine, contended},
    error::ServiceError,
    ports::{
        store::{Store, StoreError},
        vault::Vault,
    },
    rollout::Deed,
};
use simbind_core::{
    registry::{MOST_BYTES, Problems, Registry, Tables, Texts},
    time::Timestamp,
};
use std::sync::Arc;

/// What became of files to import.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ImportOutcome {
    /// They are in force for every check from now on.
    Imported(RegistryVersion),
    /// The same registry is in force already.
    Unchanged(RegistryVersion),
    /// They are wrong: nothing of them is taken.
    Refused(Problems),
}

/// The three files as they were sent.
#[derive(Clone, Debug, Default)]
pub struct Files {
    /// handsets.csv.
    pub handsets: Vec<u8>,
    /// readers.csv.
    pub readers: Vec<u8>,
    /// trials.csv.
    pub trials: Vec<u8>,
}

impl<S: Store, V: Vault> Engine<S, V> {
    /// Takes a registry in place of the one in force. The same files once more change nothing, so
    /// that a lost answer can be asked for again.
    ///
    /// # Errors
    /// Where the store cannot be written; where others are being read or too much new text was
    /// imported in a day, when to try again.
    pub async fn import_registry(
        &self,
        deed: Deed<'_>,
        files: Files,
    ) -> Result<ImportOutcome, ServiceError> {
        let now = self.now();
        let turn = self.compiling.take().await?;
        let read = turn.work(move || read(&files, now)).await?;
        let (registry, texts) = match read {
            Ok(read) => read,
            Err(problems) => return Ok(ImportOutcome::Refused(problems)),
        };
        let _one = self.registries.changing.lock().await;
        let before = self.registries.current();
        let hash = texts.hash();
        if let Some(version) = before.version().filter(|version| version.hash == hash) {
            return Ok(ImportOutcome::Unchanged(version.clone()));
        }
        let parts = Parts::of(&texts);
        let missing = parts.missing(&*self.store).await?;
        let bytes = missing.iter().map(|part| part.len()).fold(0, usize::saturating_add);
        let too_much = |retry_after| ServiceError::Busy { retry_after };
        self.registries.quota.take(bytes, now).map_err(too_much)?;
        keep(&*self.store, &missing).await?;
        let number = before.version().map_or(0, |version| version.number).saturating_add(1);
        let (by, why) = (deed.by.clone(), deed.why.clone());
        let version = RegistryVersion { number, hash, by, at: now, why };
        let row = match name(&*self.store, parts.row(version.clone()), before.row).await {
            Ok(row) => row,
            Err(StoreError::Conflict) => {
                // Another process on the same ledger imported one meanwhile.
                let there = super::restore(&*self.store).await?;
                self.registries.current.store(Arc::new(there));
                return Err(contended());
            }
            Err(error) => return Err(error.into()),
        };
        let standing = Standing::of(registry, version.clone(), row);
        self.registries.current.store(Arc::new(standing));
        Ok(ImportOutcome::Imported(version))
    }
}

fn read(files: &Files, now: Timestamp) -> Result<(Registry, Texts), Problems> {
    let Files { handsets, readers, trials } = files;
    let registry = Tables { handsets, readers, trials }.read(now)?;
    let texts = registry.texts();
    Ok((registry, texts))
}

/// The most bytes of a message with three files.
pub const MESSAGE_BYTES: usize = 3 * MOST_BYTES;
