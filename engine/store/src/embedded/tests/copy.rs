use super::*;
use crate::LedgerCopy;
use std::{collections::BTreeMap, fs};

/// Every file below a folder with its bytes.
fn contents(dir: &Path) -> BTreeMap<std::path::PathBuf, Vec<u8>> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(contents(&path));
        } else {
            files.insert(path.clone(), fs::read(&path).unwrap());
        }
    }
    files
}

#[test]
fn a_copy_reads_the_decisions_and_changes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).unwrap();
    run(fill(&store, 0, 200));
    let expected = run(store.entries(Decisions, Position(1), 1000)).unwrap();
    assert_eq!(expected.len(), 200);
    store.close().unwrap();
    // A segment that was being made, and bytes that no mark closes.
    fs::write(dir.path().join("decisions/00000000000000000999.seg.new"), b"x").unwrap();
    let segments = contents(&dir.path().join("decisions"));
    let last = segments.iter().rfind(|(path, _)| path.extension().is_some_and(|e| e == "seg"));
    let (path, bytes) = last.unwrap();
    fs::write(path, [&bytes[..], b"torn"].concat()).unwrap();
    for name in ["lock", "store.format"] {
        let before = contents(dir.path());
        let copy = LedgerCopy::open(dir.path()).unwrap();
        assert_eq!(copy.tip(Decisions), Position(200));
        let found = run(copy.entries(Decisions, Position(1), 1000)).unwrap();
        let bytes = |entries: &[LedgerEntry]| -> Vec<_> {
            entries.iter().map(|entry| (entry.position, entry.entry.clone())).collect()
        };
        assert_eq!(bytes(&found), bytes(&expected));
        let entry = run(copy.entry(Decisions, Position(7))).unwrap().unwrap();
        assert_eq!(entry.entry, expected[6].entry);
        let refused = run(copy.append(Decisions, set("a", "b")));
        assert!(matches!(refused, Err(StoreError::Unavailable { .. })));
        drop(copy);
        assert_eq!(contents(dir.path()), before, "it was opened to be read");
        fs::remove_file(dir.path().join(name)).unwrap();
    }
}

#[test]
fn a_folder_that_is_served_is_not_read_beside_the_server_nor_served_beside_a_reader() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).unwrap();
    run(fill(&store, 0, 3));
    assert!(matches!(LedgerCopy::open(dir.path()), Err(OpenError::Locked { .. })));
    store.close().unwrap();
    let copies = [LedgerCopy::open(dir.path()).unwrap(), LedgerCopy::open(dir.path()).unwrap()];
    assert!(matches!(open(dir.path()), Err(OpenError::Locked { .. })));
    drop(copies);
    assert!(open(dir.path()).is_ok());
}

#[test]
fn a_damaged_or_missing_ledger_is_not_read() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).unwrap();
    run(fill(&store, 0, 50));
    store.close().unwrap();
    let segment = dir.path().join("decisions/00000000000000000001.seg");
    let mut bytes = fs::read(&segment).unwrap();
    bytes[300] ^= 1;
    fs::write(&segment, bytes).unwrap();
    assert!(matches!(LedgerCopy::open(dir.path()), Err(OpenError::Damaged(_))));
    fs::remove_file(&segment).unwrap();
    assert!(matches!(LedgerCopy::open(dir.path()), Err(OpenError::Damaged(_))));
}
