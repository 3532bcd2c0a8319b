//! A virtual SIM with its signing applet.

use super::{
    World, WorldError,
    attestation::APP_SIGNER_SHA256,
    authority::{Branch, Certified, END},
    carrier::Carrier,
    holder::{Holder, power_on},
    key::Curve,
    numbers,
};
use crate::{
    card::{
        Algorithm, AppSigner, CardKeys, Counting, JPKI_AID, Pin, PublicKey, Role, Rule, State,
        VirtualSim,
    },
    seeded,
    terminal::{InProcess, Issued, Locking, Order, Personaliser},
};
use prost::bytes::Bytes;
use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha20Rng;
use simbind_core::{ids::Imei, time::Timestamp};
use simbind_evidence::status::Serial;
use simbind_proto::v1;
use std::sync::{Mutex, PoisonError};

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
    /// What a counter's terminal does with a new card: the card makes its key, and gets the
    /// certificate that is issued for it.
    fn personalise(
        &mut self,
        keys: &CardKeys,
        algorithm: Algorithm,
        pin: &str,
        issue: impl FnOnce(&PublicKey) -> Result<(Certified, Vec<u8>), WorldError>,
    ) -> Result<Certified, WorldError> {
        let Self { card, random } = self;
        let mut own = ChaCha20Rng::from_rng(random);
        let mut line = InProcess::power_on(card, random);
        let mut terminal = Personaliser::new(keys, &mut own);
        let pin = Pin::new(Role::User, pin.as_bytes()).map_err(|_| WorldError::Number)?;
        let app = AppSigner::from_sha256(APP_SIGNER_SHA256);
        let rules: Vec<Rule> = Rule::new(JPKI_AID, app).into_iter().collect();
        let order = Order { algorithm, pin: &pin, lock: &Locking::Open, rules: &rules };
        let (mut issue, mut issued) = (Some(issue), Err(WorldError::Key));
        let done = terminal.personalise(&mut line, &order, &mut |key| {
            issued = issue.take()?(key);
            let (certified, authority) = issued.as_ref().ok()?;
            let certificate = certified.der.to_vec();
            Some(Issued { certificate, authority: authority.clone() })
        });
        let (certified, _) = issued?;
        done?;
        card.reset();
        Ok(certified)
    }
}

impl Clone for Chip {
    fn clone(&self) -> Self {
        Self::new(self.card.state().clone(), self.random.clone())
    }
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
        Self::make_until(world, number, carrier, applet, (branch, END))
    }

    /// The same, with a certificate that ends at a time.
    pub(crate) fn make_until(
        world: &World,
        number: u64,
        carrier: Carrier,
        applet: Applet,
        (branch, end): (Branch, Timestamp),
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
        let certified = chip.personalise(&keys, applet.curve.into(), &pin, |key| {
            let authority = world.authority(branch);
            Ok((authority.issue_until(key, number, end)?, authority.der().to_vec()))
        })?;
        Ok(Self {
            iccid,
            applet,
            chain: vec![certified.der],
            certificate_sha256: certified.sha256,
            serial: certified.serial,
            branch,
            pin,
            chip: Mutex::new(chip),
        })
    }

    /// The certificate and key of this one on the card of another, whose applet counts on.
    pub(crate) fn on_card_of(&self, card: &Self) -> Self {
        let state = card.state().with_applet_of(&self.state());
        self.with(card.iccid.clone(), state)
    }

    /// The line moves to another SIM, and the key with its counter comes with it.
    pub(crate) fn moved_to(&self, other: &Self) -> Self {
        self.with(other.iccid.clone(), self.state().moved_to(&other.state()))
    }

    /// Gets power in a handset, or in a reader: what it learns there by SIM toolkit.
    pub(crate) fn sit(&self, handset: Option<Imei>) -> Result<Option<Imei>, WorldError> {
        let mut chip = self.chip.lock().unwrap_or_else(PoisonError::into_inner);
        let Chip { card, random } = &mut *chip;
        power_on(card, random, handset)?;
        Holder::begin(card, random)?.terminal()
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

    fn with(&self, iccid: String, state: State) -> Self {
        let Chip { random, .. } = self.chip();
        let chip = Mutex::new(Chip::new(state, random));
        Self { iccid, chip, ..self.clone() }
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
mod tests {
    use super::*;
    use crate::card::Enforcer;
    use simbind_core::ids::Iccid;

    fn sims() -> [Sim; 2] {
        let world = World::new(1, 1).unwrap();
        let applet = Applet { counts: true, learns_imei: false, curve: Curve::P256 };
        [0, 1].map(|it| Sim::make(&world, it, Carrier::Docomo, applet, Branch::Prompt).unwrap())
    }

    /// EF_ICCID as a reader finds it.
    fn read_iccid(sim: &Sim) -> Vec<u8> {
        let mut chip = sim.chip();
        for select in [&[0x3F, 0x00], &[0x2F, 0xE2]] {
            let command = [&[0x00, 0xA4, 0x00, 0x0C, 0x02], select.as_slice()].concat();
            assert_eq!(chip.card.command(&command, &mut chip.random).status.word(), 0x9000);
        }
        chip.card.command(&[0x00, 0xB0, 0x00, 0x00, 0x0A], &mut chip.random).data.to_vec()
    }

    fn counts(sim: &Sim) -> u64 {
        sim.next_count().unwrap().unwrap()
    }

    #[test]
    fn a_sim_has_the_number_that_a_reader_finds_in_it() {
        let [one, two] = sims();
        for sim in [one.on_card_of(&two), two.moved_to(&one), one, two] {
            assert_eq!(read_iccid(&sim), sim.iccid.parse::<Iccid>().unwrap().to_ef());
            sim.sign(b"message").unwrap();
        }
    }

    #[test]
    fn a_sim_learns_the_handset_that_it_sits_in_where_it_can() {
        let world = World::new(1, 1).unwrap();
        for learns_imei in [false, true] {
            let applet = Applet { counts: true, learns_imei, curve: Curve::P256 };
            let sim = Sim::make(&world, 0, Carrier::Docomo, applet, Branch::Prompt).unwrap();
            for text in ["490154203237518", "356938035643809"] {
                let imei: Imei = text.parse().unwrap();
                assert_eq!(sim.sit(Some(imei)).unwrap(), learns_imei.then_some(imei));
            }
            assert_eq!(sim.sit(None).unwrap(), None, "in a reader");
        }
    }

    #[test]
    fn the_handsets_own_app_may_reach_the_applet_and_no_other() {
        let [sim, _] = sims();
        let Chip { mut card, mut random } = sim.chip();
        let enforcer = Enforcer::read(&mut card, &mut random).unwrap();
        assert!(enforcer.admits(JPKI_AID, AppSigner::from_sha256(APP_SIGNER_SHA256)));
        assert!(!enforcer.admits(JPKI_AID, AppSigner::from_sha256([0xE7; 32])));
    }

    #[test]
    fn a_copy_counts_on_its_own() {
        let [one, _] = sims();
        one.sign(b"message").unwrap();
        let copy = one.clone();
        assert_eq!((counts(&one), counts(&copy)), (2, 2));
        one.sign(b"message").unwrap();
        assert_eq!((counts(&one), counts(&copy)), (3, 2));
    }

    #[test]
    fn a_new_applet_counts_on_and_a_moved_one_brings_its_count() {
        let [one, two] = sims();
        one.sign(b"message").unwrap();
        assert_eq!(counts(&two.on_card_of(&one)), 2, "another key on the card that signed");
        assert_eq!(counts(&one.moved_to(&two)), 2, "the key on another card");
        assert_eq!(counts(&one.on_card_of(&two)), 1, "loaded on a card that never signed");
    }
}
