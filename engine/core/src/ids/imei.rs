use super::digits::{self, IdError};
use serde::{Deserialize, Serialize};
use smallvec::SmallVec;
use std::{fmt, str::FromStr};
use thiserror::Error;

const WHAT: &str = "IMEI";

/// A handset's number without its check digit: TAC of 8 digits and serial number of 6 (3GPP
/// TS 23.003 clause 6.2). An IMEISV is accepted and its software version dropped, because an
/// update of the operating system changes it. `Debug` shows the TAC only.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Imei(u64);

impl Imei {
    /// The type allocation code: the model of the handset.
    pub fn tac(self) -> u32 {
        u32::try_from(self.0 / 1_000_000).unwrap_or(0)
    }

    /// The 14 digits that identify the handset.
    pub fn to_digits(self) -> String {
        format!("{:014}", self.0)
    }

    /// The 15 digits with the Luhn check digit (3GPP TS 23.003 annex B).
    pub fn to_digits_with_check(self) -> String {
        let digits = self.to_digits();
        let check = (10 - digits::luhn(&format!("{digits}0"))) % 10;
        format!("{digits}{check}")
    }
}

impl FromStr for Imei {
    type Err = IdError;

    /// Takes 15 digits (check digit right, or 0 or F as networks report it), 16 (an IMEISV) or the
    /// bare 14; hyphens between digits are dropped.
    fn from_str(text: &str) -> Result<Self, IdError> {
        if text.is_empty() {
            return Err(IdError::Empty(WHAT));
        }
        if text.len() > 24 {
            return Err(IdError::Length { what: WHAT, got: text.len(), expected: "14 to 16" });
        }
        let compact: String = text.chars().filter(|c| *c != '-').collect();
        let unfilled = compact.strip_suffix(['F', 'f']).filter(|head| head.len() == 14);
        let digits = unfilled.unwrap_or(&compact);
        let value = digits::parse(WHAT, digits)?;
        let head = match digits.len() {
            14 => value,
            15 if value % 10 == 0 || digits::luhn(digits) == 0 => value / 10,
            15 => return Err(IdError::CheckDigit(WHAT)),
            16 => value / 100,
            got => return Err(IdError::Length { what: WHAT, got, expected: "14 to 16" }),
        };
        Ok(Self(u64::try_from(head).unwrap_or(0)))
    }
}

impl TryFrom<String> for Imei {
    type Error = IdError;

    fn try_from(text: String) -> Result<Self, IdError> {
        text.parse()
    }
}

impl From<Imei> for String {
    fn from(imei: Imei) -> Self {
        imei.to_digits()
    }
}

impl fmt::Debug for Imei {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Imei({:08}…)", self.tac())
    }
}

/// The IMEIs of one handset, sorted and without repeats: one for each SIM slot. Empty where the
/// platform shows none (iOS).
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "Vec<Imei>", into = "Vec<Imei>")]
pub struct ImeiSet(SmallVec<[Imei; 2]>);

/// Why a list of IMEIs is not one handset's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ImeiSetError {
    /// More than any handset has.
    #[error("a handset has at most {max} IMEIs, not {got}")]
    TooMany {
        /// How many were given.
        got: usize,
        /// How many are allowed.
        max: usize,
    },
}

impl ImeiSet {
    /// The most IMEIs that one handset may have.
    pub const MAX: usize = 8;

    /// The set of the given IMEIs.
    ///
    /// # Errors
    /// Where there are more than [`Self::MAX`].
    pub fn new(imeis: impl IntoIterator<Item = Imei>) -> Result<Self, ImeiSetError> {
        let mut sorted: SmallVec<[Imei; 2]> = imeis.into_iter().take(Self::MAX * 8).collect();
        sorted.sort_unstable();
        sorted.dedup();
        if sorted.len() > Self::MAX {
            return Err(ImeiSetError::TooMany { got: sorted.len(), max: Self::MAX });
        }
        Ok(Self(sorted))
    }

    /// Whether the IMEI is one of the handset's.
    pub fn contains(&self, imei: Imei) -> bool {
        self.0.contains(&imei)
    }

    /// The IMEIs, in order.
    pub fn iter(&self) -> impl Iterator<Item = Imei> + '_ {
        self.0.iter().copied()
    }

    /// Whether the handset shows no IMEI.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl TryFrom<Vec<Imei>> for ImeiSet {
    type Error = ImeiSetError;

    fn try_from(imeis: Vec<Imei>) -> Result<Self, ImeiSetError> {
        Self::new(imeis)
    }
}

impl From<ImeiSet> for Vec<Imei> {
    fn from(set: ImeiSet) -> Self {
        set.0.into_vec()
    }
}
