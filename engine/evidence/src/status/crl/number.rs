use crate::der::{DerError, INTEGER, Reader};
use std::fmt;

const FIELD: &str = "cRLNumber";

/// A list's number (RFC 5280 section 5.2.3), of at most 20 octets. An issuer's next list has a
/// greater one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CrlNumber([u8; 20]);

impl CrlNumber {
    /// From 20 octets, big-endian.
    pub const fn from_be_bytes(octets: [u8; 20]) -> Self {
        Self(octets)
    }

    /// 20 octets, big-endian.
    pub const fn to_be_bytes(self) -> [u8; 20] {
        self.0
    }

    pub(super) fn read(value: &[u8]) -> Result<Self, DerError> {
        let mut reader = Reader::new(FIELD, value);
        let content = reader.expect(FIELD, INTEGER)?;
        reader.finish()?;
        let range = DerError::Range { field: FIELD };
        let octets = match content {
            [] => return Err(range),
            [first, ..] if *first >= 0x80 => return Err(range),
            [0, rest @ ..] => rest,
            all => all,
        };
        let mut number = [0; 20];
        let place = number.len().checked_sub(octets.len()).ok_or(range)?;
        number.get_mut(place..).ok_or(range)?.copy_from_slice(octets);
        Ok(Self(number))
    }
}

/// Hexadecimal, without leading zeros.
impl fmt::Display for CrlNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hex = self.0.iter().map(|octet| format!("{octet:02x}")).collect::<String>();
        let digits = hex.trim_start_matches('0');
        f.write_str(if digits.is_empty() { "0" } else { digits })
    }
}

impl fmt::Debug for CrlNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CrlNumber({self})")
    }
}
