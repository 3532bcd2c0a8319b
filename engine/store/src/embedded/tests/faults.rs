use super::*;
use crate::{Disk, RealDisk, StoreConfig, testing::Failing};
use parking_lot::Condvar;
use std::{fs::File, io};

fn unavailable<T: std::fmt::Debug>(answer: &Result<T, StoreError>) -> bool {
    matches!(answer, Err(StoreError::Unavailable { .. }))
}

#[test]
fn a_failed_write_or_sync_ends_writing_and_loses_nothing_acknowledged() {
    for ledger in [State, Decisions] {
        for (room, syncs) in
            [(0, 1000), (1, 1000), (700, 1000), (5000, 1000), (1 << 40, 0), (1 << 40, 9)]
        {
            let dir = tempfile::tempdir().unwrap();
            let disk = Failing::new(room, syncs);
            let config = StoreConfig { disk: Arc::clone(&disk) as _, ..config(dir.path()) };
            let store = open_with(config).unwrap();
            let mut acknowledged = 0;
            run(async {
                while store.append(ledger, set("a", &acknowledged.to_string())).await.is_ok() {
                    acknowledged += 1;
                }
                assert!(unavailable(&store.health()));
                for ledger in [State, Decisions] {
                    assert!(unavailable(&store.append(ledger, set("a", "late")).await));
                }
                assert!(store.read(&[crate::testing::key("a")]).await.is_ok());
            });
            assert_eq!(store.tip(ledger), Position(acknowledged));
            let _ = store.close();
            assert_eq!(disk.syncs_after_failure(), 0, "a sync after a failed one");
            let store = open(dir.path()).unwrap();
            // What was written and could not be synced may be there, or not.
            assert!((acknowledged..=acknowledged + 1).contains(&store.tip(ledger).0));
            for number in 0..acknowledged {
                let entry = run(store.entry(ledger, Position(number + 1))).unwrap().unwrap();
                assert_eq!(entry.entry[..], set("a", &number.to_string()).entry[..]);
            }
            let next = Position(store.tip(ledger).0 + 1);
            assert_eq!(run(store.append(ledger, set("a", "again"))), Ok(next));
        }
    }
}

/// A disk whose syncs wait until they may go on, and say that they wait.
#[derive(Default)]
struct Slow {
    state: Mutex<(bool, usize)>,
    changed: Condvar,
}

impl Disk for Slow {
    fn write(&self, file: &mut File, bytes: &[u8]) -> io::Result<()> {
        RealDisk.write(file, bytes)
    }

    fn sync(&self, file: &File) -> io::Result<()> {
        let mut state = self.state.lock();
        state.1 += 1;
        self.changed.notify_all();
        while !state.0 {
            self.changed.wait(&mut state);
        }
        RealDisk.sync(file)
    }
}

impl Slow {
    fn wait_for_a_sync(&self) {
        let mut state = self.state.lock();
        while state.1 == 0 {
            self.changed.wait(&mut state);
        }
    }

    fn go_on(&self) {
        self.state.lock().0 = true;
        self.changed.notify_all();
    }
}

#[test]
fn a_full_queue_is_busy_and_what_it_took_in_is_written() {
    for ledger in [State, Decisions] {
        for (queue, queue_bytes, taken) in [(4, 1 << 20, 4), (100, 50, 5)] {
            let dir = tempfile::tempdir().unwrap();
            let disk = Arc::new(Slow::default());
            let config = StoreConfig {
                disk: Arc::clone(&disk) as _,
                queue,
                queue_bytes,
                ..config(dir.path())
            };
            let store = open_with(config).unwrap();
            let send = || store.side(ledger).queue.send(raw(b" ten bytes"));
            let mut answers = vec![send().unwrap()];
            disk.wait_for_a_sync();
            answers.extend((0..taken).map(|_| send().unwrap()));
            for _ in 0..3 {
                assert_eq!(send().err(), Some(StoreError::Busy));
            }
            assert_eq!(store.tip(ledger), Position(0));
            disk.go_on();
            for (number, answer) in (1..).zip(answers) {
                assert_eq!(answer.blocking_recv().unwrap(), Ok(Position(number)));
            }
            assert_eq!(run(store.append(ledger, raw(b" "))), Ok(Position(taken + 2)));
        }
    }
}

#[test]
fn nothing_is_visible_before_it_is_on_disk() {
    let dir = tempfile::tempdir().unwrap();
    let disk = Arc::new(Slow::default());
    let store =
        open_with(StoreConfig { disk: Arc::clone(&disk) as _, ..config(dir.path()) }).unwrap();
    let keys = [crate::testing::key("a")];
    let before = run(store.stamp(&keys)).unwrap();
    let answer = store.state.queue.send(set("a", "1")).unwrap();
    disk.wait_for_a_sync();
    let read = run(store.read(&keys)).unwrap();
    assert_eq!((read.position, &read.values[0], &read.stamp), (Position(0), &None, &before));
    disk.go_on();
    answer.blocking_recv().unwrap().unwrap();
    let read = run(store.read(&keys)).unwrap();
    assert_eq!(read.position, Position(1));
    assert!(read.values[0].is_some() && read.stamp != before);
}
