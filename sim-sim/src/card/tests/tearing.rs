//! The card loses its power in the middle of a command.

use super::*;
use crate::card::{Changed, Memory, NotWritten};

const RIGHT: &str = "002000800431323334";
const WRONG: &str = "002000800430303030";
const SIGN: &str = "802A00802000112233445566778899AABBCCDDEEFF00112233445566778899AABBCCDDEEFF00";

/// A memory that loses its power after so many writes.
struct Torn {
    writes: Vec<State>,
    most: usize,
}

impl Memory for Torn {
    fn write(&mut self, state: &State) -> Result<(), NotWritten> {
        if self.writes.len() == self.most {
            return Err(NotWritten);
        }
        self.writes.push(state.clone());
        Ok(())
    }
}

fn ready() -> VirtualSim {
    let mut card = testing::card(Algorithm::P256);
    select_applet(&mut card);
    all_done(&mut card, &["00A4020C020018"]);
    card
}

/// Sends a command to a card whose power goes after so many writes: the answer, and what is in
/// the memory then.
fn torn(card: &mut VirtualSim, command: &str, most: usize) -> (Response, Vec<State>) {
    let mut memory = Torn { writes: Vec::new(), most };
    let mut random = ChaCha20Rng::seed_from_u64(7);
    let answer = card.command_kept(&octets(command), &mut random, &mut memory);
    assert_eq!(answer.changed == Changed::Yes, !memory.writes.is_empty());
    (answer, memory.writes)
}

/// The tries left after the power is back.
fn tries(state: &State) -> u16 {
    let mut card = VirtualSim::from_state(state.clone());
    card.reset();
    select_applet(&mut card);
    all_done(&mut card, &["00A4020C020018"]);
    status(&mut card, "00200080")
}

#[test]
fn a_try_is_in_the_memory_before_anything_tells_whether_it_was_right() {
    for change in ["00240080083132333434333231", "00240080083030303034333231"] {
        for command in [RIGHT, WRONG, change] {
            let (answer, writes) = torn(&mut ready(), command, 1);
            assert_eq!(tries(&writes[0]), 0x63C2, "{command}");
            assert_ne!(answer.status, Status::OK, "{command}");
        }
    }
    // Right and wrong are the same up to there, in every octet.
    let first = |command| torn(&mut ready(), command, 9).1[0].to_bytes().unwrap();
    assert_eq!(first(RIGHT), first(WRONG));
}

#[test]
fn where_the_try_cannot_be_kept_nothing_is_compared() {
    let mut card = ready();
    for command in [RIGHT, WRONG, RIGHT, WRONG] {
        assert_eq!(torn(&mut card, command, 0).0.status, Status::MEMORY);
    }
    all_done(&mut card, &["00A4020C020017"]);
    assert_eq!(status(&mut card, SIGN), 0x6982);
}

#[test]
fn where_the_tries_cannot_be_given_back_the_pin_was_not_seen() {
    let mut card = ready();
    assert_eq!(torn(&mut card, RIGHT, 1).0.status, Status::MEMORY);
    all_done(&mut card, &["00A4020C020017"]);
    assert_eq!(status(&mut card, SIGN), 0x6982);
}

#[test]
fn a_thief_who_cuts_the_power_has_three_tries_and_no_more() {
    for most in 0..3 {
        let mut state = ready().state().clone();
        let mut tried = 0;
        while tried < 9 {
            let mut card = VirtualSim::from_state(state.clone());
            card.reset();
            select_applet(&mut card);
            all_done(&mut card, &["00A4020C020018"]);
            let (answer, writes) = torn(&mut card, WRONG, most);
            if answer.status == Status::BLOCKED || most == 0 {
                break;
            }
            tried += 1;
            state = writes.last().unwrap().clone();
        }
        assert_eq!(tried, if most == 0 { 0 } else { 3 }, "{most} writes");
    }
}

#[test]
fn a_signature_is_counted_in_the_memory_before_it_is_made() {
    let mut card = ready();
    all_done(&mut card, &[RIGHT, "00A4020C020017"]);
    let (answer, writes) = torn(&mut card, SIGN, 0);
    assert_eq!((answer.status, answer.data.len()), (Status::MEMORY, 0));
    assert!(writes.is_empty());
    assert_eq!(hex(&send(&mut card, "80CA9F7000").data), "0000000000000000");
    let (answer, writes) = torn(&mut card, SIGN, 1);
    assert_eq!(answer.status, Status::OK);
    let mut kept = VirtualSim::from_state(writes[0].clone());
    kept.reset();
    select_applet(&mut kept);
    assert_eq!(hex(&send(&mut kept, "80CA9F7000").data), "0000000000000001");
}

#[test]
fn what_only_reads_writes_nothing() {
    let mut card = ready();
    for command in
        ["00200080", "00A4020C02000A", "00B0000000", "80CA9F7000", "0020008003313233", "FF"]
    {
        assert!(torn(&mut card, command, 9).1.is_empty(), "{command}");
    }
}
