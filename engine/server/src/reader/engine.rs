//! The engine as a tap asks it, and how it is asked over gRPC.

mod desk;
mod pins;
mod remote;
mod stream;

pub use remote::{Presence, RemoteEngine, RemoteOptions};

use super::Desk;
use bytes::Bytes;
use simbind_proto::v1::{Channel, CheckTapRequest, Decision, PinOutcome};
use thiserror::Error;

/// A challenge that can be signed.
#[derive(Clone, PartialEq, Eq)]
pub struct Challenge {
    /// Its bytes.
    pub bytes: Bytes,
    /// The audience, as the engine names it.
    pub audience: String,
}

impl std::fmt::Debug for Challenge {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Challenge").field("audience", &self.audience).finish_non_exhaustive()
    }
}

/// Why the engine gave no answer.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum EngineFault {
    /// It cannot be reached.
    #[error("the engine is away: {0}")]
    Away(String),
    /// It did not answer in time.
    #[error("the engine did not answer in time")]
    TooLate,
    /// It answers a fault.
    #[error("the engine does not answer this: {0}")]
    Fault(String),
    /// Its answer is none of the contract.
    #[error("the engine's answer cannot be read: {0}")]
    Malformed(&'static str),
}

/// The engine, as a tap sees it. Every call ends within a time of its own.
pub trait Engine {
    /// Whether it can be asked now.
    ///
    /// # Errors
    /// [`EngineFault::Away`].
    fn is_there(&self) -> Result<(), EngineFault>;

    /// A challenge for a tap, which is drawn ahead.
    ///
    /// # Errors
    /// [`EngineFault`].
    fn challenge(&self, channel: Channel) -> Result<Challenge, EngineFault>;

    /// Decides a tap.
    ///
    /// # Errors
    /// [`EngineFault`].
    fn tap(&self, tap: CheckTapRequest) -> Result<Decision, EngineFault>;

    /// What is said while it is away; `None` where the reader is closed then.
    fn offline(&self) -> Option<&Desk> {
        None
    }

    /// Tells what became of a PIN. It is told later where the engine is away.
    fn tell_pin(&self, outcome: PinOutcome);
}
