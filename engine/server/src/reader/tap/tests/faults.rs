//! Cards that fail at every command.

use super::*;

/// How many commands a tap has.
fn commands() -> usize {
    let mut link = Held::of(Algorithm::Rsa2048);
    tap(&mut link, &Keeps::default(), testing::USER_PIN).unwrap();
    link.sent.len()
}

fn troubled(at: usize, trouble: Trouble) -> (Held, Result<Decision, NoAnswer>, Keeps) {
    let mut link = Held::of(Algorithm::Rsa2048);
    link.trouble = Some((at, trouble));
    let engine = Keeps::default();
    let outcome = tap(&mut link, &engine, testing::USER_PIN);
    (link, outcome, engine)
}

#[test]
fn a_card_that_is_taken_away_at_any_command_ends_the_tap_with_a_sentence() {
    let count = commands();
    assert!(count > 15, "{count}");
    let mut sentences = std::collections::BTreeSet::new();
    for at in 0..count {
        for fault in [LinkFault::Removed, LinkFault::TimedOut, LinkFault::Reset] {
            let (link, outcome, engine) = troubled(at, Trouble::Fault(fault));
            let Err(NoAnswer::Card(error)) = outcome else { panic!("{at}: {outcome:?}") };
            assert_eq!(error.why(), CardFault::Link(fault), "{at}");
            assert_eq!(link.sent.len(), at + 1, "nothing is sent after that");
            assert!(engine.taps.borrow().is_empty() && engine.pins.borrow().is_empty());
            sentences.insert(error.to_string());
        }
    }
    assert!(sentences.contains("the card was taken away while it signed"), "{sentences:?}");
    assert!(sentences.contains("the card did not answer in time while its certificate was read"));
    assert_eq!(sentences.len(), 3 * 9, "{sentences:?}");
}

#[test]
fn nonsense_at_any_command_ends_the_tap_within_bounds() {
    let all = [
        vec![],
        vec![0x90],
        vec![0u8; 70_000],
        vec![0x61, 0x00],
        vec![0x6C, 0x00],
        [vec![0xFF; 256], vec![0x90, 0x00]].concat(),
        vec![0x90, 0x00],
        vec![0x6F, 0x00],
        vec![0x6A, 0x82],
        vec![0x30, 0x82, 0xFF, 0xFF, 0x90, 0x00],
        vec![0x30, 0x82, 0x3F, 0xFC, 0x90, 0x00],
    ];
    for at in 0..commands() {
        for answer in &all {
            let (link, outcome, engine) = troubled(at, Trouble::Answer(answer.clone()));
            // Two certificates in as many parts as there may be, and the rest of a tap.
            assert!(link.sent.len() < 600, "{at}: {} commands", link.sent.len());
            // What does get through is for the engine to judge: it has no signature of the key.
            match outcome {
                Err(NoAnswer::Card(_) | NoAnswer::PinWrong(_) | NoAnswer::PinBlocked) => {}
                Ok(_) => assert!(!engine.taps.borrow().is_empty()),
                Err(other) => panic!("{at}: {other}"),
            }
        }
    }
}

#[test]
fn a_card_without_the_applet_and_one_that_refuses_are_told_apart() {
    let refused = |bytes: &[u8], at| troubled(at, Trouble::Answer(bytes.to_vec())).1.unwrap_err();
    // After the three commands for the SIM's number.
    let none = CardError::new(Step::Applet, CardFault::NoApplet);
    assert_eq!(refused(&[0x6A, 0x82], 3), NoAnswer::Card(none));
    let last = commands() - 1;
    let why = CardFault::Refused(Status::new(0x6985));
    assert_eq!(refused(&[0x69, 0x85], last), NoAnswer::Card(CardError::new(Step::Signature, why)));
    assert_eq!(refused(&[0x69, 0x85], last).to_string(), "the card refused (6985) while it signed");
}
