//! A reader of DER (ITU-T X.690) without recursion: it yields one element at a time, and the
//! caller's code fixes the depth. Lengths are definite and minimal, tag numbers at most 28 bits.

pub(crate) mod write;

use thiserror::Error;

/// Why DER cannot be read. `field` is the field's name in its schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum DerError {
    /// The encoding is not DER, or ends too early.
    #[error("{field} is not DER")]
    Der {
        /// The field.
        field: &'static str,
    },
    /// Another type than the schema has.
    #[error("{field} has another type than expected")]
    Type {
        /// The field.
        field: &'static str,
    },
    /// A number outside what is read.
    #[error("{field} is out of range")]
    Range {
        /// The field.
        field: &'static str,
    },
    /// More entries or bytes than are read.
    #[error("{field} is too long")]
    TooLong {
        /// The field.
        field: &'static str,
    },
    /// A field that stands twice in one list.
    #[error("{field} stands twice")]
    Twice {
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

pub(crate) const BOOLEAN: Tag = Tag::universal(1);
pub(crate) const INTEGER: Tag = Tag::universal(2);
pub(crate) const BIT_STRING: Tag = Tag::universal(3);
pub(crate) const OCTET_STRING: Tag = Tag::universal(4);
pub(crate) const OBJECT_IDENTIFIER: Tag = Tag::universal(6);
pub(crate) const ENUMERATED: Tag = Tag::universal(10);
pub(crate) const SEQUENCE: Tag = Tag { class: 0, constructed: true, number: 16 };
pub(crate) const SET: Tag = Tag { class: 0, constructed: true, number: 17 };

/// A tag: its class (0 universal, 2 context), whether it is constructed, and its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Tag {
    pub(crate) class: u8,
    pub(crate) constructed: bool,
    pub(crate) number: u32,
}

impl Tag {
    const fn universal(number: u32) -> Self {
        Self { class: 0, constructed: false, number }
    }
}

/// What is left to read, and the name of the field it is, for errors.
#[derive(Clone, Copy)]
pub(crate) struct Reader<'d> {
    rest: &'d [u8],
    field: &'static str,
}

impl<'d> Reader<'d> {
    pub(crate) fn new(field: &'static str, bytes: &'d [u8]) -> Self {
        Self { rest: bytes, field }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// What is left, unread.
    pub(crate) fn rest(self) -> &'d [u8] {
        self.rest
    }

    /// The next element, whatever it is.
    pub(crate) fn any(&mut self) -> Result<(Tag, &'d [u8]), DerError> {
        let error = DerError::Der { field: self.field };
        let (tag, rest) = read_tag(self.rest).ok_or(error)?;
        let (length, rest) = read_length(rest).ok_or(error)?;
        let (content, rest) = rest.split_at_checked(length).ok_or(error)?;
        self.rest = rest;
        Ok((tag, content))
    }

    /// The next element, which must have this tag.
    pub(crate) fn expect(
        &mut self,
        field: &'static str,
        wanted: Tag,
    ) -> Result<&'d [u8], DerError> {
        self.field = field;
        let (tag, content) = self.any()?;
        if tag == wanted { Ok(content) } else { Err(DerError::Type { field }) }
    }

    /// The next element as a reader of what is in it.
    pub(crate) fn enter(
        &mut self,
        field: &'static str,
        wanted: Tag,
    ) -> Result<Reader<'d>, DerError> {
        Ok(Reader::new(field, self.expect(field, wanted)?))
    }

    /// A non-negative INTEGER or ENUMERATED below 2^32.
    pub(crate) fn number(&mut self, field: &'static str, tag: Tag) -> Result<u32, DerError> {
        let value = self.integer(field, tag)?;
        u32::try_from(value).map_err(|_| DerError::Range { field })
    }

    /// An INTEGER or ENUMERATED of at most eight octets.
    pub(crate) fn integer(&mut self, field: &'static str, tag: Tag) -> Result<i64, DerError> {
        let content = self.expect(field, tag)?;
        let (first, _) = content.split_first().ok_or(DerError::Der { field })?;
        if content.len() > 8 {
            return Err(DerError::Range { field });
        }
        let sign = if *first >= 0x80 { -1_i64 } else { 0 };
        Ok(content.iter().fold(sign, |value, octet| (value << 8) | i64::from(*octet)))
    }

    /// A BOOLEAN. Genuine certificates hold octets other than 0 and 255 for true.
    pub(crate) fn boolean(&mut self, field: &'static str) -> Result<bool, DerError> {
        match self.expect(field, BOOLEAN)? {
            [octet] => Ok(*octet != 0),
            _ => Err(DerError::Der { field }),
        }
    }

    /// Nothing may be left.
    pub(crate) fn finish(self) -> Result<(), DerError> {
        if self.is_empty() { Ok(()) } else { Err(DerError::Trailing { field: self.field }) }
    }
}

fn read_tag(bytes: &[u8]) -> Option<(Tag, &[u8])> {
    let (first, mut rest) = bytes.split_first()?;
    let (class, constructed) = (first >> 6, first & 0x20 != 0);
    let low = u32::from(first & 0x1F);
    if low < 31 {
        return Some((Tag { class, constructed, number: low }, rest));
    }
    let mut number = 0_u32;
    for _ in 0..4 {
        let (octet, after) = rest.split_first()?;
        rest = after;
        if number == 0 && *octet == 0x80 {
            return None;
        }
        number = (number << 7) | u32::from(octet & 0x7F);
        if octet & 0x80 == 0 {
            return (number >= 31).then_some((Tag { class, constructed, number }, rest));
        }
    }
    None
}

fn read_length(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let (first, rest) = bytes.split_first()?;
    if *first < 0x80 {
        return Some((usize::from(*first), rest));
    }
    let octets = usize::from(first & 0x7F);
    if !(1..=4).contains(&octets) {
        return None;
    }
    let (head, rest) = rest.split_at_checked(octets)?;
    let length = head.iter().fold(0_usize, |sum, octet| (sum << 8) | usize::from(*octet));
    let minimal = head.first() != Some(&0) && length >= 0x80;
    minimal.then_some((length, rest))
}
