//! PINs: what one is, and where it comes from.

mod host;
mod input;
mod terminal;

#[cfg(test)]
mod tests;

pub use host::{Answers, HostPins};
pub use terminal::TerminalPins;

use super::TriesLeft;
use std::fmt;
use thiserror::Error;
use zeroize::Zeroizing;

/// A PIN of user authentication: four digits. It is wiped when it is dropped, and `Debug` does not
/// show it.
pub struct Pin(Zeroizing<[u8; 4]>);

impl Pin {
    /// Reads a PIN.
    ///
    /// # Errors
    /// [`NoPin::NotFourDigits`].
    pub fn parse(text: &[u8]) -> Result<Self, NoPin> {
        let digits = <[u8; 4]>::try_from(text).map_err(|_| NoPin::NotFourDigits)?;
        let digits = Zeroizing::new(digits);
        if digits.iter().all(u8::is_ascii_digit) {
            Ok(Self(digits))
        } else {
            Err(NoPin::NotFourDigits)
        }
    }

    pub(super) fn digits(&self) -> &[u8; 4] {
        &self.0
    }
}

impl fmt::Debug for Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pin(…)")
    }
}

/// What a person is told before the PIN is entered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ask {
    /// The tries that are left.
    pub tries: TriesLeft,
}

/// Why there is no PIN.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum NoPin {
    /// It was not entered in time.
    #[error("no PIN was entered in time")]
    TooLate,
    /// What was entered is none.
    #[error("a PIN has four digits")]
    NotFourDigits,
    /// The person gave up.
    #[error("no PIN was entered")]
    GivenUp,
    /// The card is gone, or the agent is being stopped.
    #[error("the card was taken away before the PIN was entered")]
    CardGone,
    /// There is nowhere to enter one.
    #[error(
        "there is no terminal to enter a PIN at; a host program gives it by --pin stdin or --pin fd:N"
    )]
    Nowhere,
}

/// Where a PIN comes from.
pub trait PinSource {
    /// Asks for a PIN, once. `still` says whether the card is still there; it is asked now and then
    /// while nothing is entered.
    ///
    /// # Errors
    /// [`NoPin`].
    fn ask(&mut self, ask: Ask, still: &mut dyn FnMut() -> bool) -> Result<Pin, NoPin>;
}
