//! The PIN and the signature.

use super::{Card, CardError, CardFault, Step};
use crate::reader::{KeyKind, Pin, Status};
use ring::digest::{SHA256, SHA384, digest};
use std::time::Duration;
use zeroize::Zeroizing;

/// The PIN and the key of user authentication.
const PIN: [u8; 2] = [0x00, 0x18];
const KEY: [u8; 2] = [0x00, 0x17];
/// What stands before a SHA-256 in a DigestInfo (RFC 8017 section 9.2, note 1).
const SHA256_INFO: [u8; 19] = [
    0x30, 0x31, 0x30, 0x0D, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05,
    0x00, 0x04, 0x20,
];

/// How many tries a PIN has left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TriesLeft {
    /// The card does not tell.
    Unknown,
    /// So many, at least one.
    Some(u8),
    /// None: it is blocked.
    Blocked,
}

impl TriesLeft {
    /// The number as JSON has it; `None` where it is not known.
    pub const fn count(self) -> Option<u8> {
        match self {
            Self::Unknown => None,
            Self::Some(left) => Some(left),
            Self::Blocked => Some(0),
        }
    }

    fn of(status: Status) -> Option<Self> {
        match (status, status.tries_left()) {
            (Status::BLOCKED, _) | (_, Some(0)) => Some(Self::Blocked),
            (_, Some(left)) => Some(Self::Some(left)),
            _ => None,
        }
    }
}

/// What the card says of a PIN.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::reader) enum Verified {
    /// It is the right one.
    Right,
    /// It is not.
    Wrong(TriesLeft),
}

impl Card<'_> {
    /// Selects the PIN and asks how many tries it has left.
    ///
    /// # Errors
    /// [`CardError`] where the card does not answer.
    pub fn tries(&mut self) -> Result<TriesLeft, CardError> {
        let status = self.select(Step::Tries, PIN)?;
        if status != Status::DONE {
            return Err(CardError::new(Step::Tries, CardFault::Refused(status)));
        }
        let status = self.ask(Step::Tries, &[0x00, 0x20, 0x00, 0x80])?.status;
        Ok(TriesLeft::of(status).unwrap_or(TriesLeft::Unknown))
    }

    /// Gives the card the PIN, once. To be called after [`Self::tries`], which selects it.
    pub(in crate::reader) fn verify(&mut self, pin: &Pin) -> Result<Verified, CardError> {
        let mut command = Zeroizing::new(Vec::with_capacity(9));
        command.extend_from_slice(&[0x00, 0x20, 0x00, 0x80, 0x04]);
        command.extend_from_slice(pin.digits());
        let status = self.ask(Step::Pin, &command)?.status;
        match TriesLeft::of(status) {
            _ if status == Status::DONE => Ok(Verified::Right),
            Some(left) => Ok(Verified::Wrong(left)),
            None => Err(CardError::new(Step::Pin, CardFault::Refused(status))),
        }
    }

    /// Signs a message with the user-authentication key, and says how long the signing exchange
    /// took: it alone is what a relay has to carry in time.
    ///
    /// # Errors
    /// [`CardFault::PinNeeded`] where no PIN was accepted since the applet was selected.
    pub fn sign(&mut self, key: KeyKind, message: &[u8]) -> Result<(Vec<u8>, Duration), CardError> {
        let step = Step::Signature;
        let status = self.select(step, KEY)?;
        if status != Status::DONE {
            return Err(CardError::new(step, CardFault::Refused(status)));
        }
        let input = match key {
            KeyKind::Rsa => [&SHA256_INFO, digest(&SHA256, message).as_ref()].concat(),
            KeyKind::P256 => digest(&SHA256, message).as_ref().to_vec(),
            KeyKind::P384 => digest(&SHA384, message).as_ref().to_vec(),
        };
        let mut command = vec![0x80, 0x2A, 0x00, 0x80];
        command.extend(u8::try_from(input.len()));
        command.extend(input);
        command.push(0x00);
        let answer = self.ask(step, &command)?;
        match answer.status {
            Status::DONE if answer.data.is_empty() => {
                Err(CardError::new(step, CardFault::Malformed))
            }
            Status::DONE => Ok((answer.data, self.last)),
            Status::NOT_ALLOWED => Err(CardError::new(step, CardFault::PinNeeded)),
            status => Err(CardError::new(step, CardFault::Refused(status))),
        }
    }
}
