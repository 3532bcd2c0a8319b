use super::digits::{self, IdError};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

const WHAT: &str = "MSISDN";

/// A telephone number in international form (ITU-T E.164): `+`, then 5 to 15 digits, the first
/// not zero. `Debug` shows nothing of it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Msisdn(u64);

impl FromStr for Msisdn {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        if text.is_empty() {
            return Err(IdError::Empty(WHAT));
        }
        let Some(digits) = text.strip_prefix('+') else {
            return Err(IdError::Prefix { what: WHAT, expected: "+" });
        };
        if !(5..=15).contains(&digits.len()) {
            let got = digits.len();
            return Err(IdError::Length { what: WHAT, got, expected: "5 to 15 behind the +" });
        }
        if digits.starts_with('0') {
            return Err(IdError::Prefix { what: WHAT, expected: "+ and a country code" });
        }
        Ok(Self(u64::try_from(digits::parse(WHAT, digits)?).unwrap_or(0)))
    }
}

impl TryFrom<String> for Msisdn {
    type Error = IdError;

    fn try_from(text: String) -> Result<Self, IdError> {
        text.parse()
    }
}

impl From<Msisdn> for String {
    fn from(msisdn: Msisdn) -> Self {
        format!("+{}", msisdn.0)
    }
}

impl fmt::Debug for Msisdn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Msisdn(…)")
    }
}
