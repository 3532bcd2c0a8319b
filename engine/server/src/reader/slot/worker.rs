use super::{Driver, MakeDriver, Sight};
use crate::reader::LinkFault;
use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
        mpsc::{Receiver, RecvTimeoutError, Sender, channel},
    },
    thread,
    time::Duration,
};
use zeroize::Zeroizing;

/// What a driver is told to do.
pub(super) enum Call {
    Watch(Duration),
    Connect,
    Transmit(Zeroizing<Vec<u8>>),
    IsThere,
    Disconnect,
}

/// What came of it.
pub(super) enum Reply {
    Done,
    Sight(Sight),
    Answer(Vec<u8>),
    There(bool),
}

/// Those who make calls, and how many of them there are.
pub(super) struct Workers {
    make: MakeDriver,
    most: usize,
    running: Arc<AtomicUsize>,
}

/// Counts a thread for as long as it runs.
struct Running(Arc<AtomicUsize>);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

impl Workers {
    pub(super) fn new(make: MakeDriver, most: usize) -> Self {
        Self { make, most, running: Arc::new(AtomicUsize::new(0)) }
    }

    /// Starts one more thread, where not too many hang.
    pub(super) fn start(&self) -> Result<Worker, LinkFault> {
        let more = |now: usize| (now < self.most).then_some(now.saturating_add(1));
        let counted = self.running.fetch_update(Ordering::AcqRel, Ordering::Acquire, more);
        counted.map_err(|_| LinkFault::Stuck)?;
        let running = Running(Arc::clone(&self.running));
        let (calls, to_do) = channel();
        let (done, replies) = channel();
        let make = Arc::clone(&self.make);
        let work = move || {
            let _running = running;
            serve(&make, &to_do, &done);
        };
        // Where no thread can be had, the closure and its count are dropped.
        let started = thread::Builder::new().name("card".to_owned()).spawn(work);
        started.map_err(|_| LinkFault::Stuck)?;
        Ok(Worker { calls, replies })
    }
}

fn serve(make: &MakeDriver, to_do: &Receiver<Call>, done: &Sender<Result<Reply, LinkFault>>) {
    let mut driver: Option<Box<dyn Driver>> = None;
    while let Ok(call) = to_do.recv() {
        let reply = match &mut driver {
            Some(driver) => one(&mut **driver, &call),
            None => make().and_then(|made| one(&mut **driver.insert(made), &call)),
        };
        if done.send(reply).is_err() {
            return;
        }
    }
}

fn one(driver: &mut dyn Driver, call: &Call) -> Result<Reply, LinkFault> {
    match call {
        Call::Watch(longest) => driver.watch(*longest).map(Reply::Sight),
        Call::Connect => driver.connect().map(|()| Reply::Done),
        Call::Transmit(command) => driver.transmit(command).map(Reply::Answer),
        Call::IsThere => Ok(Reply::There(driver.is_there())),
        Call::Disconnect => {
            driver.disconnect();
            Ok(Reply::Done)
        }
    }
}

/// One thread that makes calls.
pub(super) struct Worker {
    calls: Sender<Call>,
    replies: Receiver<Result<Reply, LinkFault>>,
}

impl Worker {
    /// Has a call made, and waits so long for it. After a time-out this worker is of no use.
    pub(super) fn call(&self, call: Call, longest: Duration) -> Result<Reply, LinkFault> {
        if self.calls.send(call).is_err() {
            return Err(LinkFault::NoService);
        }
        match self.replies.recv_timeout(longest) {
            Ok(reply) => reply,
            Err(RecvTimeoutError::Timeout) => Err(LinkFault::TimedOut),
            Err(RecvTimeoutError::Disconnected) => Err(LinkFault::NoService),
        }
    }
}
