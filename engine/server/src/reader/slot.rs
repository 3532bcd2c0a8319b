//! A reader's slot, behind calls that may never return: PC/SC has no time limit on what a card is
//! asked. Each call is made by a thread; one that hangs is given up together with its thread, and
//! only so many threads hang at once.

mod worker;

#[cfg(test)]
mod tests;

use super::{Link, LinkFault};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use worker::{Call, Reply, Worker, Workers};
use zeroize::Zeroizing;

/// The threads of one slot, of which all but one hang.
const THREADS: usize = 4;

/// What is in a reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sight {
    /// There is no such reader.
    NoReader,
    /// No card.
    Empty,
    /// A card. The number is another one for each card that comes.
    Card(u32),
}

/// The calls of one reader, each of which may hang. It lives on one thread.
pub trait Driver {
    /// Waits until there is something else in the reader than was seen last, for at most so long,
    /// and says what there is.
    ///
    /// # Errors
    /// [`LinkFault`] where it cannot be seen.
    fn watch(&mut self, longest: Duration) -> Result<Sight, LinkFault>;

    /// Connects to the card, for this program alone.
    ///
    /// # Errors
    /// [`LinkFault`].
    fn connect(&mut self) -> Result<(), LinkFault>;

    /// Sends a command.
    ///
    /// # Errors
    /// [`LinkFault`].
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, LinkFault>;

    /// Whether the card that was connected is still there.
    fn is_there(&mut self) -> bool;

    /// Lets the card go, so that it forgets the PIN.
    fn disconnect(&mut self);
}

/// How long a card and the service before it may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// For one answer of the card.
    pub answer: Duration,
    /// For all answers of a card in one tap.
    pub card: Duration,
}

/// A reader's slot.
pub struct Slot {
    workers: Workers,
    worker: Option<Worker>,
    patience: Patience,
    left: Duration,
}

/// Makes a driver, on the thread that it will live on.
pub type MakeDriver = Arc<dyn Fn() -> Result<Box<dyn Driver>, LinkFault> + Send + Sync>;

impl Slot {
    /// A slot whose calls are made by such drivers.
    pub fn new(make: MakeDriver, patience: Patience) -> Self {
        let workers = Workers::new(make, THREADS);
        Self { workers, worker: None, patience, left: patience.card }
    }

    /// Waits for something else in the reader, for at most so long.
    ///
    /// # Errors
    /// [`LinkFault`] where it cannot be seen.
    pub fn watch(&mut self, longest: Duration) -> Result<Sight, LinkFault> {
        let patience = longest.saturating_add(self.patience.answer);
        match self.call(Call::Watch(longest), patience)? {
            Reply::Sight(sight) => Ok(sight),
            _ => Err(LinkFault::NoService),
        }
    }

    /// Connects to the card. From now on its time is counted.
    ///
    /// # Errors
    /// [`LinkFault`].
    pub fn connect(&mut self) -> Result<(), LinkFault> {
        self.left = self.patience.card;
        self.call(Call::Connect, self.patience.answer).map(|_| ())
    }

    /// Lets the card go.
    pub fn disconnect(&mut self) {
        let _ = self.call(Call::Disconnect, self.patience.answer);
    }

    fn call(&mut self, call: Call, longest: Duration) -> Result<Reply, LinkFault> {
        let worker = match self.worker.take() {
            Some(worker) => worker,
            None => self.workers.start()?,
        };
        let answer = worker.call(call, longest);
        match answer {
            // Its thread is given up with it: it may hang for ever.
            Err(LinkFault::TimedOut) => {}
            // What the service said of its state is gone, and a new thread asks anew.
            Err(LinkFault::NoService) => {}
            _ => self.worker = Some(worker),
        }
        answer
    }
}

impl Link for Slot {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, LinkFault> {
        let began = Instant::now();
        let longest = self.patience.answer.min(self.left);
        if longest.is_zero() {
            return Err(LinkFault::TimedOut);
        }
        let answer = self.call(Call::Transmit(Zeroizing::new(command.to_vec())), longest);
        self.left = self.left.saturating_sub(began.elapsed());
        match answer? {
            Reply::Answer(answer) => Ok(answer),
            _ => Err(LinkFault::NoService),
        }
    }

    fn is_there(&mut self) -> bool {
        matches!(self.call(Call::IsThere, self.patience.answer), Ok(Reply::There(true)))
    }
}
