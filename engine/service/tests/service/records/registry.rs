//! Entries about the registry of handsets and readers.

use crate::support::caller;
use simbind_core::time::Timestamp;
use simbind_service::ledger::{
    StateEntry,
    registry::{RegistryEntry, RegistryRow},
};

pub(super) fn states() -> Vec<(&'static str, StateEntry)> {
    let row = RegistryRow {
        number: 2,
        hash: [7; 32],
        by: caller("analyst"),
        at: Timestamp::from_millis(1_790_000_000_123),
        why: "spring list".parse().unwrap(),
        handsets: vec![[8; 32], [9; 32]],
        readers: vec![[10; 32]],
        trials: Vec::new(),
    };
    let text = RegistryEntry::Text("model,maker\n".into());
    vec![
        ("registry-text", StateEntry::Registry(text)),
        ("registry-imported", StateEntry::Registry(RegistryEntry::Imported(row))),
    ]
}
