//! What packs say of the life of a binding, beside what rules say of its checks.

use std::time::Duration;

use crate::time::format_duration;

const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;

/// How many callers a release takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Persons {
    /// One.
    One,
    /// Two, of whom the second confirms.
    Two,
}

/// The terms of a binding's life in one chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LifeTerms {
    /// Living bindings that one person may have, from 1 to 16.
    pub devices: u32,
    /// Handsets that one binding may have, from 1 to 8.
    pub handsets: u32,
    /// Time from a hold for loss or theft to its release, at most 30 days.
    pub release_cooldown: Duration,
    /// Callers that a release after loss or theft takes.
    pub release_persons: Persons,
    /// How long before its end a certificate is listed for renewal, from a day to a year.
    pub reminder: Duration,
    /// How long an old and a new certificate may be used side by side, at most 90 days.
    pub overlap: Duration,
    /// How long a loaner may stand in, from a day to 90 days.
    pub loaner: Duration,
}

impl Default for LifeTerms {
    /// The terms where no pack says anything.
    fn default() -> Self {
        Terms::default().typed()
    }
}

/// One term, as packs name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Term {
    Devices,
    Handsets,
    ReleaseCooldown,
    ReleasePersons,
    Reminder,
    Overlap,
    Loaner,
}

/// What is so of one term: durations are in milliseconds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shape {
    pub(crate) is_count: bool,
    pub(crate) least: i64,
    pub(crate) most: i64,
    pub(crate) default: i64,
    /// Whether a greater value is the softer one.
    pub(crate) more_is_softer: bool,
}

impl Term {
    pub(crate) const ALL: [Self; 7] = [
        Self::Devices,
        Self::Handsets,
        Self::ReleaseCooldown,
        Self::ReleasePersons,
        Self::Reminder,
        Self::Overlap,
        Self::Loaner,
    ];

    pub(crate) const fn key(self) -> &'static str {
        match self {
            Self::Devices => "devices",
            Self::Handsets => "handsets",
            Self::ReleaseCooldown => "release_cooldown",
            Self::ReleasePersons => "release_persons",
            Self::Reminder => "reminder",
            Self::Overlap => "overlap",
            Self::Loaner => "loaner",
        }
    }

    pub(crate) const fn shape(self) -> Shape {
        let (is_count, least, most, default, more_is_softer) = match self {
            Self::Devices => (true, 1, 16, 3, true),
            Self::Handsets => (true, 1, 8, 4, true),
            Self::ReleaseCooldown => (false, 0, 30 * DAY, 24 * HOUR, false),
            Self::ReleasePersons => (true, 1, 2, 1, false),
            Self::Reminder => (false, DAY, 365 * DAY, 90 * DAY, false),
            Self::Overlap => (false, 0, 90 * DAY, 30 * DAY, true),
            Self::Loaner => (false, DAY, 90 * DAY, 30 * DAY, true),
        };
        Shape { is_count, least, most, default, more_is_softer }
    }

    pub(crate) fn words(self, value: i64) -> String {
        if self.shape().is_count { value.to_string() } else { format_duration(value) }
    }
}

/// The value of each term, by its place in [`Term::ALL`]; each within its range.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Terms([i64; Term::ALL.len()]);

impl Default for Terms {
    fn default() -> Self {
        Self(Term::ALL.map(|term| term.shape().default))
    }
}

impl Terms {
    pub(crate) fn get(&self, term: Term) -> i64 {
        self.0.get(term as usize).copied().unwrap_or_default()
    }

    pub(crate) fn set(&mut self, term: Term, value: i64) {
        if let Some(slot) = self.0.get_mut(term as usize) {
            *slot = value;
        }
    }

    pub(crate) fn typed(&self) -> LifeTerms {
        let count = |term| u32::try_from(self.get(term)).unwrap_or(1);
        let span = |term| Duration::from_millis(u64::try_from(self.get(term)).unwrap_or_default());
        let persons = if count(Term::ReleasePersons) > 1 { Persons::Two } else { Persons::One };
        LifeTerms {
            devices: count(Term::Devices),
            handsets: count(Term::Handsets),
            release_cooldown: span(Term::ReleaseCooldown),
            release_persons: persons,
            reminder: span(Term::Reminder),
            overlap: span(Term::Overlap),
            loaner: span(Term::Loaner),
        }
    }
}
