//! A moment as the command line says it.

use crate::config::parse_duration;
use prost_types::Timestamp as Wire;
use simbind_core::time::Timestamp;
use thiserror::Error;
use time::{
    Date, OffsetDateTime,
    format_description::{StaticFormatDescription, well_known::Rfc3339},
    macros::format_description,
};

const DATE: StaticFormatDescription = format_description!("[year]-[month]-[day]");

/// A text that is no moment.
#[derive(Debug, PartialEq, Eq, Error)]
#[error("`{0}` is no time like 2026-10-01T09:00:00Z, no date like 2026-10-01 and no age like 30d")]
pub(super) struct NoMoment(String);

/// The moment of a text: RFC 3339, a date (its beginning in UTC), or an age before `now`.
pub(super) fn parse(text: &str, now: Timestamp) -> Result<Wire, NoMoment> {
    let at = OffsetDateTime::parse(text, &Rfc3339).ok();
    let at = at.or_else(|| Some(Date::parse(text, DATE).ok()?.midnight().assume_utc()));
    if let Some(at) = at {
        let nanos = i32::try_from(at.nanosecond()).unwrap_or(0);
        return Ok(Wire { seconds: at.unix_timestamp(), nanos });
    }
    let age = parse_duration(text).map_err(|_| NoMoment(text.to_owned()))?;
    let at = now.minus(age);
    let nanos = i32::try_from(at.as_millis().rem_euclid(1000) * 1_000_000).unwrap_or(0);
    Ok(Wire { seconds: at.as_secs(), nanos })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_a_time_a_date_or_an_age() {
        let now = Timestamp::from_millis(1_790_812_800_250);
        let wire = |seconds, nanos| Ok(Wire { seconds, nanos });
        for (text, moment) in [
            ("2026-10-01T00:00:00Z", wire(1_790_812_800, 0)),
            ("2026-10-01T09:00:00.5+09:00", wire(1_790_812_800, 500_000_000)),
            ("2026-10-01", wire(1_790_812_800, 0)),
            ("1969-12-31T23:59:59.999Z", wire(-1, 999_000_000)),
            ("30d", wire(1_790_812_800 - 30 * 86_400, 250_000_000)),
            ("250ms", wire(1_790_812_800, 0)),
        ] {
            assert_eq!(parse(text, now), moment, "{text}");
        }
        for text in ["", "yesterday", "2026-13-01", "30", "2026-10-01T00:00:00", "-3d"] {
            assert_eq!(parse(text, now), Err(NoMoment(text.to_owned())));
        }
    }
}
