//! Taps while the engine is away.

use super::*;
use crate::reader::{NoList, NotProved, OfflineTerms};
use parking_lot::Mutex;
use sim_sim::{
    World,
    card::{Profile, State},
};
use simbind_core::{
    ids::CertificateId,
    refusals::{Draft, Entries, HashKey, NotTaken, OfflineUse, Sequence, WhyClosed},
};
use simbind_evidence::certificate::TrustAnchors;
use simbind_rules::facts::ReaderProfile;
use simbind_service::refusals::ListSigner;

const LIFE: Duration = Duration::from_secs(600);

/// A clock that is set by hand.
#[derive(Clone)]
struct Hand(Arc<Mutex<Timestamp>>);

impl Hand {
    fn set(&self, at: Timestamp) {
        *self.0.lock() = at;
    }
}

impl Clock for Hand {
    fn now(&self) -> Timestamp {
        *self.0.lock()
    }
}

/// A door whose engine is away.
struct Scene {
    profile: Profile,
    signer: ListSigner,
    clock: Hand,
    engine: Keeps,
}

impl Scene {
    fn new(algorithm: Algorithm) -> Self {
        let world = World::new(1, 1).unwrap();
        Self::trusting(&world, testing::profile(&world, algorithm))
    }

    fn trusting(world: &World, profile: Profile) -> Self {
        let signer = ListSigner::generate(&SystemRandom::new()).unwrap();
        let clock = Hand(Arc::new(Mutex::new(Still.now())));
        let anchors = TrustAnchors::from_pem(world.anchors_pem().as_bytes()).unwrap();
        let terms = OfflineTerms {
            reader: DOOR.parse().unwrap(),
            key: signer.public(),
            anchors: Arc::new(anchors),
        };
        let desk = Some(Desk::new(terms, Arc::new(clock.clone())));
        let engine = Keeps { away: true, desk, ..Keeps::default() };
        Self { profile, signer, clock, engine }
    }

    fn certificate(&self) -> CertificateId {
        CertificateId::of_der(&self.profile.user.certificate)
    }

    fn list(&self, sequence: u64, refused: &[CertificateId]) -> Vec<u8> {
        self.list_with(refused, |draft| draft.sequence = Sequence(sequence))
    }

    fn list_with(&self, refused: &[CertificateId], change: impl FnOnce(&mut Draft)) -> Vec<u8> {
        let mut draft = Draft {
            reader: DOOR.parse().unwrap(),
            profile: ReaderProfile::Door,
            offline: OfflineUse::Refusals,
            issued_at: Still.now(),
            ends_at: Still.now().plus(LIFE),
            sequence: Sequence(1),
        };
        change(&mut draft);
        let entries = Entries::new(HashKey::new([7; 16]), refused, 100);
        self.signer.seal(&draft, &entries).unwrap()
    }

    fn take(&self, list: &[u8]) -> Result<(), NoList> {
        self.engine.desk.as_ref().unwrap().take(list)
    }

    fn tap(&self) -> NoAnswer {
        let mut sim = VirtualSim::from_state(State::personalised(self.profile.clone()).unwrap());
        sim.reset();
        self.tap_with(&mut Held::new(sim), testing::USER_PIN)
    }

    fn tap_with(&self, link: &mut Held, pin: &'static [u8]) -> NoAnswer {
        let answer = tap(link, &self.engine, pin).unwrap_err();
        assert!(self.engine.taps.borrow().is_empty(), "nothing was asked of an engine");
        answer
    }
}

fn closed(why: WhyClosed) -> NoAnswer {
    Unanswered::Closed(why).into()
}

#[test]
fn a_listed_card_is_refused_and_another_is_told_that_nothing_was_checked() {
    for algorithm in [Algorithm::Rsa2048, Algorithm::P256, Algorithm::P384] {
        let scene = Scene::new(algorithm);
        scene.take(&scene.list(1, &[])).unwrap();
        assert_eq!(scene.tap(), Unanswered::NotChecked.into(), "{algorithm:?}");
        scene.take(&scene.list(2, &[scene.certificate()])).unwrap();
        assert_eq!(scene.tap(), Unanswered::Refused.into(), "{algorithm:?}");
    }
}

#[test]
fn without_a_list_or_past_its_end_no_card_is_asked_for_anything() {
    let scene = Scene::new(Algorithm::P256);
    let mut card = Held::of(Algorithm::P256);
    assert_eq!(scene.tap_with(&mut card, testing::USER_PIN), closed(WhyClosed::NoList));
    scene.take(&scene.list(1, &[])).unwrap();
    scene.clock.set(Still.now().plus(LIFE));
    assert_eq!(scene.tap_with(&mut card, testing::USER_PIN), closed(WhyClosed::Ended));
    scene.clock.set(Still.now());
    assert_eq!(scene.tap_with(&mut card, testing::USER_PIN), closed(WhyClosed::Ended));
    assert!(card.sent.is_empty(), "{:?}", card.sent);
}

#[test]
fn a_clock_that_was_set_back_closes_and_a_newer_list_opens_again() {
    let scene = Scene::new(Algorithm::P256);
    scene.take(&scene.list(1, &[])).unwrap();
    scene.clock.set(Still.now().minus(Duration::from_secs(3600)));
    assert_eq!(scene.tap(), closed(WhyClosed::ClockSetBack));
    scene.clock.set(Still.now());
    assert_eq!(scene.tap(), closed(WhyClosed::ClockSetBack));
    scene.take(&scene.list(2, &[])).unwrap();
    assert_eq!(scene.tap(), Unanswered::NotChecked.into());
}

#[test]
fn an_old_list_after_a_newer_one_another_readers_and_any_changed_byte_are_not_taken() {
    let scene = Scene::new(Algorithm::P256);
    let good = scene.list(2, &[scene.certificate()]);
    let old = scene.list(1, &[]);
    scene.take(&good).unwrap();
    assert_eq!(scene.take(&old), Err(NotTaken::Older.into()));
    let other = scene.list_with(&[], |draft| {
        draft.sequence = Sequence(9);
        draft.reader = "door-2".parse().unwrap();
    });
    assert_eq!(scene.take(&other), Err(NotTaken::OtherReader.into()));
    let newer = scene.list(3, &[]);
    for place in 0..newer.len() {
        let mut changed = newer.clone();
        changed[place] ^= 1;
        assert!(matches!(scene.take(&changed), Err(NoList::Unread(_))), "byte {place}");
    }
    let stranger = Scene::new(Algorithm::P256);
    assert!(matches!(scene.take(&stranger.list(9, &[])), Err(NoList::Unread(_))), "another key");
    assert_eq!(scene.tap(), Unanswered::Refused.into(), "the list before stands");
}

#[test]
fn a_list_that_lets_the_reader_do_nothing_closes_it() {
    let scene = Scene::new(Algorithm::P256);
    scene.take(&scene.list_with(&[], |draft| draft.offline = OfflineUse::Closed)).unwrap();
    assert_eq!(scene.tap(), closed(WhyClosed::NotAllowed));
}

#[test]
fn a_card_of_another_authority_or_that_signs_something_else_proves_nothing() {
    let (ours, theirs) = (World::new(1, 1).unwrap(), World::new(2, 1).unwrap());
    let scene = Scene::trusting(&ours, testing::profile(&theirs, Algorithm::P256));
    scene.take(&scene.list(1, &[])).unwrap();
    let why = NotProved::Certificate;
    assert_eq!(scene.tap(), Unanswered::NotProved(why).into());
    // A certificate that is good, and a signature that is another's.
    let scene = Scene::new(Algorithm::P256);
    scene.take(&scene.list(1, &[])).unwrap();
    let mut card = Held::of(Algorithm::P256);
    assert_eq!(scene.tap_with(&mut card, testing::USER_PIN), Unanswered::NotChecked.into());
    let signing = card.sent.len() - 1;
    let mut forged = Held::of(Algorithm::P256);
    let signature = [&[0x30, 0x06, 0x02, 0x01, 0x01, 0x02, 0x01, 0x01][..], &[0x90, 0x00]].concat();
    forged.trouble = Some((signing, Trouble::Answer(signature)));
    let why = NotProved::Signature;
    assert_eq!(scene.tap_with(&mut forged, testing::USER_PIN), Unanswered::NotProved(why).into());
}

#[test]
fn the_same_signature_is_good_for_one_tap() {
    let scene = Scene::new(Algorithm::P256);
    scene.take(&scene.list(1, &[])).unwrap();
    let chain = Chain::new(scene.profile.user.certificate.clone(), None).unwrap();
    let desk = scene.engine.desk.as_ref().unwrap();
    let (first, second) = ([1; 32], [2; 32]);
    let message = |nonce| offline_message(&DOOR.parse().unwrap(), nonce);
    let key = testing::key(Algorithm::P256, sim_sim::card::Role::User);
    let digest = ring::digest::digest(&ring::digest::SHA256, &message(&first));
    let signed = key.sign(digest.as_ref(), &mut ChaCha20Rng::seed_from_u64(1)).unwrap();
    assert_eq!(desk.answer(&chain, &message(&first), &signed), Unanswered::NotChecked);
    let again = desk.answer(&chain, &message(&second), &signed);
    assert_eq!(again, Unanswered::NotProved(NotProved::Signature));
}

#[test]
fn a_wrong_pin_is_a_wrong_pin_and_the_engine_is_told_later() {
    let scene = Scene::new(Algorithm::P256);
    scene.take(&scene.list(1, &[])).unwrap();
    let mut card = Held::of(Algorithm::P256);
    let answer = scene.tap_with(&mut card, b"9999");
    assert!(matches!(answer, NoAnswer::PinWrong(_)), "{answer:?}");
    assert_eq!(scene.engine.pins.borrow().len(), 1);
}
