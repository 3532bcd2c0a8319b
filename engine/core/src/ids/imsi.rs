use super::digits::{self, IdError};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

const WHAT: &str = "IMSI";

/// A subscription's number (3GPP TS 23.003 clause 2.2): 6 to 15 digits. `Debug` shows the mobile
/// country code only.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Imsi {
    value: u64,
    digits: u8,
}

impl Imsi {
    /// The digits.
    pub fn to_digits(self) -> String {
        let width = usize::from(self.digits);
        format!("{:0width$}", self.value)
    }
}

impl FromStr for Imsi {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        if text.is_empty() {
            return Err(IdError::Empty(WHAT));
        }
        let Some(digits) = u8::try_from(text.len()).ok().filter(|n| (6..=15).contains(n)) else {
            return Err(IdError::Length { what: WHAT, got: text.len(), expected: "6 to 15" });
        };
        let value = u64::try_from(digits::parse(WHAT, text)?).unwrap_or(0);
        Ok(Self { value, digits })
    }
}

impl TryFrom<String> for Imsi {
    type Error = IdError;

    fn try_from(text: String) -> Result<Self, IdError> {
        text.parse()
    }
}

impl From<Imsi> for String {
    fn from(imsi: Imsi) -> Self {
        imsi.to_digits()
    }
}

impl fmt::Debug for Imsi {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Imsi({}…)", self.to_digits().get(..3).unwrap_or_default())
    }
}
