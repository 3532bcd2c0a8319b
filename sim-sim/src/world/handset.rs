//! A virtual handset.

use super::{
    World, WorldError,
    apps::Suite,
    attestation::Soundness,
    key::{Curve, Key},
    numbers,
};
use crate::seeded;
use simbind_core::time::Timestamp;
use simbind_proto::v1;
use std::sync::Arc;

/// What kind of handset it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Model {
    pub(crate) platform: v1::Platform,
    /// How many SIM slots: 1 or 2.
    pub(crate) slots: u64,
    /// Its type allocation code is one that lists have.
    pub(crate) listed: bool,
    /// How sound it is.
    pub(crate) soundness: Soundness,
    /// The apps on it.
    pub(crate) suite: Suite,
}

impl Model {
    /// An Android handset with so many slots.
    pub(crate) const fn android(slots: u64) -> Self {
        Self {
            platform: v1::Platform::Android,
            slots,
            listed: true,
            soundness: Soundness::Sound,
            suite: Suite::One,
        }
    }

    /// An iPhone: its IMEIs are on the settings screen, and no app can read them.
    pub(crate) const IPHONE: Self = Self {
        platform: v1::Platform::Ios,
        slots: 2,
        listed: true,
        soundness: Soundness::Sound,
        suite: Suite::One,
    };
}

/// A handset. The key is the one that its app made, where it can have one attested.
#[derive(Clone)]
pub(crate) struct Handset {
    pub(crate) model: Model,
    pub(crate) imeis: Vec<String>,
    key: Option<Arc<Key>>,
    seed: u64,
    number: u64,
}

impl Handset {
    /// Makes the handset with the given number in the world.
    pub(crate) fn make(world: &World, number: u64, model: Model) -> Result<Self, WorldError> {
        let imeis = (0..model.slots)
            .map(|slot| numbers::imei(model.listed, world.seed, number * 2 + slot))
            .collect::<Result<_, _>>()?;
        let mut handset = Self { model, imeis, key: None, seed: world.seed, number };
        handset.make_key("handset key")?;
        Ok(handset)
    }

    /// Loses the app's key and makes another, as a phone does that is restored from a backup.
    pub(crate) fn restore(&mut self) -> Result<(), WorldError> {
        self.make_key("restored handset key")
    }

    fn make_key(&mut self, purpose: &str) -> Result<(), WorldError> {
        if self.model.platform == v1::Platform::Android {
            let mut rng = seeded::generator(self.seed, purpose, self.number);
            self.key = Some(Arc::new(Key::draw(&mut rng, Curve::P256)?));
        }
        Ok(())
    }

    /// Whether its app has a key that can be attested.
    pub(crate) const fn has_key(&self) -> bool {
        self.key.is_some()
    }

    /// The IMEI of a slot, or of the first where there is no such slot.
    pub(crate) fn imei(&self, slot: usize) -> Option<&str> {
        self.imeis.get(slot).or_else(|| self.imeis.first()).map(String::as_str)
    }

    /// What it proves at enrolment, for a challenge.
    pub(crate) fn evidence(
        &self,
        world: &World,
        challenge: &[u8],
        now: Timestamp,
    ) -> Result<v1::HandsetEvidence, WorldError> {
        let mut evidence = v1::HandsetEvidence {
            imeis: self.imeis.clone(),
            platform: self.model.platform.into(),
            ..v1::HandsetEvidence::default()
        };
        if let Some(key) = &self.key {
            let asked = (self.imeis.as_slice(), self.model.suite.keeper());
            evidence.key_attestation_chain =
                world.maker.attest(key, challenge, self.model.soundness, asked, now)?;
            evidence.challenge = prost::bytes::Bytes::copy_from_slice(challenge);
        }
        Ok(evidence)
    }

    /// Signs a message with the app's key, where it has one.
    pub(crate) fn sign(&self, message: &[u8]) -> Result<Option<v1::Signature>, WorldError> {
        self.key.as_ref().map(|key| key.sign_message(message)).transpose()
    }
}
