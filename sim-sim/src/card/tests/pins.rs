//! PINs: what they open, what closes them, and what a try costs.

use super::*;
use crate::card::{Pin, Role};

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
