//! Status words.

use std::fmt;

/// The two octets that end each answer (ISO/IEC 7816-4 clause 5.6).
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Status(u16);

impl Status {
    /// 9000: done.
    pub const OK: Self = Self(0x9000);
    /// 6282: the file ended before the length that was asked.
    pub const END_OF_FILE: Self = Self(0x6282);
    /// 6283: what was selected is locked.
    pub const LOCKED: Self = Self(0x6283);
    /// 6300: the terminal did not prove the card's keys.
    pub const NOT_AUTHENTICATED: Self = Self(0x6300);
    /// 6581: the memory could not be written; nothing was done.
    pub const MEMORY: Self = Self(0x6581);
    /// 6700: the command is longer, shorter or shaped otherwise than it may be.
    pub const WRONG_LENGTH: Self = Self(0x6700);
    /// 6881: there is one channel.
    pub const NO_CHANNEL: Self = Self(0x6881);
    /// 6882: no secure messaging here.
    pub const NO_SECURE_MESSAGING: Self = Self(0x6882);
    /// 6884: no chaining of commands.
    pub const NO_CHAINING: Self = Self(0x6884);
    /// 6981: the command does not fit the sort of file.
    pub const WRONG_FILE: Self = Self(0x6981);
    /// 6982: the PIN was not shown.
    pub const SECURITY: Self = Self(0x6982);
    /// 6983: the PIN is blocked.
    pub const BLOCKED: Self = Self(0x6983);
    /// 6985: not in this state of the applet.
    pub const CONDITIONS: Self = Self(0x6985);
    /// 6986: no file is selected.
    pub const NO_FILE: Self = Self(0x6986);
    /// 6A80: the data do not say what they must.
    pub const WRONG_DATA: Self = Self(0x6A80);
    /// 6A81: the applet is locked to other terminals.
    pub const OTHER_TERMINAL: Self = Self(0x6A81);
    /// 6A83: there is no such record.
    pub const NO_RECORD: Self = Self(0x6A83);
    /// 6A84: the card has no room left.
    pub const NO_ROOM: Self = Self(0x6A84);
    /// 6A82: there is no such file or application.
    pub const NOT_FOUND: Self = Self(0x6A82);
    /// 6A86: P1 or P2 is not one of those that are known.
    pub const WRONG_PARAMETERS: Self = Self(0x6A86);
    /// 6A88: there are no such data.
    pub const NO_DATA: Self = Self(0x6A88);
    /// 6B00: the offset is past the end.
    pub const WRONG_OFFSET: Self = Self(0x6B00);
    /// 6D00: no such instruction.
    pub const WRONG_INSTRUCTION: Self = Self(0x6D00);
    /// 6E00: no such class.
    pub const WRONG_CLASS: Self = Self(0x6E00);
    /// 6F00: a fault of the card's own, or no power.
    pub const FAULT: Self = Self(0x6F00);

    /// 63Cx: so many tries are left, 15 at most.
    pub fn tries(left: u8) -> Self {
        Self(0x63C0 | u16::from(left.min(0x0F)))
    }

    /// 6Cxx: the answer is so long; 256 is written 00.
    pub fn right_length(length: usize) -> Self {
        Self(0x6C00 | u16::try_from(length % 0x100).unwrap_or(0))
    }

    /// 91xx: done, and there are so many octets to fetch.
    pub(super) fn to_fetch(length: usize) -> Self {
        Self(0x9100 | u16::try_from(length % 0x100).unwrap_or(0))
    }

    /// A status word as others sent it.
    pub const fn from_word(word: u16) -> Self {
        Self(word)
    }

    /// The two octets as a number.
    pub const fn word(self) -> u16 {
        self.0
    }
}

impl fmt::Debug for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04X}", self.0)
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}
