//! What is said to a card in a tap, and how its answers are read.

mod error;
mod read;
mod secret;
mod token;

pub use error::{CardError, CardFault, Step};
pub use secret::TriesLeft;
pub(super) use secret::Verified;
pub use token::{Token, TokenProof};

use super::{
    Link, Status,
    apdu::{Answer, NoAnswerToCommand, PART, exchange},
};
use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

/// The JPKI applet.
const APPLET: [u8; 10] = [0xD3, 0x92, 0xF0, 0x00, 0x26, 0x01, 0x00, 0x00, 0x00, 0x01];

/// A card on a link, and how much time was spent waiting for it.
pub struct Card<'a> {
    link: &'a mut dyn Link,
    waited: BTreeMap<Step, Duration>,
    last: Duration,
    commands: u32,
}

impl<'a> Card<'a> {
    /// A card that nothing was said to yet.
    pub fn new(link: &'a mut dyn Link) -> Self {
        Self { link, waited: BTreeMap::new(), last: Duration::ZERO, commands: 0 }
    }

    /// The time that was spent waiting for the card, by what it was asked.
    pub fn waited(&self) -> &BTreeMap<Step, Duration> {
        &self.waited
    }

    /// The commands that were sent.
    pub fn commands(&self) -> u32 {
        self.commands
    }

    /// Whether the card is still there.
    pub fn is_there(&mut self) -> bool {
        self.link.is_there()
    }

    fn ask(&mut self, step: Step, command: &[u8]) -> Result<Answer, CardError> {
        self.ask_long(step, command, PART)
    }

    /// Asks for what may be longer than one answer, but not longer than this.
    fn ask_long(&mut self, step: Step, command: &[u8], most: usize) -> Result<Answer, CardError> {
        let began = Instant::now();
        let answer = exchange(self.link, command, most);
        self.last = began.elapsed();
        let waited = self.waited.entry(step).or_default();
        *waited = waited.saturating_add(self.last);
        self.commands = self.commands.saturating_add(1);
        answer.map_err(|fault| {
            let why = match fault {
                NoAnswerToCommand::Link(fault) => CardFault::Link(fault),
                NoAnswerToCommand::Malformed => CardFault::Malformed,
            };
            CardError::new(step, why)
        })
    }

    /// Asks, and takes nothing but data with the status "done"; `None` where the card does not know
    /// what is asked for.
    fn ask_if_known(&mut self, step: Step, command: &[u8]) -> Result<Option<Vec<u8>>, CardError> {
        let answer = self.ask(step, command)?;
        Ok((answer.status == Status::DONE).then_some(answer.data))
    }

    /// Selects the JPKI applet. What the card knew of a PIN is forgotten.
    ///
    /// # Errors
    /// [`CardFault::NoApplet`] where the card has none, or does not let it be reached.
    pub fn select_applet(&mut self) -> Result<(), CardError> {
        let mut command = vec![0x00, 0xA4, 0x04, 0x0C, 0x0A];
        command.extend_from_slice(&APPLET);
        match self.ask(Step::Applet, &command)?.status {
            Status::DONE => Ok(()),
            _ => Err(CardError::new(Step::Applet, CardFault::NoApplet)),
        }
    }

    /// Selects a file of the applet.
    fn select(&mut self, step: Step, file: [u8; 2]) -> Result<Status, CardError> {
        let [high, low] = file;
        let answer = self.ask(step, &[0x00, 0xA4, 0x02, 0x0C, 0x02, high, low])?;
        Ok(answer.status)
    }
}
