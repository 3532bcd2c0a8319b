//! The applet while it is selected.

use super::{applet::Life, data, files::File, pins, sign};
use crate::card::{
    access::Access,
    apdu::{Class, Command},
    application::{Answer, Application, Reply},
    dispatch::SELECT,
    pin::Role,
    status::Status,
};

const VERIFY: u8 = 0x20;
const CHANGE_REFERENCE_DATA: u8 = 0x24;
const SIGN: u8 = 0x2A;
const READ_BINARY: u8 = 0xB0;
const GET_DATA: u8 = 0xCA;

/// What the next selection forgets.
#[derive(Debug, Default)]
pub(in crate::card) struct Session {
    pub(super) file: Option<File>,
    pub(super) user: Seen,
    pub(super) signature: Seen,
}

/// Whether a PIN was shown since the selection.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Seen {
    #[default]
    No,
    Yes,
}

impl Session {
    /// Selects the applet.
    ///
    /// # Errors
    /// 6A82 where it is not loaded.
    pub(in crate::card) fn select(card: &Access<'_>) -> Result<(Self, Reply), Status> {
        let reply = match card.state().jpki.applet()?.life() {
            Life::Loaded | Life::Personalised => Reply::done(),
            Life::Locked { .. } => Reply::done().under(Status::LOCKED),
        };
        Ok((Self::default(), reply))
    }

    pub(super) const fn seen(&self, role: Role) -> Seen {
        match role {
            Role::User => self.user,
            Role::Signature => self.signature,
        }
    }

    pub(super) const fn set_seen(&mut self, role: Role, seen: Seen) {
        match role {
            Role::User => self.user = seen,
            Role::Signature => self.signature = seen,
        }
    }
}

impl Application for Session {
    fn process(&mut self, command: &Command<'_>, card: &mut Access<'_>) -> Answer {
        let instruction = Instruction::parse(command)?;
        let locked = matches!(card.state().jpki.applet()?.life(), Life::Locked { .. });
        match instruction {
            Instruction::GetData => data::get(command, card),
            _ if locked => Err(Status::CONDITIONS),
            Instruction::Select => self.select_file(command, card),
            Instruction::Verify => pins::verify(self, command, card),
            Instruction::Change => pins::change(self, command, card),
            Instruction::Read => self.read_binary(command, card),
            Instruction::Sign => sign::sign(self, command, card),
        }
    }
}

/// What the applet can be asked for.
#[derive(Clone, Copy)]
enum Instruction {
    Select,
    Verify,
    Change,
    Read,
    Sign,
    GetData,
}

impl Instruction {
    /// Reads class and instruction. GET DATA of class 00 and signing by class 00 are other
    /// commands, which clients try on cards that they do not know.
    fn parse(command: &Command<'_>) -> Result<Self, Status> {
        match (command.class, command.instruction) {
            (Class::OwnSecured, _) => Err(Status::NO_SECURE_MESSAGING),
            (Class::Standard, SELECT) => Ok(Self::Select),
            (Class::Standard, VERIFY) => Ok(Self::Verify),
            (Class::Standard, CHANGE_REFERENCE_DATA) => Ok(Self::Change),
            (Class::Standard, READ_BINARY) => Ok(Self::Read),
            (Class::Own, SIGN) => Ok(Self::Sign),
            (Class::Own, GET_DATA) => Ok(Self::GetData),
            (Class::Own, SELECT | VERIFY | CHANGE_REFERENCE_DATA | READ_BINARY) => {
                Err(Status::WRONG_CLASS)
            }
            (Class::Standard | Class::Own, _) => Err(Status::WRONG_INSTRUCTION),
        }
    }
}
