//! Times as they are said and shown.

use simbind_core::time::Timestamp;
use std::str::FromStr;
use time::{
    Date, OffsetDateTime,
    format_description::{StaticFormatDescription, well_known::Rfc3339},
    macros::format_description,
};

const DATE: StaticFormatDescription = format_description!("[year]-[month]-[day]");

/// The time at which evidence is judged.
#[derive(Clone, Copy, Debug)]
pub(super) struct Moment(pub(super) Timestamp);

impl Moment {
    pub(super) fn now() -> Self {
        Self(Timestamp::from_secs(OffsetDateTime::now_utc().unix_timestamp()))
    }
}

impl FromStr for Moment {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let at = OffsetDateTime::parse(text, &Rfc3339).ok();
        let at = at.or_else(|| Some(Date::parse(text, DATE).ok()?.midnight().assume_utc()));
        let at = at.ok_or("it is no time like 2026-10-01T09:00:00Z and no date like 2026-10-01")?;
        Ok(Self(Timestamp::from_secs(at.unix_timestamp())))
    }
}

/// The last second before a time, as certificates say their end.
pub(super) fn last_before(end: Timestamp) -> String {
    shown(Timestamp::from_secs(end.as_secs().saturating_sub(1)))
}

/// A time in RFC 3339, to the second.
pub(super) fn shown(at: Timestamp) -> String {
    let at = OffsetDateTime::from_unix_timestamp(at.as_secs()).ok();
    let text = at.and_then(|at| at.format(&Rfc3339).ok());
    text.unwrap_or_else(|| "out of range".to_owned())
}
