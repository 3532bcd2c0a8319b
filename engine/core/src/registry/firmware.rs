use std::{fmt, str::FromStr};
use thiserror::Error;

/// A firmware version: 1 to 4 numbers with dots between. What is not said is zero, so that 2 and
/// 2.0 are the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Firmware([u32; 4]);

/// Why a text is no firmware version, or none of a set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum FirmwareError {
    /// A version is none.
    #[error("a firmware version is 1 to 4 numbers with dots between, like 2.1")]
    Version,
    /// A range ends before it begins.
    #[error("the range ends before it begins")]
    Backwards,
    /// Two of the versions or ranges have a version in common.
    #[error("versions are named twice")]
    Overlap,
    /// Nothing is named.
    #[error(
        "is empty: name versions like 1.0;1.2, a range like 1.0-1.9, 2.0+ for it and later, or *"
    )]
    Empty,
    /// Too much is named.
    #[error("names more than 32 versions and ranges")]
    Many,
}

impl Firmware {
    const FIRST: Self = Self([0; 4]);
    const LAST: Self = Self([u32::MAX; 4]);
}

impl FromStr for Firmware {
    type Err = FirmwareError;

    fn from_str(text: &str) -> Result<Self, FirmwareError> {
        let mut numbers = [0; 4];
        let mut places = numbers.iter_mut();
        for part in text.split('.') {
            let place = places.next().ok_or(FirmwareError::Version)?;
            let digits = part.bytes().all(|byte| byte.is_ascii_digit()) && part.len() <= 9;
            *place = part.parse().ok().filter(|_| digits).ok_or(FirmwareError::Version)?;
        }
        Ok(Self(numbers))
    }
}

impl fmt::Display for Firmware {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [first, second, third, fourth] = self.0;
        write!(f, "{first}.{second}")?;
        if (third, fourth) != (0, 0) {
            write!(f, ".{third}")?;
        }
        if fourth != 0 {
            write!(f, ".{fourth}")?;
        }
        Ok(())
    }
}

/// Firmware versions: single ones and ranges, in order, none of which has one in common with
/// another. At least one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FirmwareSet(Vec<(Firmware, Firmware)>);

impl FirmwareSet {
    const MOST: usize = 32;

    /// Whether a version is among them.
    pub fn contains(&self, version: Firmware) -> bool {
        self.0.iter().any(|(first, last)| (*first..=*last).contains(&version))
    }

    /// Whether some version is in both.
    pub fn meets(&self, other: &Self) -> bool {
        let meets = |a: &(Firmware, Firmware), b: &(Firmware, Firmware)| a.0 <= b.1 && b.0 <= a.1;
        self.0.iter().any(|own| other.0.iter().any(|others| meets(own, others)))
    }

    /// The newest version that is named: the beginning of a range without an end.
    pub fn newest(&self) -> Firmware {
        let named = |(first, last): &(Firmware, Firmware)| {
            if *last == Firmware::LAST { *first } else { *last }
        };
        self.0.last().map_or(Firmware::FIRST, named)
    }

    /// Both ends of each range that are versions of their own.
    pub(super) fn ends(&self) -> impl Iterator<Item = Firmware> + '_ {
        let named = |end: &Firmware| *end != Firmware::FIRST && *end != Firmware::LAST;
        self.0.iter().flat_map(|(first, last)| [*first, *last]).filter(named)
    }
}

fn range(text: &str) -> Result<(Firmware, Firmware), FirmwareError> {
    if text == "*" {
        return Ok((Firmware::FIRST, Firmware::LAST));
    }
    if let Some(first) = text.strip_suffix('+') {
        return Ok((first.parse()?, Firmware::LAST));
    }
    let Some((first, last)) = text.split_once('-') else {
        let version = text.parse()?;
        return Ok((version, version));
    };
    let (first, last) = (first.parse()?, last.parse()?);
    if first > last { Err(FirmwareError::Backwards) } else { Ok((first, last)) }
}

impl FromStr for FirmwareSet {
    type Err = FirmwareError;

    /// Takes versions, ranges as `1.0-1.9`, `2.0+` and `*`, with semicolons or spaces between.
    fn from_str(text: &str) -> Result<Self, FirmwareError> {
        let parts = text.split([';', ' ']).filter(|part| !part.is_empty());
        let mut ranges = Vec::new();
        for part in parts {
            if ranges.len() >= Self::MOST {
                return Err(FirmwareError::Many);
            }
            ranges.push(range(part)?);
        }
        ranges.sort_unstable();
        let overlap = |pair: &[(Firmware, Firmware)]| matches!(pair, [a, b] if b.0 <= a.1);
        if ranges.windows(2).any(overlap) {
            return Err(FirmwareError::Overlap);
        }
        if ranges.is_empty() { Err(FirmwareError::Empty) } else { Ok(Self(ranges)) }
    }
}

impl fmt::Display for FirmwareSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, (first, last)) in self.0.iter().enumerate() {
            if place > 0 {
                f.write_str(";")?;
            }
            match (*first, *last) {
                (Firmware::FIRST, Firmware::LAST) => f.write_str("*")?,
                (first, Firmware::LAST) => write!(f, "{first}+")?,
                (first, last) if first == last => write!(f, "{first}")?,
                (first, last) => write!(f, "{first}-{last}")?,
            }
        }
        Ok(())
    }
}
