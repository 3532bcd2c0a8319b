use super::HarnessError;
use simbind_core::time::Timestamp;
use simbind_service::{
    ledger::IndexProjection,
    ports::store::{LedgerEntry, LedgerKind, Position, Store as _},
};
use simbind_store::{EmbeddedStore, FileVault, MasterKey, StoreConfig, VaultConfig};
use std::{path::Path, sync::Arc};
use zeroize::Zeroizing;

/// The ledgers of a server that has stopped.
pub struct Ledgers(EmbeddedStore);

impl Ledgers {
    /// Opens those in a data folder.
    ///
    /// # Errors
    /// Where they cannot be opened.
    pub fn open(data: &Path) -> Result<Self, HarnessError> {
        let fault = |what| HarnessError::Command(format!("{}: {what}", data.display()));
        let master = MasterKey::load_or_create(&data.join("master.key"), Zeroizing::new([0; 32]))
            .map_err(|error| fault(error.to_string()))?;
        let vault = FileVault::open(VaultConfig::new(data.join("keys")), master)
            .map_err(|error| fault(error.to_string()))?;
        let projection = Arc::new(IndexProjection::new(Arc::new(vault)));
        let clock = Arc::new(|| Timestamp::from_secs(0));
        let config = StoreConfig::new(data.join("store"));
        let store = EmbeddedStore::open(config, projection, clock, Arc::new(|_| ()));
        store.map(Self).map_err(|error| fault(error.to_string()))
    }

    /// All entries of one of them, the first one first.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub async fn all(&self, ledger: LedgerKind) -> Result<Vec<LedgerEntry>, HarnessError> {
        let mut entries: Vec<LedgerEntry> = Vec::new();
        loop {
            let last = entries.last().map_or(0, |entry| entry.position.0);
            let from = Position(last.saturating_add(1));
            let page = self.0.entries(ledger, from, 1000).await;
            let page = page.map_err(|error| HarnessError::Command(error.to_string()))?;
            if page.is_empty() {
                return Ok(entries);
            }
            entries.extend(page);
        }
    }
}
