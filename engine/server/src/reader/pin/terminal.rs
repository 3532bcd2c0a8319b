use super::input::{Line, Lines};
use crate::reader::{Ask, NoPin, Pin, PinSource, TriesLeft};
use rustix::termios::{
    LocalModes, OptionalActions, QueueSelector, Termios, tcflush, tcgetattr, tcsetattr,
};
use std::{
    fs::{File, OpenOptions},
    io::Write as _,
    time::{Duration, Instant},
};

/// PINs that a person enters at the terminal that the agent was started at. What is typed is not
/// shown.
pub struct TerminalPins {
    lines: Lines<File>,
    patience: Duration,
}

/// A terminal that shows nothing, until this is dropped.
struct Hidden {
    terminal: File,
    before: Termios,
}

impl Hidden {
    fn new(terminal: &File) -> Result<Self, NoPin> {
        let nowhere = |_| NoPin::Nowhere;
        let before = tcgetattr(terminal).map_err(nowhere)?;
        let mut without = before.clone();
        without.local_modes.remove(LocalModes::ECHO);
        // The end of the line is shown, so that what is printed next begins on its own.
        without.local_modes.insert(LocalModes::ICANON | LocalModes::ECHONL);
        let terminal = terminal.try_clone().map_err(|_| NoPin::Nowhere)?;
        // What was typed before the question is thrown away: it was meant for something else.
        tcsetattr(&terminal, OptionalActions::Flush, &without).map_err(nowhere)?;
        Ok(Self { terminal, before })
    }
}

impl Drop for Hidden {
    fn drop(&mut self) {
        // Half a PIN that was typed and not ended is not left for whoever reads next.
        let _ = tcflush(&self.terminal, QueueSelector::IFlush);
        let _ = tcsetattr(&self.terminal, OptionalActions::Now, &self.before);
    }
}

impl TerminalPins {
    /// PINs from the terminal that this process belongs to.
    ///
    /// # Errors
    /// [`NoPin::Nowhere`] where it belongs to none.
    pub fn open(patience: Duration) -> Result<Self, NoPin> {
        let terminal = OpenOptions::new().read(true).write(true).open("/dev/tty");
        let terminal = terminal.map_err(|_| NoPin::Nowhere)?;
        Ok(Self { lines: Lines::new(terminal), patience })
    }
}

impl PinSource for TerminalPins {
    fn ask(&mut self, ask: Ask, still: &mut dyn FnMut() -> bool) -> Result<Pin, NoPin> {
        self.lines.forget();
        let mut terminal = self.lines.source().try_clone().map_err(|_| NoPin::Nowhere)?;
        let _hidden = Hidden::new(&terminal)?;
        let _ = write!(terminal, "{}", prompt(ask));
        let until = Instant::now().checked_add(self.patience).ok_or(NoPin::TooLate)?;
        let line = self.lines.next(until, still);
        if line.is_err() {
            let _ = writeln!(terminal);
        }
        match line? {
            Line::Read(line) if line.is_empty() => Err(NoPin::GivenUp),
            Line::Read(line) => Pin::parse(&line),
            Line::TooLong => Err(NoPin::NotFourDigits),
        }
    }
}

fn prompt(ask: Ask) -> String {
    let warning = match ask.tries {
        TriesLeft::Some(1) => {
            "あと1回間違えるとロックされます / one more wrong PIN blocks it\n".to_owned()
        }
        TriesLeft::Some(left) if left < 3 => format!("残り{left}回 / {left} tries are left\n"),
        _ => String::new(),
    };
    format!("{warning}暗証番号（4桁） / PIN (4 digits): ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_with_one_try_left_is_told_before() {
        let prompt = |tries| prompt(Ask { tries });
        assert!(prompt(TriesLeft::Some(1)).contains("one more wrong PIN blocks it"));
        assert!(prompt(TriesLeft::Some(2)).contains("2 tries are left"));
        assert!(!prompt(TriesLeft::Some(3)).contains("left"));
    }
}
