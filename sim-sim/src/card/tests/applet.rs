//! The applet's files, PINs, keys and life.

use super::*;
use crate::card::{Counting, Pin, PrivateKey, Profile, Role, jpki::Applet};

const USER_PIN_FILE: &str = "00A4020C020018";
const SIGNATURE_PIN_FILE: &str = "00A4020C02001B";
const USER_KEY: &str = "00A4020C020017";
const SIGNATURE_KEY: &str = "00A4020C02001A";
const USER_PIN: &str = "002000800431323334";
const SIGNATURE_PIN: &str = "00200080084142433132333435";
/// A digest of 32 octets to sign.
const SIGN: &str = "802A00802000112233445566778899AABBCCDDEEFF00112233445566778899AABBCCDDEEFF00";

/// A card with the applet selected.
fn selected() -> VirtualSim {
    let mut card = testing::card(Algorithm::P256);
    select_applet(&mut card);
    card
}

fn change(card: &mut VirtualSim, change: impl FnOnce(&mut Applet)) {
    let mut state = card.state().clone();
    change(state.jpki.applet.as_mut().unwrap());
    *card = VirtualSim::from_state(state);
    card.reset();
}

#[test]
fn a_pin_opens_its_own_key_alone() {
    let (user, signature) = ((USER_PIN_FILE, USER_PIN), (SIGNATURE_PIN_FILE, SIGNATURE_PIN));
    for (pin, opened, closed) in
        [(user, USER_KEY, SIGNATURE_KEY), (signature, SIGNATURE_KEY, USER_KEY)]
    {
        let mut card = selected();
        all_done(&mut card, &[pin.0, pin.1, opened, SIGN, closed]);
        assert_eq!(status(&mut card, SIGN), 0x6982, "{closed}");
    }
}

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
fn a_pin_that_was_seen_is_forgotten_by_whatever_ends_the_session() {
    type End = fn(&mut VirtualSim);
    let ends: &[(&str, End)] = &[
        ("a reset", |card| {
            card.reset();
            select_applet(card);
        }),
        ("a loss of power", |card| {
            card.power_off();
            card.reset();
            select_applet(card);
        }),
        ("the same applet selected again", select_applet),
        ("the master file selected", |card| {
            all_done(card, &["00A4000C023F00"]);
            select_applet(card);
        }),
        ("a wrong PIN", |card| {
            all_done(card, &[USER_PIN_FILE]);
            assert_eq!(status(card, "002000800430303030"), 0x63C2);
        }),
        ("a wrong PIN to be changed", |card| {
            all_done(card, &[USER_PIN_FILE]);
            assert_eq!(status(card, "00240080083030303031313131"), 0x63C2);
        }),
    ];
    for (what, end) in ends {
        let mut card = selected();
        all_done(&mut card, &[USER_PIN_FILE, USER_PIN, USER_KEY, SIGN]);
        end(&mut card);
        all_done(&mut card, &[USER_KEY]);
        assert_eq!(status(&mut card, SIGN), 0x6982, "{what}");
    }
}

#[test]
fn a_pin_that_was_seen_stays_while_files_are_selected_and_asked_for() {
    let mut card = selected();
    all_done(&mut card, &[USER_PIN_FILE, USER_PIN]);
    assert_eq!(
        status(&mut card, "00200080"),
        0x63C3,
        "asking tells the tries, not that it is open"
    );
    assert_eq!(status(&mut card, "00A4040C07A0000001510000"), 0x6A82);
    all_done(&mut card, &[SIGNATURE_PIN_FILE]);
    assert_eq!(status(&mut card, "0020008006303030303030"), 0x63C4, "the other PIN, wrong");
    all_done(&mut card, &["00A4020C02000A", USER_KEY, SIGN, SIGN]);
}

#[test]
fn each_pin_has_its_own_tries_and_a_right_one_gives_them_back() {
    let mut card = selected();
    all_done(&mut card, &[USER_PIN_FILE]);
    assert_eq!(status(&mut card, "002000800430303030"), 0x63C2);
    assert_eq!(status(&mut card, "002000800430303030"), 0x63C1);
    all_done(&mut card, &[USER_PIN]);
    assert_eq!(status(&mut card, "00200080"), 0x63C3);
    all_done(&mut card, &[SIGNATURE_PIN_FILE]);
    let wrong = "0020008006303030303030";
    let statuses = [wrong; 6].map(|command| status(&mut card, command));
    assert_eq!(statuses, [0x63C4, 0x63C3, 0x63C2, 0x63C1, 0x63C0, 0x6983]);
    assert_eq!(status(&mut card, SIGNATURE_PIN), 0x6983, "the right one, too late");
    all_done(&mut card, &[USER_PIN_FILE, USER_PIN]);
}

#[test]
fn what_fills_a_pin_on_the_card_is_not_a_part_of_it() {
    let mut card = selected();
    all_done(&mut card, &[SIGNATURE_PIN_FILE]);
    assert_eq!(status(&mut card, "00200080094142433132333435FF"), 0x63C4);
    assert_eq!(status(&mut card, "0020008007414243313233 34"), 0x63C3);
    all_done(&mut card, &[SIGNATURE_PIN]);
}

#[test]
fn a_blocked_pin_closes_what_was_open_and_comes_back_by_personalisation_alone() {
    let mut card = selected();
    all_done(&mut card, &[USER_PIN_FILE, USER_PIN]);
    for _ in 0..3 {
        status(&mut card, "002000800430303030");
    }
    all_done(&mut card, &[USER_KEY]);
    assert_eq!(status(&mut card, SIGN), 0x6982);
    all_done(&mut card, &[USER_PIN_FILE]);
    assert_eq!(status(&mut card, "00240080083132333434333231"), 0x6983, "changed by its owner");
    change(&mut card, |applet| applet.set_pin(Role::User, Pin::new(Role::User, b"8642").unwrap()));
    select_applet(&mut card);
    all_done(&mut card, &[USER_PIN_FILE, "002000800438363432", USER_KEY, SIGN]);
}

#[test]
fn an_owner_changes_a_pin_by_telling_the_old_one() {
    let mut card = selected();
    all_done(&mut card, &[USER_PIN_FILE, "00240080083132333434333231"]);
    all_done(&mut card, &[USER_KEY]);
    assert_eq!(status(&mut card, SIGN), 0x6982, "a change is not a VERIFY");
    all_done(&mut card, &[USER_PIN_FILE]);
    assert_eq!(status(&mut card, USER_PIN), 0x63C2, "the old one");
    all_done(&mut card, &["002000800434333231", USER_KEY, SIGN]);
}

#[test]
fn a_new_pin_has_the_shape_of_one() {
    let rows: &[(&str, &str, u16)] = &[
        (USER_PIN_FILE, "3132333441424344", 0x6A80),
        (USER_PIN_FILE, "3132333431322D34", 0x6A80),
        (SIGNATURE_PIN_FILE, "4142433132333435616263646566", 0x6A80),
        (SIGNATURE_PIN_FILE, "41424331323334354142433132", 0x6A80),
        (SIGNATURE_PIN_FILE, "4142433132333435515253545556", 0x9000),
        (SIGNATURE_PIN_FILE, "414243313233343541414141414141414141414141414141", 0x9000),
    ];
    for (file, data, expected) in rows {
        let data = octets(data);
        let mut card = selected();
        all_done(&mut card, &[file]);
        let command = format!("00240080{:02X}{}", data.len(), hex(&data));
        assert_eq!(status(&mut card, &command), *expected, "{command}");
        let full = if *file == USER_PIN_FILE { 0x63C3 } else { 0x63C5 };
        assert_eq!(status(&mut card, "00200080"), full, "{command}");
    }
}

#[test]
fn a_change_that_is_too_short_for_the_old_pin_costs_a_try() {
    let long = Pin::new(Role::Signature, b"ABCDEFGH12345678").unwrap();
    let mut card = selected();
    change(&mut card, |applet| applet.set_pin(Role::Signature, long));
    select_applet(&mut card);
    all_done(&mut card, &[SIGNATURE_PIN_FILE]);
    // Twelve characters cannot hold a PIN of sixteen. Refusing that for nothing would tell the
    // PIN's length to whoever asks.
    assert_eq!(status(&mut card, "002400800C303030303030303030303030"), 0x63C4);
    let prefix = "002400800C414243444546474831323334";
    assert_eq!(status(&mut card, prefix), 0x63C3, "the head of the PIN");
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

    // A new key in an applet in use: the old certificate goes, and nothing signs until the end.
    let mut card = selected();
    let key = || PrivateKey::from_scalar(Algorithm::P256, &[7; 32]).unwrap();
    for role in [Role::User, Role::Signature] {
        change(&mut card, |applet| applet.put_key(role, key()));
        select_applet(&mut card);
        all_done(&mut card, &[USER_PIN_FILE, USER_PIN, USER_KEY]);
        assert_eq!(status(&mut card, SIGN), 0x6985, "{role:?}");
        change(&mut card, |applet| assert!(applet.finish().is_err(), "{role:?}"));
        card = selected();
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
