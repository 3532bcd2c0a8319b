//! Classes, instructions, parameters and lengths.

use super::*;

/// Commands to the applet, and what each is answered; the user-authentication PIN's file is
/// selected before each.
const APPLET: &[(&str, u16, &str)] = &[
    ("", 0x6700, "nothing"),
    ("00", 0x6700, "a class alone"),
    ("00A404", 0x6700, "no whole header"),
    ("A0A40000023F00", 0x6E00, "a class of before the UICC"),
    ("FF20008000", 0x6E00, "no class"),
    ("C0CA9F7000", 0x6E00, "a class of no one here"),
    ("01200080", 0x6881, "another channel"),
    ("40200080", 0x6881, "a far channel"),
    ("81CA9F7000", 0x6881, "another channel of GlobalPlatform"),
    ("0C200080", 0x6882, "secure messaging"),
    ("84CA9F7000", 0x6882, "GlobalPlatform's secure messaging"),
    ("102000800431323334", 0x6884, "a chain"),
    ("902A00800100", 0x6884, "a chain of the applet's own"),
    ("00CADF3005", 0x6D00, "a probe of other drivers"),
    ("00CB3FFF035C017E08", 0x6D00, "a probe for PIV"),
    ("00C0000000", 0x6D00, "GET RESPONSE, which T=1 has no use for"),
    ("0022004100", 0x6D00, "MANAGE SECURITY ENVIRONMENT"),
    ("002C0080", 0x6D00, "RESET RETRY COUNTER: a PIN is unblocked at the counter"),
    ("0070000001", 0x6D00, "MANAGE CHANNEL"),
    ("00D6000001FF", 0x6D00, "UPDATE BINARY"),
    ("002A9E9A00", 0x6D00, "signing by the standard's way"),
    ("802A00800100FFFF", 0x6700, "two octets too many"),
    ("80200080", 0x6E00, "VERIFY in the wrong class"),
    ("00200180", 0x6A86, "P1 of VERIFY"),
    ("00200081", 0x6A86, "P2 of VERIFY"),
    ("00200000", 0x6A86, "a global PIN"),
    ("00240180083132333431323334", 0x6A86, "P1 of CHANGE REFERENCE DATA"),
    ("0020008005313233", 0x6700, "fewer data than Lc says"),
    ("002000803132333435", 0x6700, "Lc of another world"),
    ("00200080043132333400", 0x6700, "an answer wanted of VERIFY"),
    ("0020008000000431323334", 0x6700, "an extended length"),
    ("00B00000000000", 0x6700, "an extended length of the answer"),
    ("002000800000", 0x6700, "an extended length, cut off"),
    ("0020008003313233", 0x6700, "three digits"),
    ("00200080053132333435", 0x6700, "five digits"),
    ("002400800731323334313233", 0x6700, "a new PIN of three digits"),
    ("00B0000004", 0x6981, "a PIN read as a file"),
    ("802A00800101", 0x6981, "a PIN taken for a key"),
    ("00B0800004", 0x6A86, "a short file identifier"),
    ("00A4080C020018", 0x6A86, "SELECT by path"),
    ("00A40200020018", 0x6A86, "SELECT with an answer"),
    ("00A4020C0100", 0x6700, "half an identifier"),
    ("00A4020C02FFFF", 0x6A82, "no such file"),
    ("00A4040C07A0000001510000", 0x6A82, "another's name"),
    ("00A4040C09D392F0002601000000", 0x6A82, "a part of the name"),
    ("00A4040C0BD392F00026010000000101", 0x6A82, "more than the name"),
    ("00A4041C0AD392F000260100000001", 0x6A86, "P2 of SELECT by name"),
    ("80CA9F6000", 0x6A88, "no such data"),
    ("80CA9F70", 0x6700, "no answer wanted of GET DATA"),
    ("80CA9F7004", 0x6C08, "half of the signature counter"),
    ("80CA9F700100", 0x6700, "data to GET DATA"),
    ("80CA9F7008", 0x9000, "the signature counter, exactly"),
    ("80CA9F70FF", 0x9000, "the signature counter, and room"),
    ("00200080", 0x63C3, "the tries, case 1"),
    ("0020008000", 0x63C3, "the tries as over T=0"),
];

#[test]
fn whatever_is_not_served_says_why() {
    for (command, expected, what) in APPLET {
        let mut card = testing::card(Algorithm::P256);
        select_applet(&mut card);
        all_done(&mut card, &["00A4020C020018"]);
        assert_eq!(
            format!("{:04X}", status(&mut card, command)),
            format!("{expected:04X}"),
            "{what}: {command}"
        );
        // None of these cost a try.
        if !command.starts_with("00A4040C0A") {
            assert_eq!(status(&mut card, "00200080"), 0x63C3, "{what}: {command}");
        }
    }
}

#[test]
fn nothing_is_selected_in_an_applet_that_was_just_selected() {
    for (command, expected) in
        [("00B0000004", 0x6986), ("00200080", 0x6986), ("802A00800101", 0x6986)]
    {
        let mut card = testing::card(Algorithm::P256);
        select_applet(&mut card);
        assert_eq!(status(&mut card, command), expected, "{command}");
    }
}

#[test]
fn a_select_that_fails_leaves_what_was_selected() {
    let mut card = testing::card(Algorithm::P256);
    select_applet(&mut card);
    all_done(&mut card, &["00A4020C020018"]);
    for command in ["00A4040C07A0000001510000", "00A4020CFFFF", "00A4000102FFFF"] {
        assert_ne!(status(&mut card, command), 0x9000, "{command}");
        assert_eq!(status(&mut card, "00200080"), 0x63C3, "{command}");
    }
}

#[test]
fn a_card_without_power_does_nothing() {
    let mut card = testing::card(Algorithm::P256);
    card.power_off();
    assert_eq!(status(&mut card, "80CA9F7200"), 0x6F00);
    assert_eq!(status(&mut card, &format!("00A4040C0A{}", hex(JPKI_AID))), 0x6F00);
    let copy = &mut testing::card(Algorithm::P256).clone();
    assert_eq!(status(copy, "00A4000C023F00"), 0x6F00, "a copy has none");
}

#[test]
fn a_reset_selects_the_master_file() {
    let mut card = testing::card(Algorithm::P256);
    select_applet(&mut card);
    all_done(&mut card, &["80CA9F7200"]);
    card.reset();
    assert_ne!(status(&mut card, "80CA9F7200"), 0x9000);
}

#[test]
fn the_answer_to_reset_names_t_1() {
    let card = testing::card(Algorithm::P256);
    assert_eq!(hex(card.atr()), "3BE000FF8131FE4514");
    // TD1 tells T=1; the check octet makes the exclusive or of all but TS zero (ISO 7816-3, 8.2).
    assert_eq!(card.atr()[1..].iter().fold(0, |sum, octet| sum ^ octet), 0);
}

#[test]
fn a_state_that_was_damaged_or_is_another_is_refused() {
    use crate::card::StateError;
    let bytes = testing::card(Algorithm::P256).state().to_bytes().unwrap();
    for place in 0..bytes.len() {
        let mut changed = bytes.to_vec();
        changed[place] ^= 1;
        assert!(State::from_bytes(&changed).is_err(), "octet {place}");
    }
    for length in [0, 5, 6, 7, 8, 11, bytes.len() - 1] {
        assert!(State::from_bytes(&bytes[..length]).is_err(), "{length} octets");
    }
    assert_eq!(State::from_bytes(b"{}").unwrap_err(), StateError::NotAState);
    assert_eq!(State::from_bytes(b"simbsm\0\xFF").unwrap_err(), StateError::Version(255));
}

#[test]
fn neither_keys_nor_pins_nor_numbers_are_shown() {
    let card = testing::card(Algorithm::P256);
    let profile = testing::profile(&crate::World::new(1, 1).unwrap(), Algorithm::P256);
    let shown = format!("{card:?} {profile:?}");
    for secret in [testing::ICCID, testing::IMSI, "1234", "ABC12345", "49, 50, 51, 52"] {
        assert!(!shown.contains(secret), "{secret} in {shown}");
    }
}
