//! COMPUTE DIGITAL SIGNATURE.

use super::{
    applet::Life,
    files::File,
    session::{Seen, Session},
};
use crate::card::{
    access::Access,
    apdu::Command,
    application::{Answer, Reply},
    key::Algorithm,
    status::Status,
};

/// P2: the key whose file is selected.
const SELECTED: u16 = 0x0080;

/// Signs with the selected key, once its PIN was seen. The signature is counted, and kept as
/// counted, before it is made.
pub(super) fn sign(session: &Session, command: &Command<'_>, card: &mut Access<'_>) -> Answer {
    command.needs_parameters(SELECTED)?;
    let role = match session.file {
        Some(File::Key(role)) => role,
        Some(_) => return Err(Status::WRONG_FILE),
        None => return Err(Status::NO_FILE),
    };
    let applet = card.state().jpki.applet()?;
    if applet.life() != Life::Personalised {
        return Err(Status::CONDITIONS);
    }
    let key = applet.key(role).ok_or(Status::CONDITIONS)?.clone();
    if session.seen(role) != Seen::Yes {
        return Err(Status::SECURITY);
    }
    card.state().toolkit.lock.check(card.terminal)?;
    if !key.algorithm().takes(command.data.len()) {
        return Err(Status::WRONG_LENGTH);
    }
    command.needs_room(longest(key.algorithm()))?;
    card.commit(|state| state.jpki.count(role))?;
    let value = key.sign(command.data, card.random).map_err(|_| Status::FAULT)?;
    Ok(Reply::of(value))
}

/// The most octets of a signature: those of ECDSA are DER and differ in length.
const fn longest(algorithm: Algorithm) -> usize {
    match algorithm {
        Algorithm::Rsa2048 => 256,
        Algorithm::P256 => 72,
        Algorithm::P384 => 104,
    }
}
