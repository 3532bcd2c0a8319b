use super::digits::{self, IdError};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

const WHAT: &str = "EID";

/// The number of an eUICC (GSMA SGP.29): 32 digits beginning with 89, the whole modulo 97 being 1.
/// `Debug` shows nothing of it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Eid(u128);

impl FromStr for Eid {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        if text.is_empty() {
            return Err(IdError::Empty(WHAT));
        }
        if text.len() != 32 {
            return Err(IdError::Length { what: WHAT, got: text.len(), expected: "32" });
        }
        let value = digits::parse(WHAT, text)?;
        if !text.starts_with("89") {
            return Err(IdError::Prefix { what: WHAT, expected: "89" });
        }
        if value % 97 == 1 { Ok(Self(value)) } else { Err(IdError::CheckDigit(WHAT)) }
    }
}

impl TryFrom<String> for Eid {
    type Error = IdError;

    fn try_from(text: String) -> Result<Self, IdError> {
        text.parse()
    }
}

impl From<Eid> for String {
    fn from(eid: Eid) -> Self {
        format!("{:032}", eid.0)
    }
}

impl fmt::Debug for Eid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Eid(…)")
    }
}
