use crate::ids::{IdError, Imei};
use std::{fmt, str::FromStr};
use thiserror::Error;

/// A type allocation code: the first eight digits of an IMEI, which name the model of a handset
/// (3GPP TS 23.003 clause 6.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tac(u32);

/// Why a text is no TAC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum TacError {
    /// It is neither eight digits nor an IMEI.
    #[error("a TAC has 8 digits, or is told by a sample IMEI of 15")]
    Form,
    /// The sample IMEI has a wrong check digit.
    #[error("the sample IMEI has a wrong check digit")]
    CheckDigit,
}

impl Tac {
    /// The TAC of an IMEI.
    pub fn of(imei: Imei) -> Self {
        Self(imei.tac())
    }

    /// The TAC as a number below 100,000,000.
    pub const fn number(self) -> u32 {
        self.0
    }
}

impl FromStr for Tac {
    type Err = TacError;

    /// Takes eight digits, or a sample IMEI with its check digit, of which nothing but the TAC stays.
    fn from_str(text: &str) -> Result<Self, TacError> {
        if !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(TacError::Form);
        }
        match text.len() {
            8 => text.parse().map(Self).map_err(|_| TacError::Form),
            15 => {
                let imei: Imei = text.parse().map_err(|error| match error {
                    IdError::CheckDigit(_) => TacError::CheckDigit,
                    _ => TacError::Form,
                })?;
                // Networks report a zero in place of the check digit; a file has the right one.
                if imei.to_digits_with_check() != text {
                    return Err(TacError::CheckDigit);
                }
                Ok(Self::of(imei))
            }
            _ => Err(TacError::Form),
        }
    }
}

impl fmt::Display for Tac {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:08}", self.0)
    }
}
