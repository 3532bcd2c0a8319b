use super::*;
use rustix::{io::write, pipe::pipe};
use std::{sync::mpsc::channel, time::Duration};

const ASK: Ask = Ask { tries: TriesLeft::Some(3) };
const LONG: Duration = Duration::from_secs(60);

fn text(pin: Result<Pin, NoPin>) -> Result<String, NoPin> {
    pin.map(|pin| String::from_utf8(pin.digits().to_vec()).unwrap())
}

#[test]
fn a_script_writes_its_one_pin_before_it_is_asked() {
    for (line, expected) in [
        ("1234\n", Ok("1234".to_owned())),
        ("1234\r\n", Ok("1234".to_owned())),
        ("123\n", Err(NoPin::NotFourDigits)),
        ("\n", Err(NoPin::GivenUp)),
        ("", Err(NoPin::GivenUp)),
        ("12", Err(NoPin::GivenUp)),
    ] {
        let (from, to) = pipe().unwrap();
        write(&to, line.as_bytes()).unwrap();
        drop(to);
        let mut pins = HostPins::new(from, Answers::Plain, LONG, |_, _| {});
        assert_eq!(text(pins.ask(ASK, &mut || true)), expected, "{line:?}");
    }
    let (from, to) = pipe().unwrap();
    write(&to, &[b"9".repeat(500), b"\n1234\n".to_vec()].concat()).unwrap();
    let mut pins = HostPins::new(from, Answers::Plain, LONG, |_, _| {});
    assert_eq!(text(pins.ask(ASK, &mut || true)), Err(NoPin::NotFourDigits));
}

#[test]
fn an_answer_to_an_earlier_question_is_not_tried_on_this_card() {
    let (from, to) = pipe().unwrap();
    let (told, asked) = channel();
    let mut pins = HostPins::new(from, Answers::Numbered, LONG, move |number, _| {
        told.send(number).unwrap();
    });
    // Nothing is entered, and the card is taken away.
    assert_eq!(text(pins.ask(ASK, &mut || false)), Err(NoPin::CardGone));
    let first = asked.recv().unwrap();
    // The answer comes late, and with it what is no answer at all.
    write(&to, format!("{first} 1111\n2222\n\n{} 3333\n", first + 1).as_bytes()).unwrap();
    assert_eq!(text(pins.ask(ASK, &mut || true)), Ok("3333".to_owned()));
    assert_eq!(asked.recv().unwrap(), first + 1);
}

#[test]
fn a_pin_is_waited_for_only_so_long() {
    let (from, _to) = pipe().unwrap();
    let patience = Duration::from_millis(1);
    let mut pins = HostPins::new(from, Answers::Plain, patience, |_, _| {});
    assert_eq!(text(pins.ask(ASK, &mut || true)), Err(NoPin::TooLate));
}
