//! Commands and answers of a card (ISO/IEC 7816-4), short ones only.

use super::{Link, LinkFault};
use std::fmt;
use zeroize::Zeroizing;

/// The longest answer to one command: 256 bytes and the status word.
const LONGEST: usize = 258;
/// The data of one answer.
pub(super) const PART: usize = 256;
/// How often a card may say that there is more, or that the length was another.
const MORE: usize = 8;

/// A card's status word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Status(u16);

impl Status {
    /// Done.
    pub const DONE: Self = Self(0x9000);
    /// The conditions of use are not met.
    pub const CONDITIONS: Self = Self(0x6985);
    /// The PIN is needed.
    pub const NOT_ALLOWED: Self = Self(0x6982);
    /// The PIN is blocked.
    pub const BLOCKED: Self = Self(0x6983);

    /// From the two last bytes of an answer.
    pub const fn new(word: u16) -> Self {
        Self(word)
    }

    /// The tries that are left, where it is a status that tells them.
    pub fn tries_left(self) -> Option<u8> {
        (self.0 & 0xFFF0 == 0x63C0).then(|| self.low() & 0x0F)
    }

    fn high(self) -> u8 {
        self.0.to_be_bytes()[0]
    }

    fn low(self) -> u8 {
        self.0.to_be_bytes()[1]
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04X}", self.0)
    }
}

/// An answer: its data and its status.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) data: Vec<u8>,
    pub(super) status: Status,
}

/// Why there is no answer to a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NoAnswerToCommand {
    Link(LinkFault),
    /// The bytes are no answer of a card.
    Malformed,
}

impl From<LinkFault> for NoAnswerToCommand {
    fn from(fault: LinkFault) -> Self {
        Self::Link(fault)
    }
}

/// Sends a command. Where the card says that more can be fetched, or which length is right, that is
/// done, a bounded number of times and to so many bytes.
pub(super) fn exchange(
    link: &mut (impl Link + ?Sized),
    command: &[u8],
    most: usize,
) -> Result<Answer, NoAnswerToCommand> {
    let mut data = Vec::new();
    // A command can hold a PIN.
    let mut next = Zeroizing::new(command.to_vec());
    for _ in 0..MORE.saturating_add(most / PART) {
        let mut answer = link.transmit(&next)?;
        let word = answer.len().checked_sub(2).filter(|_| answer.len() <= LONGEST);
        let tail = word.map(|at| answer.split_off(at)).unwrap_or_default();
        let Ok(word) = <[u8; 2]>::try_from(tail) else { return Err(NoAnswerToCommand::Malformed) };
        let status = Status(u16::from_be_bytes(word));
        match status.high() {
            0x6C if next.len() == 5 => {
                next.pop();
                next.push(status.low());
            }
            high => {
                data.append(&mut answer);
                if data.len() > most {
                    return Err(NoAnswerToCommand::Malformed);
                }
                if high != 0x61 {
                    return Ok(Answer { data, status });
                }
                next = Zeroizing::new(vec![0x00, 0xC0, 0x00, 0x00, status.low()]);
            }
        }
    }
    Err(NoAnswerToCommand::Malformed)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Answers from a list, and keeps what it was sent.
    struct Listed {
        answers: Vec<Vec<u8>>,
        sent: Vec<Vec<u8>>,
    }

    impl Link for Listed {
        fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, LinkFault> {
            self.sent.push(command.to_vec());
            if self.answers.is_empty() {
                return Err(LinkFault::Removed);
            }
            Ok(self.answers.remove(0))
        }
    }

    fn listed(answers: &[&[u8]]) -> Listed {
        Listed { answers: answers.iter().map(|answer| answer.to_vec()).collect(), sent: vec![] }
    }

    #[test]
    fn more_is_fetched_and_a_wrong_length_is_mended() {
        let mut link = listed(&[&[1, 2, 0x61, 2], &[3, 4, 0x90, 0]]);
        let answer = exchange(&mut link, &[0, 0xB0, 0, 0, 0], PART).unwrap_or_else(|_| panic!());
        assert_eq!((answer.data, answer.status), (vec![1, 2, 3, 4], Status::DONE));
        assert_eq!(link.sent[1], [0, 0xC0, 0, 0, 2]);
        let mut link = listed(&[&[0x6C, 10], &[7, 0x90, 0]]);
        let answer = exchange(&mut link, &[0, 0xB0, 0, 0, 0], PART).unwrap_or_else(|_| panic!());
        assert_eq!(answer.data, [7]);
        assert_eq!(link.sent[1], [0, 0xB0, 0, 0, 10]);
    }

    #[test]
    fn an_answer_that_is_none_or_too_much_is_not_taken() {
        let long = [0u8; 259];
        let endless = vec![&[0x61u8, 1][..]; 20];
        let more = [&[5u8; 200][..], &[0x61, 0]].concat();
        for answers in
            [vec![&[][..]], vec![&[0x90][..]], vec![&long[..]], endless, vec![&more[..]; 3]]
        {
            let mut link = listed(&answers);
            let refused = exchange(&mut link, &[0, 0xB0, 0, 0, 0], PART).err();
            assert_eq!(refused, Some(NoAnswerToCommand::Malformed));
            assert!(link.sent.len() <= MORE + 1);
        }
    }

    #[test]
    fn tries_left_are_told_by_63cx_alone() {
        for (word, left) in [(0x63C3, Some(3)), (0x63C0, Some(0)), (0x6300, None), (0x6983, None)] {
            assert_eq!(Status(word).tries_left(), left, "{word:04X}");
        }
    }
}
