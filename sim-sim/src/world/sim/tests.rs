use super::*;
use crate::world::{
    apps::{self, App, Suite},
    handset::{Handset, Model},
};
use simbind_core::ids::Iccid;
use simbind_evidence::signature::{PublicKey as Known, SignatureScheme, verify};
use x509_parser::prelude::{FromDer as _, X509Certificate};

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
    for sim in [two.moved_to(&one), one, two] {
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
fn an_honest_handset_keeps_every_app_but_the_applets_own_from_it() {
    let (world, [sim, _]) = (World::new(1, 1).unwrap(), sims());
    let foreign = App { id: "com.example.rogue", signer: [0xE7; 32] };
    for suite in [Suite::One, Suite::KeyInCard, Suite::KeyInBank] {
        let model = Model { suite, ..Model::android(1) };
        let handset = Handset::make(&world, 0, model).unwrap();
        let bank = (suite == Suite::KeyInBank).then(|| suite.keeper());
        for kept_out in [Some(foreign), bank].into_iter().flatten() {
            let refused = handset.open(&sim, kept_out);
            assert!(matches!(refused, Err(WorldError::KeptOut)), "{kept_out:?}");
        }
        handset.open(&sim, suite.holder()).unwrap();
        assert_eq!(apps::holding(suite.business(), suite.ui()), Some(suite.holder()));
    }
    assert_eq!(apps::holding("com.example.rogue", None), None);
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
    let world = World::new(1, 1).unwrap();
    one.sign(b"message").unwrap();
    assert_eq!(counts(&one.renewed(&world, None).unwrap()), 2, "another key on the card");
    assert_eq!(counts(&one.moved_to(&two)), 2, "the key on another card");
    let mut again = one.clone();
    again.load().unwrap();
    again.write(&world).unwrap();
    again.set_pin().unwrap();
    assert_eq!(counts(&again), 2, "personalised again on the card");
    assert_eq!(counts(&two), 1, "a card that never signed");
}

/// What a card signs verifies with the certificate that the world knows of it.
fn signs(sim: &Sim) {
    let (_, certificate) = X509Certificate::from_der(&sim.chain[0]).unwrap();
    let key = Known::from_spki_der(certificate.public_key().raw).unwrap();
    let signature = sim.sign(b"message").unwrap();
    verify(&key, SignatureScheme::EcdsaP256Sha256, b"message", &signature.value).unwrap();
}

#[test]
fn a_card_signs_at_no_step_but_the_last_and_may_be_left_at_any() {
    let (world, [mut sim, _]) = (World::new(1, 1).unwrap(), sims());
    let first = sim.certificate_sha256.clone();
    for left_after in [1, 2, 3] {
        signs(&sim);
        sim.load().unwrap();
        assert!(sim.sign(b"message").is_err(), "loaded");
        if left_after > 1 {
            sim.write(&world).unwrap();
            assert!(sim.sign(b"message").is_err(), "without a PIN");
        }
        sim.load().unwrap();
        sim.write(&world).unwrap();
        sim.set_pin().unwrap();
    }
    signs(&sim);
    assert_ne!(sim.certificate_sha256, first);
}

#[test]
fn a_renewed_card_has_another_certificate_and_the_old_one_goes_on_beside_it() {
    let (world, [old, _]) = (World::new(1, 1).unwrap(), sims());
    let renewed = old.renewed(&world, None).unwrap();
    let again = renewed.renewed(&world, Some(Timestamp::from_secs(1_800_000_000))).unwrap();
    for sim in [&old, &renewed, &again] {
        signs(sim);
    }
    assert_ne!(old.certificate_sha256, renewed.certificate_sha256);
    assert!(old.serial != renewed.serial && renewed.serial != again.serial);
    assert_eq!(old.iccid, again.iccid);
    let (_, certificate) = X509Certificate::from_der(&again.chain[0]).unwrap();
    assert_eq!(certificate.validity().not_after.timestamp(), 1_800_000_000);
}
