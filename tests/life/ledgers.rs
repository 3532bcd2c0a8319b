//! What the ledgers hold after a run: how many entries of each kind.

use simbind_core::ids::BindingId;
use simbind_service::{
    ledger::{BindingChange, StateEntry, TicketChange, decode_decision, decode_state},
    ports::store::LedgerKind,
};
use simbind_tests::Ledgers;
use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

/// Entries by kind, and bindings by what became of them. The server must have stopped.
pub(crate) async fn counted(data: &Path) -> BTreeMap<String, usize> {
    let ledgers = Ledgers::open(data).unwrap();
    let mut counts = BTreeMap::new();
    let mut lives: BTreeMap<BindingId, Vec<BindingChange>> = BTreeMap::new();
    for entry in ledgers.all(LedgerKind::State).await.unwrap() {
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
            // Time ends a ticket, and a sweep of the machine's time, not the clock's, writes it down.
            StateEntry::TicketChanged(entry) if entry.change == TicketChange::Expired => {}
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
    for entry in ledgers.all(LedgerKind::Decisions).await.unwrap() {
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
