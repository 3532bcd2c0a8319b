//! Reads the ledgers after the last round: nothing is in them twice.

use simbind_core::time::Timestamp;
use simbind_service::{
    ledger::{IndexProjection, StateEntry, decode_decision, decode_state},
    ports::store::{LedgerEntry, LedgerKind, Position, Store as _},
};
use simbind_store::{EmbeddedStore, FileVault, MasterKey, StoreConfig, VaultConfig};
use std::{
    collections::{HashMap, HashSet},
    path::Path,
    sync::Arc,
};
use zeroize::Zeroizing;

/// How much the ledgers hold.
#[derive(Debug, Default)]
pub(crate) struct Audit {
    pub(crate) enrolments: usize,
    pub(crate) events: usize,
    pub(crate) decisions: usize,
}

/// Reads all of both ledgers. The server must have stopped.
pub(crate) async fn audit(data: &Path) -> Audit {
    let store = open(data);
    let mut audit = Audit::default();
    let (mut requests, mut events) = (HashSet::new(), HashSet::new());
    for entry in all(&store, LedgerKind::State).await {
        match decode_state(&entry.entry).unwrap() {
            StateEntry::Enrolled { by, request, .. } => {
                assert!(requests.insert((by, request)), "one request made two bindings");
                audit.enrolments += 1;
            }
            StateEntry::Event(event) | StateEntry::EventDrove { event, .. } => {
                assert!(events.insert((event.carrier, event.id)), "an event was applied twice");
                audit.events += 1;
            }
            StateEntry::EventReused(_) => panic!("no event was changed"),
            _ => {}
        }
    }
    let (mut challenges, mut ids) = (HashMap::new(), HashSet::new());
    for entry in all(&store, LedgerKind::Decisions).await {
        let decision = decode_decision(&entry.entry).unwrap();
        assert!(ids.insert(decision.id), "a decision is there twice");
        if let Some(challenge) = decision.challenge {
            let by = (decision.caller, decision.request, decision.digest);
            let first = challenges.entry(challenge).or_insert_with(|| by.clone());
            assert_eq!(first, &by, "a challenge was used by two requests");
        }
        audit.decisions += 1;
    }
    audit
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
