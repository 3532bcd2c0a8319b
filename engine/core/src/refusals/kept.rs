//! What a reader knows while the engine is away, and until when.

use super::{Extent, OfflineUse, RefusalList, Sequence};
use crate::{
    ids::{CertificateId, ReaderId},
    time::Timestamp,
};
use std::time::Duration;
use thiserror::Error;

/// How far the clocks of engine and reader may lie apart, and a clock be set back by its keeper.
const SKEW: Duration = Duration::from_secs(30);

/// A moment by two clocks: one that tells the time and may be set, and one that only goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// The time of day.
    pub wall: Timestamp,
    /// Since some moment of this process.
    pub steady: Duration,
}

/// Why a list is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum NotTaken {
    /// It is for another reader.
    #[error("the list is for another reader")]
    OtherReader,
    /// A newer one was taken before.
    #[error("a newer list was taken before")]
    Older,
    /// It is over.
    #[error("the list is over")]
    Ended,
    /// It is from the time to come, by this reader's clock.
    #[error("the list is of a time to come: this reader's clock is late")]
    NotYet,
    /// It would be good for too long, or ends before it begins.
    #[error("the list is good for longer than a list may be, or for no time")]
    WrongLife,
}

/// Why nobody can be answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum WhyClosed {
    /// There is no list.
    #[error("there is no list of refusals")]
    NoList,
    /// The list is over.
    #[error("the list of refusals is over")]
    Ended,
    /// The clock was set back since the list was taken.
    #[error("the clock was set back since the list of refusals was taken")]
    ClockSetBack,
    /// There are more refused ones than a list can have.
    #[error("the list of refusals is not whole")]
    Cut,
    /// The engine's configuration does not let this reader answer.
    #[error("this reader may not answer without the engine")]
    NotAllowed,
}

/// What can be said of a certificate without the engine. None of these lets anybody in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It is refused.
    Refused,
    /// It was not refused when the list was made. Nothing else was checked.
    NotRefused,
    /// Nothing can be said.
    Closed(WhyClosed),
}

#[derive(Debug)]
struct Held {
    list: RefusalList,
    taken: Moment,
    life: Life,
}

#[derive(Clone, Copy, Debug)]
enum Life {
    Good,
    Over(WhyClosed),
}

impl Held {
    /// Whether it is still good by both clocks. What is over stays so.
    fn look(&mut self, now: Moment) -> Life {
        let draft = self.list.draft();
        let passed = now.steady.saturating_sub(self.taken.steady);
        let life = draft.ends_at.since(draft.issued_at);
        let left = draft.ends_at.since(self.taken.wall).min(life);
        if let Life::Over(_) = self.life {
        } else if now.wall.plus(SKEW) < self.taken.wall.plus(passed) {
            self.life = Life::Over(WhyClosed::ClockSetBack);
        } else if now.wall >= draft.ends_at || passed >= left {
            self.life = Life::Over(WhyClosed::Ended);
        }
        self.life
    }
}

/// The newest list of one reader.
#[derive(Debug)]
pub struct Kept {
    reader: ReaderId,
    held: Option<Held>,
    /// What was newest, also where it is over.
    newest: Option<(Sequence, Timestamp)>,
}

impl Kept {
    /// Nothing yet.
    pub const fn new(reader: ReaderId) -> Self {
        Self { reader, held: None, newest: None }
    }

    /// Takes a list in the place of the one before.
    ///
    /// # Errors
    /// [`NotTaken`]; the one before stays.
    pub fn take(&mut self, list: RefusalList, now: Moment) -> Result<(), NotTaken> {
        let draft = list.draft();
        let of = (draft.sequence, draft.issued_at);
        if draft.reader != self.reader {
            return Err(NotTaken::OtherReader);
        }
        if draft.ends_at <= draft.issued_at
            || draft.ends_at.since(draft.issued_at) > RefusalList::LONGEST
        {
            return Err(NotTaken::WrongLife);
        }
        if self.newest.is_some_and(|newest| of < newest) {
            return Err(NotTaken::Older);
        }
        if now.wall.plus(SKEW) < draft.issued_at {
            return Err(NotTaken::NotYet);
        }
        if now.wall >= draft.ends_at {
            return Err(NotTaken::Ended);
        }
        // The same once more lives no longer than before.
        if self.newest != Some(of) || self.held.is_none() {
            self.newest = Some(of);
            self.held = Some(Held { list, taken: now, life: Life::Good });
        }
        Ok(())
    }

    /// Whether anything can be said now.
    ///
    /// # Errors
    /// [`WhyClosed`].
    pub fn stands(&mut self, now: Moment) -> Result<(), WhyClosed> {
        let Some(held) = &mut self.held else { return Err(WhyClosed::NoList) };
        if let Life::Over(why) = held.look(now) {
            return Err(why);
        }
        match (held.list.draft().offline, held.list.extent()) {
            (OfflineUse::Closed, _) => Err(WhyClosed::NotAllowed),
            (OfflineUse::Refusals, Extent::Cut) => Err(WhyClosed::Cut),
            (OfflineUse::Refusals, Extent::Whole) => Ok(()),
        }
    }

    /// What is said of a certificate now. Where the list is over, or a clock was set back, that is
    /// for good: only another list opens again.
    pub fn answer(&mut self, certificate: &CertificateId, now: Moment) -> Answer {
        if let Err(why) = self.stands(now) {
            return Answer::Closed(why);
        }
        match &self.held {
            None => Answer::Closed(WhyClosed::NoList),
            Some(held) if held.list.has(certificate) => Answer::Refused,
            Some(_) => Answer::NotRefused,
        }
    }
}
