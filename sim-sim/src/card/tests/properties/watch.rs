//! Somebody who looks over the shoulder of card and reader, and knows the PINs. It reads commands
//! on its own, by no code of the card's.

use super::*;

/// What was seen so far.
pub(super) struct Watch {
    applet: bool,
    file: Option<[u8; 2]>,
    pins: [Vec<u8>; 2],
    open: [bool; 2],
    tries: [u8; 2],
    counter: u64,
    signed: [u64; 2],
}

/// The PIN that cards begin with and the counter sets.
pub(super) fn pin(role: Role) -> &'static [u8] {
    if role == Role::User { testing::USER_PIN } else { testing::SIGNATURE_PIN }
}

fn place(role: Role) -> usize {
    usize::from(role == Role::Signature)
}

fn tries(state: &State) -> [u8; 2] {
    [Role::User, Role::Signature].map(|role| state.jpki.applet().unwrap().pin(role).left())
}

fn counter(state: &State) -> u64 {
    state.jpki.signatures().unwrap()
}

impl Watch {
    pub(super) fn new(state: &State) -> Self {
        Self {
            applet: false,
            file: None,
            pins: [pin(Role::User).to_vec(), pin(Role::Signature).to_vec()],
            open: [false; 2],
            tries: tries(state),
            counter: counter(state),
            signed: [0; 2],
        }
    }

    pub(super) fn signed(&self) -> [u64; 2] {
        self.signed
    }

    /// The card began anew: nothing is open, and no counter moved.
    pub(super) fn began(&mut self, state: &State) {
        self.ended();
        assert_eq!(tries(state), self.tries);
        assert_eq!(counter(state), self.counter);
    }

    /// The counter set a PIN anew.
    pub(super) fn pin_was_reset(&mut self, role: Role) {
        self.pins[place(role)] = pin(role).to_vec();
        self.tries[place(role)] = role.tries();
    }

    /// A key was made anew, and has no PIN yet.
    pub(super) fn pin_is_none(&mut self, role: Role) {
        self.tries[place(role)] = 0;
    }

    fn ended(&mut self) {
        self.applet = false;
        self.file = None;
        self.open = [false; 2];
    }

    /// The role of the selected file among two.
    fn role_of(&self, user: u8, signature: u8) -> Option<Role> {
        match self.file {
            _ if !self.applet => None,
            Some([0, low]) if low == user => Some(Role::User),
            Some([0, low]) if low == signature => Some(Role::Signature),
            _ => None,
        }
    }

    /// A command was answered while the power stayed.
    pub(super) fn answered(&mut self, command: &[u8], answer: &Response, state: &State) {
        let done = matches!(answer.status.word(), 0x9000 | 0x9100..=0x91FF);
        let data: &[u8] = match command {
            [_, _, _, _, lc, data @ ..] => &data[..usize::from(*lc).min(data.len())],
            _ => &[],
        };
        let mut now = self.tries;
        let mut count = self.counter;
        match command {
            [0x00, 0xA4, 0x04, ..] if done || answer.status == Status::LOCKED => {
                self.ended();
                self.applet = data == JPKI_AID;
            }
            [0x00, 0xA4, 0x00, ..] if done && matches!(data, [] | [0x3F, 0]) => self.ended(),
            [0x00, 0xA4, ..] if done && self.applet => self.file = data.try_into().ok(),
            [0x00, 0x20 | 0x24, ..] if !data.is_empty() => {
                if let Some(role) = self.role_of(0x18, 0x1B) {
                    self.compared(role, command[1], data, answer, &mut now);
                }
            }
            [0x80, 0x2A, ..] if done && self.applet => {
                let role = self.role_of(0x17, 0x1A).expect("a key signs");
                assert!(self.open[place(role)], "signed without the PIN of {role:?}");
                assert!(!answer.data.is_empty());
                self.signed[place(role)] += 1;
                count += u64::from(role == Role::User);
            }
            _ => {}
        }
        assert_eq!(tries(state), now);
        assert_eq!(counter(state), count);
        (self.tries, self.counter) = (now, count);
    }

    /// A PIN was told to VERIFY or to CHANGE REFERENCE DATA.
    fn compared(
        &mut self,
        role: Role,
        instruction: u8,
        data: &[u8],
        answer: &Response,
        now: &mut [u8; 2],
    ) {
        let at = place(role);
        let (verify, length) = (instruction == 0x20, self.pins[at].len());
        let right = if verify { data == self.pins[at] } else { data.starts_with(&self.pins[at]) };
        match answer.status.word() {
            0x9000 => {
                assert!(right && self.tries[at] > 0, "a PIN that is not right, or blocked");
                now[at] = role.tries();
                self.open[at] = verify;
                if !verify {
                    self.pins[at] = data[length..].to_vec();
                }
            }
            // The old PIN was right, and the new one is none.
            0x6A80 => {
                assert!(right && !verify && self.tries[at] > 0);
                now[at] = role.tries();
                self.open[at] = false;
            }
            0x6983 => {
                assert_eq!(self.tries[at], 0);
                self.open[at] = false;
            }
            word @ 0x63C0..=0x63CF => {
                assert!(!right);
                now[at] = self.tries[at].checked_sub(1).expect("a try to take");
                assert_eq!(word & 0xF, u16::from(now[at]));
                self.open[at] = false;
            }
            // Not read as a PIN at all.
            0x6700 | 0x6A86 => {}
            word => panic!("{word:04X} of a PIN"),
        }
    }

    /// The power went during a command, and is back.
    pub(super) fn torn(&mut self, command: &[u8], answer: &Response, kept: &State) {
        if answer.status == Status::MEMORY {
            // No answer that tells anything; at most a try and a count are lost.
            assert!(answer.data.is_empty());
            for (was, is) in self.tries.iter().zip(tries(kept)) {
                assert!(is <= *was && is + 1 >= *was);
            }
            assert!((self.counter..=self.counter + 1).contains(&counter(kept)));
            (self.tries, self.counter) = (tries(kept), counter(kept));
        } else {
            self.answered(command, answer, kept);
        }
        self.began(kept);
    }
}
