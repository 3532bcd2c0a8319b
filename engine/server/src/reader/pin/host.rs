use super::input::{Line, Lines};
use crate::reader::{Ask, NoPin, Pin, PinSource};
use rustix::fd::AsFd;
use std::time::{Duration, Instant};
use zeroize::Zeroizing;

/// How a host program's answers are told from those to an earlier question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answers {
    /// The first line is the PIN, whenever it came: for a script that takes one tap.
    Plain,
    /// A line is the question's number, a space and the PIN. One with another number is late: it
    /// was meant for another card, and is not tried on this one.
    Numbered,
}

/// PINs that a host program writes, a line each, when it is asked.
pub struct HostPins<F> {
    lines: Lines<F>,
    answers: Answers,
    patience: Duration,
    asked: u64,
    ask: Box<dyn FnMut(u64, Ask) + Send>,
}

impl<F: AsFd> HostPins<F> {
    /// PINs from there. The question is put to the host by `ask`, with its number.
    pub fn new(
        from: F,
        answers: Answers,
        patience: Duration,
        ask: impl FnMut(u64, Ask) + Send + 'static,
    ) -> Self {
        Self { lines: Lines::new(from), answers, patience, asked: 0, ask: Box::new(ask) }
    }

    /// The PIN in a line that answers this question; `None` where it answers another one.
    fn answered(&self, line: &Zeroizing<Vec<u8>>) -> Option<Result<Pin, NoPin>> {
        let pin = match self.answers {
            Answers::Plain => Some(&line[..]),
            Answers::Numbered => {
                let number = self.asked.to_string();
                line.strip_prefix(number.as_bytes()).and_then(|rest| rest.strip_prefix(b" "))
            }
        }?;
        Some(if pin.is_empty() { Err(NoPin::GivenUp) } else { Pin::parse(pin) })
    }
}

impl<F: AsFd> PinSource for HostPins<F> {
    fn ask(&mut self, ask: Ask, still: &mut dyn FnMut() -> bool) -> Result<Pin, NoPin> {
        self.asked = self.asked.saturating_add(1);
        (self.ask)(self.asked, ask);
        let until = Instant::now().checked_add(self.patience).ok_or(NoPin::TooLate)?;
        loop {
            match self.lines.next(until, still)? {
                Line::Read(line) => {
                    if let Some(answer) = self.answered(&line) {
                        return answer;
                    }
                }
                Line::TooLong if self.answers == Answers::Plain => {
                    return Err(NoPin::NotFourDigits);
                }
                Line::TooLong => {}
            }
        }
    }
}
