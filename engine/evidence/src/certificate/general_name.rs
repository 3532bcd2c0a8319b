//! The names that alternative names, constraints and distribution points hold (RFC 5280 section
//! 4.2.1.6).

use super::name::Name;
use crate::der::{DerError, OBJECT_IDENTIFIER, Reader, SEQUENCE, Tag};

const FIELD: &str = "generalName";
/// 1.3.6.1.5.5.7.8.9, SmtpUTF8Mailbox (RFC 9598).
const UTF8_MAILBOX: &[u8] = &[0x2B, 6, 1, 5, 5, 7, 8, 9];

/// A name of one of the forms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum GeneralName {
    /// A mail address, as it is written.
    Email(Box<str>),
    /// A mail address whose local part is not ASCII: another name that constraints on mail
    /// addresses are for too.
    Utf8Mailbox,
    /// A host name, as it is written.
    Dns(Box<str>),
    /// A distinguished name.
    Directory(Name),
    /// A URI, as it is written.
    Uri(Box<str>),
    /// An address or, in a constraint, an address and a mask.
    Ip(Box<[u8]>),
    /// Another form, by its number: another name (0), X.400 (3), EDI (5), a registered identifier (8).
    Other(u32),
}

impl GeneralName {
    /// Reads the next name.
    pub(crate) fn read(reader: &mut Reader<'_>) -> Result<Self, DerError> {
        let (tag, content) = reader.any()?;
        let ascii = || match std::str::from_utf8(content) {
            Ok(text) if text.is_ascii() => Ok(Box::from(text)),
            _ => Err(DerError::Der { field: FIELD }),
        };
        match tag {
            Tag { class: 2, constructed: false, number: 1 } => Ok(Self::Email(ascii()?)),
            Tag { class: 2, constructed: false, number: 2 } => Ok(Self::Dns(ascii()?)),
            Tag { class: 2, constructed: true, number: 4 } => {
                Name::from_der(content).map(Self::Directory)
            }
            Tag { class: 2, constructed: false, number: 6 } => Ok(Self::Uri(ascii()?)),
            Tag { class: 2, constructed: false, number: 7 } => Ok(Self::Ip(content.into())),
            Tag { class: 2, constructed: true, number: 0 } if is_utf8_mailbox(content) => {
                Ok(Self::Utf8Mailbox)
            }
            Tag { class: 2, constructed: true, number: number @ (0 | 3 | 5) }
            | Tag { class: 2, constructed: false, number: number @ 8 } => Ok(Self::Other(number)),
            _ => Err(DerError::Type { field: FIELD }),
        }
    }

    /// Reads names until the end.
    pub(crate) fn read_all(mut reader: Reader<'_>) -> Result<Vec<Self>, DerError> {
        let mut names = Vec::new();
        while !reader.is_empty() {
            names.push(Self::read(&mut reader)?);
        }
        Ok(names)
    }

    /// Reads the value of a subjectAltName extension: at least one name.
    pub(crate) fn read_extension(value: &[u8]) -> Result<Vec<Self>, DerError> {
        let mut outer = Reader::new(FIELD, value);
        let names = Self::read_all(outer.enter(FIELD, SEQUENCE)?)?;
        outer.finish()?;
        if names.is_empty() { Err(DerError::Der { field: FIELD }) } else { Ok(names) }
    }

    /// How long the name is, roughly in octets: what it costs to compare it.
    pub(crate) fn length(&self) -> usize {
        match self {
            Self::Email(text) | Self::Dns(text) | Self::Uri(text) => text.len(),
            Self::Directory(name) => name.der().len(),
            Self::Ip(octets) => octets.len(),
            Self::Utf8Mailbox | Self::Other(_) => 0,
        }
    }
}

fn is_utf8_mailbox(content: &[u8]) -> bool {
    Reader::new(FIELD, content).expect(FIELD, OBJECT_IDENTIFIER) == Ok(UTF8_MAILBOX)
}
