use serde::{Deserialize, Serialize};
use std::fmt;
use thiserror::Error;
use zeroize::Zeroizing;

/// Crockford's base 32: no I, L, O and U.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// The characters of a locator.
const LOCATOR: usize = 4;
/// Longer texts are not looked at.
const LONGEST_TEXT: usize = 40;

/// What a code is for. Each kind has a length of its own, so that none is taken for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeKind {
    /// The access code beside a password: locator, 25 secret bits, check.
    Access,
    /// The access code alone: locator, 35 secret bits, check.
    AccessAlone,
    /// The password beside an access code: 25 secret bits, check.
    Password,
    /// What a terminal shows for a minute: locator, 55 secret bits, check.
    Shown,
}

impl CodeKind {
    /// Secret characters.
    pub const fn secret(self) -> usize {
        match self {
            Self::Access | Self::Password => 5,
            Self::AccessAlone => 7,
            Self::Shown => 11,
        }
    }

    /// Characters to type, hyphens not counted.
    pub const fn characters(self) -> usize {
        match self {
            Self::Password => self.secret() + 1,
            _ => LOCATOR + self.secret() + 1,
        }
    }

    /// A text that stands for the kind where codes are made.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Access => "access",
            Self::AccessAlone => "access alone",
            Self::Password => "password",
            Self::Shown => "shown",
        }
    }
}

/// The part of a code that finds its ticket and is no secret: 20 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Locator(u32);

impl Locator {
    /// From random bytes; the upper bits are dropped.
    pub const fn from_random(bytes: [u8; 4]) -> Self {
        Self(u32::from_be_bytes(bytes) & 0xF_FFFF)
    }

    /// Its bytes, for keys.
    pub const fn to_bytes(self) -> [u8; 4] {
        self.0.to_be_bytes()
    }

    fn symbols(self) -> impl Iterator<Item = u8> {
        let place = |place: u32| u8::try_from(self.0 >> (place * 5) & 31).unwrap_or(0);
        [place(3), place(2), place(1), place(0)].into_iter()
    }
}

/// A text that is no code. It says where a typing error may be, and never the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum CodeError {
    /// Another length.
    #[error("has {got} characters, not {expected}")]
    Length {
        /// How many it has.
        got: usize,
        /// How many it should have.
        expected: usize,
    },
    /// A character that no code has.
    #[error("has another character than 0-9 and A-Z without U at place {place}")]
    Alphabet {
        /// Where, from 1.
        place: usize,
    },
    /// The check character does not fit.
    #[error("has a typing error: its check character does not fit")]
    Check,
}

/// A code: symbols of five bits, without the check. It is wiped from memory, and `Debug` hides it.
#[derive(Clone)]
pub struct Code {
    kind: CodeKind,
    symbols: Zeroizing<Vec<u8>>,
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Code({})", self.kind.label())
    }
}

impl Code {
    /// A code of a ticket, its secret part from random or keyed bytes of which the upper bits are
    /// dropped. Each character takes one byte; missing bytes count as zero.
    pub fn new(kind: CodeKind, locator: Locator, secret: &[u8]) -> Self {
        let mut symbols = Zeroizing::new(Vec::with_capacity(kind.characters()));
        if kind != CodeKind::Password {
            symbols.extend(locator.symbols());
        }
        let secret = secret.iter().copied().chain(std::iter::repeat(0));
        symbols.extend(secret.take(kind.secret()).map(|byte| byte & 31));
        Self { kind, symbols }
    }

    /// Reads what a person typed or a phone read: upper or lower case, with hyphens and spaces or
    /// without; O counts as 0, I and L as 1.
    ///
    /// # Errors
    /// [`CodeError`]: it is none of this kind, or mistyped.
    pub fn parse(kind: CodeKind, text: &str) -> Result<Self, CodeError> {
        let mut symbols = Zeroizing::new(Vec::with_capacity(LONGEST_TEXT));
        for (place, byte) in text.bytes().take(LONGEST_TEXT).enumerate() {
            if matches!(byte, b'-' | b' ') {
                continue;
            }
            let letter = match byte.to_ascii_uppercase() {
                b'O' => b'0',
                b'I' | b'L' => b'1',
                other => other,
            };
            let value = ALPHABET.iter().position(|a| *a == letter);
            let value = value.and_then(|value| u8::try_from(value).ok());
            symbols.push(value.ok_or(CodeError::Alphabet { place: place + 1 })?);
        }
        let (got, expected) = (symbols.len(), kind.characters());
        if got != expected {
            return Err(CodeError::Length { got, expected });
        }
        match symbols.pop() {
            Some(last) if last == check(&symbols) => Ok(Self { kind, symbols }),
            _ => Err(CodeError::Check),
        }
    }

    /// Reads an access code, of whichever variant.
    ///
    /// # Errors
    /// [`CodeError`]: it is none, or mistyped.
    pub fn parse_access(text: &str) -> Result<Self, CodeError> {
        let letters = text.bytes().take(LONGEST_TEXT).filter(|b| !matches!(b, b'-' | b' '));
        if letters.count() == CodeKind::AccessAlone.characters() {
            Self::parse(CodeKind::AccessAlone, text)
        } else {
            Self::parse(CodeKind::Access, text)
        }
    }

    /// What it is for.
    pub const fn kind(&self) -> CodeKind {
        self.kind
    }

    /// Which ticket it is of; `None` for a password.
    pub fn locator(&self) -> Option<Locator> {
        if self.kind == CodeKind::Password {
            return None;
        }
        let first = self.symbols.iter().take(LOCATOR);
        Some(Locator(first.fold(0, |bits, symbol| bits << 5 | u32::from(*symbol))))
    }

    /// Compares in constant time.
    pub fn matches(&self, other: &Self) -> bool {
        let pairs = self.symbols.iter().zip(other.symbols.iter());
        let differ = pairs.fold(0, |differ, (a, b)| differ | (a ^ b));
        self.kind == other.kind && self.symbols.len() == other.symbols.len() && differ == 0
    }

    /// As it is shown and typed: with its check, in groups of four.
    pub fn to_text(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::with_capacity(self.kind.characters() + 4));
        let all = self.symbols.iter().copied().chain([check(&self.symbols)]);
        for (place, symbol) in all.enumerate() {
            if place > 0 && place.is_multiple_of(4) {
                text.push('-');
            }
            let letter = ALPHABET.get(usize::from(symbol)).copied().unwrap_or(b'0');
            text.push(char::from(letter));
        }
        text
    }
}

/// The sum of the symbols weighted by powers of a generator of GF(32), from the first power on. The
/// weights differ from each other and from the check's own, which is one: every single wrong
/// character and every exchange of two shows.
fn check(symbols: &[u8]) -> u8 {
    symbols.iter().rev().fold(0, |sum, symbol| double(sum ^ symbol))
}

/// Times the generator, modulo x^5 + x^2 + 1.
const fn double(value: u8) -> u8 {
    let shifted = value << 1;
    if shifted & 0x20 == 0 { shifted } else { (shifted ^ 0x25) & 0x1f }
}
