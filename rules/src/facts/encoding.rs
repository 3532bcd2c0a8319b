//! Facts as bytes, for records that must be replayed.
//!
//! One version byte (1), then for each known fact, by rising number, its number and its slot, each
//! as an unsigned LEB128 integer of the shortest form. One set of facts has exactly one encoding.

use thiserror::Error;

use super::schema::Fact;
use super::store::Facts;
use super::value::FactType;

const VERSION: u8 = 1;

/// Why bytes are no facts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum FactsDecodeError {
    /// The version byte is missing or is one that this build does not read.
    #[error("facts of an unknown version")]
    Version,
    /// A fact's number is in no schema that this build knows.
    #[error("fact {number} is not in the schema")]
    UnknownFact {
        /// The number.
        number: u64,
    },
    /// A number does not rise above the one before it.
    #[error("fact {number} is out of order or given twice")]
    Order {
        /// The number.
        number: u64,
    },
    /// A value is none of its fact's type.
    #[error("the value of `{fact}` is out of range")]
    Value {
        /// The fact's name.
        fact: &'static str,
    },
    /// The bytes end inside an integer, or an integer is too long.
    #[error("facts are cut short or malformed")]
    Malformed,
}

impl Facts {
    /// The stable encoding of these facts.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(128);
        bytes.push(VERSION);
        for fact in self.known() {
            put_integer(&mut bytes, u64::from(fact.number()));
            // A slot is never negative: every value type maps to zero and above.
            let slot = self.slot(fact).and_then(|slot| u64::try_from(slot).ok());
            put_integer(&mut bytes, slot.unwrap_or_default());
        }
        bytes
    }

    /// Reads facts back.
    ///
    /// # Errors
    /// [`FactsDecodeError`] for anything but what [`Facts::to_bytes`] of a known version writes.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, FactsDecodeError> {
        let (version, mut rest) = bytes.split_first().ok_or(FactsDecodeError::Version)?;
        if *version != VERSION {
            return Err(FactsDecodeError::Version);
        }
        let mut facts = Self::default();
        let mut last = 0;
        while !rest.is_empty() {
            let number = take_integer(&mut rest)?;
            if number <= last {
                return Err(FactsDecodeError::Order { number });
            }
            last = number;
            let Some((fact, most)) = by_number(number) else {
                return Err(FactsDecodeError::UnknownFact { number });
            };
            let slot = take_integer(&mut rest)?;
            if slot > most {
                return Err(FactsDecodeError::Value { fact: fact.name() });
            }
            // No value is above the largest that an `i64` holds.
            facts.put(fact, slot.cast_signed());
        }
        Ok(facts)
    }
}

/// Facts by their numbers, each with the largest slot that its type has; every type's slots begin
/// with 0 and have no gaps.
static BY_NUMBER: [Option<(Fact, u64)>; NUMBERS] = by_numbers();

/// One more than the largest number of a fact that is found by a look-up.
const NUMBERS: usize = 64;

const _: () = {
    let mut at = 0;
    while at < Fact::ALL.len() {
        #[expect(clippy::indexing_slicing, reason = "it is below the list's length")]
        let number = Fact::ALL[at].number() as usize;
        assert!(number < NUMBERS, "a fact that could not be read back");
        at += 1;
    }
};

const fn by_numbers() -> [Option<(Fact, u64)>; NUMBERS] {
    let mut table = [None; NUMBERS];
    let mut at = 0;
    while at < NUMBERS {
        #[expect(clippy::cast_possible_truncation, reason = "it is below 64")]
        #[expect(clippy::indexing_slicing, reason = "it is below the table's length")]
        if let Some(fact) = Fact::from_number(at as u16) {
            table[at] = Some((fact, most(fact.ty())));
        }
        at += 1;
    }
    table
}

const fn most(ty: FactType) -> u64 {
    match ty {
        FactType::Enum(of) => of.variants.len().saturating_sub(1) as u64,
        FactType::Duration => i64::MAX.cast_unsigned(),
        FactType::Int => u32::MAX as u64,
        FactType::Bool => 1,
    }
}

#[inline]
fn by_number(number: u64) -> Option<(Fact, u64)> {
    *BY_NUMBER.get(usize::try_from(number).ok()?)?
}

fn put_integer(bytes: &mut Vec<u8>, mut value: u64) {
    loop {
        let [low, ..] = value.to_le_bytes();
        value >>= 7;
        if value == 0 {
            bytes.push(low & 0x7f);
            return;
        }
        bytes.push(low | 0x80);
    }
}

#[inline]
fn take_integer(bytes: &mut &[u8]) -> Result<u64, FactsDecodeError> {
    match bytes {
        [byte, rest @ ..] if byte & 0x80 == 0 => {
            let value = u64::from(*byte);
            *bytes = rest;
            Ok(value)
        }
        _ => take_long_integer(bytes),
    }
}

fn take_long_integer(bytes: &mut &[u8]) -> Result<u64, FactsDecodeError> {
    let mut value: u64 = 0;
    for shift in (0..64).step_by(7) {
        let (byte, rest) = bytes.split_first().ok_or(FactsDecodeError::Malformed)?;
        *bytes = rest;
        let part = u64::from(byte & 0x7f);
        if shift == 63 && part > 1 {
            return Err(FactsDecodeError::Malformed);
        }
        value |= part << shift;
        if byte & 0x80 == 0 {
            let padded = *byte == 0 && shift > 0;
            return if padded { Err(FactsDecodeError::Malformed) } else { Ok(value) };
        }
    }
    Err(FactsDecodeError::Malformed)
}
