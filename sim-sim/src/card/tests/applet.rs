//! The applet's files, keys and life.

use super::*;
use crate::card::{Counting, Pin, PrivateKey, Profile, Role};

#[test]
fn the_signature_certificate_names_its_holder_and_asks_for_the_pin() {
    let mut card = selected();
    all_done(&mut card, &["00A4020C020001"]);
    assert_eq!(status(&mut card, "00B0000004"), 0x6982);
    all_done(&mut card, &[USER_PIN_FILE, USER_PIN, "00A4020C020001"]);
    assert_eq!(status(&mut card, "00B0000004"), 0x6982, "the other PIN");
    all_done(&mut card, &[SIGNATURE_PIN_FILE, SIGNATURE_PIN, "00A4020C020001", "00B0000004"]);
    // Those of the authorities and of user authentication name no one.
    let mut card = selected();
    for file in ["000A", "000B", "0002"] {
        all_done(&mut card, &[&format!("00A4020C02{file}"), "00B0000004"]);
    }
}

#[test]
fn certificates_are_padded_to_the_end_of_their_file() {
    let mut card = selected();
    all_done(&mut card, &["00A4020C02000A"]);
    let head = send(&mut card, "00B0000004").data.to_vec();
    let end = usize::from(u16::from_be_bytes([head[2], head[3]])) + 4;
    let tail = send(&mut card, &format!("00B0{:04X}00", end - 1));
    assert_eq!((tail.status, tail.data.len()), (Status::OK, 256));
    assert!(tail.data[1..].iter().all(|octet| *octet == 0xFF) && tail.data[0] != 0xFF);
    let rows: &[(&str, u16, usize)] = &[
        ("00B0070000", 0x9000, 256),
        ("00B0070100", 0x9000, 255),
        ("00B0070001", 0x9000, 1),
        ("00B007FF01", 0x9000, 1),
        ("00B007FF02", 0x6282, 1),
        ("00B007FF00", 0x9000, 1),
        ("00B0080001", 0x6B00, 0),
        ("00B07FFF00", 0x6B00, 0),
        ("00B00000", 0x6700, 0),
        ("00B000000100", 0x6700, 0),
    ];
    for (command, expected, length) in rows {
        let answer = send(&mut card, command);
        assert_eq!((answer.status.word(), answer.data.len()), (*expected, *length), "{command}");
    }
}

#[test]
fn signatures_of_the_user_key_are_counted_and_others_are_not() {
    let mut card = selected();
    let counter = |card: &mut VirtualSim| hex(&send(card, "80CA9F7000").data);
    assert_eq!(counter(&mut card), "0000000000000000");
    all_done(&mut card, &[USER_PIN_FILE, USER_PIN, USER_KEY, SIGN, SIGN]);
    assert_eq!(counter(&mut card), "0000000000000002");
    all_done(&mut card, &[SIGNATURE_PIN_FILE, SIGNATURE_PIN, SIGNATURE_KEY, SIGN]);
    assert_eq!(counter(&mut card), "0000000000000002");
    // What is refused is not counted: no answer wanted, too little room, not a digest.
    all_done(&mut card, &[USER_KEY]);
    for (refused, expected) in [
        (SIGN[..SIGN.len() - 2].to_owned(), 0x6700),
        (format!("{}10", &SIGN[..SIGN.len() - 2]), 0x6C48),
        (
            "802A00801F0011223344556677889900112233445566778899001122334455667788990000".to_owned(),
            0x6700,
        ),
        ("802A0080".to_owned(), 0x6700),
    ] {
        assert_eq!(status(&mut card, &refused), expected, "{refused}");
    }
    assert_eq!(counter(&mut card), "0000000000000002");
    card.reset();
    select_applet(&mut card);
    assert_eq!(counter(&mut card), "0000000000000002", "after a reset");
}

#[test]
fn rsa_signs_what_can_be_padded() {
    let mut card = testing::card(Algorithm::Rsa2048);
    select_applet(&mut card);
    all_done(&mut card, &[USER_PIN_FILE, USER_PIN, USER_KEY]);
    for (length, expected) in
        [(1, 0x9000), (36, 0x9000), (245, 0x9000), (246, 0x6700), (255, 0x6700)]
    {
        let command = format!("802A0080{length:02X}{}00", "5A".repeat(length));
        assert_eq!(status(&mut card, &command), expected, "{length}");
    }
    assert_eq!(status(&mut card, &format!("802A008001{}FF", "5A")), 0x6C00, "256 do not fit");
}

#[test]
fn a_scalar_outside_the_group_is_no_key() {
    // The orders of the groups (FIPS 186-4 appendix D.1.2), and one less, which is a key.
    let p256 = "FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551";
    let p384 = "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFC7634D81F4372DDF581A0DB248B0A77AECEC196ACCC52973";
    for (algorithm, order) in [(Algorithm::P256, p256), (Algorithm::P384, p384)] {
        let mut scalar = octets(order);
        assert!(PrivateKey::from_scalar(algorithm, &scalar).is_err(), "{algorithm:?}: the order");
        *scalar.last_mut().unwrap() -= 1;
        assert!(PrivateKey::from_scalar(algorithm, &scalar).is_ok(), "{algorithm:?}: one less");
        assert!(PrivateKey::from_scalar(algorithm, &scalar[1..]).is_err(), "{algorithm:?}: short");
        assert!(PrivateKey::from_scalar(algorithm, &[0; 48]).is_err(), "{algorithm:?}: zero");
        assert!(PrivateKey::from_scalar(Algorithm::Rsa2048, &scalar).is_err());
    }
}

#[test]
fn the_applet_tells_its_life_algorithm_and_certificate() {
    use sha2::{Digest as _, Sha256};
    let world = crate::World::new(1, 1).unwrap();
    for (algorithm, octet) in
        [(Algorithm::Rsa2048, "01"), (Algorithm::P256, "02"), (Algorithm::P384, "03")]
    {
        let mut card = testing::card(algorithm);
        select_applet(&mut card);
        assert_eq!(hex(&send(&mut card, "80CA9F7300").data), octet);
        assert_eq!(hex(&send(&mut card, "80CA9F7200").data), "03");
        let certificate = testing::profile(&world, algorithm).user.certificate;
        let digest = Sha256::digest(certificate).to_vec();
        assert_eq!(send(&mut card, "80CA9F7400").data.to_vec(), digest);
    }
}

#[test]
fn a_card_that_does_not_count_has_no_number() {
    let world = crate::World::new(1, 1).unwrap();
    let profile =
        Profile { counting: Counting::Silent, ..testing::profile(&world, Algorithm::P256) };
    let mut card = VirtualSim::from_state(State::personalised(profile).unwrap());
    card.reset();
    select_applet(&mut card);
    assert_eq!(status(&mut card, "80CA9F7000"), 0x6A88);
}

#[test]
fn a_card_without_a_signature_key_has_its_blocked_pin_and_nothing_else_of_it() {
    let world = crate::World::new(1, 1).unwrap();
    let profile = Profile { signature: None, ..testing::profile(&world, Algorithm::P256) };
    let mut card = VirtualSim::from_state(State::personalised(profile).unwrap());
    card.reset();
    select_applet(&mut card);
    all_done(&mut card, &[SIGNATURE_PIN_FILE]);
    assert_eq!(status(&mut card, "00200080"), 0x63C0);
    assert_eq!(status(&mut card, SIGNATURE_PIN), 0x6983);
    for file in ["001A", "0001", "0002"] {
        assert_eq!(status(&mut card, &format!("00A4020C02{file}")), 0x6A82, "{file}");
    }
}

#[test]
fn an_applet_that_is_not_loaded_is_not_there() {
    let state = State::blank(
        testing::ICCID.parse().unwrap(),
        testing::IMSI.parse().unwrap(),
        Counting::Counts,
    );
    let mut card = VirtualSim::from_state(state);
    card.reset();
    assert_eq!(status(&mut card, &format!("00A4040C0A{}", hex(JPKI_AID))), 0x6A82);
}

#[test]
fn an_applet_that_is_being_personalised_signs_nothing() {
    let mut card = selected();
    change(&mut card, |applet| *applet = Applet::loaded());
    select_applet(&mut card);
    assert_eq!(hex(&send(&mut card, "80CA9F7200").data), "01");
    assert_eq!(status(&mut card, "80CA9F7300"), 0x6A88);
    assert_eq!(status(&mut card, "80CA9F7400"), 0x6A88);
    assert_eq!(status(&mut card, USER_KEY), 0x6A82);
    all_done(&mut card, &[USER_PIN_FILE]);
    assert_eq!(status(&mut card, USER_PIN), 0x6983, "no PIN is a blocked one");

    // A new key in an applet in use: certificate and PIN go, and nothing signs until the end.
    let key = || PrivateKey::from_scalar(Algorithm::P256, &[7; 32]).unwrap();
    let others = [(Role::User, [SIGNATURE_PIN_FILE, SIGNATURE_PIN, SIGNATURE_KEY])];
    let others = others.into_iter().chain([(Role::Signature, [USER_PIN_FILE, USER_PIN, USER_KEY])]);
    for (role, other) in others {
        let mut card = selected();
        change(&mut card, |applet| applet.put_key(role, key()));
        select_applet(&mut card);
        all_done(&mut card, &other);
        assert_eq!(status(&mut card, SIGN), 0x6985, "{role:?}");
        let own = if role == Role::User { USER_PIN_FILE } else { SIGNATURE_PIN_FILE };
        all_done(&mut card, &[own]);
        assert_eq!(status(&mut card, "00200080"), 0x63C0, "{role:?}");
        change(&mut card, |applet| {
            assert!(applet.finish().is_err(), "{role:?}: no certificate and no PIN");
            applet.put_certificate(role, vec![0x30].try_into().unwrap());
            assert!(applet.finish().is_err(), "{role:?}: no PIN");
            applet.set_pin(role, Pin::new(role, b"1234").or(Pin::new(role, b"123456")).unwrap());
            applet.finish().unwrap();
        });
    }
}

#[test]
fn a_locked_applet_tells_its_life_alone_until_it_is_unlocked() {
    let mut card = selected();
    change(&mut card, Applet::lock);
    assert_eq!(status(&mut card, &format!("00A4040C0A{}", hex(JPKI_AID))), 0x6283);
    assert_eq!(hex(&send(&mut card, "80CA9F7200").data), "0F");
    for command in [
        USER_PIN_FILE,
        USER_PIN,
        "00200080",
        "00B0000004",
        SIGN,
        "80CA9F7000",
        "80CA9F7100",
        "80CA9F7300",
        "80CA9F7400",
    ] {
        assert_eq!(status(&mut card, command), 0x6985, "{command}");
    }
    change(&mut card, |applet| {
        applet.lock();
        assert!(applet.finish().is_err(), "a lock is not personalised away");
        applet.unlock();
    });
    select_applet(&mut card);
    all_done(&mut card, &[USER_PIN_FILE, USER_PIN, USER_KEY, SIGN]);
    // A new key under the lock is not in use when the lock is gone.
    change(&mut card, |applet| {
        applet.lock();
        applet.put_key(Role::User, PrivateKey::from_scalar(Algorithm::P256, &[7; 32]).unwrap());
        applet.unlock();
    });
    select_applet(&mut card);
    assert_eq!(hex(&send(&mut card, "80CA9F7200").data), "01");
}

#[test]
fn a_profile_makes_no_card_of_certificates_that_do_not_fit() {
    let world = crate::World::new(1, 1).unwrap();
    for (length, fits) in [(0, false), (1, true), (8192, true), (8193, false)] {
        let mut profile = testing::profile(&world, Algorithm::P256);
        profile.user.certificate = vec![0x30; length];
        assert_eq!(State::personalised(profile).is_ok(), fits, "{length}");
    }
}

#[test]
fn a_physical_card_is_the_applet_without_a_sim_around_it() {
    let profile = testing::profile(&crate::World::new(1, 1).unwrap(), Algorithm::P256);
    let mut card = VirtualSim::from_state(State::physical(profile.user, None).unwrap());
    card.reset();
    for command in [
        "00A4000C023F00",
        "00A4000C022FE2",
        "00B0000000",
        "00A4040C07A0000000871002",
        "00A4040C09A00000015141434C00",
        "801000000400000040",
        "801200000B",
    ] {
        assert_eq!(status(&mut card, command), 0x6A82, "{command}");
    }
    select_applet(&mut card);
    all_done(&mut card, &[USER_PIN_FILE, USER_PIN, USER_KEY, SIGN]);
    assert_eq!(status(&mut card, "80CA9F7000"), 0x6A88);
    assert_eq!(status(&mut card, "00A4000C023F00"), 0x6A82);
    all_done(&mut card, &[SIGN]);
}
