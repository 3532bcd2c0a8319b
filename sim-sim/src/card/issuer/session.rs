//! A session with the domain.

use super::{AID, KEY_VERSION, MOST_FAILURES, content, content::Loading, personal::Personal};
use crate::card::{
    access::Access,
    apdu::{Class, Command},
    application::{Answer, Application, Reply},
    scp03::{Channel, CipherFault, Level, SessionKeys, WrapFault, same},
    status::Status,
    tlv::object,
};

const INITIALIZE_UPDATE: u8 = 0x50;
const EXTERNAL_AUTHENTICATE: u8 = 0x82;
const STORE_DATA: u8 = 0xE2;
const DELETE: u8 = 0xE4;
const INSTALL: u8 = 0xE6;
const LOAD: u8 = 0xE8;
const SET_STATUS: u8 = 0xF0;
const GET_STATUS: u8 = 0xF2;

/// What the next selection forgets.
#[derive(Default)]
pub(in crate::card) struct Session {
    stage: Stage,
}

#[derive(Default)]
enum Stage {
    #[default]
    Closed,
    /// Both sides drew their challenge.
    Challenged(SessionKeys),
    Open(Box<Open>),
}

/// An open session, and what it has collected.
struct Open {
    channel: Channel,
    loading: Loading,
    personal: Personal,
}

/// A command as its sender meant it.
pub(super) struct Plain {
    pub(super) p1: u8,
    pub(super) p2: u8,
    pub(super) data: Vec<u8>,
    pub(super) level: Level,
}

impl From<CipherFault> for Status {
    fn from(_: CipherFault) -> Self {
        Self::FAULT
    }
}

impl Session {
    /// Selects the domain.
    pub(in crate::card) fn select(command: &Command<'_>) -> (Self, Reply) {
        let mut fields = object(0x84, AID);
        // The longest data of a command.
        fields.extend(object(0xA5, &object(0x9F65, &[0xFF])));
        let control = object(0x6F, &fields);
        let wanted = command.p2 != 0x0C && command.needs_room(control.len()).is_ok();
        (Self::default(), if wanted { Reply::of(control) } else { Reply::done() })
    }

    /// INITIALIZE UPDATE (Amendment D section 7.1.1): the host's challenge against the card's, and
    /// the card's proof of the keys.
    fn initialize(&mut self, command: &Command<'_>, card: &mut Access<'_>) -> Answer {
        self.stage = Stage::Closed;
        let domain = &card.state().issuer;
        if domain.left == 0 {
            return Err(Status::BLOCKED);
        }
        if !matches!((command.p1, command.p2), (0x00 | KEY_VERSION, 0x00)) {
            return Err(Status::NO_DATA);
        }
        let host = command.data.try_into().map_err(|_| Status::WRONG_LENGTH)?;
        let mut challenge = [0; 8];
        card.random.fill_bytes(&mut challenge);
        let keys = SessionKeys::derive(&card.state().issuer.keys, host, challenge)?;
        // Ten octets of diversification, version, protocol 03 with random challenges.
        let mut answer = vec![0; 10];
        answer.extend([KEY_VERSION, 0x03, 0x00]);
        answer.extend(challenge);
        answer.extend(keys.card_cryptogram()?);
        command.needs_room(answer.len())?;
        self.stage = Stage::Challenged(keys);
        Ok(Reply::of(answer))
    }

    /// EXTERNAL AUTHENTICATE (section 7.1.2). A try is kept as taken before anything is compared.
    fn authenticate(&mut self, command: &Command<'_>, card: &mut Access<'_>) -> Answer {
        let Stage::Challenged(keys) = std::mem::take(&mut self.stage) else {
            return Err(Status::CONDITIONS);
        };
        let level = Level::from_p1(command.p1).filter(|_| command.p2 == 0);
        let level = level.ok_or(Status::WRONG_PARAMETERS)?;
        if command.data.len() != 16 {
            return Err(Status::WRONG_LENGTH);
        }
        card.commit(|state| state.issuer.spend())?;
        let expected = keys.host_cryptogram()?;
        let mut channel = Channel::new(keys, level);
        let proof = channel.open(header(command), command.data);
        if !proof.is_ok_and(|proof| same(proof, &expected)) {
            return Err(Status::NOT_AUTHENTICATED);
        }
        card.commit(|state| {
            state.issuer.left = MOST_FAILURES;
            Ok(())
        })?;
        let (loading, personal) = (Loading::default(), Personal::default());
        self.stage = Stage::Open(Box::new(Open { channel, loading, personal }));
        Ok(Reply::done())
    }

    /// A command of the open session. One that was not made by the other side ends it.
    fn secured(&mut self, command: &Command<'_>, card: &mut Access<'_>) -> Answer {
        let Stage::Open(open) = &mut self.stage else { return Err(Status::SECURITY) };
        let data = match open.channel.unwrap(header(command), command.data) {
            Ok(data) => data,
            Err(fault) => {
                self.stage = Stage::Closed;
                let broken = matches!(fault, WrapFault::Cipher(_));
                return Err(if broken { Status::FAULT } else { Status::SECURITY });
            }
        };
        let level = open.channel.level();
        let plain = Plain { p1: command.p1, p2: command.p2, data, level };
        let answer = match command.instruction {
            INSTALL if plain.p1 == 0x20 => open.personal.target(&plain, card),
            INSTALL => open.loading.install(&plain, card),
            LOAD => open.loading.load(&plain, card),
            STORE_DATA => open.personal.store(&plain, card),
            DELETE => content::delete(&plain, card),
            SET_STATUS => content::set_status(&plain, card),
            GET_STATUS => content::get_status(&plain, card),
            _ => Err(Status::WRONG_INSTRUCTION),
        }?;
        if !answer.data.is_empty() {
            command.needs_room(answer.data.len())?;
        }
        Ok(answer)
    }
}

impl Application for Session {
    fn process(&mut self, command: &Command<'_>, card: &mut Access<'_>) -> Answer {
        match (command.class, command.instruction) {
            (Class::Own, INITIALIZE_UPDATE) => self.initialize(command, card),
            (Class::OwnSecured, EXTERNAL_AUTHENTICATE) => self.authenticate(command, card),
            (Class::OwnSecured, _) => self.secured(command, card),
            (
                Class::Own,
                STORE_DATA
                | DELETE
                | INSTALL
                | LOAD
                | SET_STATUS
                | GET_STATUS
                | EXTERNAL_AUTHENTICATE,
            ) => Err(Status::SECURITY),
            _ => Err(Status::WRONG_INSTRUCTION),
        }
    }
}

/// The header of a secured command as its MAC covers it.
const fn header(command: &Command<'_>) -> [u8; 4] {
    [0x84, command.instruction, command.p1, command.p2]
}
