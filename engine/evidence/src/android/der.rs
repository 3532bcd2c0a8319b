//! A reader of DER (ITU-T X.690) without recursion: it yields one element at a time, and the
//! caller's code fixes the depth. Lengths are definite and minimal, tag numbers at most 28 bits.

use super::DescriptionError;

pub(super) const BOOLEAN: Tag = Tag::universal(1);
pub(super) const INTEGER: Tag = Tag::universal(2);
pub(super) const OCTET_STRING: Tag = Tag::universal(4);
pub(super) const ENUMERATED: Tag = Tag::universal(10);
pub(super) const SEQUENCE: Tag = Tag { class: 0, constructed: true, number: 16 };
pub(super) const SET: Tag = Tag { class: 0, constructed: true, number: 17 };

/// A tag: its class (0 universal, 2 context), whether it is constructed, and its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Tag {
    pub(super) class: u8,
    pub(super) constructed: bool,
    pub(super) number: u32,
}

impl Tag {
    const fn universal(number: u32) -> Self {
        Self { class: 0, constructed: false, number }
    }
}

/// What is left to read, and the name of the field it is, for errors.
#[derive(Clone, Copy)]
pub(super) struct Reader<'d> {
    rest: &'d [u8],
    field: &'static str,
}

impl<'d> Reader<'d> {
    pub(super) fn new(field: &'static str, bytes: &'d [u8]) -> Self {
        Self { rest: bytes, field }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// The next element, whatever it is.
    pub(super) fn any(&mut self) -> Result<(Tag, &'d [u8]), DescriptionError> {
        let error = DescriptionError::Der { field: self.field };
        let (tag, rest) = read_tag(self.rest).ok_or(error)?;
        let (length, rest) = read_length(rest).ok_or(error)?;
        let (content, rest) = rest.split_at_checked(length).ok_or(error)?;
        self.rest = rest;
        Ok((tag, content))
    }

    /// The next element, which must have this tag.
    pub(super) fn expect(
        &mut self,
        field: &'static str,
        wanted: Tag,
    ) -> Result<&'d [u8], DescriptionError> {
        self.field = field;
        let (tag, content) = self.any()?;
        if tag == wanted { Ok(content) } else { Err(DescriptionError::Type { field }) }
    }

    /// The next element as a reader of what is in it.
    pub(super) fn enter(
        &mut self,
        field: &'static str,
        wanted: Tag,
    ) -> Result<Reader<'d>, DescriptionError> {
        Ok(Reader::new(field, self.expect(field, wanted)?))
    }

    /// A non-negative INTEGER or ENUMERATED below 2^32.
    pub(super) fn number(
        &mut self,
        field: &'static str,
        tag: Tag,
    ) -> Result<u32, DescriptionError> {
        let value = self.integer(field, tag)?;
        u32::try_from(value).map_err(|_| DescriptionError::Range { field })
    }

    /// An INTEGER or ENUMERATED of at most eight octets.
    pub(super) fn integer(
        &mut self,
        field: &'static str,
        tag: Tag,
    ) -> Result<i64, DescriptionError> {
        let content = self.expect(field, tag)?;
        let (first, _) = content.split_first().ok_or(DescriptionError::Der { field })?;
        if content.len() > 8 {
            return Err(DescriptionError::Range { field });
        }
        let sign = if *first >= 0x80 { -1_i64 } else { 0 };
        Ok(content.iter().fold(sign, |value, octet| (value << 8) | i64::from(*octet)))
    }

    /// A BOOLEAN. Genuine certificates hold octets other than 0 and 255 for true.
    pub(super) fn boolean(&mut self, field: &'static str) -> Result<bool, DescriptionError> {
        match self.expect(field, BOOLEAN)? {
            [octet] => Ok(*octet != 0),
            _ => Err(DescriptionError::Der { field }),
        }
    }

    /// Nothing may be left.
    pub(super) fn finish(self) -> Result<(), DescriptionError> {
        if self.is_empty() { Ok(()) } else { Err(DescriptionError::Trailing { field: self.field }) }
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
    if !(1..=3).contains(&octets) {
        return None;
    }
    let (head, rest) = rest.split_at_checked(octets)?;
    let length = head.iter().fold(0_usize, |sum, octet| (sum << 8) | usize::from(*octet));
    let minimal = head.first() != Some(&0) && length >= 0x80;
    minimal.then_some((length, rest))
}
