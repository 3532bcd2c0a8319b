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
        match (command.class, command.instruction) {
            (Class::Own, GET_DATA) => return data::get(command, card),
            (Class::OwnSecured, _) => return Err(Status::NO_SECURE_MESSAGING),
            _ => {}
        }
        let life = card.state().jpki.applet()?.life();
        match (command.class, command.instruction) {
            (Class::Standard, SELECT | VERIFY | CHANGE_REFERENCE_DATA | READ_BINARY)
            | (Class::Own, SIGN)
                if matches!(life, Life::Locked { .. }) =>
            {
                Err(Status::CONDITIONS)
            }
            (Class::Standard, SELECT) => self.select_file(command, card),
            (Class::Standard, VERIFY) => pins::verify(self, command, card),
            (Class::Standard, CHANGE_REFERENCE_DATA) => pins::change(self, command, card),
            (Class::Standard, READ_BINARY) => self.read_binary(command, card),
            (Class::Own, SIGN) => sign::sign(self, command, card),
            (Class::Own, SELECT | VERIFY | CHANGE_REFERENCE_DATA | READ_BINARY)
            | (Class::Standard, SIGN) => Err(Status::WRONG_CLASS),
            _ => Err(Status::WRONG_INSTRUCTION),
        }
    }
}
