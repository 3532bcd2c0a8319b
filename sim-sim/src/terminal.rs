//! A counter's terminal, which personalises cards: it speaks in commands alone, over any line.

mod order;
mod secure;
#[cfg(test)]
mod tests;

pub use order::{Certify, Issued, Locking, Order, Personaliser};
pub use secure::TerminalError;

use crate::card::{Status, VirtualSim};
use rand::RngCore;
use thiserror::Error;

/// The card is gone, or its answer was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the card does not answer")]
pub struct Lost;

/// The line to a card with power.
pub trait Line {
    /// Sends a command and gives the answer with its status word.
    ///
    /// # Errors
    /// Where no answer came. The card may have done the command or not.
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, Lost>;
}

/// A line to a virtual SIM in this process.
pub struct InProcess<'a> {
    card: &'a mut VirtualSim,
    random: &'a mut dyn RngCore,
}

impl<'a> InProcess<'a> {
    /// Gives the card power.
    pub fn power_on(card: &'a mut VirtualSim, random: &'a mut dyn RngCore) -> Self {
        card.reset();
        Self { card, random }
    }
}

impl Line for InProcess<'_> {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, Lost> {
        Ok(self.card.command(command, self.random).to_bytes())
    }
}

/// Sends a command of case 3 or 4, and splits the answer.
fn exchange(
    line: &mut dyn Line,
    header: [u8; 4],
    data: &[u8],
) -> Result<(Vec<u8>, Status), TerminalError> {
    let length = u8::try_from(data.len()).map_err(|_| TerminalError::TooLong)?;
    let mut command = header.to_vec();
    if length > 0 {
        command.push(length);
        command.extend_from_slice(data);
    }
    command.push(0);
    let mut answer = line.transmit(&command)?;
    let low = answer.pop();
    let high = answer.pop();
    let (Some(high), Some(low)) = (high, low) else { return Err(TerminalError::Malformed) };
    Ok((answer, Status::from_word(u16::from_be_bytes([high, low]))))
}

/// Selects an application by its name.
fn select(line: &mut dyn Line, name: &[u8]) -> Result<Status, TerminalError> {
    let (_, status) = exchange(line, [0x00, 0xA4, 0x04, 0x00], name)?;
    Ok(status)
}
