use super::{InProcess, Issued, Line, Locking, Lost, Order, Personaliser, TerminalError};
use crate::{
    World,
    card::{
        Algorithm, AppSigner, CardKeys, Counting, Enforcer, JPKI_AID, MOST_FAILURES, Pin,
        PublicKey, Role, Rule, State, Status, Strictness, VirtualSim, testing,
    },
    world::{
        authority::Branch,
        holder::{Holder, power_on},
    },
};
use rand::SeedableRng as _;
use rand_chacha::ChaCha20Rng;
use simbind_core::ids::Imei;
use simbind_evidence::signature::{PublicKey as Known, SignatureScheme, verify};
use x509_parser::prelude::{FromDer as _, X509Certificate};

const OURS: AppSigner = AppSigner::from_sha256([1; 32]);
const FOREIGN: AppSigner = AppSigner::from_sha256([2; 32]);

fn random() -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(11)
}

fn keys() -> CardKeys {
    CardKeys::new([3; 16], [4; 16])
}

fn blank() -> VirtualSim {
    let (iccid, imsi) = (testing::ICCID.parse().unwrap(), testing::IMSI.parse().unwrap());
    VirtualSim::from_state(State::blank(iccid, imsi, Counting::Counts).with_keys(keys()))
}

fn pin(text: &[u8]) -> Pin {
    Pin::new(Role::User, text).unwrap()
}

/// Cuts the power at one command: before the card has it, or with its answer lost.
struct Cut<'a> {
    card: &'a mut VirtualSim,
    random: &'a mut ChaCha20Rng,
    left: usize,
    done: bool,
}

impl Line for Cut<'_> {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, Lost> {
        if self.left == 0 {
            if self.done {
                self.card.command(command, self.random);
            }
            self.card.power_off();
            return Err(Lost);
        }
        self.left -= 1;
        Ok(self.card.command(command, self.random).to_bytes())
    }
}

fn certify(world: &World, number: u64) -> impl FnMut(&PublicKey) -> Option<Issued> + '_ {
    move |key| {
        let authority = world.authority(Branch::Prompt);
        let certificate = authority.issue(key, number).ok()?.der.to_vec();
        Some(Issued { certificate, authority: authority.der().to_vec() })
    }
}

fn rules() -> Vec<Rule> {
    vec![Rule::new(JPKI_AID, OURS).unwrap()]
}

fn personalise(
    line: &mut dyn Line,
    world: &World,
    algorithm: Algorithm,
    lock: &Locking,
) -> Result<Issued, TerminalError> {
    let (keys, mut random, pin, rules) = (keys(), random(), pin(b"2580"), rules());
    let order = Order { algorithm, pin: &pin, lock, rules: &rules };
    let mut terminal = Personaliser::new(&keys, &mut random);
    terminal.personalise(line, &order, &mut certify(world, 5))
}

/// The card signs, and what it signed verifies with the certificate.
fn check(card: &mut VirtualSim, pin: &[u8], certificate: &[u8], scheme: SignatureScheme) {
    let mut random = random();
    card.reset();
    let mut holder = Holder::begin(card, &mut random).unwrap();
    let signature = holder.sign(pin, b"message").unwrap();
    let (_, certificate) = X509Certificate::from_der(certificate).unwrap();
    let key = Known::from_spki_der(certificate.public_key().raw).unwrap();
    verify(&key, scheme, b"message", &signature.value).unwrap();
}

#[test]
fn a_card_that_was_personalised_signs_with_the_key_of_its_certificate() {
    let world = World::new(1, 1).unwrap();
    let sorts = [
        (Algorithm::P256, SignatureScheme::EcdsaP256Sha256),
        (Algorithm::P384, SignatureScheme::EcdsaP384Sha384),
    ];
    for (algorithm, scheme) in sorts {
        let (mut card, mut random) = (blank(), random());
        card.reset();
        assert!(Holder::begin(&mut card, &mut random).is_err(), "no applet yet");
        let mut line = InProcess::power_on(&mut card, &mut random);
        let issued = personalise(&mut line, &world, algorithm, &Locking::Open).unwrap();
        let (_, anchor) = X509Certificate::from_der(&issued.authority).unwrap();
        let (_, leaf) = X509Certificate::from_der(&issued.certificate).unwrap();
        leaf.verify_signature(Some(anchor.public_key())).unwrap();
        check(&mut card, b"2580", &issued.certificate, scheme);
    }
}

#[test]
fn an_rsa_card_is_personalised_too() {
    let world = World::new(1, 1).unwrap();
    let (mut card, mut random) = (blank(), random());
    let mut line = InProcess::power_on(&mut card, &mut random);
    let issued = personalise(&mut line, &world, Algorithm::Rsa2048, &Locking::Open).unwrap();
    check(&mut card, b"2580", &issued.certificate, SignatureScheme::RsaPkcs1Sha256);
}

#[test]
fn wherever_personalisation_breaks_off_the_card_can_be_personalised_again() {
    let world = World::new(1, 1).unwrap();
    for done in [false, true] {
        let mut cuts = 0;
        loop {
            let (mut card, mut random) = (blank(), random());
            card.reset();
            let mut line = Cut { card: &mut card, random: &mut random, left: cuts, done };
            if personalise(&mut line, &world, Algorithm::P256, &Locking::Open).is_ok() {
                break;
            }
            // The memory is all that there is after a loss of power.
            let bytes = card.state().to_bytes().unwrap();
            let mut card = VirtualSim::from_state(State::from_bytes(&bytes).unwrap());
            let mut line = InProcess::power_on(&mut card, &mut random);
            let issued = personalise(&mut line, &world, Algorithm::P256, &Locking::Open)
                .unwrap_or_else(|error| panic!("cut at {cuts}, done {done}: {error}"));
            check(&mut card, b"2580", &issued.certificate, SignatureScheme::EcdsaP256Sha256);
            cuts += 1;
        }
        assert!(cuts > 25, "there were {cuts} commands to cut");
    }
}

#[test]
fn a_renewal_that_breaks_off_leaves_the_old_certificate_in_use() {
    let world = World::new(1, 1).unwrap();
    let scheme = SignatureScheme::EcdsaP256Sha256;
    let mut cuts = 0;
    loop {
        let (mut card, mut random, keys) = (blank(), random(), keys());
        let mut line = InProcess::power_on(&mut card, &mut random);
        let old = personalise(&mut line, &world, Algorithm::P256, &Locking::Open).unwrap();
        card.reset();
        let mut line = Cut { card: &mut card, random: &mut random, left: cuts, done: false };
        let mut own = ChaCha20Rng::seed_from_u64(12);
        let mut terminal = Personaliser::new(&keys, &mut own);
        let pin = pin(b"1357");
        let renewed = terminal.renew(&mut line, Algorithm::P256, &pin, &mut certify(&world, 6));
        match renewed {
            Ok(new) => {
                assert_ne!(new.certificate, old.certificate);
                check(&mut card, b"1357", &new.certificate, scheme);
                break;
            }
            Err(error) => {
                assert_eq!(error, TerminalError::Lost(Lost));
                check(&mut card, b"2580", &old.certificate, scheme);
            }
        }
        cuts += 1;
    }
    assert!(cuts > 10);
}

#[test]
fn a_certificate_of_another_key_is_not_taken() {
    let world = World::new(1, 1).unwrap();
    let (mut card, mut random, keys) = (blank(), random(), keys());
    let mut line = InProcess::power_on(&mut card, &mut random);
    let mut own = ChaCha20Rng::seed_from_u64(12);
    let mut terminal = Personaliser::new(&keys, &mut own);
    terminal.load(&mut line).unwrap();
    let other = testing::key(Algorithm::P256, Role::User).public_key().unwrap();
    let written = terminal.write(&mut line, Algorithm::P256, &mut |_| certify(&world, 7)(&other));
    assert_eq!(written.unwrap_err(), TerminalError::Refused(Status::WRONG_DATA, "a certificate"));
    assert!(Holder::begin(&mut card, &mut random).unwrap().sign(b"2580", b"message").is_err());
}

/// The status word at the end of an answer.
fn word(answer: &[u8]) -> u16 {
    u16::from_be_bytes(*answer.last_chunk().unwrap())
}

#[test]
fn a_terminal_without_the_keys_gets_nowhere_and_only_so_often() {
    let (mut card, mut random, wrong) = (blank(), random(), CardKeys::new([9; 16], [9; 16]));
    let mut line = InProcess::power_on(&mut card, &mut random);
    let mut own = ChaCha20Rng::seed_from_u64(12);
    let refused = Personaliser::new(&wrong, &mut own).load(&mut line);
    assert_eq!(refused.unwrap_err(), TerminalError::Impostor);
    // A terminal that does not look at the card's proof: the card looks at its.
    let update = [&[0x80, 0x50, 0, 0, 8][..], &[1; 8], &[0]].concat();
    let authenticate = [&[0x84, 0x82, 3, 0, 16][..], &[1; 16]].concat();
    for _ in 0..MOST_FAILURES {
        assert_eq!(word(&line.transmit(&update).unwrap()), 0x9000);
        assert_eq!(word(&line.transmit(&authenticate).unwrap()), 0x6300);
    }
    assert_eq!(word(&line.transmit(&update).unwrap()), 0x6983);
    let mut line = InProcess::power_on(&mut card, &mut random);
    let keys = keys();
    let refused = Personaliser::new(&keys, &mut own).load(&mut line);
    assert_eq!(
        refused.unwrap_err(),
        TerminalError::Refused(Status::BLOCKED, "INITIALIZE UPDATE"),
        "and the right keys come too late"
    );
}

#[test]
fn nothing_is_done_outside_a_session_nor_by_a_command_that_was_changed() {
    let (mut card, mut random) = (blank(), random());
    let mut line = InProcess::power_on(&mut card, &mut random);
    super::select(&mut line, crate::card::ISSUER_AID).unwrap();
    for instruction in [0xE2, 0xE4, 0xE6, 0xE8, 0xF0, 0xF2] {
        for class in [0x80, 0x84] {
            let command = [class, instruction, 0, 0, 2, 0x4F, 0x00];
            assert_eq!(word(&line.transmit(&command).unwrap()), 0x6982);
        }
    }
}

#[test]
fn only_the_app_that_the_rules_name_reaches_the_applet() {
    let world = World::new(1, 1).unwrap();
    let (mut card, mut random) = (blank(), random());
    let admits = |card: &mut VirtualSim, app| {
        card.reset();
        Enforcer::read(card, &mut ChaCha20Rng::seed_from_u64(1)).unwrap().admits(JPKI_AID, app)
    };
    assert!(!admits(&mut card, OURS), "no rule lets nobody in");
    let mut line = InProcess::power_on(&mut card, &mut random);
    personalise(&mut line, &world, Algorithm::P256, &Locking::Open).unwrap();
    assert!(admits(&mut card, OURS));
    assert!(!admits(&mut card, FOREIGN));
}

#[test]
fn as_many_rules_as_fit_are_written_and_no_more() {
    let (mut card, mut random, keys) = (blank(), random(), keys());
    let mut line = InProcess::power_on(&mut card, &mut random);
    let mut own = ChaCha20Rng::seed_from_u64(12);
    let mut terminal = Personaliser::new(&keys, &mut own);
    let rules: Vec<Rule> =
        (0..=16).map(|it| Rule::new(JPKI_AID, AppSigner::from_sha256([it; 32])).unwrap()).collect();
    let pin = pin(b"2580");
    let lock = Locking::Open;
    let order = |rules| Order { algorithm: Algorithm::P256, pin: &pin, lock: &lock, rules };
    terminal.load(&mut line).unwrap();
    terminal.complete(&mut line, &order(&rules[..16])).unwrap();
    let refused = terminal.complete(&mut line, &order(&rules)).unwrap_err();
    assert_eq!(refused, TerminalError::Refused(Status::NO_ROOM, "a rule"));
}

#[test]
fn an_applet_that_is_locked_to_a_handset_signs_there_alone_and_believes_what_it_is_told() {
    let world = World::new(1, 1).unwrap();
    let (mut card, mut random) = (blank(), random());
    let imei: Imei = "490154203237518".parse().unwrap();
    let other: Imei = "352099001761481".parse().unwrap();
    let mut line = InProcess::power_on(&mut card, &mut random);
    let lock = Locking::To(vec![imei], Strictness::Strict);
    personalise(&mut line, &world, Algorithm::P256, &lock).unwrap();
    // The last is an attacker's handset that says it is the owner's.
    let cases = [(Some(imei), true), (Some(other), false), (None, false), (Some(imei), true)];
    for (tells, signs) in cases {
        power_on(&mut card, &mut random, tells).unwrap();
        let mut holder = Holder::begin(&mut card, &mut random).unwrap();
        assert_eq!(holder.sign(b"2580", b"message").is_ok(), signs, "{tells:?}");
    }
}
