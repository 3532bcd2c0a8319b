//! Fields: each parsed once, each fault naming the field.

use prost_types::Timestamp as Wire;
use simbind_core::time::Timestamp;
use simbind_service::ServiceError;
use std::{fmt::Display, str::FromStr};

/// A text field that must be there.
pub(in crate::grpc) fn field<T>(name: &'static str, text: &str) -> Result<T, ServiceError>
where
    T: FromStr,
    T::Err: Display,
{
    text.parse().map_err(|error: T::Err| ServiceError::invalid(name, error))
}

/// A text field that may be empty.
pub(super) fn optional<T>(name: &'static str, text: &str) -> Result<Option<T>, ServiceError>
where
    T: FromStr,
    T::Err: Display,
{
    if text.is_empty() { Ok(None) } else { field(name, text).map(Some) }
}

/// A field that is set or not, and where it is set must be right.
pub(in crate::grpc) fn present<T>(
    name: &'static str,
    text: Option<&str>,
) -> Result<Option<T>, ServiceError>
where
    T: FromStr,
    T::Err: Display,
{
    text.map(|text| field(name, text)).transpose()
}

/// A message that must be there.
pub(in crate::grpc) fn required<T>(
    name: &'static str,
    value: Option<T>,
) -> Result<T, ServiceError> {
    value.ok_or_else(|| ServiceError::invalid(name, "is missing"))
}

/// Bytes of 1 to `most`.
pub(super) fn bytes(
    name: &'static str,
    value: &[u8],
    most: usize,
) -> Result<Vec<u8>, ServiceError> {
    if value.is_empty() {
        return Err(ServiceError::invalid(name, "is empty"));
    }
    if value.len() > most {
        let why = format!("has {} bytes; at most {most} are taken", value.len());
        return Err(ServiceError::invalid(name, why));
    }
    Ok(value.to_vec())
}

/// A SHA-256.
pub(in crate::grpc) fn sha256(name: &'static str, value: &[u8]) -> Result<[u8; 32], ServiceError> {
    value
        .try_into()
        .map_err(|_| ServiceError::invalid(name, format!("has {} bytes, not 32", value.len())))
}

/// The most certificates of a chain.
const MOST_CERTIFICATES: usize = 8;
/// The most bytes of a certificate.
const MOST_CERTIFICATE_BYTES: usize = 16 << 10;

/// A chain of certificates, of which there may be none.
pub(super) fn chain<B: AsRef<[u8]>>(
    name: &'static str,
    chain: &[B],
) -> Result<Vec<Vec<u8>>, ServiceError> {
    if chain.len() > MOST_CERTIFICATES {
        let why = format!("has {} certificates; at most 8 are taken", chain.len());
        return Err(ServiceError::invalid(name, why));
    }
    chain.iter().map(|der| bytes(name, der.as_ref(), MOST_CERTIFICATE_BYTES)).collect()
}

/// An instant, in milliseconds; what is finer is dropped.
pub(in crate::grpc) fn instant(
    name: &'static str,
    value: Option<Wire>,
) -> Result<Timestamp, ServiceError> {
    let Wire { seconds, nanos } = required(name, value)?;
    // The contract's timestamps end with the years 1 and 9999.
    if !(-62_135_596_800..=253_402_300_799).contains(&seconds) {
        return Err(ServiceError::invalid(name, "is not between the years 1 and 9999"));
    }
    if !(0..1_000_000_000).contains(&nanos) {
        return Err(ServiceError::invalid(name, "has nanoseconds outside 0 to 999999999"));
    }
    Ok(Timestamp::from_millis(seconds * 1000 + i64::from(nanos / 1_000_000)))
}

/// An instant for an answer.
pub(in crate::grpc) fn time(at: Timestamp) -> Wire {
    let nanos = i32::try_from(at.as_millis().rem_euclid(1000) * 1_000_000).unwrap_or(0);
    Wire { seconds: at.as_secs(), nanos }
}

/// The rows of a page.
pub(in crate::grpc) fn page(size: u32) -> Result<usize, ServiceError> {
    match size {
        0 => Ok(20),
        1..=100 => Ok(usize::try_from(size).unwrap_or(100)),
        _ => Err(ServiceError::invalid("page_size", format!("is {size}; at most 100 are given"))),
    }
}
