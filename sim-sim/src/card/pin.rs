//! PINs and their counters.

use super::status::Status;
use serde::{Deserialize, Serialize};
use std::fmt;
use subtle::ConstantTimeEq as _;
use thiserror::Error;
use zeroize::{Zeroize, ZeroizeOnDrop};

/// Which of the applet's two key pairs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Role {
    /// User authentication (利用者証明用): a PIN of 4 digits, 3 tries.
    User,
    /// Signature (署名用): a PIN of 6 to 16 digits and capital letters, 5 tries.
    Signature,
}

impl Role {
    /// The fewest characters of the PIN.
    pub const fn shortest(self) -> usize {
        match self {
            Self::User => 4,
            Self::Signature => 6,
        }
    }

    /// The most characters of the PIN.
    pub const fn longest(self) -> usize {
        match self {
            Self::User => 4,
            Self::Signature => 16,
        }
    }

    /// How often the PIN may be wrong in a row before it is blocked.
    pub const fn tries(self) -> u8 {
        match self {
            Self::User => 3,
            Self::Signature => 5,
        }
    }

    const fn allows(self, octet: u8) -> bool {
        match self {
            Self::User => octet.is_ascii_digit(),
            Self::Signature => octet.is_ascii_digit() || octet.is_ascii_uppercase(),
        }
    }
}

/// Why a text is not a PIN.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum PinError {
    /// It has too few or too many characters.
    #[error("a PIN for this key has {} to {} characters", .0.shortest(), .0.longest())]
    Length(Role),
    /// It has a character that a PIN has not.
    #[error("a PIN has digits, and one for signatures capital letters too")]
    Character,
}

/// A PIN. `Debug` shows nothing of it.
#[derive(Clone, Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
pub struct Pin {
    /// The characters, then FF.
    octets: [u8; 16],
    length: u8,
}

impl Pin {
    /// Reads a PIN for one of the keys.
    ///
    /// # Errors
    /// Where the length or a character is not one that the key's PIN can have.
    pub fn new(role: Role, text: &[u8]) -> Result<Self, PinError> {
        if !(role.shortest()..=role.longest()).contains(&text.len()) {
            return Err(PinError::Length(role));
        }
        if !text.iter().all(|octet| role.allows(*octet)) {
            return Err(PinError::Character);
        }
        Self::padded(text).ok_or(PinError::Length(role))
    }

    fn padded(text: &[u8]) -> Option<Self> {
        let mut octets = [0xFF; 16];
        octets.get_mut(..text.len())?.copy_from_slice(text);
        Some(Self { octets, length: u8::try_from(text.len()).ok()? })
    }

    /// Its characters, for the terminal that writes it on a card.
    pub(crate) fn characters(&self) -> &[u8] {
        self.octets.get(..self.length()).unwrap_or_default()
    }

    /// How many characters it has.
    pub(super) const fn length(&self) -> usize {
        self.length as usize
    }

    /// Compares in a time that tells nothing of where the two differ.
    fn is(&self, candidate: &Self) -> bool {
        (self.octets.ct_eq(&candidate.octets) & self.length.ct_eq(&candidate.length)).into()
    }
}

impl fmt::Debug for Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pin(…)")
    }
}

/// A PIN on the card, or none yet: that is as good as a blocked one.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct PinObject {
    reference: Option<Pin>,
    left: u8,
}

impl PinObject {
    /// A new PIN with all its tries.
    pub(super) const fn fresh(pin: Pin, role: Role) -> Self {
        Self { reference: Some(pin), left: role.tries() }
    }

    /// How many tries are left.
    pub(super) const fn left(&self) -> u8 {
        self.left
    }

    /// The PIN's length, where there is one.
    pub(super) const fn length(&self) -> usize {
        match &self.reference {
            Some(pin) => pin.length(),
            None => 0,
        }
    }

    /// Takes a try, before anything is compared.
    pub(super) fn spend(&mut self) -> Result<(), Status> {
        self.left = self.left.checked_sub(1).ok_or(Status::BLOCKED)?;
        Ok(())
    }

    /// Whether these are the PIN's characters.
    pub(super) fn matches(&self, candidate: &[u8]) -> bool {
        let Some(reference) = &self.reference else { return false };
        Pin::padded(candidate).is_some_and(|candidate| reference.is(&candidate))
    }

    /// Gives the tries back after a comparison that matched.
    pub(super) const fn restore(&mut self, role: Role) {
        self.left = role.tries();
    }
}
