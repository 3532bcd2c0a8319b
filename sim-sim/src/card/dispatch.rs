//! Which application a command goes to.

use super::{
    access::Access,
    apdu::{Class, Command},
    application::{Answer, Application, Reply},
    ara, issuer, jpki,
    status::Status,
    uicc,
};

/// SELECT (ISO/IEC 7816-4 clause 11.2.2).
pub(crate) const SELECT: u8 = 0xA4;

/// The application that is selected, with all that its selection holds.
pub(crate) enum Selected {
    Uicc(uicc::Session),
    Ara(ara::Session),
    Jpki(jpki::Session),
    Issuer(issuer::Session),
}

impl Default for Selected {
    /// After a reset the master file is selected.
    fn default() -> Self {
        Self::Uicc(uicc::Session::default())
    }
}

impl Selected {
    /// Whether it is the applet with the keys.
    pub(crate) const fn is_applet(&self) -> bool {
        matches!(self, Self::Jpki(_))
    }

    /// Serves a command.
    pub(crate) fn process(&mut self, command: &Command<'_>, card: &mut Access<'_>) -> Answer {
        if let Some(name) = name_selected(command)? {
            // Where nothing answers to the name, what was selected stays.
            let (selected, reply) = by_name(name, command, card)?;
            *self = selected;
            return Ok(reply);
        }
        if selects_master_file(command) {
            let mut session = uicc::Session::default();
            let reply = session.process(command, card)?;
            *self = Self::Uicc(session);
            return Ok(reply);
        }
        match self {
            Self::Uicc(session) => session.process(command, card),
            Self::Ara(session) => session.process(command, card),
            Self::Jpki(session) => session.process(command, card),
            Self::Issuer(session) => session.process(command, card),
        }
    }
}

/// The name in a SELECT by name of the first or only application.
fn name_selected<'a>(command: &Command<'a>) -> Result<Option<&'a [u8]>, Status> {
    if command.class != Class::Standard || command.instruction != SELECT || command.p1 != 0x04 {
        return Ok(None);
    }
    match command.p2 {
        0x00 | 0x04 | 0x0C => Ok(Some(command.data)),
        _ => Err(Status::WRONG_PARAMETERS),
    }
}

fn selects_master_file(command: &Command<'_>) -> bool {
    command.class == Class::Standard
        && command.instruction == SELECT
        && command.p1 == 0x00
        && matches!(command.data, [] | [0x3F, 0x00])
}

/// Selects the application of a name.
fn by_name(
    name: &[u8],
    command: &Command<'_>,
    card: &mut Access<'_>,
) -> Result<(Selected, Reply), Status> {
    if name == jpki::AID {
        let (session, reply) = jpki::Session::select(card)?;
        return Ok((Selected::Jpki(session), reply));
    }
    // The rest is on SIMs alone.
    card.state().uicc()?;
    if name == ara::AID {
        return Ok((Selected::Ara(ara::Session::default()), Reply::done()));
    }
    if name == issuer::AID {
        let (session, reply) = issuer::Session::select(command);
        return Ok((Selected::Issuer(session), reply));
    }
    if let Some(session) = uicc::Session::by_name(name) {
        let reply = session.describe(command, card)?;
        return Ok((Selected::Uicc(session), reply));
    }
    Err(Status::NOT_FOUND)
}
