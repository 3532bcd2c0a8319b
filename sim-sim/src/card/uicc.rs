//! The UICC's files.

use super::{
    access::Access,
    apdu::{Class, Command, Expected},
    application::{Answer, Application, Reply},
    dispatch::SELECT,
    status::Status,
};
use serde::{Deserialize, Serialize};
use simbind_core::ids::{Iccid, Imsi};

const READ_BINARY: u8 = 0xB0;

/// What the UICC keeps.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Uicc {
    iccid: Iccid,
    imsi: Imsi,
}

/// What the next selection forgets.
#[derive(Debug, Default)]
pub(super) struct Session {
    file: File,
}

#[derive(Clone, Copy, Debug, Default)]
enum File {
    #[default]
    Master,
    Iccid,
}

impl Uicc {
    pub(super) const fn new(iccid: Iccid, imsi: Imsi) -> Self {
        Self { iccid, imsi }
    }

    /// The SIM's own number.
    pub(super) const fn iccid(&self) -> Iccid {
        self.iccid
    }

    /// The subscription's number.
    pub(super) const fn imsi(&self) -> Imsi {
        self.imsi
    }
}

impl Session {
    /// The session of an application of the UICC, where it has one of this name.
    pub(super) const fn by_name(_: &[u8]) -> Option<Self> {
        None
    }

    /// What SELECT by name answers.
    #[expect(clippy::unused_self, reason = "no application yet")]
    pub(super) const fn describe(
        &mut self,
        _: &Command<'_>,
        _: &Access<'_>,
    ) -> Result<Reply, Status> {
        Err(Status::NOT_FOUND)
    }

    fn select(&mut self, command: &Command<'_>) -> Answer {
        self.file = match command.data {
            [] | [0x3F, 0x00] => File::Master,
            [0x2F, 0xE2] => File::Iccid,
            _ => return Err(Status::NOT_FOUND),
        };
        Ok(Reply::done())
    }

    fn read(&self, command: &Command<'_>, uicc: &Uicc) -> Answer {
        let File::Iccid = self.file else { return Err(Status::NO_FILE) };
        let octets = uicc.iccid.to_ef();
        let rest = octets.get(usize::from(command.parameters())..).ok_or(Status::WRONG_OFFSET)?;
        let wanted = command.expected.most();
        let reply = Reply::of(rest.get(..wanted).unwrap_or(rest));
        let short = rest.len() < wanted && command.expected != Expected::All;
        Ok(if short { reply.under(Status::END_OF_FILE) } else { reply })
    }
}

impl Application for Session {
    fn process(&mut self, command: &Command<'_>, card: &mut Access<'_>) -> Answer {
        let uicc = card.state().uicc()?;
        match (command.class, command.instruction) {
            (Class::Standard, SELECT) => self.select(command),
            (Class::Standard, READ_BINARY) => self.read(command, uicc),
            _ => Err(Status::WRONG_INSTRUCTION),
        }
    }
}
