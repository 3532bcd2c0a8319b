//! GlobalPlatform's Secure Channel Protocol 03 (Card Specification 2.3, Amendment D), with AES-128
//! and MACs of 8 bytes: what card and terminal do alike.

mod aes;
mod channel;
#[cfg(test)]
mod tests;

pub(crate) use channel::{Channel, Level, WrapFault};

use aws_lc_rs::constant_time::verify_slices_are_equal;
use serde::{Deserialize, Serialize};
use std::fmt;
use thiserror::Error;

/// A challenge of either side.
pub(crate) type Challenge = [u8; 8];

/// What proves the keys to the other side.
pub(crate) type Cryptogram = [u8; 8];

/// A block cipher did not work. None happens with a sound build.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the block cipher did not work")]
pub struct CipherFault;

/// The keys that card and issuer share. They are never sent.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CardKeys {
    enc: [u8; 16],
    mac: [u8; 16],
}

impl CardKeys {
    /// Two keys: for encryption and for MACs.
    pub const fn new(enc: [u8; 16], mac: [u8; 16]) -> Self {
        Self { enc, mac }
    }
}

impl fmt::Debug for CardKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CardKeys")
    }
}

/// What a derived value is for (Amendment D, table 4-1).
#[derive(Clone, Copy)]
enum Purpose {
    CardCryptogram = 0x00,
    HostCryptogram = 0x01,
    Encryption = 0x04,
    Mac = 0x06,
}

/// The keys of one session.
pub(crate) struct SessionKeys {
    enc: [u8; 16],
    mac: [u8; 16],
    context: [u8; 16],
}

impl SessionKeys {
    /// Derives them from both sides' challenges.
    pub(crate) fn derive(
        keys: &CardKeys,
        host: Challenge,
        card: Challenge,
    ) -> Result<Self, CipherFault> {
        let mut context = [0; 16];
        let (first, second) = context.split_at_mut(8);
        first.copy_from_slice(&host);
        second.copy_from_slice(&card);
        let enc = derive::<16>(&keys.enc, Purpose::Encryption, &context)?;
        let mac = derive::<16>(&keys.mac, Purpose::Mac, &context)?;
        Ok(Self { enc, mac, context })
    }

    /// What the card proves itself with.
    pub(crate) fn card_cryptogram(&self) -> Result<Cryptogram, CipherFault> {
        derive::<8>(&self.mac, Purpose::CardCryptogram, &self.context)
    }

    /// What the terminal proves itself with.
    pub(crate) fn host_cryptogram(&self) -> Result<Cryptogram, CipherFault> {
        derive::<8>(&self.mac, Purpose::HostCryptogram, &self.context)
    }
}

impl fmt::Debug for SessionKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionKeys")
    }
}

/// NIST SP 800-108 in counter mode with AES-CMAC, as Amendment D section 4.1.5 lays it out: eleven
/// zeros and the purpose, a zero, the length in bits, the counter, the context. One block is enough
/// for all that is derived here.
fn derive<const N: usize>(
    key: &[u8; 16],
    purpose: Purpose,
    context: &[u8; 16],
) -> Result<[u8; N], CipherFault> {
    let bits = u16::try_from(N * 8).map_err(|_| CipherFault)?.to_be_bytes();
    let mut input = [0; 32];
    let (head, tail) = input.split_at_mut(16);
    head.copy_from_slice(&[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, purpose as u8, 0, bits[0], bits[1], 1]);
    tail.copy_from_slice(context);
    let block = aes::cmac(key, &[&input])?;
    block.first_chunk().copied().ok_or(CipherFault)
}

/// Compares in constant time.
pub(crate) fn same(one: &[u8], other: &[u8]) -> bool {
    verify_slices_are_equal(one, other).is_ok()
}
