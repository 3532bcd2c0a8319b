//! How long a certificate may be valid. Births are never kept: whoever issues knows the birthday,
//! and what the engine can check is the length of the whole and the end of the card.

mod civil;
#[cfg(test)]
mod tests;

use crate::time::Timestamp;
use civil::{Day, days_in};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use thiserror::Error;

/// A certificate ends with this birthday after its issue.
const BIRTHDAYS: i64 = 5;

const DAY: Duration = Duration::from_secs(86_400);

/// The longest that a certificate can be valid which ends with the fifth birthday after its issue:
/// issued on a birthday, five years with two leap days, and the last birthday to its end.
pub const LONGEST_TO_FIFTH_BIRTHDAY: Duration = Duration::from_secs(1828 * 86_400);

/// A day of the year on which somebody was born.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Birthday {
    month: u8,
    day: u8,
}

impl std::fmt::Debug for Birthday {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Birthday")
    }
}

/// No such day is in any year.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("no year has such a day")]
pub struct NoSuchDay;

impl Birthday {
    /// The day of a month, both counted from 1.
    ///
    /// # Errors
    /// Where no year has it; 29 February is a birthday.
    pub const fn new(month: u8, day: u8) -> Result<Self, NoSuchDay> {
        if day == 0 || day > days_in(month, true) {
            return Err(NoSuchDay);
        }
        Ok(Self { month, day })
    }

    /// The birthday in a year: who was born on 29 February has it on 28 February in common years, on
    /// the day at whose end the law counts the year as lived.
    fn in_year(self, year: i64) -> Day {
        let last = days_in(self.month, civil::is_leap(year));
        Day { year, month: self.month, day: self.day.min(last) }
    }
}

/// The first instant after a certificate that is issued at `issued`: the end, in Japan, of the fifth
/// birthday after the day of issue, and never past the card's own end.
pub fn certificate_end(birthday: Birthday, issued: Timestamp, card_ends: Timestamp) -> Timestamp {
    let issued = Day::of(issued);
    let first = match birthday.in_year(issued.year) {
        this_year if this_year > issued => issued.year,
        _ => issued.year + 1,
    };
    let fifth = birthday.in_year(first + BIRTHDAYS - 1);
    fifth.begins().plus(DAY).min(card_ends)
}

/// How long a certificate may be valid from its first instant to its end, as configuration says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Longest {
    /// As long as its issuer says.
    #[default]
    AsIssued,
    /// This long.
    For(Duration),
}

/// When the person's physical card ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CardEnd {
    /// Nobody said.
    Unsaid,
    /// Its first instant after validity.
    At(Timestamp),
}

/// A certificate is valid for longer than it may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum TooLong {
    /// Longer than any certificate.
    #[error("is valid for longer than certificates may be")]
    Whole,
    /// Past the card.
    #[error("ends after the person's card")]
    PastCard,
}

impl Longest {
    /// Whether a certificate of these instants may be bound: not valid for longer than configured,
    /// and not past the card's end, where that is known.
    ///
    /// # Errors
    /// [`TooLong`].
    pub fn allows(
        self,
        (begins, ends): (Timestamp, Timestamp),
        card: CardEnd,
    ) -> Result<(), TooLong> {
        match self {
            Self::For(longest) if ends.since(begins) > longest => return Err(TooLong::Whole),
            Self::AsIssued | Self::For(_) => {}
        }
        match card {
            CardEnd::At(card) if ends > card => Err(TooLong::PastCard),
            CardEnd::Unsaid | CardEnd::At(_) => Ok(()),
        }
    }
}
