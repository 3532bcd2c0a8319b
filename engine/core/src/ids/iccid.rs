use super::digits::{self, IdError};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

const WHAT: &str = "ICCID";

/// The number of a SIM (ITU-T E.118; EF_ICCID of 3GPP TS 31.102): 19 or 20 decimal digits that
/// begin with 89. `Debug` shows the issuer's digits only.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Iccid {
    value: u128,
    digits: u8,
}

/// Whether an ICCID's last digit is its Luhn check digit. Some operators' 20-digit forms are not:
/// those are accepted from issuers we do not know, and flagged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CheckDigit {
    /// The number of 19 digits, or of 20, passes Luhn.
    Good,
    /// It does not, and the issuer is not in the list, so it is accepted and flagged.
    Unverified,
}

/// The issuer that an ICCID's leading digits name. It is who made the SIM and says nothing of who
/// serves the line: a light MVNO sells its host's SIMs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Issuer {
    /// An issuer identifier in the list of Japanese ones.
    Known(&'static str),
    /// Any other.
    Unlisted,
}

/// Issuer identifiers of Japan (country code 81) by the E.118 list, longest number seven digits.
const ISSUERS: &[(&str, &str)] = &[
    ("898100", "SoftBank"),
    ("898102", "Hanshin Cable Engineering"),
    ("898103", "IIJ"),
    ("898104", "SAKURA internet"),
    ("898105", "Japan Radio"),
    ("898106", "closip"),
    ("898107", "Panasonic Connect"),
    ("898108", "Marubeni Network Solutions"),
    ("898109", "Rakuten Mobile"),
    ("898110", "NTT DOCOMO"),
    ("898111", "Fujitsu"),
    ("898112", "NTT Communications"),
    ("898113", "BB Backbone"),
    ("898114", "NEC Networks"),
    ("898115", "GRAPE ONE"),
    ("898116", "Dai Nippon Printing"),
    ("898117", "Sony Wireless"),
    ("898118", "Japan Communications"),
    ("898120", "SoftBank"),
    ("898130", "KDDI"),
    ("898131", "UQ Communications"),
    ("898165", "SoftBank"),
    ("898170", "SoftBank"),
    ("898171", "Wireless City Planning"),
];

impl Iccid {
    /// The digits as written on the SIM, without the filler.
    pub fn to_digits(self) -> String {
        let width = usize::from(self.digits);
        format!("{:0width$}", self.value)
    }

    /// Who made the SIM, by its leading digits.
    pub fn issuer(self) -> Issuer {
        let digits = self.to_digits();
        ISSUERS
            .iter()
            .find(|(prefix, _)| digits.starts_with(prefix))
            .map_or(Issuer::Unlisted, |(_, name)| Issuer::Known(name))
    }

    /// Whether the check digit was found right.
    pub fn check_digit(self) -> CheckDigit {
        if passes(&self.to_digits()) { CheckDigit::Good } else { CheckDigit::Unverified }
    }

    /// EF_ICCID: ten octets of nibble-swapped BCD, filled with F.
    pub fn to_ef(self) -> [u8; 10] {
        let mut ef = [0xFF; 10];
        let digits = self.to_digits();
        for (octet, pair) in ef.iter_mut().zip(digits.as_bytes().chunks(2)) {
            let low = pair.first().map_or(0xF, |b| b & 0xF);
            let high = pair.get(1).map_or(0xF, |b| b & 0xF);
            *octet = high << 4 | low;
        }
        ef
    }
}

/// A number of 20 digits may carry its check digit at the 20th place or, with one more digit of
/// the operator's behind it, at the 19th.
fn passes(digits: &str) -> bool {
    digits::luhn(digits) == 0
        || (digits.len() == 20 && digits.get(..19).is_some_and(|head| digits::luhn(head) == 0))
}

impl FromStr for Iccid {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let digits = text.strip_suffix(['F', 'f']).unwrap_or(text);
        if digits.is_empty() {
            return Err(IdError::Empty(WHAT));
        }
        let length = match digits.len() {
            19 => 19,
            20 => 20,
            got => return Err(IdError::Length { what: WHAT, got, expected: "19 or 20" }),
        };
        let value = digits::parse(WHAT, digits)?;
        if !digits.starts_with("89") {
            return Err(IdError::Prefix { what: WHAT, expected: "89" });
        }
        let iccid = Self { value, digits: length };
        match (iccid.check_digit(), iccid.issuer()) {
            (CheckDigit::Unverified, Issuer::Known(_)) => Err(IdError::CheckDigit(WHAT)),
            _ => Ok(iccid),
        }
    }
}

impl TryFrom<String> for Iccid {
    type Error = IdError;

    fn try_from(text: String) -> Result<Self, IdError> {
        text.parse()
    }
}

impl From<Iccid> for String {
    fn from(iccid: Iccid) -> Self {
        iccid.to_digits()
    }
}

impl fmt::Debug for Iccid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Iccid({}…)", self.to_digits().get(..6).unwrap_or_default())
    }
}
