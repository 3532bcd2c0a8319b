//! Object identifiers (ITU-T X.660), for configuration.

use std::{fmt, str::FromStr};
use thiserror::Error;

/// An object identifier, parsed from dotted decimal and compared by its DER content octets.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Oid {
    der: Box<[u8]>,
    text: Box<str>,
}

/// Why a text is not an object identifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("an object identifier is 2 to 32 dotted decimal numbers, the first at most 2")]
pub struct OidError;

impl Oid {
    /// The content octets of the DER encoding (ITU-T X.690 clause 8.19), without tag and length.
    pub fn der(&self) -> &[u8] {
        &self.der
    }
}

impl FromStr for Oid {
    type Err = OidError;

    fn from_str(text: &str) -> Result<Self, OidError> {
        if text.len() > 256 {
            return Err(OidError);
        }
        let arcs = text
            .split('.')
            .map(|arc| {
                let canonical = arc == "0" || !arc.starts_with('0');
                let digits = arc.bytes().all(|b| b.is_ascii_digit());
                if canonical && digits {
                    arc.parse::<u64>().map_err(|_| OidError)
                } else {
                    Err(OidError)
                }
            })
            .collect::<Result<Vec<_>, _>>()?;
        let (first, second, rest) = match arcs.as_slice() {
            [first, second, rest @ ..] if rest.len() <= 30 => (*first, *second, rest),
            _ => return Err(OidError),
        };
        if first > 2 || (first < 2 && second > 39) {
            return Err(OidError);
        }
        let mut der = Vec::new();
        push_base128(&mut der, second.checked_add(first * 40).ok_or(OidError)?);
        for arc in rest {
            push_base128(&mut der, *arc);
        }
        Ok(Self { der: der.into(), text: text.into() })
    }
}

fn push_base128(out: &mut Vec<u8>, value: u64) {
    let groups = (1..=9_u32).rev().filter(|group| value >> (7 * group) != 0);
    for group in groups {
        out.push(0x80 | low_seven(value >> (7 * group)));
    }
    out.push(low_seven(value));
}

fn low_seven(value: u64) -> u8 {
    u8::try_from(value & 0x7F).unwrap_or_default()
}

impl fmt::Display for Oid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for Oid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Oid({})", self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_encode_as_x690_says() {
        let cases: &[(&str, &[u8])] = &[
            ("2.5.29.32.0", &[0x55, 0x1D, 0x20, 0x00]),
            ("1.2.840.113549.1.1.11", &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 1, 0x0B]),
            ("2.999", &[0x88, 0x37]),
        ];
        for (text, der) in cases {
            assert_eq!(text.parse::<Oid>().unwrap().der(), *der, "{text}");
        }
    }

    #[test]
    fn what_is_no_identifier_is_refused() {
        for text in ["", "1", "3.1", "1.40", "1..2", "1.2.", "1.02", "1.-2", "1.2.x", "1.+2"] {
            assert_eq!(text.parse::<Oid>(), Err(OidError), "{text}");
        }
        assert_eq!("2.18446744073709551615".parse::<Oid>(), Err(OidError));
    }
}
