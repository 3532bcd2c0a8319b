//! The commands of an open session: MACs chained over all of them, and data encrypted.

use super::{CipherFault, SessionKeys, aes, same};
use thiserror::Error;

/// The longest data of a command that still fits with padding and MAC.
const MAC: usize = 8;

/// How commands are secured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Level {
    /// Each command has a MAC.
    Mac,
    /// And its data is encrypted.
    MacAndEncryption,
}

impl Level {
    /// As EXTERNAL AUTHENTICATE names it in P1. Others are not supported.
    pub(crate) const fn from_p1(p1: u8) -> Option<Self> {
        match p1 {
            0x01 => Some(Self::Mac),
            0x03 => Some(Self::MacAndEncryption),
            _ => None,
        }
    }

    /// P1 of EXTERNAL AUTHENTICATE.
    pub(crate) const fn p1(self) -> u8 {
        match self {
            Self::Mac => 0x01,
            Self::MacAndEncryption => 0x03,
        }
    }
}

/// Why a command of a session is not taken or cannot be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub(crate) enum WrapFault {
    /// Its MAC is not what it must be: the session is over.
    #[error("the MAC is wrong")]
    Mac,
    /// Its data does not decrypt to padded data.
    #[error("the padding is wrong")]
    Padding,
    /// It is too long for a short command.
    #[error("the command is too long")]
    Length,
    /// The cipher did not work.
    #[error(transparent)]
    Cipher(#[from] CipherFault),
}

/// An open session: the same value on both sides.
#[derive(Debug)]
pub(crate) struct Channel {
    keys: SessionKeys,
    level: Level,
    chaining: [u8; 16],
    /// Commands so far, those without data too.
    commands: u128,
}

impl Channel {
    /// The session before EXTERNAL AUTHENTICATE, whose MAC is the first.
    pub(crate) const fn new(keys: SessionKeys, level: Level) -> Self {
        Self { keys, level, chaining: [0; 16], commands: 0 }
    }

    /// How commands are secured.
    pub(crate) const fn level(&self) -> Level {
        self.level
    }

    /// The MAC over a command whose data is as it goes over the line, without the MAC.
    fn mac(&self, header: [u8; 4], data: &[u8]) -> Result<[u8; 16], WrapFault> {
        let length = u8::try_from(data.len() + MAC).map_err(|_| WrapFault::Length)?;
        Ok(aes::cmac(&self.keys.mac, &[&self.chaining, &header, &[length], data])?)
    }

    /// The data of a command with its MAC, not encrypted: EXTERNAL AUTHENTICATE itself.
    pub(crate) fn seal(&mut self, header: [u8; 4], data: &[u8]) -> Result<Vec<u8>, WrapFault> {
        self.chaining = self.mac(header, data)?;
        let mut out = data.to_vec();
        out.extend(self.chaining.iter().take(MAC));
        Ok(out)
    }

    /// Takes the MAC off a command.
    pub(crate) fn open<'a>(
        &mut self,
        header: [u8; 4],
        data: &'a [u8],
    ) -> Result<&'a [u8], WrapFault> {
        let (body, mac) = data.split_last_chunk::<MAC>().ok_or(WrapFault::Mac)?;
        let expected = self.mac(header, body)?;
        if !expected.first_chunk::<MAC>().is_some_and(|expected| same(expected, mac)) {
            return Err(WrapFault::Mac);
        }
        self.chaining = expected;
        Ok(body)
    }

    /// The data of a command after EXTERNAL AUTHENTICATE, as it goes over the line.
    pub(crate) fn wrap(&mut self, header: [u8; 4], data: &[u8]) -> Result<Vec<u8>, WrapFault> {
        let iv = self.next_iv()?;
        if self.level == Level::Mac || data.is_empty() {
            return self.seal(header, data);
        }
        let mut padded = data.to_vec();
        padded.push(0x80);
        padded.resize(padded.len().next_multiple_of(16), 0);
        aes::encrypt(&self.keys.enc, iv, &mut padded)?;
        self.seal(header, &padded)
    }

    /// The data of a command as its sender meant it.
    pub(crate) fn unwrap(&mut self, header: [u8; 4], data: &[u8]) -> Result<Vec<u8>, WrapFault> {
        let iv = self.next_iv()?;
        let mut body = self.open(header, data)?.to_vec();
        if self.level == Level::Mac || body.is_empty() {
            return Ok(body);
        }
        if body.len() % 16 != 0 {
            return Err(WrapFault::Padding);
        }
        aes::decrypt(&self.keys.enc, iv, &mut body)?;
        while body.last() == Some(&0) {
            body.pop();
        }
        if body.pop() == Some(0x80) { Ok(body) } else { Err(WrapFault::Padding) }
    }

    /// Amendment D section 6.2.6: the encrypted number of the command.
    fn next_iv(&mut self) -> Result<[u8; 16], WrapFault> {
        self.commands += 1;
        if self.level == Level::Mac {
            return Ok([0; 16]);
        }
        Ok(aes::block(&self.keys.enc, self.commands.to_be_bytes())?)
    }
}
