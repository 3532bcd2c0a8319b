//! What the ledgers hold after a run: how many entries of each kind.

use simbind_core::{ids::BindingId, time::Timestamp};
use simbind_service::{
    ledger::{BindingChange, IndexProjection, StateEntry, decode_decision, decode_state},
    ports::store::{LedgerEntry, LedgerKind, Position, Store as _},
};
use simbind_store::{EmbeddedStore, FileVault, MasterKey, StoreConfig, VaultConfig};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    sync::Arc,
};
use zeroize::Zeroizing;

/// Entries by kind, and bindings by what became of them. The server must have stopped.
pub(crate) async fn counted(data: &Path) -> BTreeMap<String, usize> {
    let store = open(data);
    let mut counts = BTreeMap::new();
    let mut lives: BTreeMap<BindingId, Vec<BindingChange>> = BTreeMap::new();
    for entry in all(&store, LedgerKind::State).await {
        let entry = decode_state(&entry.entry).unwrap();
        match entry {
            // A change that is asked for once more is written once more, and changes nothing: what
            // counts is what a binding went through.
            StateEntry::BindingChanged { binding, change, .. } => {
                let life = lives.entry(binding).or_default();
                if life.last() != Some(&change) {
                    life.push(change);
                }
            }
            // How many lists an issuer makes hangs on who asks it first within a tick.
            other @ StateEntry::ListTaken { .. } => {
                counts.insert(kind(&other), 1);
            }
            other => *counts.entry(kind(&other)).or_default() += 1,
        }
    }
    for life in lives.into_values() {
        *counts.entry(format!("a binding {life:?}")).or_default() += 1;
    }
    let mut refused = BTreeSet::new();
    for entry in all(&store, LedgerKind::Decisions).await {
        let decision = decode_decision(&entry.entry).unwrap();
        // A refusal that used no challenge is made anew where it is asked for once more; whatever
        // used one is there once.
        let request = (String::from(decision.caller), String::from(decision.request));
        if decision.challenge.is_none() && !refused.insert((request, decision.digest)) {
            continue;
        }
        *counts.entry(format!("decision {:?}", decision.verdict)).or_default() += 1;
    }
    counts
}

fn kind(entry: &StateEntry) -> String {
    let shown = format!("{entry:?}");
    let end = shown.find(|c: char| !c.is_alphanumeric()).unwrap_or(shown.len());
    shown.chars().take(end).collect()
}

fn open(data: &Path) -> EmbeddedStore {
    let master = MasterKey::load_or_create(&data.join("master.key"), Zeroizing::new([0; 32]));
    let vault = FileVault::open(VaultConfig::new(data.join("keys")), master.unwrap()).unwrap();
    let projection = Arc::new(IndexProjection::new(Arc::new(vault)));
    let clock = Arc::new(|| Timestamp::from_secs(0));
    let config = StoreConfig::new(data.join("store"));
    EmbeddedStore::open(config, projection, clock, Arc::new(|_| ())).unwrap()
}

async fn all(store: &EmbeddedStore, ledger: LedgerKind) -> Vec<LedgerEntry> {
    let mut entries: Vec<LedgerEntry> = Vec::new();
    loop {
        let from = entries.last().map_or(1, |entry| entry.position.0 + 1);
        let page = store.entries(ledger, Position(from), 1000).await.unwrap();
        if page.is_empty() {
            return entries;
        }
        entries.extend(page);
    }
}
