//! The thread that writes slots: it takes what waits, writes, syncs once and answers.

use super::{
    Keys, MasterKey,
    master::random,
    no_random,
    slot::{self, SLOT, Slot},
    stopped, unavailable,
};
use crate::error::OpenError;
use simbind_service::ports::vault::{KeyId, VaultError};
use std::{
    sync::{
        Arc,
        mpsc::{Receiver, SyncSender, TrySendError, sync_channel},
    },
    thread::{self, JoinHandle},
};
use tokio::sync::oneshot;
use zeroize::Zeroizing;

/// The most pieces of work that share a sync.
const GROUP: usize = 256;

type Answer<T> = oneshot::Sender<Result<T, VaultError>>;
type Answered<T> = oneshot::Receiver<Result<T, VaultError>>;

enum Work {
    New(Answer<KeyId>),
    Destroy(KeyId, Answer<()>),
}

/// The callers' end. Dropping it ends the thread after what was taken in.
pub(super) struct Worker {
    to: Option<SyncSender<Work>>,
    thread: Option<JoinHandle<()>>,
}

impl Worker {
    pub(super) fn start(
        queue: usize,
        keys: Arc<Keys>,
        master: Arc<MasterKey>,
    ) -> Result<Self, OpenError> {
        let (to, from) = sync_channel(queue.max(1));
        let thread = thread::Builder::new().name("vault".into());
        let thread = thread.spawn(move || run(&from, &keys, &master));
        let thread = thread.map_err(|_| OpenError::Start("the system gives no thread"))?;
        Ok(Self { to: Some(to), thread: Some(thread) })
    }

    pub(super) fn new_key(&self) -> Result<Answered<KeyId>, VaultError> {
        let (answer, answered) = oneshot::channel();
        self.send(Work::New(answer)).map(|()| answered)
    }

    pub(super) fn destroy(&self, id: KeyId) -> Result<Answered<()>, VaultError> {
        let (answer, answered) = oneshot::channel();
        self.send(Work::Destroy(id, answer)).map(|()| answered)
    }

    fn send(&self, work: Work) -> Result<(), VaultError> {
        let to = self.to.as_ref().ok_or_else(stopped)?;
        to.try_send(work).map_err(|error| match error {
            TrySendError::Full(_) => unavailable("its queue is full"),
            TrySendError::Disconnected(_) => stopped(),
        })
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        drop(self.to.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn run(from: &Receiver<Work>, keys: &Keys, master: &MasterKey) {
    while let Ok(first) = from.recv() {
        let mut group = Group::default();
        let mut next = Some(first);
        while let Some(work) = next {
            match work {
                Work::New(answer) => group.add(keys, master, answer),
                Work::Destroy(id, answer) => group.destroy(keys, id, answer),
            }
            let full = group.len() >= GROUP;
            next = if full { None } else { from.try_recv().ok() };
        }
        group.finish(keys);
    }
}

/// What shares one sync.
#[derive(Default)]
struct Group {
    slots: Vec<u8>,
    made: Vec<(Answer<KeyId>, KeyId)>,
    destroyed: Vec<(Answer<()>, Result<(), VaultError>)>,
}

impl Group {
    fn len(&self) -> usize {
        self.made.len().saturating_add(self.destroyed.len())
    }

    fn add(&mut self, keys: &Keys, master: &MasterKey, answer: Answer<KeyId>) {
        let made = u64::try_from(self.made.len()).unwrap_or(u64::MAX);
        match new_slot(keys.slots.count().saturating_add(made), master) {
            Some((id, slot)) => {
                self.slots.extend_from_slice(&slot.encode());
                self.made.push((answer, id));
            }
            None => drop(answer.send(Err(no_random()))),
        }
    }

    /// Overwrites the slot of a key. Doing it twice is doing it once.
    fn destroy(&mut self, keys: &Keys, id: KeyId, answer: Answer<()>) {
        let number = slot::number(id);
        let known = keys.slots.read(number, |slot| match slot {
            Slot::Key { id: found, .. } | Slot::Destroyed { id: found } if found == id => Ok(()),
            _ => Err(VaultError::DoesNotOpen),
        });
        let outcome = known.and_then(|()| {
            let gone = Slot::Destroyed { id }.encode();
            keys.slots.write(number, &gone, || drop(keys.cache.remove(&number)))
        });
        self.destroyed.push((answer, outcome));
    }

    fn finish(self, keys: &Keys) {
        let before = keys.slots.count();
        let after = before.saturating_add(u64::try_from(self.slots.len() / SLOT).unwrap_or(0));
        let written = match self.slots.as_slice() {
            [] => Ok(()),
            slots => keys.slots.write(before, slots, || {}),
        };
        let outcome = written.and_then(|()| keys.slots.sync(after));
        for (answer, id) in self.made {
            let _ = answer.send(outcome.clone().map(|()| id));
        }
        for (answer, destroyed) in self.destroyed {
            let _ = answer.send(destroyed.and(outcome.clone()));
        }
    }
}

fn new_slot(number: u64, master: &MasterKey) -> Option<(KeyId, Slot)> {
    let id = slot::id(number, random()?);
    let key = Zeroizing::new(random()?);
    let wrapped = master.wrap(id, &key)?;
    Some((id, Slot::Key { id, wrapped }))
}
