use super::*;
use crate::{OpenError, config::Progress, disk::RealDisk};
use proptest::prelude::*;
use simbind_core::time::Timestamp;
use std::{fs, sync::Arc};
use tempfile::TempDir;

const NOW: Timestamp = Timestamp::from_millis(1_700_000_000_000);

fn open_ledger(dir: &Path) -> Result<Opened, OpenError> {
    open(dir, LedgerKind::State, Known::default(), 600, Arc::new(RealDisk), &|_: Progress| {})
}

/// A ledger with groups of these numbers of entries.
fn made(groups: &[usize]) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    let mut appender = open_ledger(dir.path()).unwrap().appender;
    for group in groups {
        append(&mut appender, *group);
    }
    dir
}

fn append(appender: &mut Appender, entries: usize) {
    for _ in 0..entries {
        let entry = text(appender.next());
        appender.push(NOW, &entry);
    }
    appender.commit().unwrap();
}

fn text(position: Position) -> Vec<u8> {
    format!("entry {}", position.0).repeat(1 + usize::try_from(position.0 % 3).unwrap()).into()
}

/// All entries, which are the same however they are read.
fn read_all(ledger: &Arc<Ledger>) -> Vec<(Position, Vec<u8>)> {
    let mut reader = Reader::new(Arc::clone(ledger), Position(1), 128);
    let mut all = Vec::new();
    while let Some(entry) = reader.next().unwrap() {
        all.push((entry.recorded.position, entry.bytes.to_vec()));
    }
    for most in [1, 3, 1000] {
        let mut paged = Vec::new();
        loop {
            let from = Position(paged.last().map_or(1, |(last, _): &(Position, _)| last.0 + 1));
            let found = page(ledger, from, most).unwrap();
            if found.is_empty() {
                break;
            }
            assert!(found.len() <= most && found.iter().all(|entry| entry.recorded_at == NOW));
            paged.extend(found.iter().map(|entry| (entry.position, entry.entry.to_vec())));
        }
        assert_eq!(paged, all, "{most} at a time");
    }
    all
}

fn assert_holds(opened: &Opened, entries: u64) {
    let ledger = opened.appender.ledger();
    assert_eq!(ledger.tip(), Position(entries));
    let expected: Vec<_> = (1..=entries).map(|at| (Position(at), text(Position(at)))).collect();
    assert_eq!(read_all(ledger), expected);
}

fn segments(dir: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<_> = fs::read_dir(folder(dir, LedgerKind::State))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    paths
}

fn damage(dir: &Path) -> Damage {
    match open_ledger(dir) {
        Err(OpenError::Damaged(damage)) => *damage,
        Err(other) => panic!("{other}"),
        Ok(opened) => panic!("opened with a tip of {:?}", opened.appender.ledger().tip()),
    }
}

#[test]
fn a_ledger_holds_what_was_committed_across_segments_and_restarts() {
    let dir = made(&[1, 2, 3, 1, 1]);
    let mut expected = 8;
    assert!(segments(dir.path()).len() > 1);
    for group in [1, 5, 1] {
        let mut opened = open_ledger(dir.path()).unwrap();
        assert_eq!(opened.torn, 0);
        assert_holds(&opened, expected);
        append(&mut opened.appender, group);
        expected += u64::try_from(group).unwrap();
        assert_holds(&opened, expected);
    }
}

#[test]
fn a_tail_torn_at_any_byte_of_the_last_group_loses_that_group_alone() {
    let dir = made(&[2, 1]);
    let path = segments(dir.path()).pop().unwrap();
    let before = fs::metadata(&path).unwrap().len();
    append(&mut open_ledger(dir.path()).unwrap().appender, 3);
    let whole = fs::read(&path).unwrap();
    for cut in before..u64::try_from(whole.len()).unwrap() {
        fs::write(&path, &whole[..usize::try_from(cut).unwrap()]).unwrap();
        let mut opened = open_ledger(dir.path()).unwrap();
        assert_eq!(opened.torn, cut - before);
        assert_holds(&opened, 3);
        append(&mut opened.appender, 1);
        drop(opened);
        let opened = open_ledger(dir.path()).unwrap();
        assert_eq!(opened.torn, 0);
        assert_holds(&opened, 4);
    }
}

#[test]
fn a_flipped_byte_before_the_last_mark_stops_the_start_and_names_the_place() {
    let dir = made(&[1, 2, 3, 2, 1]);
    let paths = segments(dir.path());
    assert!(paths.len() >= 2);
    for (number, path) in paths.iter().enumerate() {
        let whole = fs::read(path).unwrap();
        let last_mark = whole.len() - frame::HEAD - frame::MARK_BODY;
        let end = if number + 1 == paths.len() { last_mark } else { whole.len() };
        for at in 0..end {
            let mut bytes = whole.clone();
            bytes[at] ^= 1 << (at % 8);
            fs::write(path, &bytes).unwrap();
            let damage = damage(dir.path());
            assert_eq!(damage.file, *path, "byte {at}");
            assert!(damage.offset <= u64::try_from(at).unwrap(), "byte {at}: {damage}");
            assert!(damage.position.is_some() || damage.offset == 0);
        }
        fs::write(path, &whole).unwrap();
    }
    assert_holds(&open_ledger(dir.path()).unwrap(), 9);
}

#[test]
fn a_shortened_or_missing_segment_stops_the_start() {
    let dir = made(&[3; 12]);
    let paths = segments(dir.path());
    assert!(paths.len() >= 3);
    let (last, earlier) = paths.split_last().unwrap();
    for path in earlier {
        let whole = fs::read(path).unwrap();
        for length in 0..whole.len() {
            fs::write(path, &whole[..length]).unwrap();
            damage(dir.path());
        }
        fs::remove_file(path).unwrap();
        let damage = damage(dir.path());
        assert_eq!(damage.what, "entries before it are missing");
        fs::write(path, &whole).unwrap();
    }
    let whole = fs::read(last).unwrap();
    fs::write(last, &whole[..segment::HEADER - 1]).unwrap();
    assert_eq!(damage(dir.path()).file, *last);
    fs::write(last, &whole).unwrap();
    assert_holds(&open_ledger(dir.path()).unwrap(), 36);
}

#[test]
fn a_ledger_that_must_be_there_is_not_made_anew() {
    let dir = made(&[1]);
    let id = open_ledger(dir.path()).unwrap().appender.ledger().id;
    let again = |id| {
        let known = Known { id: Some(id), checkpoint: None };
        open(dir.path(), LedgerKind::State, known, 600, Arc::new(RealDisk), &|_| {}).map(|_| ())
    };
    assert!(again(id).is_ok());
    assert!(matches!(again([0; 16]), Err(OpenError::Damaged(_))));
    fs::remove_file(&segments(dir.path())[0]).unwrap();
    assert!(matches!(again(id), Err(OpenError::Damaged(_))));
    assert!(segments(dir.path()).is_empty());
}

#[test]
fn an_entry_rewritten_with_a_right_checksum_breaks_the_chain() {
    let dir = made(&[1, 1]);
    let path = &segments(dir.path())[0];
    let mut bytes = fs::read(path).unwrap();
    let mut forged = Vec::new();
    let mut other = text(Position(1));
    other[0] ^= 1;
    frame::push_entry(&mut forged, Position(1), NOW, &[0; 32], &other);
    bytes[segment::HEADER..segment::HEADER + forged.len()].copy_from_slice(&forged);
    fs::write(path, &bytes).unwrap();
    let damage = damage(dir.path());
    assert_eq!(damage.position, Some(Position(2)));
    assert!(damage.what.contains("commit mark"), "{damage}");
}

#[test]
fn a_segment_of_another_ledger_does_not_join() {
    let (dir, other) = (made(&[3; 12]), made(&[3; 12]));
    let (paths, others) = (segments(dir.path()), segments(other.path()));
    fs::copy(&others[1], &paths[1]).unwrap();
    assert_eq!(damage(dir.path()).what, "it belongs to a ledger of another store");
}

#[test]
fn an_entry_that_looks_like_a_commit_mark_is_no_mark() {
    let dir = made(&[2]);
    let path = segments(dir.path()).pop().unwrap();
    let mut opened = open_ledger(dir.path()).unwrap();
    let mut mark = Vec::new();
    frame::push_mark(&mut mark, Position(3), NOW, &[9; 16], &[0; 32]);
    opened.appender.push(NOW, &mark);
    opened.appender.commit().unwrap();
    drop(opened);
    let length = fs::metadata(&path).unwrap().len();
    fs::File::options().write(true).open(&path).unwrap().set_len(length - 1).unwrap();
    assert_holds(&open_ledger(dir.path()).unwrap(), 2);
}

#[test]
fn a_segment_half_made_is_removed() {
    let dir = made(&[2]);
    let leftover = folder(dir.path(), LedgerKind::State).join("00000000000000000003.new");
    fs::write(&leftover, b"SIMB").unwrap();
    assert_holds(&open_ledger(dir.path()).unwrap(), 2);
    assert!(!leftover.exists());
}

#[test]
fn a_checkpoint_tells_that_whole_commits_are_gone_or_others_are_there() {
    let dir = made(&[1, 2]);
    let path = segments(dir.path()).pop().unwrap();
    let at = fs::metadata(&path).unwrap().len();
    let open_from = |checkpoint| {
        let known = Known { id: None, checkpoint: Some(checkpoint) };
        open(dir.path(), LedgerKind::State, known, 600, Arc::new(RealDisk), &|_| {})
    };
    let mut opened = open_ledger(dir.path()).unwrap();
    let before = opened.appender.ledger().head();
    append(&mut opened.appender, 2);
    let checkpoint = opened.appender.ledger().head();
    assert_eq!((before.position, checkpoint.position), (Position(3), Position(5)));
    append(&mut opened.appender, 1);
    drop(opened);
    for checkpoint in [before, checkpoint] {
        let head = open_from(checkpoint).unwrap().appender.ledger().head();
        assert_eq!(head.position, Position(6));
    }
    for wrong in [
        Checkpoint { chain: [0; 32], ..checkpoint },
        Checkpoint { position: Position(4), ..checkpoint },
        Checkpoint { position: Position(7), ..checkpoint },
    ] {
        assert!(matches!(open_from(wrong), Err(OpenError::Damaged(_))), "{wrong:?}");
    }
    fs::File::options().write(true).open(&path).unwrap().set_len(at).unwrap();
    assert!(open_from(before).is_ok());
    match open_from(checkpoint) {
        Err(OpenError::Damaged(damage)) => assert!(damage.what.contains("checkpoint")),
        _ => panic!("a shortened ledger opened"),
    }
}

#[test]
fn progress_ends_at_the_whole() {
    let dir = made(&[3; 12]);
    let told = parking_lot::Mutex::new(Vec::new());
    let tell = |progress| told.lock().push(progress);
    open(dir.path(), LedgerKind::State, Known::default(), 600, Arc::new(RealDisk), &tell).unwrap();
    let last = *told.lock().last().unwrap();
    let total: u64 =
        segments(dir.path()).iter().map(|path| fs::metadata(path).unwrap().len()).sum();
    assert_eq!((last.done, last.total), (total, total));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn whatever_stands_after_the_last_mark_is_cut(tail in prop::collection::vec(any::<u8>(), 0..300)) {
        let dir = made(&[2, 3]);
        let path = segments(dir.path()).pop().unwrap();
        let mut bytes = fs::read(&path).unwrap();
        bytes.extend_from_slice(&tail);
        fs::write(&path, &bytes).unwrap();
        let opened = open_ledger(dir.path()).unwrap();
        prop_assert_eq!(opened.torn, u64::try_from(tail.len()).unwrap());
        assert_holds(&opened, 5);
    }
}
