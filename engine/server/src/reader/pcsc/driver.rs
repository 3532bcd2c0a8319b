use crate::reader::{Driver, LinkFault, MakeDriver, Sight};
use pcsc::{
    Card, Context, Disposition, Error, MAX_BUFFER_SIZE, Protocols, ReaderState, Scope, ShareMode,
    State,
};
use std::{
    ffi::{CStr, CString},
    sync::Arc,
    thread,
    time::Duration,
};

/// How often a card is asked for that another program has, and how long in between.
const BUSY: u32 = 5;
const BUSY_WAIT: Duration = Duration::from_millis(40);
/// How often it is asked whether a card that failed is gone, and how long in between. The service
/// looks for cards a few times a second.
const GONE: u32 = 20;
const GONE_WAIT: Duration = Duration::from_millis(50);

/// Makes drivers of the reader that is meant.
pub(super) fn make(name: Option<String>) -> MakeDriver {
    let name = Arc::new(name);
    Arc::new(move || {
        let context = Context::establish(Scope::User).map_err(fault)?;
        let name = Arc::clone(&name);
        Ok(Box::new(Pcsc { context, name, state: None, card: None, failed: false })
            as Box<dyn Driver>)
    })
}

struct Pcsc {
    context: Context,
    name: Arc<Option<String>>,
    state: Option<ReaderState>,
    card: Option<Card>,
    /// Whether the card's last answer was none.
    failed: bool,
}

impl Pcsc {
    /// The reader that is meant, where it is plugged in.
    fn find(&self) -> Result<Option<CString>, LinkFault> {
        let readers = match self.context.list_readers_owned() {
            Ok(readers) => readers,
            Err(Error::NoReadersAvailable) => return Ok(None),
            Err(error) => return Err(fault(error)),
        };
        let Some(name) = &*self.name else { return Ok(readers.into_iter().next()) };
        let is = |reader: &&CString| reader.as_bytes() == name.as_bytes();
        let begins = |reader: &&CString| reader.as_bytes().starts_with(name.as_bytes());
        let found = readers.iter().find(is).or_else(|| readers.iter().find(begins));
        Ok(found.cloned())
    }

    /// Whether the card is gone, which the service learns a moment after a command failed.
    fn is_gone(&mut self) -> bool {
        (0..GONE).any(|_| {
            let gone = !self.is_there();
            if !gone {
                thread::sleep(GONE_WAIT);
            }
            gone
        })
    }

    fn reader(&self) -> Option<&CStr> {
        self.state.as_ref().map(ReaderState::name)
    }
}

impl Driver for Pcsc {
    fn watch(&mut self, longest: Duration) -> Result<Sight, LinkFault> {
        if self.state.is_none() {
            let Some(name) = self.find()? else { return Ok(Sight::NoReader) };
            tracing::info!(reader = %name.to_string_lossy(), "this reader is used");
            self.state = Some(ReaderState::new(name, State::UNAWARE));
        }
        let Some(state) = &mut self.state else { return Ok(Sight::NoReader) };
        match self.context.get_status_change(longest, std::slice::from_mut(state)) {
            Ok(()) => state.sync_current_state(),
            Err(Error::Timeout) => {}
            Err(Error::UnknownReader | Error::ReaderUnavailable) => {
                self.state = None;
                return Ok(Sight::NoReader);
            }
            Err(error) => return Err(fault(error)),
        }
        let seen = state.event_state();
        if seen.intersects(State::UNKNOWN | State::UNAVAILABLE | State::IGNORE) {
            self.state = None;
            return Ok(Sight::NoReader);
        }
        let card = seen.contains(State::PRESENT);
        Ok(if card { Sight::Card(state.event_count()) } else { Sight::Empty })
    }

    fn connect(&mut self) -> Result<(), LinkFault> {
        self.disconnect();
        let name = match self.reader() {
            Some(name) => name.to_owned(),
            None => self.find()?.ok_or(LinkFault::NoReader)?,
        };
        let mut tries = BUSY;
        loop {
            match self.context.connect(&name, ShareMode::Exclusive, Protocols::ANY) {
                Ok(card) => {
                    self.card = Some(card);
                    return Ok(());
                }
                Err(Error::SharingViolation) if tries > 0 => {
                    tries = tries.saturating_sub(1);
                    thread::sleep(BUSY_WAIT);
                }
                Err(error) => return Err(fault(error)),
            }
        }
    }

    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, LinkFault> {
        let card = self.card.as_ref().ok_or(LinkFault::Removed)?;
        let mut buffer = [0; MAX_BUFFER_SIZE];
        let answer = match card.transmit(command, &mut buffer) {
            // A driver whose card went says so by an answer of no bytes.
            Ok([]) => Err(LinkFault::Contact),
            Ok(answer) => Ok(answer.to_vec()),
            Err(error) => Err(fault(error)),
        };
        self.failed = answer.is_err();
        match answer {
            Err(LinkFault::Contact) if self.is_gone() => Err(LinkFault::Removed),
            answer => answer,
        }
    }

    fn is_there(&mut self) -> bool {
        self.card.as_ref().is_some_and(|card| card.status2_len().is_ok())
    }

    fn disconnect(&mut self) {
        let gone = std::mem::take(&mut self.failed) && self.is_gone();
        if let Some(card) = self.card.take() {
            // A card that is left as it is would sign for the next program. Where there is none
            // any more, a reset can fail so that the service does not see the next one.
            let end = if gone { Disposition::LeaveCard } else { Disposition::ResetCard };
            let _ = card.disconnect(end);
        }
    }
}

impl Drop for Pcsc {
    fn drop(&mut self) {
        self.disconnect();
    }
}

fn fault(error: Error) -> LinkFault {
    match error {
        Error::RemovedCard | Error::NoSmartcard => LinkFault::Removed,
        Error::ResetCard => LinkFault::Reset,
        Error::SharingViolation => LinkFault::Busy,
        Error::ReaderUnavailable | Error::UnknownReader | Error::NoReadersAvailable => {
            LinkFault::NoReader
        }
        Error::Timeout => LinkFault::TimedOut,
        Error::NoService
        | Error::ServiceStopped
        | Error::Shutdown
        | Error::InvalidHandle
        | Error::ServerTooBusy
        | Error::InternalError
        | Error::CommError
        | Error::Cancelled => LinkFault::NoService,
        // Among them: not transacted, a protocol error, a card without power, an unresponsive one.
        _ => LinkFault::Contact,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_service_says_is_told_by_what_can_be_done_about_it() {
        for (error, told) in [
            (Error::RemovedCard, LinkFault::Removed),
            (Error::NoSmartcard, LinkFault::Removed),
            (Error::ResetCard, LinkFault::Reset),
            (Error::SharingViolation, LinkFault::Busy),
            (Error::UnresponsiveCard, LinkFault::Contact),
            (Error::NotTransacted, LinkFault::Contact),
            (Error::InsufficientBuffer, LinkFault::Contact),
            (Error::ReaderUnavailable, LinkFault::NoReader),
            (Error::NoService, LinkFault::NoService),
            (Error::InvalidHandle, LinkFault::NoService),
        ] {
            assert_eq!(fault(error), told, "{error:?}");
        }
    }
}
