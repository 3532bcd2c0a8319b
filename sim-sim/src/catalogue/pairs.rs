//! Twins: what an owner does, what a thief does in the same way, and the one observation in which
//! the two differ.

mod checks;
mod counter;
mod events;
mod life;
mod platform;
mod registry;
mod state;
mod succession;
#[cfg(test)]
mod tests;

use super::Kind;
use serde::{Serialize, Serializer};

/// What tells the two of a pair apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Observation {
    /// Evidence that the engine sees, in one sentence: the verdicts differ, and the thief is never
    /// allowed.
    Differs(&'static str),
    /// Nothing: both get the same verdict, which is never an allow, and the pair stands in
    /// ARCHITECTURE.md under "What nobody can tell apart".
    None,
}

/// An honest kind and its hostile twin. A kind may stand in several pairs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Pair {
    /// What both do, in a few words.
    pub flow: &'static str,
    /// The owner.
    pub honest: Kind,
    /// The thief.
    pub fraud: Kind,
    /// What tells them apart.
    pub observation: Observation,
}

impl Pair {
    const fn differs(
        flow: &'static str,
        honest: Kind,
        fraud: Kind,
        observation: &'static str,
    ) -> Self {
        Self { flow, honest, fraud, observation: Observation::Differs(observation) }
    }

    const fn alike(flow: &'static str, honest: Kind, fraud: Kind) -> Self {
        Self { flow, honest, fraud, observation: Observation::None }
    }
}

impl Serialize for Observation {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Differs(words) => to.serialize_str(words),
            Self::None => to.serialize_none(),
        }
    }
}

/// All pairs, by part.
pub fn pairs() -> impl Iterator<Item = &'static Pair> {
    [
        checks::PAIRS,
        counter::PAIRS,
        events::PAIRS,
        life::PAIRS,
        platform::PAIRS,
        registry::PAIRS,
        state::PAIRS,
        succession::PAIRS,
    ]
    .into_iter()
    .flatten()
}
