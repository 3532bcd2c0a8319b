//! What a reader agent is told: by a file, or on the command line, which comes before it.

mod file;
mod pins;

#[cfg(test)]
mod tests;

pub use file::{ReaderConfigError, ReaderFile};
pub use pins::PinFrom;

use super::{Patience, TokenUse};
use simbind_core::ids::ReaderId;
use simbind_service::refusals::ListKey;
use std::{path::PathBuf, time::Duration};

/// The reader that a server without configuration knows as its door.
const DEFAULT_READER: &str = "local-door";

/// What a reader agent is told about its reader.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReaderConfig {
    /// The reader, as the engine names it.
    pub id: ReaderId,
    /// The PC/SC reader by its name or how that begins; the first one where none is named.
    pub reader: Option<String>,
    /// Where PINs come from.
    pub pin: PinFrom,
    /// Whether the handset is asked for its token.
    pub token: TokenUse,
    /// How long a PIN is waited for, 1 s to 10 min.
    pub pin_time: Duration,
    /// How long a card may take.
    pub patience: Patience,
    /// How long an answer of the engine may take, 100 ms to 1 min.
    pub engine_time: Duration,
    /// How many cards' certificates are kept in memory, 0 to 10,000.
    pub cards: usize,
    /// What happens where the engine is away.
    pub offline: Offline,
}

/// What happens where the engine is away.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Offline {
    /// Nobody is answered.
    #[default]
    Closed,
    /// By the engine's signed list, where the engine lets this reader: who is listed is refused, and
    /// of anybody else is said that nothing was checked.
    Refusals {
        /// The engine's key for lists.
        key: ListKey,
        /// PEM files with the authorities of user certificates.
        anchors: Vec<PathBuf>,
    },
}
