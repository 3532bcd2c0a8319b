//! Commands and answers as bytes (ISO/IEC 7816-4 clauses 5.1 to 5.6), short forms only.

use super::{memory::Changed, status::Status};
use std::fmt;
use zeroize::Zeroizing;

/// What a command's class asks for, on channel 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Class {
    /// 00: as the standard says.
    Standard,
    /// 80: the application's own.
    Own,
    /// 84: the application's own, under GlobalPlatform's secure messaging.
    OwnSecured,
}

/// How much of an answer is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Expected {
    /// No answer but the status word: cases 1 and 3.
    Nothing,
    /// At most so many octets, 1 to 255.
    UpTo(u8),
    /// As much as there is, at most 256 octets: Le is 00.
    All,
}

/// A command.
#[derive(Clone, Copy)]
pub(crate) struct Command<'a> {
    pub(crate) class: Class,
    pub(crate) instruction: u8,
    pub(crate) p1: u8,
    pub(crate) p2: u8,
    /// At most 255 octets.
    pub(crate) data: &'a [u8],
    pub(crate) expected: Expected,
}

impl<'a> Command<'a> {
    /// Reads a command of case 1 to 4.
    ///
    /// # Errors
    /// The status word to answer: 6700 for any other shape, extended lengths among them; 6E00,
    /// 6881, 6882 or 6884 for a class that is not served.
    pub(crate) fn parse(bytes: &'a [u8]) -> Result<Self, Status> {
        let (header, body) = bytes.split_first_chunk::<4>().ok_or(Status::WRONG_LENGTH)?;
        let &[class, instruction, p1, p2] = header;
        let class = Class::parse(class)?;
        let (data, expected) = split(body)?;
        Ok(Self { class, instruction, p1, p2, data, expected })
    }

    /// P1 and P2 as one number.
    pub(crate) fn parameters(&self) -> u16 {
        u16::from_be_bytes([self.p1, self.p2])
    }

    /// Checks that P1 and P2 are these.
    ///
    /// # Errors
    /// 6A86 where they are not.
    pub(crate) fn needs_parameters(&self, parameters: u16) -> Result<(), Status> {
        if self.parameters() == parameters { Ok(()) } else { Err(Status::WRONG_PARAMETERS) }
    }

    /// Checks that no data came.
    ///
    /// # Errors
    /// 6700 where some did.
    pub(crate) const fn needs_no_data(&self) -> Result<(), Status> {
        if self.data.is_empty() { Ok(()) } else { Err(Status::WRONG_LENGTH) }
    }

    /// Checks that an answer of so many octets fits what is wanted, before it is made.
    ///
    /// # Errors
    /// 6700 where no answer is wanted, 6Cxx where a shorter one is.
    pub(crate) fn needs_room(&self, length: usize) -> Result<(), Status> {
        match self.expected {
            Expected::Nothing => Err(Status::WRONG_LENGTH),
            Expected::UpTo(most) if usize::from(most) < length => Err(Status::right_length(length)),
            Expected::UpTo(_) | Expected::All => Ok(()),
        }
    }
}

impl fmt::Debug for Command<'_> {
    /// The data may hold a PIN.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (class, ins, parameters) = (self.class, self.instruction, self.parameters());
        write!(f, "{class:?} {ins:02X} {parameters:04X} + {} octets", self.data.len())
    }
}

impl Class {
    /// Clause 5.4.1: bits 8 to 5 tell the sort, and the rest of the sorts that are known channel,
    /// secure messaging and chaining.
    const fn parse(class: u8) -> Result<Self, Status> {
        match class {
            0x00 => Ok(Self::Standard),
            0x80 => Ok(Self::Own),
            0x84 => Ok(Self::OwnSecured),
            0x01..=0x03 | 0x40..=0x7F | 0x81..=0x83 | 0x85..=0x87 => Err(Status::NO_CHANNEL),
            0x04..=0x0F | 0x88..=0x8F => Err(Status::NO_SECURE_MESSAGING),
            0x10..=0x1F | 0x90..=0x9F => Err(Status::NO_CHAINING),
            _ => Err(Status::WRONG_CLASS),
        }
    }
}

/// What is behind the header: data and the length wanted.
fn split(body: &[u8]) -> Result<(&[u8], Expected), Status> {
    let (first, rest) = match body {
        [] => return Ok((&[], Expected::Nothing)),
        [le] => return Ok((&[], Expected::parse(*le))),
        // Extended lengths begin so.
        [0, ..] => return Err(Status::WRONG_LENGTH),
        [first, rest @ ..] => (usize::from(*first), rest),
    };
    let (data, rest) = rest.split_at_checked(first).ok_or(Status::WRONG_LENGTH)?;
    match rest {
        [] => Ok((data, Expected::Nothing)),
        [le] => Ok((data, Expected::parse(*le))),
        _ => Err(Status::WRONG_LENGTH),
    }
}

impl Expected {
    const fn parse(le: u8) -> Self {
        if le == 0 { Self::All } else { Self::UpTo(le) }
    }

    /// The most octets that may be answered.
    pub(crate) fn most(self) -> usize {
        match self {
            Self::Nothing => 0,
            Self::UpTo(most) => usize::from(most),
            Self::All => 256,
        }
    }
}

/// A card's answer to a command.
#[derive(Clone, PartialEq, Eq)]
pub struct Response {
    /// At most 256 octets.
    pub data: Zeroizing<Vec<u8>>,
    /// How it went.
    pub status: Status,
    /// Whether the persistent state was written while the command was served.
    pub changed: Changed,
}

impl Response {
    /// The answer as it goes over the contacts: data, then the status word.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = self.data.to_vec();
        bytes.extend(self.status.word().to_be_bytes());
        bytes
    }
}

impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} octets + {:?}", self.data.len(), self.status)
    }
}
