//! The token that a handset hands over in a tap: its own word that the SIM is in it, short-lived and
//! good for one tap. The encoding is published in `proto/TRANSCRIPT.md` with test vectors.

mod read;
#[cfg(test)]
mod tests;

pub use read::TokenError;

use crate::{
    ids::{CertificateId, Iccid, Imei},
    time::Timestamp,
    transcript::field,
};
use std::time::Duration;
use thiserror::Error;

/// What every token begins with.
const DOMAIN: &[u8] = b"simbind-handset-token";
const VERSION: u8 = 1;

/// The most bytes of a token: one with an ICCID of 20 digits and an IMEI has 176.
pub const MAX_TOKEN_BYTES: usize = 192;

/// How long a token says that it lives: 1 ms to 2 min.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TokenLife(u32);

/// A life that no token may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the life is not 1 to 120000 ms")]
pub struct LifeError;

impl TokenLife {
    /// The longest: 2 min.
    pub const LONGEST: Duration = Duration::from_secs(120);

    /// So many milliseconds.
    ///
    /// # Errors
    /// Where it is none, or longer than [`Self::LONGEST`].
    pub fn from_millis(millis: u32) -> Result<Self, LifeError> {
        let longest = u32::try_from(Self::LONGEST.as_millis()).unwrap_or(u32::MAX);
        if millis == 0 || millis > longest { Err(LifeError) } else { Ok(Self(millis)) }
    }

    /// In milliseconds.
    pub const fn as_millis(self) -> u32 {
        self.0
    }

    /// As a time.
    pub fn as_duration(self) -> Duration {
        Duration::from_millis(self.0.into())
    }
}

/// What a handset says in a token. It is signed with its attested key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HandsetToken {
    /// The certificate that the SIM in it signs with.
    pub certificate: CertificateId,
    /// The SIM in it.
    pub iccid: Iccid,
    /// The handset's IMEI, where its app can read one.
    pub imei: Option<Imei>,
    /// When the token was made.
    pub issued_at: Timestamp,
    /// How long it is good from then on.
    pub life: TokenLife,
    /// Drawn anew for each token.
    pub nonce: [u8; 16],
    /// SHA-256 of the attested public key that signs, as SubjectPublicKeyInfo.
    pub handset_key: [u8; 32],
}

impl HandsetToken {
    /// The bytes to sign.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(MAX_TOKEN_BYTES);
        out.extend_from_slice(DOMAIN);
        out.push(VERSION);
        field(&mut out, 1, Some(self.certificate.as_bytes()));
        field(&mut out, 2, Some(self.iccid.to_digits().as_bytes()));
        field(&mut out, 3, self.imei.map(|imei| imei.to_digits().into_bytes()).as_deref());
        field(&mut out, 4, Some(&self.issued_at.as_millis().to_be_bytes()));
        field(&mut out, 5, Some(&self.life.0.to_be_bytes()));
        field(&mut out, 6, Some(&self.nonce));
        field(&mut out, 7, Some(&self.handset_key));
        out
    }

    /// How old it is; nought where it was made a little ahead of our clock, and `None` where it has
    /// ended, or was made further ahead than clocks may differ.
    pub fn age(&self, now: Timestamp, skew: Duration) -> Option<Duration> {
        let ends = self.issued_at.plus(self.life.as_duration()).plus(skew);
        (now <= ends && self.issued_at <= now.plus(skew)).then(|| now.since(self.issued_at))
    }
}
