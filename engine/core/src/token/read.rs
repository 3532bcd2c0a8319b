//! A token's bytes, taken apart.

use super::{DOMAIN, HandsetToken, MAX_TOKEN_BYTES, TokenLife, VERSION};
use crate::{
    ids::{CertificateId, Iccid, Imei},
    time::Timestamp,
};
use std::str::FromStr;
use thiserror::Error;

/// Why bytes are no token. What they hold is not repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum TokenError {
    /// There are more than a token can have.
    #[error("has {got} bytes; a token has at most {MAX_TOKEN_BYTES}")]
    TooLong {
        /// How many were given.
        got: usize,
    },
    /// They do not begin as a token does.
    #[error("does not begin with simbind-handset-token")]
    Domain,
    /// It is of another version.
    #[error("is of version {0}, not 1")]
    Version(u8),
    /// They end too early.
    #[error("ends within field {0}")]
    Short(u8),
    /// Another field stands where one should, or it is neither present nor absent.
    #[error("has no field {0} in its place")]
    Order(u8),
    /// A field that every token has is absent.
    #[error("leaves out field {0}")]
    Absent(u8),
    /// A field does not hold what it should.
    #[error("has a field {number} that is not {expected}")]
    Field {
        /// The field.
        number: u8,
        /// What it should hold.
        expected: &'static str,
    },
    /// Something stands behind the last field.
    #[error("has {0} bytes behind its last field")]
    Behind(usize),
}

/// What is left to read.
struct Rest<'a>(&'a [u8]);

impl<'a> Rest<'a> {
    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }

    /// The field of that number; `None` where it says that it is absent.
    fn field(&mut self, number: u8) -> Result<Option<&'a [u8]>, TokenError> {
        let short = TokenError::Short(number);
        match self.take(2).ok_or(short)? {
            [at, 0] if *at == number => Ok(None),
            [at, 1] if *at == number => {
                let length = self.take(2).and_then(|bytes| bytes.try_into().ok()).ok_or(short)?;
                self.take(u16::from_be_bytes(length).into()).ok_or(short).map(Some)
            }
            _ => Err(TokenError::Order(number)),
        }
    }

    fn present(&mut self, number: u8) -> Result<&'a [u8], TokenError> {
        self.field(number)?.ok_or(TokenError::Absent(number))
    }

    fn fixed<const N: usize>(
        &mut self,
        number: u8,
        expected: &'static str,
    ) -> Result<[u8; N], TokenError> {
        let wrong = TokenError::Field { number, expected };
        self.present(number)?.try_into().map_err(|_| wrong)
    }
}

/// A number in the one spelling that tokens have.
fn spelt<T: FromStr>(bytes: &[u8], to_digits: impl Fn(&T) -> String) -> Option<T> {
    let text = std::str::from_utf8(bytes).ok()?;
    text.parse().ok().filter(|parsed| to_digits(parsed) == text)
}

impl HandsetToken {
    /// Reads a token. Bytes that another writer would have written otherwise are none, so that one
    /// token has one spelling.
    ///
    /// # Errors
    /// Where they are none, with the field that is wrong.
    pub fn parse(bytes: &[u8]) -> Result<Self, TokenError> {
        if bytes.len() > MAX_TOKEN_BYTES {
            return Err(TokenError::TooLong { got: bytes.len() });
        }
        let Some([version, rest @ ..]) = bytes.strip_prefix(DOMAIN) else {
            return Err(TokenError::Domain);
        };
        if *version != VERSION {
            return Err(TokenError::Version(*version));
        }
        let mut rest = Rest(rest);
        let wrong = |number, expected| TokenError::Field { number, expected };
        let certificate = rest.fixed(1, "32 bytes of a SHA-256")?;
        let iccid = spelt(rest.present(2)?, |iccid: &Iccid| iccid.to_digits());
        let iccid = iccid.ok_or(wrong(2, "an ICCID of 19 or 20 digits"))?;
        let imei = match rest.field(3)? {
            None => None,
            Some(bytes) => {
                let imei = spelt(bytes, |imei: &Imei| imei.to_digits());
                Some(imei.ok_or(wrong(3, "an IMEI of 14 digits"))?)
            }
        };
        let issued_at = i64::from_be_bytes(rest.fixed(4, "a time of 8 bytes")?);
        let life = u32::from_be_bytes(rest.fixed(5, "a life of 4 bytes")?);
        let life = TokenLife::from_millis(life).map_err(|_| wrong(5, "1 to 120000 ms"))?;
        let nonce = rest.fixed(6, "16 bytes")?;
        let handset_key = rest.fixed(7, "32 bytes of a SHA-256")?;
        if !rest.0.is_empty() {
            return Err(TokenError::Behind(rest.0.len()));
        }
        Ok(Self {
            certificate: CertificateId::from_sha256(certificate),
            iccid,
            imei,
            issued_at: Timestamp::from_millis(issued_at),
            life,
            nonce,
            handset_key,
        })
    }
}
