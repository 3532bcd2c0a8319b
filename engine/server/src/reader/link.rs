use thiserror::Error;

/// A card in a reader, that is sent one command at a time.
pub trait Link {
    /// Sends a command and gives the card's answer, its status word included. It ends within a time
    /// that the link has set itself.
    ///
    /// # Errors
    /// [`LinkFault`] where no answer came. The link is of no use after that.
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, LinkFault>;

    /// Whether the card is still there, as far as can be told without a command.
    fn is_there(&mut self) -> bool {
        true
    }
}

/// Why no answer came from a card.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum LinkFault {
    /// The card is gone.
    #[error("the card was taken away")]
    Removed,
    /// No answer within the time.
    #[error("the card did not answer in time")]
    TimedOut,
    /// Somebody reset the card between two commands: what it had been told is forgotten.
    #[error("the card was reset")]
    Reset,
    /// Another program has the card.
    #[error("another program is using the card")]
    Busy,
    /// Reader and card do not understand each other any more: no contact, no power, a protocol error.
    #[error("the contact with the card was lost")]
    Contact,
    /// The reader was unplugged, or is unknown.
    #[error("the reader is gone")]
    NoReader,
    /// The PC/SC service is not there.
    #[error("the PC/SC service is not running")]
    NoService,
    /// So many calls hang in the PC/SC service that no further one is begun.
    #[error("the PC/SC service does not answer")]
    Stuck,
}
