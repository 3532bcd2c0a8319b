use super::*;
use crate::{
    Progress, Rebuilt, Stage,
    testing::{TestProjection, add},
};
use parking_lot::Mutex;
use std::{fs, path::PathBuf};

/// A closed store, and what its index holds.
fn made() -> (tempfile::TempDir, Rows) {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).unwrap();
    run(fill(&store, 0, 150));
    store.close().unwrap();
    let (rows, opening) = reopened(dir.path());
    assert_eq!(opening, Opening::default());
    assert!(rows.len() > 150);
    (dir, rows)
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).unwrap();
        }
    }
}

#[test]
fn an_index_that_cannot_be_trusted_is_made_anew_with_the_same_contents() {
    let (dir, rows) = made();
    let index = dir.path().join("index");
    let mark = dir.path().join("index.mark");
    type Harm<'a> = (Rebuilt, Box<dyn Fn() + 'a>);
    let harms: [Harm<'_>; 6] = [
        (Rebuilt::Missing, Box::new(|| fs::remove_dir_all(&index).unwrap())),
        (Rebuilt::Unmarked, Box::new(|| fs::remove_file(&mark).unwrap())),
        (Rebuilt::PowerLost, Box::new(|| fs::write(&mark, "open another-boot").unwrap())),
        (Rebuilt::Damaged, Box::new(|| fs::write(&mark, "suspect").unwrap())),
        (
            Rebuilt::Unopenable,
            Box::new(|| {
                fs::remove_dir_all(&index).unwrap();
                fs::write(&index, "no folder").unwrap();
            }),
        ),
        (
            Rebuilt::Damaged,
            Box::new(|| {
                fs::remove_dir_all(&index).unwrap();
                fs::create_dir(&index).unwrap();
            }),
        ),
    ];
    for (why, harm) in harms {
        harm();
        let (found, opening) = reopened(dir.path());
        assert_eq!(opening.rebuilt, Some(why));
        assert_eq!(found, rows, "{why:?}");
        assert_eq!(reopened(dir.path()), (found, Opening::default()));
    }
}

#[test]
fn a_damaged_index_never_changes_what_is_read() {
    let (dir, rows) = made();
    let index = dir.path().join("index");
    let mut seed = 0x9e37_79b9_7f4a_7c15_u64;
    for round in 0..24_u64 {
        let paths = files(&index);
        for path in paths {
            let mut bytes = fs::read(&path).unwrap();
            match round % 3 {
                0 => bytes.truncate(bytes.len() / 2),
                1 => bytes.fill(0),
                _ => {
                    for _ in 0..8 {
                        seed ^= seed << 13;
                        seed ^= seed >> 7;
                        seed ^= seed << 17;
                        let length = u64::try_from(bytes.len()).unwrap().max(1);
                        if let Some(byte) = bytes.get_mut(usize::try_from(seed % length).unwrap()) {
                            *byte ^= 0x55;
                        }
                    }
                }
            }
            fs::write(&path, &bytes).unwrap();
        }
        let (found, opening) = reopened(dir.path());
        assert_eq!(found, rows, "round {round}: {opening:?}");
    }
}

#[test]
fn a_record_with_a_wrong_checksum_is_never_read_and_the_index_is_made_anew() {
    let harms: [fn(&mut Vec<u8>); 4] =
        [|bytes| bytes[13] ^= 1, |bytes| bytes[4] ^= 1, |bytes| bytes[0] ^= 1, Vec::clear];
    for (harm, seen) in harms.into_iter().zip([true, false].into_iter().cycle()) {
        let (dir, rows) = made();
        let store = open(dir.path()).unwrap();
        let key = crate::testing::key("d149");
        store.index.harm(&key, harm);
        if seen {
            let answer = run(store.read(std::slice::from_ref(&key)));
            assert!(matches!(answer, Err(StoreError::Damaged { .. })));
            assert!(matches!(store.health(), Err(StoreError::Damaged { .. })));
        }
        store.close().unwrap();
        let (found, opening) = reopened(dir.path());
        assert_eq!((found, opening.rebuilt), (rows, Some(Rebuilt::Damaged)));
    }
}

#[test]
fn an_index_that_is_behind_gets_the_rest_of_the_ledgers() {
    let (dir, _) = made();
    let kept = tempfile::tempdir().unwrap();
    copy(&dir.path().join("index"), kept.path());
    let store = open(dir.path()).unwrap();
    run(fill(&store, 500, 60));
    store.close().unwrap();
    let (rows, _) = reopened(dir.path());
    fs::remove_dir_all(dir.path().join("index")).unwrap();
    copy(kept.path(), &dir.path().join("index"));
    assert_eq!(reopened(dir.path()), (rows, Opening::default()));
}

#[test]
fn an_index_ahead_of_its_ledger_is_made_anew() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).unwrap();
    run(async {
        store.append(State, set("a", "1")).await.unwrap();
        store.append(State, set("a", "2")).await.unwrap();
    });
    store.close().unwrap();
    let path = files(&dir.path().join("state")).pop().unwrap();
    let length = fs::metadata(&path).unwrap().len();
    fs::File::options().write(true).open(&path).unwrap().set_len(length - 1).unwrap();
    let store = open(dir.path()).unwrap();
    assert_eq!(store.opening().rebuilt, Some(Rebuilt::Ahead));
    assert!(store.opening().state_torn > 0);
    let found = run(store.read(&[crate::testing::key("a")])).unwrap().values.remove(0).unwrap();
    assert_eq!(*found.value, *b"1");
}

/// Opens and tells what stages the start went through.
fn stages(dir: &Path) -> (EmbeddedStore, Vec<Progress>) {
    let told = Arc::new(Mutex::new(Vec::new()));
    let hear = Arc::clone(&told);
    let store = EmbeddedStore::open(
        config(dir),
        Arc::new(TestProjection),
        clock(),
        Arc::new(move |progress| hear.lock().push(progress)),
    )
    .unwrap();
    let told = told.lock().clone();
    (store, told)
}

fn applied(told: &[Progress], ledger: LedgerKind) -> u64 {
    let of = told.iter().filter(|progress| progress.stage == Stage::Apply(ledger));
    of.map(|progress| progress.total).max().unwrap_or(0)
}

#[test]
fn a_snapshot_taken_among_writers_is_of_one_moment() {
    let dir = tempfile::tempdir().unwrap();
    let store = Arc::new(open(dir.path()).unwrap());
    run(async {
        for number in 0..3000 {
            store.append(Decisions, set(&format!("k{number:05}"), "x")).await.unwrap();
        }
    });
    for _ in 0..4 {
        run(async {
            let writers: Vec<_> = (0..8_u32)
                .map(|writer| {
                    let store = Arc::clone(&store);
                    tokio::spawn(async move {
                        for number in 0..150_u32 {
                            let name = format!("c{}", number % 50);
                            store.append(State, add(&name)).await.unwrap();
                            let name = format!("k{:05}", (number * 19 + writer) % 3000);
                            let change = match number % 3 {
                                0 => crate::testing::remove(&name),
                                1 => set(&name, &number.to_string()),
                                _ => set(&format!("{name}-{writer}"), "new"),
                            };
                            store.append(Decisions, change).await.unwrap();
                        }
                    })
                })
                .collect();
            let index = Arc::clone(&store.index);
            let snapshot = tokio::task::spawn_blocking(move || {
                (0..3).map(|_| index.snapshot().unwrap()).max().unwrap()
            });
            for writer in writers {
                writer.await.unwrap();
            }
            assert!(snapshot.await.unwrap() <= store.tip(State));
        });
    }
    store.close().unwrap();
    let (rows, _) = reopened(dir.path());
    let index = dir.path().join("index");
    fs::remove_dir_all(&index).unwrap();
    let (from_snapshot, told) = stages(dir.path());
    assert!(applied(&told, State) < from_snapshot.tip(State).0);
    assert_eq!(from_snapshot.index.dump(), rows);
    from_snapshot.close().unwrap();
    fs::remove_dir_all(&index).unwrap();
    fs::remove_dir_all(dir.path().join("snapshots")).unwrap();
    let (from_nothing, told) = stages(dir.path());
    assert_eq!(applied(&told, State), from_nothing.tip(State).0);
    assert_eq!(from_nothing.index.dump(), rows);
}

#[test]
fn the_newest_whole_snapshot_is_used_and_two_are_kept() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).unwrap();
    for round in 0..3 {
        run(fill(&store, round * 100, 20));
        assert_eq!(store.snapshot().unwrap(), store.tip(State));
    }
    run(fill(&store, 900, 5));
    store.close().unwrap();
    let (rows, _) = reopened(dir.path());
    let mut snapshots = files(&dir.path().join("snapshots"));
    snapshots.sort();
    assert_eq!(snapshots.len(), 2);
    let mut rest = Vec::new();
    for harmed in [None, Some(1), Some(0)] {
        if let Some(harmed) = harmed {
            let mut bytes = fs::read(&snapshots[harmed]).unwrap();
            let middle = bytes.len() / 2;
            bytes[middle] ^= 1;
            fs::write(&snapshots[harmed], &bytes).unwrap();
        }
        fs::remove_dir_all(dir.path().join("index")).unwrap();
        let (store, told) = stages(dir.path());
        assert_eq!(store.index.dump(), rows);
        rest.push(applied(&told, State));
        if rest.len() == 3 {
            assert_eq!(rest[2], store.tip(State).0);
        }
    }
    assert!(rest.is_sorted_by(|a, b| a < b), "{rest:?}");
}

#[test]
fn a_snapshot_harmed_at_any_byte_is_not_used() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).unwrap();
    run(fill(&store, 0, 2));
    store.snapshot().unwrap();
    store.close().unwrap();
    let (rows, _) = reopened(dir.path());
    let path = files(&dir.path().join("snapshots")).pop().unwrap();
    let whole = fs::read(&path).unwrap();
    for at in (0..whole.len()).step_by(3) {
        let mut bytes = whole.clone();
        if at % 2 == 0 {
            bytes[at] ^= 4
        } else {
            bytes.truncate(at)
        }
        fs::write(&path, &bytes).unwrap();
        fs::remove_dir_all(dir.path().join("index")).unwrap();
        let (store, told) = stages(dir.path());
        assert_eq!(applied(&told, State), store.tip(State).0, "byte {at}");
        assert_eq!(store.index.dump(), rows, "byte {at}");
    }
}
