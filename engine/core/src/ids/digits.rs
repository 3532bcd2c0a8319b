//! What the decimal identifiers share: digits, packing and check digits.

use thiserror::Error;

/// Why a text is not the identifier it was offered as. The text itself is never repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum IdError {
    /// Nothing was given.
    #[error("{0} is empty")]
    Empty(&'static str),
    /// The number of characters is outside what the identifier allows.
    #[error("{what} has {got} characters, not {expected}")]
    Length {
        /// The identifier.
        what: &'static str,
        /// The characters that were given.
        got: usize,
        /// What is allowed, in words.
        expected: &'static str,
    },
    /// A character outside the identifier's alphabet, at a place counted from zero.
    #[error("{what} has a character that is not {alphabet} at place {place}")]
    Alphabet {
        /// The identifier.
        what: &'static str,
        /// The alphabet, in words.
        alphabet: &'static str,
        /// The character's place, from zero.
        place: usize,
    },
    /// The check digit does not match the others.
    #[error("{0} has a wrong check digit")]
    CheckDigit(&'static str),
    /// The beginning is not one this identifier can have.
    #[error("{what} does not begin with {expected}")]
    Prefix {
        /// The identifier.
        what: &'static str,
        /// The beginning that is expected.
        expected: &'static str,
    },
}

/// Parses decimal digits into a number, refusing everything else. At most 32 digits fit.
pub(super) fn parse(what: &'static str, text: &str) -> Result<u128, IdError> {
    let mut value: u128 = 0;
    for (place, byte) in text.bytes().enumerate() {
        if !byte.is_ascii_digit() {
            return Err(IdError::Alphabet { what, alphabet: "a decimal digit", place });
        }
        value = value.saturating_mul(10).saturating_add(u128::from(byte - b'0'));
    }
    Ok(value)
}

/// The Luhn sum modulo ten of a text of decimal digits (ISO/IEC 7812-1 annex B): zero where the
/// last digit is the right check digit.
pub(super) fn luhn(text: &str) -> u8 {
    let sum = text.bytes().rev().enumerate().fold(0_u32, |sum, (place, byte)| {
        let digit = u32::from(byte.wrapping_sub(b'0'));
        let weighted = if place % 2 == 1 { digit * 2 } else { digit };
        sum + weighted / 10 + weighted % 10
    });
    u8::try_from(sum % 10).unwrap_or(0)
}
