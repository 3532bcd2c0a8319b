//! A person's physical card.

use super::{World, WorldError, authority::Branch, holder::Holder};
use crate::{
    card::{Algorithm, Credential, Pin, PrivateKey, Role, State, VirtualSim},
    seeded,
};
use prost::bytes::Bytes;
use rand::Rng as _;
use rand_chacha::ChaCha20Rng;
use simbind_proto::v1;

/// Past the numbers of all certificates on SIMs.
const FIRST: u64 = 1 << 40;

/// A physical card with its user-authentication certificate, and what its owner knows.
pub(crate) struct Card {
    pub(crate) certificate_sha256: Bytes,
    chain: Vec<Bytes>,
    card: VirtualSim,
    pin: String,
    random: ChaCha20Rng,
}

impl Card {
    /// Makes the card with the given number in the world.
    pub(crate) fn make(world: &World, number: u64) -> Result<Self, WorldError> {
        let mut random = seeded::generator(world.seed, "card key", number);
        let key = PrivateKey::generate(Algorithm::P256, &mut random)?;
        let authority = world.authority(Branch::Prompt);
        let certified = authority.issue(&key.public_key()?, FIRST + number)?;
        let pin = format!("{:04}", random.random_range(0..10_000));
        let credential = Credential {
            key,
            certificate: certified.der.to_vec(),
            authority: authority.der().to_vec(),
            pin: Pin::new(Role::User, pin.as_bytes()).map_err(|_| WorldError::Number)?,
        };
        let state = State::physical(credential, None)?;
        Ok(Self {
            certificate_sha256: certified.sha256,
            chain: vec![certified.der],
            card: VirtualSim::from_state(state),
            pin,
            random,
        })
    }

    /// Its word on a message, from a reader that its owner gave the PIN.
    pub(crate) fn word(&mut self, message: &[u8]) -> Result<v1::CardProof, WorldError> {
        self.card.reset();
        let mut holder = Holder::begin(&mut self.card, &mut self.random)?;
        let signature = Some(holder.sign(self.pin.as_bytes(), message)?);
        Ok(v1::CardProof { certificate_chain: self.chain.clone(), signature })
    }
}
