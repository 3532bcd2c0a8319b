use super::digits::IdError;
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

macro_rules! random_id {
    ($(#[$doc:meta])* $name:ident, $what:literal, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub struct $name([u8; 16]);

        impl $name {
            /// From 16 bytes that the caller drew at random.
            pub const fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(bytes)
            }

            /// The bytes.
            pub const fn as_bytes(&self) -> &[u8; 16] {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str($prefix)?;
                self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                if text.is_empty() {
                    return Err(IdError::Empty($what));
                }
                let Some(hex) = text.strip_prefix($prefix) else {
                    return Err(IdError::Prefix { what: $what, expected: $prefix });
                };
                if hex.len() != 32 {
                    let got = hex.len();
                    return Err(IdError::Length { what: $what, got, expected: "32 behind the prefix" });
                }
                let mut bytes = [0; 16];
                for (place, (byte, pair)) in bytes.iter_mut().zip(hex.as_bytes().chunks(2)).enumerate() {
                    let nibble = |b: &u8| (*b as char).to_digit(16).filter(|_| !b.is_ascii_uppercase());
                    let value = pair.iter().try_fold(0_u32, |value, b| Some(value * 16 + nibble(b)?));
                    *byte = value.and_then(|v| u8::try_from(v).ok()).ok_or(IdError::Alphabet {
                        what: $what,
                        alphabet: "a lower-case hexadecimal digit",
                        place: place * 2 + $prefix.len(),
                    })?;
                }
                Ok(Self(bytes))
            }
        }
    };
}

random_id! {
    /// A binding.
    BindingId, "binding id", "bnd_"
}
random_id! {
    /// A decision. The first six bytes are the time in milliseconds, big-endian.
    DecisionId, "decision id", "dec_"
}
random_id! {
    /// A challenge.
    ChallengeId, "challenge id", "chg_"
}
random_id! {
    /// An enrolment ticket.
    TicketId, "ticket id", "tkt_"
}
random_id! {
    /// A snooze of a rule.
    SnoozeId, "snooze id", "snz_"
}
random_id! {
    /// An order to a carrier's platform.
    OrderId, "order id", "ord_"
}
random_id! {
    /// An open step-up.
    StepUpId, "step-up id", "stp_"
}

/// A decision's short code that a person can read out to a help desk: ten characters without
/// I, L, O and U (Crockford's base 32), in two groups. It finds decisions; it grants nothing.
///
/// They are 50 random bits of the decision's id: who guesses among a thousand million codes that can
/// still be asked for is right once in a million times, and who may ask is counted beside that.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct SupportCode([u8; 7]);

const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Characters of a code, of 5 bits each.
const LETTERS: u32 = 10;
const BITS: u64 = (1 << (LETTERS * 5)) - 1;

impl SupportCode {
    /// The code of a decision.
    pub fn of(decision: DecisionId) -> Self {
        let [.., a, b, c, d, e, f, g] = decision.0;
        Self::from_bits(u64::from_be_bytes([0, a, b, c, d, e, f, g]))
    }

    const fn from_bits(bits: u64) -> Self {
        let [_, code @ ..] = (bits & BITS).to_be_bytes();
        Self(code)
    }

    /// The bytes, big-endian; the first six bits are nought.
    pub const fn as_bytes(&self) -> &[u8; 7] {
        &self.0
    }
}

impl fmt::Display for SupportCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bits = self.0.iter().fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte));
        for place in (0..LETTERS).rev() {
            let index = usize::try_from(bits >> (place * 5) & 31).unwrap_or(0);
            let letter = ALPHABET.get(index).copied().unwrap_or(b'0');
            write!(f, "{}{}", letter as char, if place == LETTERS / 2 { "-" } else { "" })?;
        }
        Ok(())
    }
}

impl fmt::Debug for SupportCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for SupportCode {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        const WHAT: &str = "support code";
        if text.is_empty() {
            return Err(IdError::Empty(WHAT));
        }
        let mut bits = 0_u64;
        let mut letters = 0_u32;
        for (place, letter) in
            text.bytes().take(64).enumerate().filter(|(_, b)| !matches!(b, b'-' | b' '))
        {
            // Read aloud or copied by hand, these are what the look-alikes mean.
            let letter = match letter.to_ascii_uppercase() {
                b'O' => b'0',
                b'I' | b'L' => b'1',
                other => other,
            };
            let value = ALPHABET.iter().position(|a| *a == letter).ok_or(IdError::Alphabet {
                what: WHAT,
                alphabet: "one of 0-9 A-Z without I, L, O and U",
                place,
            })?;
            bits = bits << 5 | u64::try_from(value).unwrap_or(0);
            letters += 1;
        }
        if letters != LETTERS {
            let got = usize::try_from(letters).unwrap_or(usize::MAX);
            return Err(IdError::Length { what: WHAT, got, expected: "10" });
        }
        Ok(Self::from_bits(bits))
    }
}
