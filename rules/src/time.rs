//! Durations as packs write them: a whole number and a unit, several of them largest first.

use thiserror::Error;

/// The longest duration a pack may write: 100 years, in milliseconds.
pub(crate) const MAX_DURATION_MS: i64 = 100 * 365 * 86_400_000;

const UNITS: [(&str, i64); 5] =
    [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1)];

/// Why a text is no duration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub(crate) enum DurationError {
    #[error("a duration is a whole number and a unit (d, h, m, s, ms), like 72h or 1h30m")]
    Malformed,
    #[error("a duration is at most 100 years")]
    TooLong,
}

/// Milliseconds of a text like `72h`, `30d`, `1h30m` or `250ms`.
pub(crate) fn parse_duration(text: &str) -> Result<i64, DurationError> {
    if text.is_empty() || text.len() > 32 {
        return Err(DurationError::Malformed);
    }
    let mut rest = text;
    let mut total: i64 = 0;
    let mut next_unit = 0;
    while !rest.is_empty() {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let (number, after) = rest.split_at_checked(digits).ok_or(DurationError::Malformed)?;
        let letters = after.bytes().take_while(u8::is_ascii_lowercase).count();
        let (unit, after) = after.split_at_checked(letters).ok_or(DurationError::Malformed)?;
        if digits == 0 {
            return Err(DurationError::Malformed);
        }
        let found = UNITS.iter().position(|(name, _)| *name == unit);
        let at = found.filter(|at| *at >= next_unit).ok_or(DurationError::Malformed)?;
        let scale = UNITS.get(at).map_or(0, |(_, ms)| *ms);
        let number: i64 = number.parse().map_err(|_| DurationError::TooLong)?;
        total = number
            .checked_mul(scale)
            .and_then(|part| total.checked_add(part))
            .filter(|sum| *sum <= MAX_DURATION_MS)
            .ok_or(DurationError::TooLong)?;
        next_unit = at + 1;
        rest = after;
    }
    Ok(total)
}

/// A duration in words that [`parse_duration`] reads back; `never` beyond all of them.
pub(crate) fn format_duration(ms: i64) -> String {
    if ms == i64::MAX {
        return "never".to_owned();
    }
    if ms <= 0 {
        return "0s".to_owned();
    }
    let mut rest = ms;
    let mut text = String::new();
    for (unit, scale) in UNITS {
        if rest >= scale {
            text.push_str(&format!("{}{unit}", rest / scale));
            rest %= scale;
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{DurationError, MAX_DURATION_MS, format_duration, parse_duration};

    #[test]
    fn durations_read_as_written() {
        for (text, ms) in [
            ("0s", 0),
            ("250ms", 250),
            ("90s", 90_000),
            ("1h30m", 5_400_000),
            ("72h", 259_200_000),
            ("30d", 2_592_000_000),
        ] {
            assert_eq!(parse_duration(text), Ok(ms), "{text}");
        }
    }

    #[test]
    fn what_is_no_duration_is_refused() {
        for text in ["", "h", "10", "-1h", "1.5h", "1m1h", "1h1h", "1 h", "1w", "１h", "1H"] {
            assert_eq!(parse_duration(text), Err(DurationError::Malformed), "{text}");
        }
        assert_eq!(parse_duration("99999999d"), Err(DurationError::TooLong));
        assert_eq!(parse_duration("99999999999999999999d"), Err(DurationError::TooLong));
    }

    #[test]
    fn a_printed_duration_reads_back() {
        for ms in [1, 999, 1_000, 61_001, 86_400_000, MAX_DURATION_MS] {
            assert_eq!(parse_duration(&format_duration(ms)), Ok(ms));
        }
    }
}
