//! The SIM around the applet: files, access rules and the toolkit.

use super::*;
use crate::card::{ARA_AID, AppSigner, Enforcer, MOST_RULES, Rule, Strictness, identity};
use simbind_core::ids::Imei;

const OWN: &str = "490154203237518";
const FOREIGN: &str = "356938035643809";

fn fresh(change: impl FnOnce(State) -> State) -> VirtualSim {
    let mut card = VirtualSim::from_state(change(testing::card(Algorithm::P256).state().clone()));
    card.reset();
    card
}

/// TERMINAL RESPONSE: performed, and the IMEI.
fn response(imei: &str) -> String {
    let imei = hex(&identity(imei.parse().unwrap()));
    format!("80140000 16 8103012601 82028281 830100 9408{imei}")
}

/// A handset that tells its IMEI when it is asked.
fn boot(card: &mut VirtualSim, imei: &str) {
    card.reset();
    assert_eq!(status(card, "801000000400000040"), 0x910B);
    let question = hex(&send(card, "801200000B").data);
    assert_eq!(question, "D009810301260182028182");
    assert_eq!(status(card, &response(imei)), 0x9000);
}

#[test]
fn a_reader_finds_the_numbers_of_the_sim() {
    let mut card = fresh(|state| state);
    for (commands, expected) in [
        (["00A4000C023F00", "00A4000C022FE2", "00B000000A"], "981801000000000000F2"),
        (["00A4040C07A0000000871002", "00A4020C026F07", "00B0000009"], "084904010000000010"),
        (["00A4000C023F00", "00A4000C022FE2", "00B0000000"], "981801000000000000F2"),
        (["00A4000C023F00", "00A4000C022FE2", "00B0820000"], "981801000000000000F2"),
        (["00A4040C05A000000087", "00A4000C027FFF", "00B0870000"], "084904010000000010"),
    ] {
        let [first, second, last] = commands;
        all_done(&mut card, &[first, second]);
        assert_eq!(hex(&send(&mut card, last).data), expected, "{commands:?}");
    }
}

#[test]
fn a_selection_describes_what_was_selected() {
    let mut card = fresh(|state| state);
    for (command, expected) in [
        ("00A40004023F0000", "6218 82027821 83023F00 8A0105 8B032F0601 C606900100830101"),
        ("00A40004022FE200", "6214 82024121 83022FE2 8A0105 8B032F0601 8002000A"),
        ("00A40004022F0000", "6217 82054221002601 83022F00 8A0105 8B032F0601 80020026"),
    ] {
        let expected: String = expected.chars().filter(|c| *c != ' ').collect();
        assert_eq!(hex(&send(&mut card, command).data), expected, "{command}");
    }
    let usim = hex(&send(&mut card, "00A4040407A000000087100200").data);
    assert!(usim.contains("8410A0000000871002FF81FFFF8907090000"), "{usim}");
    all_done(&mut card, &["00A4000C023F00"]);
    let directory = hex(&send(&mut card, "00B201F400").data);
    assert!(directory.starts_with("61184F10A0000000871002FF81FFFF89070900005004"), "{directory}");
    assert_eq!(status(&mut card, "00B202F400"), 0x6A83);
}

#[test]
fn what_the_sim_does_not_have_changes_nothing() {
    let mut card = fresh(|state| state);
    all_done(&mut card, &["00A4000C022FE2"]);
    for (command, expected) in [
        ("00A4000C026F07", 0x6A82),
        ("00A4000C022FFF", 0x6A82),
        ("00A4001C022F00", 0x6A86),
        ("00A4070C022F00", 0x6A86),
        ("00A40004022F0004", 0x6C19),
        ("A0A40000022FE2", 0x6E00),
        ("00B0000B01", 0x6B00),
        ("00B0000A01", 0x6B00),
        ("00D6000001FF", 0x6D00),
        ("0020000100", 0x6D00),
        ("84E2000000", 0x6882),
    ] {
        assert_eq!(status(&mut card, command), expected, "{command}");
        assert_eq!(send(&mut card, "00B000000A").data.len(), 10, "{command}");
    }
}

#[test]
fn a_foreign_app_is_kept_out_of_the_applet() {
    let (ours, theirs) = (AppSigner::from_sha256([1; 32]), AppSigner::from_sha256([2; 32]));
    let mut random = ChaCha20Rng::seed_from_u64(1);
    let mut card = fresh(|state| state.with_rule(Rule::new(JPKI_AID, ours).unwrap()).unwrap());
    let enforcer = Enforcer::read(&mut card, &mut random).unwrap();
    assert!(enforcer.admits(JPKI_AID, ours));
    assert!(!enforcer.admits(JPKI_AID, theirs), "another app");
    assert!(!enforcer.admits(ARA_AID, ours), "an applet without a rule");
    let none = Enforcer::read(&mut fresh(|state| state), &mut random).unwrap();
    assert!(!none.admits(JPKI_AID, ours), "no rule is no access");
}

#[test]
fn as_many_rules_as_there_may_be_are_read_in_pieces() {
    let mut random = ChaCha20Rng::seed_from_u64(1);
    let rule = |n: usize| {
        let app = AppSigner::from_sha256([u8::try_from(n).unwrap(); 32]);
        Rule::new(JPKI_AID, app).unwrap()
    };
    let full = |state: State| (0..MOST_RULES).fold(state, |it, n| it.with_rule(rule(n)).unwrap());
    let mut card = fresh(full);
    assert!(card.state().clone().with_rule(rule(MOST_RULES)).is_err(), "one more");
    assert!(card.state().clone().with_rule(rule(0)).is_ok(), "one that is there");
    let enforcer = Enforcer::read(&mut card, &mut random).unwrap();
    for n in 0..MOST_RULES {
        let app = AppSigner::from_sha256([u8::try_from(n).unwrap(); 32]);
        assert!(enforcer.admits(JPKI_AID, app), "{n}");
    }
}

#[test]
fn the_sim_learns_its_terminal_and_says_when() {
    let mut card = fresh(|state| state);
    select_applet(&mut card);
    assert_eq!(hex(&send(&mut card, "80CA9F7100").data), "00");
    boot(&mut card, OWN);
    select_applet(&mut card);
    assert_eq!(hex(&send(&mut card, "80CA9F7100").data), format!("02{OWN}F"));
    card.reset();
    select_applet(&mut card);
    assert_eq!(hex(&send(&mut card, "80CA9F7100").data), format!("01{OWN}F"), "another session");
    boot(&mut card, FOREIGN);
    select_applet(&mut card);
    assert_eq!(hex(&send(&mut card, "80CA9F7100").data), format!("02{FOREIGN}F"));
}

#[test]
fn a_terminal_that_was_not_asked_tells_nothing() {
    let answer = response(OWN);
    let mut card = fresh(|state| state);
    assert_eq!(status(&mut card, &answer), 0x6985, "never asked");
    assert_eq!(status(&mut card, "801200000B"), 0x6985, "nothing to fetch");
    assert_eq!(status(&mut card, "801000000400000000"), 0x9000, "it tells no IMEI");
    assert_eq!(status(&mut card, "801200000B"), 0x6985);
    boot(&mut card, OWN);
    assert_eq!(status(&mut card, &answer), 0x6985, "told already");
    let mut silent = fresh(State::without_toolkit);
    assert_eq!(status(&mut silent, "801000000400000040"), 0x9000);
    assert_eq!(status(&mut silent, "801200000B"), 0x6985);
}

#[test]
fn a_locked_applet_signs_in_its_own_terminal() {
    let own: Imei = OWN.parse().unwrap();
    let rows = [
        (vec![own], Strictness::Lenient, [0x9000, 0x9000, 0x6A81]),
        (vec![own], Strictness::Strict, [0x6A81, 0x9000, 0x6A81]),
        (Vec::new(), Strictness::Strict, [0x6A81, 0x9000, 0x6A81]),
    ];
    for (imeis, strictness, expected) in rows {
        let mut card = fresh(|state| state.locked(&imeis, strictness).unwrap());
        let statuses = [None, Some(OWN), Some(FOREIGN)].map(|terminal| {
            match terminal {
                Some(imei) => boot(&mut card, imei),
                None => card.reset(),
            }
            select_applet(&mut card);
            all_done(&mut card, &[USER_PIN_FILE, USER_PIN, USER_KEY]);
            status(&mut card, SIGN)
        });
        assert_eq!(statuses, expected, "{imeis:?} {strictness:?}");
    }
    let state = testing::card(Algorithm::P256).state().clone();
    assert!(state.locked(&[own; 5], Strictness::Strict).is_err(), "five terminals");
}
