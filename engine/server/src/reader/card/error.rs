use super::super::{LinkFault, Status};
use std::fmt;
use thiserror::Error;

/// What a card is asked, in the order of a tap.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// The connection.
    Connect,
    /// The SIM's number.
    Number,
    /// The applet.
    Applet,
    /// Which certificate it has.
    Identity,
    /// The certificate.
    Certificate,
    /// How often it has signed.
    Counter,
    /// Which handset the SIM is in.
    Terminal,
    /// How many tries the PIN has left.
    Tries,
    /// The PIN.
    Pin,
    /// The signature.
    Signature,
    /// The handset's token.
    Token,
}

impl Step {
    /// A word for it, as JSON has it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Connect => "connect",
            Self::Number => "number",
            Self::Applet => "applet",
            Self::Identity => "identity",
            Self::Certificate => "certificate",
            Self::Counter => "counter",
            Self::Terminal => "terminal",
            Self::Tries => "tries",
            Self::Pin => "pin",
            Self::Signature => "signature",
            Self::Token => "token",
        }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Connect => "while it was being connected",
            Self::Number => "while the SIM's number was read",
            Self::Applet => "while the applet was looked for",
            Self::Identity => "while it was asked which certificate it has",
            Self::Certificate => "while its certificate was read",
            Self::Counter => "while its signatures were counted",
            Self::Terminal => "while it was asked for its handset",
            Self::Tries => "while the tries of its PIN were asked for",
            Self::Pin => "while the PIN was checked",
            Self::Signature => "while it signed",
            Self::Token => "while the handset's token was read",
        })
    }
}

/// Why a card could not do its part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum CardFault {
    /// No answer came.
    #[error(transparent)]
    Link(#[from] LinkFault),
    /// The answer is none that a card may give, or too long.
    #[error("the card's answer makes no sense")]
    Malformed,
    /// There is no applet on it, or it may not be reached.
    #[error("the card has no applet to sign with")]
    NoApplet,
    /// The applet on it is locked.
    #[error("the applet on the card is locked")]
    Locked,
    /// There is no certificate on it.
    #[error("the card has no certificate")]
    NoCertificate,
    /// It did not take the PIN into account, or wants one where none is asked for here.
    #[error("the card signs after a PIN only")]
    PinNeeded,
    /// It refused.
    #[error("the card refused ({0})")]
    Refused(Status),
}

/// What went wrong with a card, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("{why} {step}")]
pub struct CardError {
    step: Step,
    why: CardFault,
}

impl CardError {
    /// A fault at a step.
    pub const fn new(step: Step, why: CardFault) -> Self {
        Self { step, why }
    }

    /// What the card was asked.
    pub const fn step(&self) -> Step {
        self.step
    }

    /// What went wrong.
    pub const fn why(&self) -> CardFault {
        self.why
    }
}
