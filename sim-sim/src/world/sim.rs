//! A virtual SIM with its signing applet.

use super::{
    World, WorldError,
    attestation::APP_SIGNER_SHA256,
    authority::{Authority, Branch, Certified, END},
    carrier::Carrier,
    holder::{Holder, power_on},
    key::Curve,
    numbers,
};
use crate::{
    card::{
        Algorithm, AppSigner, CardKeys, Counting, Enforcer, JPKI_AID, Pin, Role, Rule, State,
        VirtualSim,
    },
    seeded,
    terminal::{Certify, InProcess, Issued, Line, Locking, Order, Personaliser, TerminalError},
};
use prost::bytes::Bytes;
use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha20Rng;
use simbind_core::{ids::Imei, time::Timestamp};
use simbind_evidence::status::Serial;
use simbind_proto::v1;
use std::sync::{Mutex, PoisonError};

/// How far apart the numbers of a card's certificates are: past those of all cards.
const REISSUED: u64 = 1 << 42;

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

/// A SIM in whatever handset it is, with the PIN that whoever uses it knows. A clone is a copied SIM:
/// it shares the key and then counts on its own.
pub(crate) struct Sim {
    pub(crate) iccid: String,
    pub(crate) applet: Applet,
    pub(crate) chain: Vec<Bytes>,
    pub(crate) certificate_sha256: Bytes,
    pub(crate) serial: Serial,
    /// Who issued the certificate.
    pub(crate) branch: Branch,
    pin: String,
    /// The keys of the issuer's domain on the card.
    keys: CardKeys,
    number: u64,
    /// How many certificates the card got.
    issued: u64,
    /// One command after the other.
    chip: Mutex<Chip>,
}

struct Chip {
    card: VirtualSim,
    random: ChaCha20Rng,
}

impl Chip {
    /// A card with power, of which no handset has told anything.
    fn new(state: State, random: ChaCha20Rng) -> Self {
        let mut card = VirtualSim::from_state(state);
        card.reset();
        Self { card, random }
    }
}

impl Chip {
    /// Puts the card into a counter's terminal, which has the card's own keys.
    fn at_terminal<T>(
        &mut self,
        keys: &CardKeys,
        act: impl FnOnce(&mut Personaliser<'_>, &mut dyn Line) -> Result<T, TerminalError>,
    ) -> Result<T, WorldError> {
        let Self { card, random } = self;
        let mut own = ChaCha20Rng::from_rng(random);
        let done = {
            let mut line = InProcess::power_on(card, random);
            act(&mut Personaliser::new(keys, &mut own), &mut line)
        };
        card.reset();
        Ok(done?)
    }

    /// The certificate, of a number and with an end, of the key that a terminal has the card make.
    fn certified(
        &mut self,
        keys: &CardKeys,
        (authority, number, end): (&Authority, u64, Timestamp),
        act: impl FnOnce(
            &mut Personaliser<'_>,
            &mut dyn Line,
            &mut Certify<'_>,
        ) -> Result<Issued, TerminalError>,
    ) -> Result<Certified, WorldError> {
        let mut certified = Err(WorldError::Key);
        let done = self.at_terminal(keys, |terminal, line| {
            act(terminal, line, &mut |key| {
                certified = authority.issue_until(key, number, end);
                let certificate = certified.as_ref().ok()?.der.to_vec();
                Some(Issued { certificate, authority: authority.der().to_vec() })
            })
        });
        // Where there is none, that says more than what the terminal then did.
        match certified {
            Ok(certified) => done.map(|_| certified),
            Err(error) => Err(error),
        }
    }
}

impl Clone for Chip {
    fn clone(&self) -> Self {
        Self::new(self.card.state().clone(), self.random.clone())
    }
}

impl Sim {
    /// Makes the SIM with the given number in the world, personalised.
    pub(crate) fn make(
        world: &World,
        number: u64,
        carrier: Carrier,
        applet: Applet,
        branch: Branch,
    ) -> Result<Self, WorldError> {
        let mut random = seeded::generator(world.seed, "sim key", number);
        let iccid = numbers::iccid(carrier.issuer(), world.seed, number);
        let keys = CardKeys::new(random.random(), random.random());
        let mut state = State::blank(
            iccid.parse().map_err(|_| WorldError::Number)?,
            numbers::imsi(world.seed, number).parse().map_err(|_| WorldError::Number)?,
            if applet.counts { Counting::Counts } else { Counting::Silent },
        )
        .with_keys(keys.clone());
        if !applet.learns_imei {
            state = state.without_toolkit();
        }
        let pin = format!("{:04}", random.random_range(0..10_000));
        let mut chip = Chip::new(state, random);
        chip.at_terminal(&keys, |terminal, line| terminal.load(line))?;
        let order = (world.authority(branch), number, END);
        let certified = chip.certified(&keys, order, |terminal, line, certify| {
            terminal.write(line, applet.curve.into(), certify)
        })?;
        let sim = Self {
            iccid,
            applet,
            chain: vec![certified.der],
            certificate_sha256: certified.sha256,
            serial: certified.serial,
            branch,
            pin,
            keys,
            number,
            issued: 1,
            chip: Mutex::new(chip),
        };
        sim.set_pin()?;
        Ok(sim)
    }

    /// A counter's terminal loads a new applet; whatever was there before is gone.
    pub(crate) fn load(&self) -> Result<(), WorldError> {
        self.at_terminal(|terminal, line| terminal.load(line))
    }

    /// A counter's terminal has the card make a key, and writes a certificate that was issued for it.
    pub(crate) fn write(&mut self, world: &World) -> Result<(), WorldError> {
        let algorithm = self.applet.curve.into();
        self.certified(world, END, |terminal, line, certify| {
            terminal.write(line, algorithm, certify)
        })
    }

    /// A counter's terminal takes the person's PIN, and says which app may reach the applet: from now
    /// on it signs.
    pub(crate) fn set_pin(&self) -> Result<(), WorldError> {
        let (algorithm, pin) = (self.applet.curve.into(), self.pin()?);
        let app = AppSigner::from_sha256(APP_SIGNER_SHA256);
        let rules: Vec<Rule> = Rule::new(JPKI_AID, app).into_iter().collect();
        let order = Order { algorithm, pin: &pin, lock: &Locking::Open, rules: &rules };
        self.at_terminal(|terminal, line| terminal.complete(line, &order))
    }

    /// The card with another key and certificate, which ends at a time or as late as most. The card
    /// as it is goes on until this one is taken in its place.
    pub(crate) fn renewed(
        &self,
        world: &World,
        end: Option<Timestamp>,
    ) -> Result<Self, WorldError> {
        let mut renewed = self.clone();
        let (algorithm, pin) = (self.applet.curve.into(), self.pin()?);
        renewed.certified(world, end.unwrap_or(END), |terminal, line, certify| {
            terminal.renew(line, algorithm, &pin, certify)
        })?;
        Ok(renewed)
    }

    fn certified(
        &mut self,
        world: &World,
        end: Timestamp,
        act: impl FnOnce(
            &mut Personaliser<'_>,
            &mut dyn Line,
            &mut Certify<'_>,
        ) -> Result<Issued, TerminalError>,
    ) -> Result<(), WorldError> {
        let number = self.number + self.issued * REISSUED;
        let order = (world.authority(self.branch), number, end);
        let chip = self.chip.get_mut().unwrap_or_else(PoisonError::into_inner);
        let Certified { der, sha256, serial } = chip.certified(&self.keys, order, act)?;
        (self.chain, self.certificate_sha256, self.serial) = (vec![der], sha256, serial);
        self.issued += 1;
        Ok(())
    }

    fn at_terminal<T>(
        &self,
        act: impl FnOnce(&mut Personaliser<'_>, &mut dyn Line) -> Result<T, TerminalError>,
    ) -> Result<T, WorldError> {
        let mut chip = self.chip.lock().unwrap_or_else(PoisonError::into_inner);
        chip.at_terminal(&self.keys, act)
    }

    fn pin(&self) -> Result<Pin, WorldError> {
        Pin::new(Role::User, self.pin.as_bytes()).map_err(|_| WorldError::Number)
    }

    /// The line moves to another SIM, and the key with its counter comes with it.
    pub(crate) fn moved_to(&self, other: &Self) -> Self {
        let Chip { random, .. } = self.chip();
        let chip = Mutex::new(Chip::new(self.state().moved_to(&other.state()), random));
        let (iccid, keys) = (other.iccid.clone(), other.keys.clone());
        Self { iccid, keys, chip, ..self.clone() }
    }

    /// Gets power in a handset, or in a reader: what it learns there by SIM toolkit.
    pub(crate) fn sit(&self, handset: Option<Imei>) -> Result<Option<Imei>, WorldError> {
        let mut chip = self.chip.lock().unwrap_or_else(PoisonError::into_inner);
        let Chip { card, random } = &mut *chip;
        power_on(card, random, handset)?;
        Holder::begin(card, random)?.terminal()
    }

    /// The rules by which a handset lets apps reach the card's applets.
    pub(crate) fn rules(&self) -> Result<Enforcer, WorldError> {
        let mut chip = self.chip.lock().unwrap_or_else(PoisonError::into_inner);
        let Chip { card, random } = &mut *chip;
        Enforcer::read(card, random).map_err(WorldError::Card)
    }

    /// The number that the next signature carries, where the applet counts.
    pub(crate) fn next_count(&self) -> Result<Option<u64>, WorldError> {
        self.hold(|holder| Ok(holder.signatures()?.map(|so_far| so_far + 1)))
    }

    /// Signs a message, for someone who knows the PIN.
    pub(crate) fn sign(&self, message: &[u8]) -> Result<v1::Signature, WorldError> {
        self.hold(|holder| holder.sign(self.pin.as_bytes(), message))
    }

    fn hold<T>(
        &self,
        act: impl FnOnce(&mut Holder<'_>) -> Result<T, WorldError>,
    ) -> Result<T, WorldError> {
        let mut chip = self.chip.lock().unwrap_or_else(PoisonError::into_inner);
        let Chip { card, random } = &mut *chip;
        act(&mut Holder::begin(card, random)?)
    }

    fn chip(&self) -> Chip {
        self.chip.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn state(&self) -> State {
        self.chip().card.state().clone()
    }
}

impl Clone for Sim {
    fn clone(&self) -> Self {
        Self {
            iccid: self.iccid.clone(),
            applet: self.applet,
            chain: self.chain.clone(),
            certificate_sha256: self.certificate_sha256.clone(),
            serial: self.serial.clone(),
            branch: self.branch,
            pin: self.pin.clone(),
            keys: self.keys.clone(),
            number: self.number,
            issued: self.issued,
            chip: Mutex::new(self.chip()),
        }
    }
}

impl From<Curve> for Algorithm {
    fn from(curve: Curve) -> Self {
        match curve {
            Curve::P256 => Self::P256,
            Curve::P384 => Self::P384,
        }
    }
}

#[cfg(test)]
mod tests;
