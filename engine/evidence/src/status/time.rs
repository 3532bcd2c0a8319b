//! Times of lists and answers: UTCTime and GeneralizedTime as RFC 5280 section 4.1.2.5 has them,
//! with seconds, in UTC, without fractions.

use crate::der::{DerError, Reader, Tag};
use simbind_core::time::Timestamp;

const UTC: Tag = Tag { class: 0, constructed: false, number: 23 };
pub(super) const GENERALIZED: Tag = Tag { class: 0, constructed: false, number: 24 };

/// Either kind of time, as lists hold.
pub(super) fn either(reader: &mut Reader<'_>, field: &'static str) -> Result<Timestamp, DerError> {
    match reader.any()? {
        (UTC, content) => parse_utc(content),
        (GENERALIZED, content) => parse(content),
        _ => return Err(DerError::Type { field }),
    }
    .ok_or(DerError::Range { field })
}

/// A GeneralizedTime, as OCSP answers hold.
pub(super) fn generalized(
    reader: &mut Reader<'_>,
    field: &'static str,
) -> Result<Timestamp, DerError> {
    parse(reader.expect(field, GENERALIZED)?).ok_or(DerError::Range { field })
}

/// Whether the next element is a time of either kind.
pub(super) fn is_next(reader: &Reader<'_>) -> bool {
    let mut ahead = *reader;
    matches!(ahead.any(), Ok((UTC | GENERALIZED, _)))
}

fn parse_utc(content: &[u8]) -> Option<Timestamp> {
    let year = two(content.get(..2)?)?;
    let year = if year >= 50 { 1900 + year } else { 2000 + year };
    rest(year, content.get(2..)?)
}

fn parse(content: &[u8]) -> Option<Timestamp> {
    let year = two(content.get(..2)?)? * 100 + two(content.get(2..4)?)?;
    rest(year, content.get(4..)?)
}

/// `MMDDHHMMSSZ`.
fn rest(year: i64, content: &[u8]) -> Option<Timestamp> {
    let [digits @ .., b'Z'] = content else {
        return None;
    };
    let mut pairs = digits.chunks(2).map(two);
    let mut next = || pairs.next().flatten();
    let (month, day) = (next()?, next()?);
    let (hour, minute, second) = (next()?, next()?, next()?);
    let good = pairs.next().is_none()
        && (1..=12).contains(&month)
        && (1..=days_in(year, month)).contains(&day)
        && hour < 24
        && minute < 60
        && second < 60;
    let days = days_before(year, month) + day - 1;
    good.then(|| Timestamp::from_secs(((days * 24 + hour) * 60 + minute) * 60 + second))
}

fn two(digits: &[u8]) -> Option<i64> {
    match digits {
        [a @ b'0'..=b'9', b @ b'0'..=b'9'] => Some(i64::from((a - b'0') * 10 + (b - b'0'))),
        _ => None,
    }
}

fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn days_in(year: i64, month: i64) -> i64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days from 1970-01-01 to the first of the month, negative before.
fn days_before(year: i64, month: i64) -> i64 {
    let past = year - 1;
    let leaps = past.div_euclid(4) - past.div_euclid(100) + past.div_euclid(400);
    let leaps_to_1970 = 1969 / 4 - 1969 / 100 + 1969 / 400;
    let months = (1..month).map(|month| days_in(year, month)).sum::<i64>();
    (year - 1970) * 365 + leaps - leaps_to_1970 + months
}

#[cfg(test)]
mod tests {
    use super::{either, generalized};
    use crate::{der::Reader, der::write::element};
    use simbind_core::time::Timestamp;

    fn utc(text: &str) -> Option<i64> {
        let der = element(&[23], text.as_bytes());
        either(&mut Reader::new("t", &der), "t").ok().map(Timestamp::as_secs)
    }

    fn general(text: &str) -> Option<i64> {
        let der = element(&[24], text.as_bytes());
        generalized(&mut Reader::new("t", &der), "t").ok().map(Timestamp::as_secs)
    }

    #[test]
    fn times_are_seconds_since_1970() {
        let cases = [
            (utc("700101000000Z"), 0),
            (utc("691231235959Z"), -1),
            (utc("500101000000Z"), -631_152_000),
            (utc("491231235959Z"), 2_524_607_999),
            (utc("260601120000Z"), 1_780_315_200),
            (general("20260601120000Z"), 1_780_315_200),
            (general("20000229000000Z"), 951_782_400),
            (general("21000301000000Z"), 4_107_542_400),
            (general("99991231235959Z"), 253_402_300_799),
            (general("00000101000000Z"), -62_167_219_200),
        ];
        for (place, (read, wanted)) in cases.into_iter().enumerate() {
            assert_eq!(read, Some(wanted), "case {place}");
        }
    }

    #[test]
    fn times_of_another_form_are_refused() {
        for text in [
            "2606011200Z",
            "260601120000",
            "260601120000+0900",
            "260631120000Z",
            "260001120000Z",
            "260229120000Z",
            "261301120000Z",
            "260601240000Z",
            "260601126000Z",
            "260601120060Z",
            "26060112000ZZ",
            "2606011200000Z",
            "",
            "Z",
            "-10101000000Z",
        ] {
            assert_eq!(utc(text), None, "{text}");
            assert_eq!(general(&format!("20{text}")), None, "{text}");
        }
        assert_eq!(general("20260601120000.5Z"), None);
        assert_eq!(general("21000229000000Z"), None);
    }
}
