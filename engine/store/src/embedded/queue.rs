//! The bounded way from the callers to a ledger's thread.

use super::health::closed;
use simbind_service::ports::store::{Append, Position, StoreError};
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
    mpsc::{Receiver, SyncSender, TryRecvError, TrySendError, sync_channel},
};
use tokio::sync::oneshot;

pub(super) type Answer = oneshot::Sender<Result<Position, StoreError>>;

/// An append and where its answer goes.
pub(super) struct Request {
    pub(super) append: Append,
    pub(super) answer: Answer,
}

enum Message {
    Append(Request),
    Close,
}

/// The callers' end.
pub(super) struct Queue {
    to: SyncSender<Message>,
    bytes: Arc<AtomicUsize>,
    most_bytes: usize,
}

/// The thread's end.
pub(super) struct Requests {
    from: Receiver<Message>,
    bytes: Arc<AtomicUsize>,
    closing: bool,
}

/// A queue of at most so many appends, with at most so many bytes of entries.
pub(super) fn queue(most: usize, most_bytes: usize) -> (Queue, Requests) {
    let (to, from) = sync_channel(most.max(1));
    let bytes = Arc::new(AtomicUsize::new(0));
    let queue = Queue { to, bytes: Arc::clone(&bytes), most_bytes };
    (queue, Requests { from, bytes, closing: false })
}

/// What an append counts for in the queue.
fn weight(append: &Append) -> usize {
    append.entry.len().saturating_add(append.expect.len().saturating_mul(256))
}

impl Queue {
    /// Takes an append in, or says why not.
    pub(super) fn send(
        &self,
        append: Append,
    ) -> Result<oneshot::Receiver<Result<Position, StoreError>>, StoreError> {
        if append.entry.len() > Append::MAX_ENTRY {
            return Err(StoreError::EntryTooLong { length: append.entry.len() });
        }
        let weight = weight(&append);
        if self.bytes.fetch_add(weight, Ordering::AcqRel).saturating_add(weight) > self.most_bytes {
            self.bytes.fetch_sub(weight, Ordering::AcqRel);
            return Err(StoreError::Busy);
        }
        let (answer, answered) = oneshot::channel();
        self.to.try_send(Message::Append(Request { append, answer })).map_err(|error| {
            self.bytes.fetch_sub(weight, Ordering::AcqRel);
            match error {
                TrySendError::Full(_) => StoreError::Busy,
                TrySendError::Disconnected(_) => closed(),
            }
        })?;
        Ok(answered)
    }

    /// Asks the thread to end after what it has taken in.
    pub(super) fn close(&self) {
        let _ = self.to.send(Message::Close);
    }
}

impl Requests {
    /// Waits for the next append; `None` when the queue is closed and empty.
    pub(super) fn wait(&mut self) -> Option<Request> {
        if !self.closing
            && let Ok(Message::Append(request)) = self.from.recv()
        {
            return Some(self.taken(request));
        }
        self.closing = true;
        self.ready()
    }

    /// The next append that is there already.
    pub(super) fn ready(&mut self) -> Option<Request> {
        loop {
            match self.from.try_recv() {
                Ok(Message::Append(request)) => return Some(self.taken(request)),
                Ok(Message::Close) => self.closing = true,
                Err(TryRecvError::Empty | TryRecvError::Disconnected) => return None,
            }
        }
    }

    fn taken(&self, request: Request) -> Request {
        self.bytes.fetch_sub(weight(&request.append), Ordering::AcqRel);
        request
    }
}
