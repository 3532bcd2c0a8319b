//! The PIN: told, reported, and tried once.

use super::*;

fn results(engine: &Keeps) -> Vec<pin_outcome::Result> {
    engine.pins.borrow().iter().map(|told| told.result.unwrap()).collect()
}

#[test]
fn a_wrong_pin_is_tried_once_told_and_reported_until_the_card_blocks() {
    let (mut link, engine) = (Held::of(Algorithm::P256), Keeps::default());
    for (before, left) in
        [(3, TriesLeft::Some(2)), (2, TriesLeft::Some(1)), (1, TriesLeft::Blocked)]
    {
        let mut pins = Enters(Ok(b"9999"), vec![]);
        link.sent.clear();
        let refused = tap_with(&mut link, &engine, &mut pins, &mut ChainCache::new(4)).unwrap_err();
        assert_eq!(refused, NoAnswer::PinWrong(left));
        assert_eq!(pins.1, [Ask { tries: TriesLeft::Some(before) }], "asked once, and told");
        let tries = link.sent.iter().filter(|command| command.starts_with(&[0, 0x20, 0, 0x80, 4]));
        assert_eq!(tries.count(), 1);
    }
    assert_eq!(results(&engine), [pin_outcome::Result::WrongEntries(1); 3]);
    // Blocked: nobody is asked any more, also not for the right one.
    let mut pins = Enters(Ok(testing::USER_PIN), vec![]);
    let refused = tap_with(&mut link, &engine, &mut pins, &mut ChainCache::new(4)).unwrap_err();
    assert_eq!(refused, NoAnswer::PinBlocked);
    assert!(pins.1.is_empty() && engine.taps.borrow().is_empty());
    assert_eq!(results(&engine).len(), 3);
}

#[test]
fn the_right_pin_is_told_after_wrong_ones_and_not_otherwise() {
    let (mut link, engine) = (Held::of(Algorithm::P256), Keeps::default());
    tap(&mut link, &engine, testing::USER_PIN).unwrap();
    assert!(results(&engine).is_empty());
    tap(&mut link, &engine, b"9999").unwrap_err();
    tap(&mut link, &engine, testing::USER_PIN).unwrap();
    let accepted = pin_outcome::Result::Accepted(PinAccepted {});
    assert_eq!(results(&engine), [pin_outcome::Result::WrongEntries(1), accepted]);
    tap(&mut link, &engine, testing::USER_PIN).unwrap();
    assert_eq!(results(&engine).len(), 2, "the card counts from the beginning");
}

#[test]
fn without_a_pin_the_card_is_given_none() {
    let none = [NoPin::TooLate, NoPin::GivenUp, NoPin::CardGone, NoPin::Nowhere];
    for why in none {
        let (mut link, engine) = (Held::of(Algorithm::P256), Keeps::default());
        let mut pins = Enters(Err(why), vec![]);
        let refused = tap_with(&mut link, &engine, &mut pins, &mut ChainCache::new(4));
        assert_eq!(refused.unwrap_err(), NoAnswer::NoPin(why));
        tap(&mut link, &engine, testing::USER_PIN).unwrap();
        assert!(engine.pins.borrow().is_empty(), "all tries are left");
    }
    for text in [&b"123"[..], b"12345", b"12a4", b"", "１２３４".as_bytes()] {
        assert_eq!(Pin::parse(text).unwrap_err(), NoPin::NotFourDigits);
    }
}

#[test]
fn where_no_pin_is_asked_for_a_card_that_wants_one_says_so() {
    let (mut link, engine) = (Held::of(Algorithm::P256), Keeps::default());
    let rules = Rules { reader: DOOR.parse().unwrap(), pin: PinUse::Never, token: TokenUse::Never };
    let mut pins = Enters(Ok(testing::USER_PIN), vec![]);
    let chains = &mut ChainCache::new(4);
    let tap = Tap { rules: &rules, engine: &engine, pins: &mut pins, chains, clock: &Still };
    let refused = tap.run(&mut link).outcome.unwrap_err();
    let expected = CardError::new(Step::Signature, CardFault::PinNeeded);
    assert_eq!(refused, NoAnswer::Card(expected));
    assert!(pins.1.is_empty());
}

#[test]
fn no_debug_shows_a_pin() {
    let pin = Pin::parse(b"4711").unwrap();
    assert_eq!(format!("{pin:?}"), "Pin(…)");
}
