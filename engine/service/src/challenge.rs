//! Challenges: self-authenticating, so that issuing one writes nothing, and used once.

mod hold;
mod used;

pub(crate) use hold::Hold;
pub use used::{Claim, Progress, Used, UsedChallenges};

use ring::hmac;
use simbind_core::{
    ids::{CallerId, ChallengeId, TicketId},
    time::Timestamp,
    transcript::Audience,
};
use simbind_rules::facts::{ChallengeState, Channel};
use std::time::Duration;

/// The length of a challenge: version, id, end, channel, audience hash, MAC.
pub const CHALLENGE_BYTES: usize = 1 + 16 + 8 + 1 + 8 + 16;

const VERSION: u8 = 1;
const OPEN: usize = CHALLENGE_BYTES - 16;

/// What a challenge is drawn for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// A check of this audience over this channel.
    Check(Audience, Channel),
    /// The attestation of a handset key at enrolment.
    Enrolment,
    /// An enrolment ticket: the attestation of its handset's key, and its activation.
    Ticket(TicketId),
    /// The word of a person's card for a change of a binding, through this caller.
    Owner(CallerId),
}

impl Purpose {
    fn number(&self) -> u8 {
        match self {
            Self::Enrolment => 0,
            Self::Ticket(_) => 6,
            Self::Check(_, Channel::AppLogin) => 1,
            Self::Check(_, Channel::BrowserLogin) => 2,
            Self::Check(_, Channel::TapBare) => 3,
            Self::Check(_, Channel::TapToken) => 4,
            Self::Owner(_) => 5,
        }
    }

    fn audience_hash(&self) -> [u8; 8] {
        let audience = match self {
            Self::Check(audience, _) => audience.to_text(),
            Self::Enrolment => "enrolment".to_owned(),
            Self::Ticket(id) => format!("ticket:{id}"),
            Self::Owner(caller) => format!("owner:{caller}"),
        };
        let digest = ring::digest::digest(&ring::digest::SHA256, audience.as_bytes());
        let mut short = [0; 8];
        short.iter_mut().zip(digest.as_ref()).for_each(|(to, from)| *to = *from);
        short
    }
}

/// A challenge that was drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issued {
    /// The bytes.
    pub bytes: [u8; CHALLENGE_BYTES],
    /// When it ends.
    pub expires_at: Timestamp,
}

/// What a challenge that came back is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Returned {
    /// Ours, in time, for this purpose.
    Good {
        /// Its id.
        id: ChallengeId,
        /// When it ends.
        expires_at: Timestamp,
    },
    /// Anything else, and what.
    Bad(ChallengeState),
}

/// Draws and recognises challenges.
pub struct Challenges {
    key: hmac::Key,
    lifetime: Duration,
}

impl Challenges {
    /// With the key that authenticates them, and how long each lives.
    pub fn new(key: &[u8; 32], lifetime: Duration) -> Self {
        Self { key: hmac::Key::new(hmac::HMAC_SHA256, key), lifetime }
    }

    /// How long each lives.
    pub const fn lifetime(&self) -> Duration {
        self.lifetime
    }

    /// Draws one.
    pub fn issue(&self, random: [u8; 16], purpose: &Purpose, now: Timestamp) -> Issued {
        let expires_at = now.plus(self.lifetime);
        let mut open = Vec::with_capacity(CHALLENGE_BYTES);
        open.push(VERSION);
        open.extend_from_slice(&random);
        open.extend_from_slice(&expires_at.as_millis().to_be_bytes());
        open.push(purpose.number());
        open.extend_from_slice(&purpose.audience_hash());
        let tag = hmac::sign(&self.key, &open);
        let mut bytes = [0; CHALLENGE_BYTES];
        let parts = open.iter().chain(tag.as_ref());
        bytes.iter_mut().zip(parts).for_each(|(to, from)| *to = *from);
        Issued { bytes, expires_at }
    }

    /// Says what a challenge is. Anything that we did not draw is forged.
    pub fn recognise(&self, bytes: &[u8], purpose: &Purpose, now: Timestamp) -> Returned {
        let forged = Returned::Bad(ChallengeState::Forged);
        let (Some(open), Some(tag)) = (bytes.get(..OPEN), bytes.get(OPEN..)) else { return forged };
        let whole = hmac::sign(&self.key, open);
        let ours = whole.as_ref().get(..16).unwrap_or_default();
        if bytes.len() != CHALLENGE_BYTES || !same(ours, tag) {
            return forged;
        }
        let (Some(id), Some(expires), Some(number), Some(audience)) = (
            open.get(1..17).and_then(|b| <[u8; 16]>::try_from(b).ok()),
            open.get(17..25).and_then(|b| <[u8; 8]>::try_from(b).ok()),
            open.get(25),
            open.get(26..34),
        ) else {
            return forged;
        };
        let expires_at = Timestamp::from_millis(i64::from_be_bytes(expires));
        if audience != purpose.audience_hash() {
            return Returned::Bad(ChallengeState::WrongParty);
        }
        if *number != purpose.number() {
            return Returned::Bad(ChallengeState::WrongChannel);
        }
        // One that ends later than any drawn now was drawn before the clock was set back.
        if now > expires_at || expires_at > now.plus(self.lifetime) {
            return Returned::Bad(ChallengeState::Expired);
        }
        Returned::Good { id: ChallengeId::from_bytes(id), expires_at }
    }
}

/// Compares in constant time.
fn same(one: &[u8], two: &[u8]) -> bool {
    one.len() == two.len() && one.iter().zip(two).fold(0, |diff, (a, b)| diff | (a ^ b)) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bank() -> Purpose {
        Purpose::Check(Audience::RelyingParty("bank".parse().unwrap()), Channel::AppLogin)
    }

    fn at(secs: i64) -> Timestamp {
        Timestamp::from_secs(secs)
    }

    #[test]
    fn a_challenge_is_good_only_for_its_party_channel_and_time() {
        let challenges = Challenges::new(&[7; 32], Duration::from_secs(120));
        let issued = challenges.issue([1; 16], &bank(), at(1000));
        let shop =
            Purpose::Check(Audience::RelyingParty("shop".parse().unwrap()), Channel::AppLogin);
        let reader = Purpose::Check(Audience::Reader("bank".parse().unwrap()), Channel::AppLogin);
        let browser =
            Purpose::Check(Audience::RelyingParty("bank".parse().unwrap()), Channel::BrowserLogin);
        let table = [
            (bank(), 1000, None),
            (bank(), 1120, None),
            (bank(), 1121, Some(ChallengeState::Expired)),
            (bank(), 900, Some(ChallengeState::Expired)),
            (shop, 1000, Some(ChallengeState::WrongParty)),
            (reader, 1000, Some(ChallengeState::WrongParty)),
            (browser, 1000, Some(ChallengeState::WrongChannel)),
            (Purpose::Enrolment, 1000, Some(ChallengeState::WrongParty)),
        ];
        for (purpose, now, bad) in table {
            let found = match challenges.recognise(&issued.bytes, &purpose, at(now)) {
                Returned::Good { .. } => None,
                Returned::Bad(state) => Some(state),
            };
            assert_eq!(found, bad, "{purpose:?} at {now}");
        }
    }

    #[test]
    fn a_challenge_with_any_bit_turned_or_of_another_key_is_forged() {
        let challenges = Challenges::new(&[7; 32], Duration::from_secs(120));
        let issued = challenges.issue([1; 16], &bank(), at(1000));
        let forged = Returned::Bad(ChallengeState::Forged);
        for bit in 0..CHALLENGE_BYTES * 8 {
            let mut bytes = issued.bytes;
            bytes[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(challenges.recognise(&bytes, &bank(), at(1000)), forged, "bit {bit}");
        }
        for length in 0..CHALLENGE_BYTES {
            assert_eq!(challenges.recognise(&issued.bytes[..length], &bank(), at(1000)), forged);
        }
        let other = Challenges::new(&[8; 32], Duration::from_secs(120));
        assert_eq!(other.recognise(&issued.bytes, &bank(), at(1000)), forged);
    }
}
