//! VERIFY and CHANGE REFERENCE DATA.

use super::{
    applet::Applet,
    files::File,
    session::{Seen, Session},
};
use crate::card::{
    access::Access,
    apdu::{Command, Expected},
    application::{Answer, Reply},
    pin::{Pin, Role},
    status::Status,
};

/// P2: the PIN whose file is selected.
const SELECTED: u16 = 0x0080;

/// VERIFY: without data, tells how many tries are left.
pub(super) fn verify(
    session: &mut Session,
    command: &Command<'_>,
    card: &mut Access<'_>,
) -> Answer {
    let role = selected(session, command)?;
    if command.data.is_empty() {
        return Err(Status::tries(card.state().jpki.applet()?.pin(role).left()));
    }
    needs_silence(command)?;
    // No PIN has such a length, so nothing is compared and no try is taken.
    if !(role.shortest()..=role.longest()).contains(&command.data.len()) {
        return Err(Status::WRONG_LENGTH);
    }
    compare(session, role, command.data, card, |applet| applet.pin_mut(role).restore(role))?;
    session.set_seen(role, Seen::Yes);
    Ok(Reply::done())
}

/// CHANGE REFERENCE DATA: the PIN, and behind it the new one.
pub(super) fn change(
    session: &mut Session,
    command: &Command<'_>,
    card: &mut Access<'_>,
) -> Answer {
    let role = selected(session, command)?;
    needs_silence(command)?;
    if !(2 * role.shortest()..=2 * role.longest()).contains(&command.data.len()) {
        return Err(Status::WRONG_LENGTH);
    }
    // Where the first ends is known by the length of the PIN on the card. What cannot hold it is
    // a wrong PIN and costs a try, so that trying tells no length for nothing.
    let length = card.state().jpki.applet()?.pin(role).length();
    let (old, new) = command.data.split_at_checked(length).unwrap_or((command.data, &[]));
    let pin = Pin::new(role, new);
    compare(session, role, old, card, |applet| match &pin {
        Ok(pin) => applet.set_pin(role, pin.clone()),
        Err(_) => applet.pin_mut(role).restore(role),
    })?;
    pin.map_or(Err(Status::WRONG_DATA), |_| Ok(Reply::done()))
}

/// The PIN that a command is about.
fn selected(session: &Session, command: &Command<'_>) -> Result<Role, Status> {
    command.needs_parameters(SELECTED)?;
    match session.file {
        Some(File::Pin(role)) => Ok(role),
        Some(_) => Err(Status::WRONG_FILE),
        None => Err(Status::NO_FILE),
    }
}

/// Neither command has an answer.
fn needs_silence(command: &Command<'_>) -> Result<(), Status> {
    match command.expected {
        Expected::Nothing => Ok(()),
        Expected::UpTo(_) | Expected::All => Err(Status::WRONG_LENGTH),
    }
}

/// Compares a PIN. The try is taken, and kept as taken, before anything is compared: whoever cuts
/// the power afterwards has spent it. Only what follows a match gives the tries back, in one write with a new PIN.
fn compare(
    session: &mut Session,
    role: Role,
    candidate: &[u8],
    card: &mut Access<'_>,
    matched: impl FnOnce(&mut Applet),
) -> Result<(), Status> {
    session.set_seen(role, Seen::No);
    change_applet(card, |applet| applet.pin_mut(role).spend())?;
    let pin = card.state().jpki.applet()?.pin(role);
    if !pin.matches(candidate) {
        return Err(Status::tries(pin.left()));
    }
    change_applet(card, |applet| {
        matched(applet);
        Ok(())
    })
}

fn change_applet(
    card: &mut Access<'_>,
    change: impl FnOnce(&mut Applet) -> Result<(), Status>,
) -> Result<(), Status> {
    card.commit(|state| change(state.jpki.applet_mut()?))
}
