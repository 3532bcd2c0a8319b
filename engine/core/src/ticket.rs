//! Enrolment tickets: one person's way from the identity check at a counter to an active binding.

mod code;
mod record;
mod table;

#[cfg(test)]
mod tests;

pub use code::{Code, CodeError, CodeKind, Locator};
pub use record::{IdentityCheck, Moved, PhoneMark, Record, Ticket, TicketRefused, Way, Written};
pub use table::{
    Act, Effect, Ender, Progress, Refused, State, Step, Steps, TRANSITIONS, Transition,
};

use serde::{Deserialize, Serialize};

/// What a person proves to be the one at the counter with.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub enum Variant {
    /// An access code and a password, which are handed over in two ways.
    #[default]
    TwoCodes,
    /// One longer access code.
    OneCode,
    /// No code to type: the phone reads what the clerk's terminal shows.
    Terminal,
}

impl Variant {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::TwoCodes, Self::OneCode, Self::Terminal];

    /// Its name in configuration.
    pub const fn name(self) -> &'static str {
        match self {
            Self::TwoCodes => "two_codes",
            Self::OneCode => "one_code",
            Self::Terminal => "terminal",
        }
    }

    /// The variant of a name; `None` where there is no such one.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|variant| variant.name() == name)
    }
}
