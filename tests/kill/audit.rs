//! Reads the ledgers after the last round: nothing is in them twice.

use simbind_service::{
    ledger::{StateEntry, decode_decision, decode_state},
    ports::store::LedgerKind,
};
use simbind_tests::Ledgers;
use std::{
    collections::{HashMap, HashSet},
    path::Path,
};

/// How much the ledgers hold.
#[derive(Debug, Default)]
pub(crate) struct Audit {
    pub(crate) enrolments: usize,
    pub(crate) events: usize,
    pub(crate) decisions: usize,
}

/// Reads all of both ledgers. The server must have stopped.
pub(crate) async fn audit(data: &Path) -> Audit {
    let ledgers = Ledgers::open(data).unwrap();
    let mut audit = Audit::default();
    let (mut requests, mut events) = (HashSet::new(), HashSet::new());
    for entry in ledgers.all(LedgerKind::State).await.unwrap() {
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
    for entry in ledgers.all(LedgerKind::Decisions).await.unwrap() {
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
