//! Keys of the world's authority on cards.

use super::{World, WorldError, authority::Branch};
use crate::card::{Credential, Pin, PrivateKey};

/// The first certificate number of keys that came from outside the world: past those of SIMs, and
/// before those of physical cards.
const FIRST: u64 = 1 << 39;

impl World {
    /// A card's key with a certificate from the world's authority, of a number of the caller's
    /// below 2^39 that no other key has.
    ///
    /// # Errors
    /// Where no certificate can be made of the key.
    pub fn credential(
        &self,
        key: PrivateKey,
        number: u64,
        pin: Pin,
    ) -> Result<Credential, WorldError> {
        let authority = self.authority(Branch::Prompt);
        let public = key.public_key()?;
        let certified = authority.issue(&public, FIRST + number % FIRST)?;
        let certificate = certified.der.to_vec();
        Ok(Credential { key, certificate, authority: authority.der().to_vec(), pin })
    }
}
