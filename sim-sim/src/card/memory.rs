//! Where a card's state is kept.

use super::state::State;
use thiserror::Error;

/// The state could not be kept. The card answers 6581 and does nothing further.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the card's memory could not be written")]
pub struct NotWritten;

/// The memory that a card's state is in while it has no power. A command may write it more than
/// once: a PIN's counter is written before the PIN is compared, and whatever an answer rests on
/// before the answer is given.
pub trait Memory {
    /// Keeps a state in the place of the one before: all of it, or none.
    ///
    /// # Errors
    /// Where it may not be kept. Then the card goes on with the state before.
    fn write(&mut self, state: &State) -> Result<(), NotWritten>;
}

/// No memory: the state lives as long as the card's value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Volatile;

impl Memory for Volatile {
    fn write(&mut self, _: &State) -> Result<(), NotWritten> {
        Ok(())
    }
}

/// Whether a command wrote the memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Changed {
    /// It did, at least once.
    Yes,
    /// It did not.
    No,
}
