//! A reader of the CBOR (RFC 8949) that App Attest uses: one item at a time, borrowed, with lengths
//! definite and minimal. The libraries at hand take longer spellings of the same value.

use thiserror::Error;

/// Items inside items that are passed over; nothing known has more than two.
const MAX_DEPTH: usize = 8;

/// Why CBOR cannot be read. `field` is the name of the field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum CborError {
    /// It ends too early, or is spelled otherwise than with the shortest definite length.
    #[error("{field} is not CBOR of the shortest definite form")]
    Malformed {
        /// The field.
        field: &'static str,
    },
    /// Another type than the field has.
    #[error("{field} has another type than expected")]
    Type {
        /// The field.
        field: &'static str,
    },
    /// A field is missing.
    #[error("{field} is missing")]
    Missing {
        /// The field.
        field: &'static str,
    },
    /// A field stands twice.
    #[error("a field of {field} stands twice")]
    Twice {
        /// The map.
        field: &'static str,
    },
    /// A field that is not known.
    #[error("{field} has a field that is not known")]
    Unknown {
        /// The map.
        field: &'static str,
    },
    /// More entries, bytes or nesting than are read.
    #[error("{field} has more than is read")]
    TooMuch {
        /// The field.
        field: &'static str,
    },
    /// Bytes behind the end.
    #[error("there are bytes behind {field}")]
    Trailing {
        /// The field.
        field: &'static str,
    },
}

/// One item; of an array or a map, its number of entries, which follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Item<'d> {
    Unsigned(u64),
    /// The value is minus one minus this.
    Negative(u64),
    Bytes(&'d [u8]),
    Text(&'d str),
    Array(usize),
    Map(usize),
    Simple,
}

/// What is left to read.
#[derive(Clone, Copy)]
pub(super) struct Cbor<'d> {
    rest: &'d [u8],
}

impl<'d> Cbor<'d> {
    pub(super) fn new(bytes: &'d [u8]) -> Self {
        Self { rest: bytes }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// The next item. Tags, floats and indefinite lengths are refused.
    pub(super) fn item(&mut self, field: &'static str) -> Result<Item<'d>, CborError> {
        let malformed = CborError::Malformed { field };
        let (first, rest) = self.rest.split_first().ok_or(malformed)?;
        let (major, low) = (first >> 5, first & 0x1F);
        if major == 7 {
            // False, true, null and undefined.
            self.rest = rest;
            return (20..=23).contains(&low).then_some(Item::Simple).ok_or(malformed);
        }
        let (value, rest) = argument(low, rest).ok_or(malformed)?;
        self.rest = rest;
        match major {
            0 => Ok(Item::Unsigned(value)),
            1 => Ok(Item::Negative(value)),
            2 => Ok(Item::Bytes(self.take(field, value)?)),
            3 => {
                let bytes = self.take(field, value)?;
                std::str::from_utf8(bytes).map(Item::Text).map_err(|_| malformed)
            }
            4 => Ok(Item::Array(self.count(field, value, 1)?)),
            5 => Ok(Item::Map(self.count(field, value, 2)?)),
            _ => Err(malformed),
        }
    }

    pub(super) fn bytes(&mut self, field: &'static str) -> Result<&'d [u8], CborError> {
        match self.item(field)? {
            Item::Bytes(bytes) => Ok(bytes),
            _ => Err(CborError::Type { field }),
        }
    }

    pub(super) fn text(&mut self, field: &'static str) -> Result<&'d str, CborError> {
        match self.item(field)? {
            Item::Text(text) => Ok(text),
            _ => Err(CborError::Type { field }),
        }
    }

    /// The number of entries of the array that begins here.
    pub(super) fn array(&mut self, field: &'static str) -> Result<usize, CborError> {
        match self.item(field)? {
            Item::Array(count) => Ok(count),
            _ => Err(CborError::Type { field }),
        }
    }

    /// The number of entries of the map that begins here.
    pub(super) fn map(&mut self, field: &'static str) -> Result<usize, CborError> {
        match self.item(field)? {
            Item::Map(count) => Ok(count),
            _ => Err(CborError::Type { field }),
        }
    }

    /// Passes over the next item and all that is in it.
    pub(super) fn skip(&mut self, field: &'static str) -> Result<(), CborError> {
        self.skip_within(field, MAX_DEPTH)
    }

    fn skip_within(&mut self, field: &'static str, depth: usize) -> Result<(), CborError> {
        let inside = match self.item(field)? {
            Item::Array(count) => count,
            Item::Map(count) => count.saturating_mul(2),
            _ => return Ok(()),
        };
        let depth = depth.checked_sub(1).ok_or(CborError::TooMuch { field })?;
        (0..inside).try_for_each(|_| self.skip_within(field, depth))
    }

    /// Nothing may be left.
    pub(super) fn finish(self, field: &'static str) -> Result<(), CborError> {
        if self.is_empty() { Ok(()) } else { Err(CborError::Trailing { field }) }
    }

    fn take(&mut self, field: &'static str, length: u64) -> Result<&'d [u8], CborError> {
        let length = usize::try_from(length).ok();
        let (taken, rest) = length
            .and_then(|length| self.rest.split_at_checked(length))
            .ok_or(CborError::Malformed { field })?;
        self.rest = rest;
        Ok(taken)
    }

    /// A number of entries, which cannot be more than the bytes that are left hold.
    fn count(&self, field: &'static str, value: u64, least: usize) -> Result<usize, CborError> {
        usize::try_from(value)
            .ok()
            .filter(|count| count.checked_mul(least).is_some_and(|need| need <= self.rest.len()))
            .ok_or(CborError::Malformed { field })
    }
}

/// The argument of an item's head, in its shortest form.
fn argument(low: u8, rest: &[u8]) -> Option<(u64, &[u8])> {
    let (octets, least) = match low {
        0..=23 => return Some((u64::from(low), rest)),
        24 => (1, 24),
        25 => (2, 0x100),
        26 => (4, 0x1_0000),
        27 => (8, 0x1_0000_0000),
        _ => return None,
    };
    let (head, rest) = rest.split_at_checked(octets)?;
    let value = head.iter().fold(0_u64, |sum, octet| (sum << 8) | u64::from(*octet));
    (value >= least).then_some((value, rest))
}

/// Puts a field's value in its place, which must be free.
pub(super) fn put<T>(place: &mut Option<T>, value: T, map: &'static str) -> Result<(), CborError> {
    if place.replace(value).is_some() { Err(CborError::Twice { field: map }) } else { Ok(()) }
}

/// The value of a field that must be there.
pub(super) fn there<T>(place: Option<T>, field: &'static str) -> Result<T, CborError> {
    place.ok_or(CborError::Missing { field })
}
