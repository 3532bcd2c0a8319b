//! Days of the Gregorian calendar, in Japan: UTC+9 all year.

use crate::time::Timestamp;

const DAY_MILLIS: i64 = 86_400_000;
const JAPAN_MILLIS: i64 = 9 * 3_600_000;

/// A day. The order is that of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Day {
    pub(super) year: i64,
    pub(super) month: u8,
    pub(super) day: u8,
}

pub(super) const fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

/// How many days a month has, counted from 1; none for what is no month.
pub(super) const fn days_in(month: u8, leap: bool) -> u8 {
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => 0,
    }
}

/// Days from 1970-01-01 to 1 March of the year.
const fn to_march(year: i64) -> i64 {
    365 * year + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) - 719_468
}

impl Day {
    /// The day of an instant.
    pub(super) fn of(at: Timestamp) -> Self {
        let days = at.as_millis().saturating_add(JAPAN_MILLIS).div_euclid(DAY_MILLIS);
        // The year that began on the last 1 March: at most one off the mean length.
        let mut march = (days + 719_468) * 400 / 146_097;
        while to_march(march) > days {
            march -= 1;
        }
        while to_march(march + 1) <= days {
            march += 1;
        }
        let mut left = days - to_march(march);
        let (mut year, mut month) = (march, 3);
        loop {
            let length = i64::from(days_in(month, is_leap(year)));
            if left < length {
                let day = u8::try_from(left + 1).unwrap_or(1);
                return Self { year, month, day };
            }
            left -= length;
            (year, month) = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
        }
    }

    /// Its first instant.
    pub(super) fn begins(self) -> Timestamp {
        let march = if self.month < 3 { self.year - 1 } else { self.year };
        let months = (3..=12).chain(1..=2).take_while(|month| *month != self.month);
        let before: i64 = months.map(|month| i64::from(days_in(month, false))).sum();
        let days = to_march(march) + before + i64::from(self.day) - 1;
        Timestamp::from_millis(days.saturating_mul(DAY_MILLIS).saturating_sub(JAPAN_MILLIS))
    }
}
