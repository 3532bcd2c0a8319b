//! Scenario files: what a run plays, and how much of it.

#[cfg(test)]
mod tests;

use crate::{
    catalogue::{Kind, Side},
    world::carrier::Carrier,
};
use serde::Deserialize;
use simbind_core::time::Timestamp;
use std::collections::BTreeMap;
use thiserror::Error;

const DAY: &str = include_str!("../scenarios/day.toml");

/// Why a scenario is refused.
#[derive(Debug, Error)]
pub enum ScenarioError {
    /// It is not TOML of the expected shape.
    #[error("the scenario does not read: {0}")]
    Shape(#[from] toml::de::Error),
    /// It names a kind that is not there, or under the wrong heading.
    #[error("[{heading}] cannot have {name:?}")]
    Kind {
        /// The table.
        heading: &'static str,
        /// The name.
        name: String,
    },
    /// A number is outside its range.
    #[error("{what} must be {range}")]
    Range {
        /// The setting.
        what: &'static str,
        /// What it may be.
        range: &'static str,
    },
}

/// A scenario.
#[derive(Clone, Debug)]
pub struct Scenario {
    pub(crate) name: String,
    pub(crate) seed: u64,
    pub(crate) time: Time,
    pub(crate) applets: Applets,
    pub(crate) carriers: BTreeMap<Carrier, u32>,
    pub(crate) routine: (u32, u32),
    pub(crate) mix: Vec<(Kind, u32)>,
    pub(crate) honest: Vec<(Kind, u32)>,
    pub(crate) ambiguous: Vec<(Kind, u32)>,
    pub(crate) attacks: Vec<(Kind, u32)>,
}

/// How time passes.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Time {
    pub(crate) starts_at: i64,
    pub(crate) settle_days: u32,
    pub(crate) settle_heartbeat_hours: u32,
    pub(crate) heartbeat_minutes: u32,
    pub(crate) tick_minutes: u32,
}

/// Percent of SIMs with each feature.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Applets {
    pub(crate) counts: u32,
    pub(crate) learns_imei: u32,
    pub(crate) p384: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    name: String,
    seed: u64,
    time: Time,
    carriers: BTreeMap<Carrier, u32>,
    applets: Applets,
    routine: Routine,
    honest: BTreeMap<String, u32>,
    #[serde(default)]
    ambiguous: BTreeMap<String, u32>,
    #[serde(default)]
    attacks: BTreeMap<String, u32>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Routine {
    least: u32,
    most: u32,
    mix: BTreeMap<String, u32>,
}

impl Scenario {
    /// The scenario that ships: one day.
    ///
    /// # Errors
    /// Never, with a sound build.
    pub fn day() -> Result<Self, ScenarioError> {
        Self::parse(DAY)
    }

    /// Reads a scenario.
    ///
    /// # Errors
    /// Where the text is no scenario; the error says what is wrong.
    pub fn parse(text: &str) -> Result<Self, ScenarioError> {
        let file: File = toml::from_str(text)?;
        let range = |fits: bool, what, range| {
            if fits { Ok(()) } else { Err(ScenarioError::Range { what, range }) }
        };
        let time = file.time;
        // 2024 to 2039: when the people's certificates are valid.
        let valid = 1_704_067_200..=2_208_988_800;
        range(valid.contains(&time.starts_at), "starts_at", "in the years 2024 to 2039")?;
        range((1..=365).contains(&time.settle_days), "settle_days", "1 to 365")?;
        range(
            (1..=24).contains(&time.settle_heartbeat_hours),
            "settle_heartbeat_hours",
            "1 to 24",
        )?;
        range((1..=60).contains(&time.heartbeat_minutes), "heartbeat_minutes", "1 to 60")?;
        range((1..=60).contains(&time.tick_minutes), "tick_minutes", "1 to 60")?;
        let (least, most) = (file.routine.least, file.routine.most);
        range(least <= most && most <= 12, "routine", "least to most, at most 12")?;
        range(file.carriers.values().any(|w| *w > 0), "carriers", "one at least")?;
        let honest = weights("honest", &file.honest, Side::Honest)?;
        range(!honest.is_empty(), "honest", "one kind at least")?;
        let mix = weights("routine.mix", &file.routine.mix, Side::Honest)?;
        range(!mix.is_empty(), "routine.mix", "one kind at least")?;
        Ok(Self {
            name: file.name,
            seed: file.seed,
            time,
            applets: file.applets,
            carriers: file.carriers,
            routine: (least, most),
            mix,
            honest,
            ambiguous: weights("ambiguous", &file.ambiguous, Side::Ambiguous)?,
            attacks: weights("attacks", &file.attacks, Side::Attack)?,
        })
    }

    /// The scenario's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// When people enrol, where time is virtual: a clock that stands there at the beginning makes
    /// two runs of one seed the same.
    pub const fn starts_at(&self) -> Timestamp {
        Timestamp::from_secs(self.time.starts_at)
    }

    /// The seed that it is played with where none is given.
    pub const fn seed(&self) -> u64 {
        self.seed
    }
}

/// The kinds of a table with their weights, in the catalogue's order.
fn weights(
    heading: &'static str,
    table: &BTreeMap<String, u32>,
    side: Side,
) -> Result<Vec<(Kind, u32)>, ScenarioError> {
    let mut kinds = Vec::new();
    for (name, weight) in table {
        let kind = Kind::named(name).filter(|kind| kind.side() == side);
        let kind = kind.ok_or_else(|| ScenarioError::Kind { heading, name: name.clone() })?;
        if *weight > 0 {
            kinds.push((kind, (*weight).min(1_000_000)));
        }
    }
    kinds.sort_unstable_by_key(|(kind, _)| *kind);
    Ok(kinds)
}
