//! A virtual SIM with its signing applet.

use super::{
    World, WorldError,
    authority::Branch,
    carrier::Carrier,
    key::{Curve, Key},
    numbers,
};
use crate::seeded;
use prost::bytes::Bytes;
use simbind_evidence::status::Serial;
use simbind_proto::v1;
use std::sync::Arc;

/// What an applet can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Applet {
    /// It counts its signatures.
    pub(crate) counts: bool,
    /// It learns its terminal's IMEI by SIM toolkit.
    pub(crate) learns_imei: bool,
    /// The curve of its key.
    pub(crate) curve: Curve,
}

/// A SIM. A clone shares the key and then counts on its own, as a copied SIM would.
#[derive(Clone)]
pub(crate) struct Sim {
    pub(crate) iccid: String,
    pub(crate) applet: Applet,
    pub(crate) chain: Vec<Bytes>,
    pub(crate) certificate_sha256: Bytes,
    pub(crate) serial: Serial,
    /// Who issued the certificate.
    pub(crate) branch: Branch,
    key: Arc<Key>,
    counter: u64,
}

impl Sim {
    /// Makes the SIM with the given number in the world, and its certificate.
    pub(crate) fn make(
        world: &World,
        number: u64,
        carrier: Carrier,
        applet: Applet,
        branch: Branch,
    ) -> Result<Self, WorldError> {
        let mut rng = seeded::generator(world.seed, "sim key", number);
        let key = Key::draw(&mut rng, applet.curve)?;
        let certified = world.authority(branch).issue(&key, number)?;
        Ok(Self {
            iccid: numbers::iccid(carrier.issuer(), world.seed, number),
            applet,
            chain: vec![certified.der],
            certificate_sha256: certified.sha256,
            serial: certified.serial,
            branch,
            key: Arc::new(key),
            counter: 0,
        })
    }

    /// The certificate and key of this one on the card of another, whose applet counts on.
    pub(crate) fn on_card_of(&self, card: &Self) -> Self {
        Self { iccid: card.iccid.clone(), counter: card.counter, ..self.clone() }
    }

    /// The number that the next signature carries, where the applet counts.
    pub(crate) fn count(&mut self) -> Option<u64> {
        self.applet.counts.then(|| {
            self.counter += 1;
            self.counter
        })
    }

    /// Signs a message.
    pub(crate) fn sign(&self, message: &[u8]) -> Result<v1::Signature, WorldError> {
        self.key.sign_message(message)
    }
}
