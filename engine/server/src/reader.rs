//! The agent at a card reader: it reads a card, has it sign, asks the engine and tells what came of
//! it. The steps of a tap work over a [`Link`] and an [`Engine`], so that they are the same over
//! PC/SC and gRPC as in a test.

mod agent;
mod apdu;
mod card;
mod certificate;
mod config;
mod engine;
mod link;
mod offline;
mod pcsc;
mod pin;
mod slot;
mod tap;

pub use agent::{Agent, Teller, Until};
pub use apdu::Status;
pub use card::{Card, CardError, CardFault, Step, Token, TokenProof, TriesLeft};
pub use certificate::{Chain, ChainCache, KeyKind};
pub use config::{Offline, PinFrom, ReaderConfig, ReaderConfigError, ReaderFile};
pub use engine::{Challenge, Engine, EngineFault, Presence, RemoteEngine, RemoteOptions};
pub use link::{Link, LinkFault};
pub use offline::{Desk, NoList, NotProved, OfflineTerms, Unanswered};
pub use pcsc::{NotBuilt, pcsc};
pub use pin::{Answers, Ask, HostPins, NoPin, Pin, PinSource, TerminalPins};
pub use slot::{Driver, MakeDriver, Patience, Sight, Slot};
pub use tap::{NoAnswer, Parts, PinUse, Rules, Tap, TapEnd, TokenUse};
