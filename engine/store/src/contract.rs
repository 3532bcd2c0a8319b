//! What every store must do, run against each.

use crate::testing::{add, expecting, key, memory, number, open, raw, remove, run, set};
use simbind_core::time::Timestamp;
use simbind_service::ports::store::{
    Append, Direction, Expected, LedgerKind, Page, Position, Scan, Store, StoreError, Stored,
};
use std::{sync::Arc, time::Duration};

use LedgerKind::{Decisions, State};

async fn value(store: &impl Store, name: &str) -> Option<Stored> {
    store.read(&[key(name)]).await.unwrap().values.remove(0)
}

async fn text(store: &impl Store, name: &str) -> Option<String> {
    let value = value(store, name).await;
    value.map(|stored| String::from_utf8(stored.value.to_vec()).unwrap())
}

async fn an_appended_state_entry_is_readable_at_once<S: Store>(store: Arc<S>) {
    assert_eq!(store.tip(State), Position(0));
    assert_eq!(store.append(State, set("a", "1")).await, Ok(Position(1)));
    assert_eq!(store.append(State, set("b", "2")).await, Ok(Position(2)));
    assert_eq!(store.append(State, set("a", "3")).await, Ok(Position(3)));
    let read = store.read(&[key("b"), key("c"), key("a")]).await.unwrap();
    assert_eq!(read.position, Position(3));
    let versions: Vec<_> =
        read.values.iter().map(|value| value.as_ref().map(|value| value.version.0)).collect();
    assert_eq!(versions, [Some(2), None, Some(3)]);
    assert_eq!(text(&*store, "a").await.as_deref(), Some("3"));
    assert_eq!((store.tip(State), store.tip(Decisions)), (Position(3), Position(0)));
    assert_eq!(store.health(), Ok(()));
}

async fn a_removed_key_is_absent<S: Store>(store: Arc<S>) {
    store.append(State, set("a", "1")).await.unwrap();
    store.append(State, remove("a")).await.unwrap();
    assert_eq!(value(&*store, "a").await, None);
    let again = expecting(set("a", "2"), "a", Expected::Absent);
    assert_eq!(store.append(State, again).await, Ok(Position(3)));
}

async fn a_failed_condition_is_a_conflict_and_writes_nothing<S: Store>(store: Arc<S>) {
    store.append(State, set("a", "1")).await.unwrap();
    let rows = [
        (expecting(set("a", "x"), "a", Expected::Absent), true),
        (expecting(set("a", "x"), "a", Expected::Version(Position(2))), true),
        (expecting(set("b", "x"), "b", Expected::Version(Position(1))), true),
        (
            expecting(
                expecting(set("b", "x"), "b", Expected::Absent),
                "a",
                Expected::Version(Position(9)),
            ),
            true,
        ),
        (expecting(set("a", "y"), "a", Expected::Version(Position(1))), false),
    ];
    for (row, conflicts) in rows {
        let tip = store.tip(State);
        match store.append(State, row).await {
            Err(StoreError::Conflict) if conflicts => assert_eq!(store.tip(State), tip),
            Ok(at) if !conflicts => assert_eq!(at.0, tip.0 + 1),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(text(&*store, "a").await.as_deref(), Some("y"));
    assert_eq!(text(&*store, "b").await, None);
}

async fn conditions_hold_for_decisions_that_are_not_applied_yet<S: Store>(store: Arc<S>) {
    for round in 0..50 {
        let name = format!("used-{round}");
        let first = expecting(set(&name, "x"), &name, Expected::Absent);
        assert_eq!(store.append(Decisions, first.clone()).await, Ok(Position(round + 1)));
        assert_eq!(store.append(Decisions, first).await, Err(StoreError::Conflict));
    }
}

async fn a_decision_may_depend_on_a_key_of_the_state<S: Store>(store: Arc<S>) {
    let at = store.append(State, set("binding", "active")).await.unwrap();
    let decision = |name| expecting(set(name, "x"), "binding", Expected::Version(at));
    assert_eq!(store.append(Decisions, decision("d1")).await, Ok(Position(1)));
    store.append(State, set("binding", "held")).await.unwrap();
    assert_eq!(store.append(Decisions, decision("d2")).await, Err(StoreError::Conflict));
    assert_eq!(store.tip(Decisions), Position(1));
}

async fn concurrent_compare_and_set_loses_no_update<S: Store>(store: Arc<S>) {
    const TASKS: u64 = 16;
    const EACH: u64 = 10;
    let tasks: Vec<_> = (0..TASKS)
        .map(|_| {
            let store = Arc::clone(&store);
            tokio::spawn(async move {
                let mut done = 0;
                while done < EACH {
                    let now = value(&*store, "n").await;
                    let expected = now
                        .as_ref()
                        .map_or(Expected::Absent, |stored| Expected::Version(stored.version));
                    let next = set("n", &(number(now.as_ref()) + 1).to_string());
                    match store.append(State, expecting(next, "n", expected)).await {
                        Ok(_) => done += 1,
                        Err(StoreError::Conflict) => {}
                        Err(error) => panic!("{error}"),
                    }
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    assert_eq!(number(value(&*store, "n").await.as_ref()), TASKS * EACH);
    assert_eq!(store.tip(State), Position(TASKS * EACH));
}

async fn a_projection_sees_the_entries_before_it<S: Store>(store: Arc<S>) {
    let tasks: Vec<_> = (0..200)
        .map(|_| {
            let store = Arc::clone(&store);
            tokio::spawn(async move { store.append(State, add("n")).await.unwrap() })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    assert_eq!(number(value(&*store, "n").await.as_ref()), 200);
}

async fn a_refused_entry_writes_nothing<S: Store>(store: Arc<S>) {
    for bytes in [&b"?"[..], b"", b"#", b"=\xff"] {
        for ledger in [State, Decisions] {
            let answer = store.append(ledger, raw(bytes)).await;
            assert!(matches!(answer, Err(StoreError::Projection(_))), "{answer:?}");
            assert_eq!(store.tip(ledger), Position(0));
        }
    }
    assert_eq!(store.append(State, set("a", "1")).await, Ok(Position(1)));
}

async fn a_long_entry_is_refused_and_the_longest_is_kept<S: Store>(store: Arc<S>) {
    let mut longest = vec![b' '; Append::MAX_ENTRY];
    assert_eq!(store.append(Decisions, raw(&longest)).await, Ok(Position(1)));
    let entry = store.entry(Decisions, Position(1)).await.unwrap().unwrap();
    assert_eq!(*entry.entry, *longest);
    longest.push(b' ');
    let length = longest.len();
    let answer = store.append(Decisions, raw(&longest)).await;
    assert_eq!(answer, Err(StoreError::EntryTooLong { length }));
}

async fn a_stamp_changes_with_its_keys_only<S: Store>(store: Arc<S>) {
    store.append(State, set("a", "1")).await.unwrap();
    let keys = [key("a"), key("b")];
    let before = store.read(&keys).await.unwrap().stamp;
    assert_eq!(store.stamp(&keys).await.unwrap(), before);
    store.append(State, set("c", "1")).await.unwrap();
    assert_eq!(store.stamp(&keys).await.unwrap(), before);
    store.append(State, set("b", "1")).await.unwrap();
    let after = store.stamp(&keys).await.unwrap();
    assert_ne!(after, before);
    store.append(State, remove("b")).await.unwrap();
    assert_ne!(store.stamp(&keys).await.unwrap(), after);
}

async fn entries_are_read_back_by_position<S: Store>(store: Arc<S>) {
    for number in 1..=300_u64 {
        let entry = format!(" {number} {}", "x".repeat(usize::try_from(number % 97).unwrap()));
        store.append(State, raw(entry.as_bytes())).await.unwrap();
    }
    for at in [1, 2, 63, 64, 65, 66, 128, 255, 299, 300] {
        let entry = store.entry(State, Position(at)).await.unwrap().unwrap();
        assert_eq!(entry.position, Position(at));
        assert_eq!(entry.recorded_at, Timestamp::from_millis(1_700_000_000_123));
        assert!(entry.entry.starts_with(format!(" {at} ").as_bytes()));
    }
    for at in [0, 301, u64::MAX] {
        assert!(store.entry(State, Position(at)).await.unwrap().is_none());
    }
    assert!(store.entry(Decisions, Position(1)).await.unwrap().is_none());
    for (from, most, expected) in
        [(0, 3, 1..=3), (1, 2, 1..=2), (60, 100, 60..=159), (290, 1000, 290..=300)]
    {
        let found = store.entries(State, Position(from), most).await.unwrap();
        assert!(found.iter().map(|entry| entry.position.0).eq(expected));
    }
    assert!(store.entries(State, Position(301), 5).await.unwrap().is_empty());
    let long = vec![b' '; Append::MAX_ENTRY];
    for entry in [&long[..], b" ", &long[..]] {
        store.append(Decisions, raw(entry)).await.unwrap();
    }
    for (at, length) in [(1, long.len()), (2, 1), (3, long.len())] {
        let entry = store.entry(Decisions, Position(at)).await.unwrap().unwrap();
        assert_eq!((entry.position.0, entry.entry.len()), (at, length));
    }
    let at = Timestamp::from_millis(1_700_000_000_123);
    let (from, to) = (at, at.plus(Duration::from_millis(1)));
    let (first, last) = store.recorded_within(State, from, to).await.unwrap();
    assert_eq!((first, last), (Position(1), Position(300)));
    for (from, to) in [(to, to.plus(Duration::from_secs(1))), (Timestamp::EPOCH, at)] {
        let (first, last) = store.recorded_within(State, from, to).await.unwrap();
        assert!(last < first, "{first:?} {last:?}");
    }
}

async fn scans_page_both_ways<S: Store>(store: Arc<S>) {
    for name in ["a", "b", "b1", "b2", "b3", "b\u{7f}", "c"] {
        store.append(State, set(name, name)).await.unwrap();
    }
    let rows = [
        ("b", Direction::Ascending, 2, vec!["b,b1", "b2,b3", "b\u{7f}"]),
        ("b", Direction::Descending, 2, vec!["b\u{7f},b3", "b2,b1", "b"]),
        ("b", Direction::Ascending, 1000, vec!["b,b1,b2,b3,b\u{7f}"]),
        ("b2", Direction::Descending, 1, vec!["b2", ""]),
        ("d", Direction::Ascending, 5, vec![""]),
    ];
    for (prefix, direction, rows, pages) in rows {
        let mut after = None;
        for page in &pages {
            let scan = Scan { prefix: key(prefix), after: after.take(), rows, direction };
            let Page { rows: found, next } = store.scan(scan).await.unwrap();
            let names: Vec<_> =
                found.iter().map(|(key, _)| std::str::from_utf8(key.as_bytes()).unwrap()).collect();
            assert_eq!(names.join(","), *page, "{prefix} {direction:?}");
            assert!(found.iter().all(|(key, stored)| *key.as_bytes() == *stored.value));
            after = next;
        }
        assert_eq!(after, None, "{prefix} {direction:?}");
    }
}

macro_rules! contract {
    ($($name:ident)*) => {
        mod in_memory {
            use super::*;
            $(#[test] fn $name() { run(super::$name(Arc::new(memory()))); })*
        }

        mod embedded {
            use super::*;
            $(#[test] fn $name() {
                let dir = tempfile::tempdir().unwrap();
                run(super::$name(Arc::new(open(dir.path()).unwrap())));
            })*
        }
    };
}

contract! {
    an_appended_state_entry_is_readable_at_once
    a_removed_key_is_absent
    a_failed_condition_is_a_conflict_and_writes_nothing
    conditions_hold_for_decisions_that_are_not_applied_yet
    a_decision_may_depend_on_a_key_of_the_state
    concurrent_compare_and_set_loses_no_update
    a_projection_sees_the_entries_before_it
    a_refused_entry_writes_nothing
    a_long_entry_is_refused_and_the_longest_is_kept
    a_stamp_changes_with_its_keys_only
    entries_are_read_back_by_position
    scans_page_both_ways
}
