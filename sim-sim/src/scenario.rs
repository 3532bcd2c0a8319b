//! Scenario files: what a run plays, and how much of it.

#[cfg(test)]
mod tests;

use crate::{
    catalogue::{Kind, Needs, Side},
    report::Goal,
    world::carrier::Carrier,
};
use serde::Deserialize;
use simbind_core::time::Timestamp;
use std::{collections::BTreeMap, path::Path, time::Duration};
use thiserror::Error;

const DAY: &str = include_str!("../scenarios/day.toml");
const YEAR: &str = include_str!("../scenarios/year.toml");

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
    /// It cannot be read.
    #[error("{path}: {error}")]
    File {
        /// The file.
        path: String,
        /// Why.
        error: std::io::Error,
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
    people: u32,
    pub(crate) time: Time,
    pub(crate) span: Span,
    feed: Option<FeedTerms>,
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

/// How much of a life a scenario plays.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Span {
    /// One day of each person: `honest` has weights of one special thing that it brings, `routine` the
    /// checks of a morning, and `attacks` and `ambiguous` are of 1,000 people.
    Day,
    /// Many days: `honest` and `ambiguous` are how often something happens in a year to 1,000 people
    /// who can have it, `routine` the checks of a month, and `attacks` are of 1,000 people in a year.
    Year(Year),
}

/// What a longer span needs to know of its people.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Year {
    pub(crate) days: u32,
    /// Percent of people with an iPhone.
    pub(crate) iphones: u32,
    /// Percent of other handsets that no list has.
    pub(crate) unlisted: u32,
    /// Percent whose issuer is late with its lists.
    pub(crate) late_lists: u32,
}

/// What carriers promise of their feeds where a scenario is played against a server of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FeedTerms {
    /// How late events come, in hours.
    pub lag_hours: u32,
    /// How long a feed may be silent, in hours.
    pub max_silence_hours: u32,
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
    people: u32,
    time: Time,
    carriers: BTreeMap<Carrier, u32>,
    applets: Applets,
    routine: Routine,
    year: Option<Year>,
    feed: Option<FeedTerms>,
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
        range((1..=100_000).contains(&file.people), "people", "1 to 100,000")?;
        range((1..=365).contains(&time.settle_days), "settle_days", "1 to 365")?;
        range(
            (1..=24).contains(&time.settle_heartbeat_hours),
            "settle_heartbeat_hours",
            "1 to 24",
        )?;
        range((1..=1440).contains(&time.heartbeat_minutes), "heartbeat_minutes", "1 to 1440")?;
        if let Some(year) = file.year {
            range((1..=366).contains(&year.days), "year.days", "1 to 366")?;
            let shares = [year.iphones, year.unlisted, year.late_lists];
            range(shares.iter().all(|share| *share <= 100), "shares of people", "0 to 100")?;
        }
        if let Some(feed) = file.feed {
            let fits = (1..=feed.max_silence_hours).contains(&feed.lag_hours);
            range(fits && feed.max_silence_hours <= 96, "feed", "1 to 96 hours, silence past lag")?;
        }
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
            people: file.people,
            time,
            span: file.year.map_or(Span::Day, Span::Year),
            feed: file.feed,
            applets: file.applets,
            carriers: file.carriers,
            routine: (least, most),
            mix,
            honest,
            ambiguous: weights("ambiguous", &file.ambiguous, Side::Ambiguous)?,
            attacks: weights("attacks", &file.attacks, Side::Attack)?,
        })
    }

    /// The scenario of a year.
    ///
    /// # Errors
    /// Never, with a sound build.
    pub fn year() -> Result<Self, ScenarioError> {
        Self::parse(YEAR)
    }

    /// Reads a scenario from a file, or takes the one that ships, by the name of its file, where there
    /// is no file of that name.
    ///
    /// # Errors
    /// Where there is no such file, or it is no scenario.
    pub fn open(path: &Path) -> Result<Self, ScenarioError> {
        match (std::fs::read_to_string(path), path.to_str()) {
            (Ok(text), _) => Self::parse(&text),
            (Err(_), Some("day.toml")) => Self::day(),
            (Err(_), Some("year.toml")) => Self::year(),
            (Err(error), _) => Err(ScenarioError::File { path: path.display().to_string(), error }),
        }
    }

    /// How many people it is written for.
    pub const fn people(&self) -> u32 {
        self.people
    }

    /// What carriers promise of their feeds, where the scenario says so.
    pub const fn feed(&self) -> Option<FeedTerms> {
        self.feed
    }

    /// Whether it plays what needs the carriers' platforms.
    pub fn plays_platforms(&self) -> bool {
        let kinds = self.honest.iter().chain(&self.attacks);
        kinds.into_iter().any(|(kind, _)| kind.entry().needs == Needs::Platform)
    }

    /// How many honest checks may be stepped up.
    pub(crate) const fn goal(&self) -> Goal {
        match self.span {
            Span::Day => Goal { stepped_up_per_mille: 10 },
            Span::Year(_) => Goal { stepped_up_per_mille: 5 },
        }
    }

    /// After how long an issuer gives another list.
    pub(crate) const fn lists_every(&self) -> Duration {
        Duration::from_secs(match self.span {
            Span::Day => 2 * 3600,
            Span::Year(_) => 12 * 3600,
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
