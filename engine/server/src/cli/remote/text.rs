//! How answers are written for people and in JSON.

use prost_types::Timestamp;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

/// Bytes in hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A time in UTC, to the second; empty where there is none.
pub(crate) fn moment(at: Option<&Timestamp>) -> String {
    let at = at.and_then(|at| OffsetDateTime::from_unix_timestamp(at.seconds).ok());
    at.and_then(|at| at.format(&Rfc3339).ok()).unwrap_or_default()
}

/// A time for people: without the letters between its parts.
pub(crate) fn since(at: Option<&Timestamp>) -> String {
    moment(at).replace('T', " ").replace('Z', " UTC")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_and_bytes_have_one_spelling() {
        let at = Timestamp { seconds: 1_790_812_800, nanos: 5 };
        assert_eq!(moment(Some(&at)), "2026-10-01T00:00:00Z");
        assert_eq!(since(Some(&at)), "2026-10-01 00:00:00 UTC");
        assert_eq!(moment(None), "");
        assert_eq!(hex(&[0, 171]), "00ab");
    }
}
