//! A person's physical card.

use super::{
    World, WorldError,
    authority::Branch,
    key::{Curve, Key},
};
use crate::seeded;
use prost::bytes::Bytes;
use simbind_proto::v1;

/// Past the numbers of all certificates on SIMs.
const FIRST: u64 = 1 << 40;

/// A physical card with its user-authentication certificate.
pub(crate) struct Card {
    pub(crate) certificate_sha256: Bytes,
    chain: Vec<Bytes>,
    key: Key,
}

impl Card {
    /// Makes the card with the given number in the world.
    pub(crate) fn make(world: &World, number: u64) -> Result<Self, WorldError> {
        let mut rng = seeded::generator(world.seed, "card key", number);
        let key = Key::draw(&mut rng, Curve::P256)?;
        let certified = world.authority(Branch::Prompt).issue(&key, FIRST + number)?;
        Ok(Self { certificate_sha256: certified.sha256, chain: vec![certified.der], key })
    }

    /// Its word on a message.
    pub(crate) fn word(&self, message: &[u8]) -> Result<v1::CardProof, WorldError> {
        let signature = Some(self.key.sign_message(message)?);
        Ok(v1::CardProof { certificate_chain: self.chain.clone(), signature })
    }
}
