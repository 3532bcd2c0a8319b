//! A virtual handset.

use super::{
    World, WorldError, apple,
    apps::{App, Suite},
    attestation::Soundness,
    key::{Curve, Key},
    numbers,
    sim::Sim,
};
use crate::{
    card::{AppSigner, JPKI_AID},
    seeded,
};
use prost::bytes::Bytes;
use rcgen::PublicKeyData as _;
use sha2::{Digest as _, Sha256};
use simbind_core::time::Timestamp;
use simbind_proto::v1;
use std::sync::Arc;

/// Whether lists of models have a handset's type allocation code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Listing {
    /// As most.
    Usual,
    /// No list has it.
    Unlisted,
    /// It is that of the one model which is withdrawn while the scenario is played.
    Withdrawn,
}

/// What kind of handset it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Model {
    pub(crate) platform: v1::Platform,
    /// How many SIM slots: 1 or 2.
    pub(crate) slots: u64,
    /// Whether lists have its type allocation code.
    pub(crate) listing: Listing,
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
            listing: Listing::Usual,
            soundness: Soundness::Sound,
            suite: Suite::One,
        }
    }

    /// Whether it is an iPhone.
    pub(crate) fn is_iphone(self) -> bool {
        self.platform == v1::Platform::Ios
    }

    /// An iPhone: no app can read its IMEIs, and it is bound without.
    pub(crate) const IPHONE: Self = Self {
        platform: v1::Platform::Ios,
        slots: 2,
        listing: Listing::Usual,
        soundness: Soundness::Sound,
        suite: Suite::One,
    };
}

/// What a handset says for itself in a check.
pub(crate) enum Proof {
    /// A signature by its app's key.
    Signature(v1::Signature),
    /// An assertion by App Attest.
    Assertion(Bytes),
}

/// A handset. The key is the one that its app made. A clone shares it, and an iPhone's then counts
/// on its own, as a copied key would.
#[derive(Clone)]
pub(crate) struct Handset {
    pub(crate) model: Model,
    pub(crate) imeis: Vec<String>,
    key: Arc<Key>,
    /// How many assertions the key has made; an iPhone's alone.
    assertions: u32,
    /// How often it was restored.
    restored: u32,
    seed: u64,
    number: u64,
}

impl Handset {
    /// Makes the handset with the given number in the world.
    pub(crate) fn make(world: &World, number: u64, model: Model) -> Result<Self, WorldError> {
        let imeis = (0..model.slots)
            .map(|slot| numbers::imei(model.listing, world.seed, number * 2 + slot))
            .collect::<Result<_, _>>()?;
        let (seed, key) = (world.seed, Self::draw_key(world.seed, "handset key", number)?);
        Ok(Self { model, imeis, key, assertions: 0, restored: 0, seed, number })
    }

    /// Loses the app's key and makes another, as a phone does that is restored from a backup.
    pub(crate) fn restore(&mut self) -> Result<(), WorldError> {
        self.restored += 1;
        let purpose = format!("restored handset key {}", self.restored);
        self.key = Self::draw_key(self.seed, &purpose, self.number)?;
        self.assertions = 0;
        Ok(())
    }

    fn draw_key(seed: u64, purpose: &str, number: u64) -> Result<Arc<Key>, WorldError> {
        Ok(Arc::new(Key::draw(&mut seeded::generator(seed, purpose, number), Curve::P256)?))
    }

    /// Lets an app reach a SIM's applet where the card's rules name it. No app of an iPhone reaches a
    /// SIM by itself: its system does that, and asks no rules.
    ///
    /// # Errors
    /// Where the app is kept out, and where the card has no rules.
    pub(crate) fn open(&self, sim: &Sim, app: App) -> Result<(), WorldError> {
        let app = AppSigner::from_sha256(app.signer);
        if self.is_iphone() || sim.rules()?.admits(JPKI_AID, app) {
            Ok(())
        } else {
            Err(WorldError::KeptOut)
        }
    }

    fn is_iphone(&self) -> bool {
        self.model.is_iphone()
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
            platform: self.model.platform.into(),
            challenge: Bytes::copy_from_slice(challenge),
            ..v1::HandsetEvidence::default()
        };
        let soundness = self.model.soundness;
        if self.is_iphone() {
            evidence.app_attest = Some(world.apple.attest(&self.key, challenge, soundness, now)?);
        } else {
            evidence.imeis.clone_from(&self.imeis);
            let asked = (self.imeis.as_slice(), self.model.suite.keeper());
            evidence.key_attestation_chain =
                world.maker.attest(&self.key, challenge, soundness, asked, now)?;
        }
        Ok(evidence)
    }

    /// SHA-256 of the app's public key, as SubjectPublicKeyInfo.
    pub(crate) fn key_sha256(&self) -> [u8; 32] {
        Sha256::digest(self.spki()).into()
    }

    /// The app's public key, as SubjectPublicKeyInfo.
    pub(crate) fn spki(&self) -> Vec<u8> {
        self.key.subject_public_key_info()
    }

    /// Signs a message with the app's key.
    pub(crate) fn sign(&self, message: &[u8]) -> Result<v1::Signature, WorldError> {
        self.key.sign_message(message)
    }

    /// Proves itself over a message, with the app's key.
    pub(crate) fn prove(&mut self, message: &[u8]) -> Result<Proof, WorldError> {
        if !self.is_iphone() {
            return Ok(Proof::Signature(self.sign(message)?));
        }
        self.assertions += 1;
        let app = apple::app_of(self.model.soundness);
        let assertion = apple::assertion(&self.key, app, self.assertions, message)?;
        Ok(Proof::Assertion(assertion.into()))
    }
}
