mod copy;
mod faults;
mod kill;
mod rebuild;

use super::*;
use crate::{
    OpenError,
    testing::{clock, config, open, open_with, raw, run, set},
};
use LedgerKind::{Decisions, State};
use std::path::Path;

type Rows = Vec<(Vec<u8>, Vec<u8>)>;

/// Some entries in both ledgers.
async fn fill(store: &EmbeddedStore, from: u64, entries: u64) {
    for number in from..from + entries {
        let name = format!("s{}", number % 40);
        store.append(State, set(&name, &number.to_string())).await.unwrap();
        store.append(Decisions, set(&format!("d{number}"), &name)).await.unwrap();
        store.append(State, crate::testing::add("n")).await.unwrap();
        if number % 7 == 0 {
            store.append(State, crate::testing::remove(&name)).await.unwrap();
        }
    }
}

/// What the index of a closed store holds when it is opened again, and what was found.
fn reopened(dir: &Path) -> (Rows, Opening) {
    let store = open(dir).unwrap();
    let rows = store.index.dump();
    let opening = *store.opening();
    store.close().unwrap();
    (rows, opening)
}

#[test]
fn a_store_closed_and_opened_holds_the_same_and_trusts_its_index() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).unwrap();
    assert_eq!(store.opening().rebuilt, None);
    run(fill(&store, 0, 100));
    let tips = (store.tip(State), store.tip(Decisions));
    store.close().unwrap();
    store.close().unwrap();
    let again = open(dir.path()).unwrap();
    assert_eq!(*again.opening(), Opening::default());
    assert_eq!((again.tip(State), again.tip(Decisions)), tips);
    let value = run(again.read(&[crate::testing::key("n")])).unwrap().values.remove(0);
    assert_eq!(crate::testing::number(value.as_ref()), 100);
}

#[test]
fn a_closed_store_is_unavailable() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).unwrap();
    store.close().unwrap();
    run(async {
        let key = crate::testing::key("a");
        for ledger in [State, Decisions] {
            let answer = store.append(ledger, set("a", "1")).await;
            assert!(matches!(answer, Err(StoreError::Unavailable { .. })));
        }
        assert!(matches!(store.read(&[key]).await, Err(StoreError::Unavailable { .. })));
    });
}

#[test]
fn close_finishes_what_was_taken_in() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).unwrap();
    let answers: Vec<_> = (0..500_u32)
        .map(|number| {
            let side = store.side(if number % 2 == 0 { State } else { Decisions });
            side.queue.send(set(&number.to_string(), "x")).unwrap()
        })
        .collect();
    store.close().unwrap();
    for answer in answers {
        answer.blocking_recv().unwrap().unwrap();
    }
    assert_eq!(reopened(dir.path()).0.len(), 500);
}

#[test]
fn two_stores_cannot_share_a_folder() {
    let dir = tempfile::tempdir().unwrap();
    let first = open(dir.path()).unwrap();
    assert!(matches!(open(dir.path()), Err(OpenError::Locked { .. })));
    first.close().unwrap();
    assert!(open(dir.path()).is_ok());
}

#[test]
fn a_ledger_or_format_file_taken_away_whole_stops_the_start() {
    for name in ["state", "decisions", "store.format"] {
        let dir = tempfile::tempdir().unwrap();
        let store = open(dir.path()).unwrap();
        run(fill(&store, 0, 3));
        store.close().unwrap();
        std::fs::rename(dir.path().join(name), dir.path().join("taken")).unwrap();
        assert!(matches!(open(dir.path()), Err(OpenError::Damaged(_))), "{name}");
    }
}

#[test]
fn a_store_older_than_its_checkpoint_does_not_open() {
    let (dir, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    for dir in [&dir, &other] {
        let store = open(dir.path()).unwrap();
        run(fill(&store, 0, 3));
        store.close().unwrap();
    }
    let store = open(dir.path()).unwrap();
    let checkpoints = vec![store.checkpoint(State), store.checkpoint(Decisions)];
    store.close().unwrap();
    let opened = |dir| {
        let checkpoints = checkpoints.clone();
        open_with(crate::StoreConfig { checkpoints, ..config(dir) }).map(|_| ())
    };
    assert!(opened(dir.path()).is_ok());
    assert!(matches!(opened(other.path()), Err(OpenError::Damaged(_))));
}

#[test]
fn an_entry_that_the_projection_no_longer_knows_stops_the_start_and_is_named() {
    struct Newer;
    impl simbind_service::ports::store::Projection for Newer {
        fn reads(
            &self,
            _: LedgerKind,
            entry: &[u8],
        ) -> Result<Vec<Key>, simbind_service::ports::store::ProjectionError> {
            if entry == b" new" {
                return Err(simbind_service::ports::store::ProjectionError { what: "an entry" });
            }
            Ok(Vec::new())
        }

        fn writes(
            &self,
            _: LedgerKind,
            _: simbind_service::ports::store::Recorded,
            _: &[u8],
            _: &[Option<simbind_service::ports::store::Stored>],
        ) -> Result<
            Vec<simbind_service::ports::store::Write>,
            simbind_service::ports::store::ProjectionError,
        > {
            Ok(Vec::new())
        }
    }

    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).unwrap();
    run(async {
        store.append(State, raw(b" old")).await.unwrap();
        store.append(State, raw(b" new")).await.unwrap();
    });
    store.close().unwrap();
    std::fs::remove_dir_all(dir.path().join("index")).unwrap();
    let opened =
        EmbeddedStore::open(config(dir.path()), Arc::new(Newer), clock(), Arc::new(|_| {}));
    match opened {
        Err(OpenError::Projection { ledger: State, at: Position(2), .. }) => {}
        other => panic!("{other:?}"),
    }
    assert!(open_with(config(dir.path())).is_ok());
}
