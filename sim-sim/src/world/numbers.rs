//! Numbers for SIMs, handsets and lines. Each is unique for its place in the world.

use super::{WorldError, handset::Listing};
use simbind_core::ids::Imei;

/// Spreads a counting number over 10^12 values, one to one: the factor shares no divisor with ten.
fn spread(seed: u64, number: u64) -> u64 {
    const SPACE: u128 = 1_000_000_000_000;
    let value = (u128::from(number) * 387_420_489 + u128::from(seed)) % SPACE;
    u64::try_from(value).unwrap_or(0)
}

/// The Luhn check digit of the given digits (ISO/IEC 7812-1 annex B).
fn check_digit(digits: &str) -> u32 {
    let sum = digits.bytes().rev().enumerate().fold(0, |sum, (place, byte)| {
        let digit = u32::from(byte.wrapping_sub(b'0'));
        let weighted = if place % 2 == 0 { digit * 2 } else { digit };
        sum + weighted / 10 + weighted % 10
    });
    (10 - sum % 10) % 10
}

/// An ICCID of 19 digits under an issuer's six.
pub(crate) fn iccid(issuer: &str, seed: u64, number: u64) -> String {
    let body = format!("{issuer}{:012}", spread(seed, number));
    format!("{body}{}", check_digit(&body))
}

/// An IMSI of 15 digits, of one network of Japan.
pub(crate) fn imsi(seed: u64, number: u64) -> String {
    format!("44010{:010}", spread(seed, number) % 10_000_000_000)
}

/// The type allocation code of the model that is withdrawn.
pub(crate) const WITHDRAWN_TAC: &str = "98000001";

/// An IMEI of 15 digits.
pub(crate) fn imei(listing: Listing, seed: u64, number: u64) -> Result<String, WorldError> {
    let spread = spread(seed, number);
    let body = match listing {
        Listing::Usual => format!("35{spread:012}"),
        Listing::Unlisted => format!("99{spread:012}"),
        Listing::Withdrawn => format!("{WITHDRAWN_TAC}{:06}", spread % 1_000_000),
    };
    let imei: Imei = body.parse().map_err(|_| WorldError::Number)?;
    Ok(imei.to_digits_with_check())
}

/// A Japanese mobile number in E.164 form.
pub(crate) fn msisdn(seed: u64, number: u64) -> String {
    format!("+8190{:08}", (number * 7_654_321 + seed % 100_000_000) % 100_000_000)
}
