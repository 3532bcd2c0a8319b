//! A plain group-committing log: a thread appends what waits, calls fdatasync once, and answers.

use std::{fs::File, io::Write as _, sync::mpsc, thread::JoinHandle};
use tokio::sync::oneshot;

/// The most records of a group.
const GROUP: usize = 1024;

/// A log in a file of its own.
pub struct Log {
    to: mpsc::Sender<oneshot::Sender<()>>,
    _thread: JoinHandle<()>,
}

impl Log {
    /// A log whose records all have this size.
    pub fn new(mut file: File, size: usize) -> Self {
        let (to, from) = mpsc::channel::<oneshot::Sender<()>>();
        let write = move || {
            let record = vec![0x5A; size];
            let mut group = Vec::with_capacity(GROUP);
            let mut bytes = Vec::with_capacity(GROUP * size);
            while let Ok(first) = from.recv() {
                group.push(first);
                group.extend(from.try_iter().take(GROUP - 1));
                bytes.clear();
                group.iter().for_each(|_| bytes.extend_from_slice(&record));
                file.write_all(&bytes).expect("the log is written");
                file.sync_data().expect("the log is synced");
                for answer in group.drain(..) {
                    let _ = answer.send(());
                }
            }
        };
        let thread = std::thread::Builder::new().name("echo-log".into()).spawn(write);
        Self { to, _thread: thread.expect("a thread") }
    }

    /// Appends a record; it is on disk when this answers.
    pub async fn append(&self) {
        let (answer, answered) = oneshot::channel();
        self.to.send(answer).expect("the log's thread lives");
        answered.await.expect("the record is on disk");
    }
}
