//! Rows that several entries write.

use crate::{
    ledger::{
        keys,
        rows::{decode_row, encode_row},
    },
    ports::{
        store::{Key, ProjectionError, StoreError, Stored, Write},
        vault::Sealed,
    },
};
use serde::Serialize;
use simbind_core::{ids::CarrierId, line::Feed, snooze::Snoozes, time::Timestamp};

pub(super) fn key_error(_: StoreError) -> ProjectionError {
    ProjectionError { what: "an entry with a key that is too long" }
}

pub(super) fn put<T: Serialize>(
    key: Result<Key, StoreError>,
    row: &T,
) -> Result<Write, ProjectionError> {
    Ok(Write { key: key.map_err(key_error)?, value: Some(encode_row(row)?.into()) })
}

pub(super) fn hear(
    carrier: &CarrierId,
    row: Option<&Option<Stored>>,
    at: Timestamp,
    horizon_days: u32,
) -> Result<Write, ProjectionError> {
    let mut feed = match row {
        Some(Some(row)) => decode_row(&row.value)?,
        _ => Feed::default(),
    };
    feed.hear(at);
    if horizon_days > 0 {
        feed.horizon_days = horizon_days;
    }
    put(keys::feed(carrier), &feed)
}

pub(super) fn snoozes(values: &[Option<Stored>]) -> Result<Snoozes<Sealed>, ProjectionError> {
    let row = values.first().and_then(Option::as_ref);
    row.map_or_else(|| Ok(Snoozes::default()), |row| decode_row(&row.value))
}
