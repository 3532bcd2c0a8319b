//! Changes that were announced before they came.

#[cfg(test)]
mod tests;

use super::{event::EventKind, history::Recorded, view::Loaner};
use crate::{
    ids::{Eid, Iccid, Imei},
    time::Timestamp,
};
use serde::{Deserialize, Serialize};
use simbind_rules::facts::ChangeExpectation;
use std::time::Duration;

/// What will change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Awaited {
    /// The SIM: to this one, or on this eUICC, where it is known.
    Sim {
        /// The new SIM.
        iccid: Option<Iccid>,
        /// The eUICC on which it will be.
        eid: Option<Eid>,
    },
    /// The handset: to this one, where it is known.
    Handset {
        /// The new handset.
        imei: Option<Imei>,
    },
    /// The line: its number goes to another carrier, or comes from one.
    Line,
}

/// A change that was announced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Announcement {
    /// What will change.
    pub what: Awaited,
    /// Until when it is awaited.
    pub until: Timestamp,
}

impl Announcement {
    /// The longest that a change is awaited.
    pub const LONGEST: Duration = Duration::from_secs(30 * 86_400);
}

/// An announcement of a counter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AtCounter {
    /// When it was made.
    pub at: Timestamp,
    /// What.
    pub announcement: Announcement,
}

/// The announcements of a counter for one binding.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Announcements(Vec<AtCounter>);

/// Why an announcement is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAnnounced {
    /// It ends before it begins, or is awaited for too long.
    #[error("is not within 30 days from now")]
    Time,
    /// Too many are awaited already.
    #[error("{} changes are awaited already", Announcements::MOST)]
    TooMany,
}

impl Announcements {
    /// The most that are awaited at once.
    pub const MOST: usize = 8;

    /// Takes one more. The same once more changes nothing; those that are over are dropped.
    ///
    /// # Errors
    /// Where its time is none, or too many are awaited.
    pub fn announce(
        &mut self,
        announcement: Announcement,
        now: Timestamp,
    ) -> Result<(), NotAnnounced> {
        if self.0.iter().any(|known| known.announcement == announcement) {
            return Ok(());
        }
        let until = announcement.until;
        if until <= now || until.since(now) > Announcement::LONGEST {
            return Err(NotAnnounced::Time);
        }
        let awaited = self.0.iter().filter(|known| known.announcement.until > now);
        if awaited.count() >= Self::MOST {
            return Err(NotAnnounced::TooMany);
        }
        self.0.retain(|known| known.announcement.until > now);
        self.0.push(AtCounter { at: now, announcement });
        Ok(())
    }

    /// Whether a counter announced that the SIM becomes this very one at that time.
    pub fn expects_sim(&self, iccid: Option<Iccid>, eid: Option<Eid>, at: Timestamp) -> bool {
        let awaited = self.0.iter().copied().map(Await::of);
        let meets = |by: Await| by.is_open(at, None) && by.sim(iccid, eid) == Meets::Exactly;
        awaited.into_iter().any(meets)
    }
}

/// How a change fits what was announced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Meets {
    /// It does not.
    Not,
    /// In kind: which one it would be was not said.
    Kind,
    /// It is the very one.
    Exactly,
}

/// An announcement, and when it was made.
#[derive(Clone, Copy, Debug)]
pub(super) struct Await {
    what: Awaited,
    from: Timestamp,
    until: Timestamp,
    by: By,
}

/// Who announced a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum By {
    /// The shop, through the carrier; we learned it at this place of our own order.
    Shop(u64),
    /// A counter.
    Counter,
}

impl Await {
    const fn of(counter: AtCounter) -> Self {
        let AtCounter { at, announcement: Announcement { what, until } } = counter;
        Self { what, from: at, until, by: By::Counter }
    }

    /// Those of the carriers' events and of a counter.
    pub(super) fn all(events: &[&Recorded], counter: &Announcements) -> Vec<Self> {
        let shop = events.iter().filter_map(|event| match event.kind {
            EventKind::ChangeAnnounced(Announcement { what, until }) => {
                Some(Self { what, from: event.occurred_at, until, by: By::Shop(event.order) })
            }
            _ => None,
        });
        shop.chain(counter.0.iter().copied().map(Self::of)).collect()
    }

    /// Whether it was made before a change of that time, which we learned at that place of our own
    /// order, and still stood. What was announced after we knew of the change explains nothing.
    fn is_open(&self, at: Timestamp, order: Option<u64>) -> bool {
        let known = match (self.by, order) {
            (By::Shop(announced), Some(order)) => announced < order,
            (By::Shop(_), None) | (By::Counter, _) => true,
        };
        known && self.from <= at && at < self.until
    }

    fn sim(&self, iccid: Option<Iccid>, eid: Option<Eid>) -> Meets {
        let Awaited::Sim { iccid: new, eid: place } = self.what else { return Meets::Not };
        let other = |awaited: bool, same: bool| awaited && !same;
        let said = (new.is_some() && iccid.is_some()) || (place.is_some() && eid.is_some());
        let wrong = other(new.is_some() && iccid.is_some(), new == iccid)
            || other(place.is_some() && eid.is_some(), place == eid);
        match (wrong, said) {
            (true, _) => Meets::Not,
            (false, true) => Meets::Exactly,
            (false, false) => Meets::Kind,
        }
    }

    /// A handset that is awaited by its name counts as a loaner does.
    pub(super) fn as_loaner(&self) -> Option<Loaner> {
        let Awaited::Handset { imei: Some(imei) } = self.what else { return None };
        let order = match self.by {
            By::Shop(order) => order,
            By::Counter => 0,
        };
        Some(Loaner { imei, from: self.from, until: self.until, order })
    }

    fn expectation(&self) -> ChangeExpectation {
        match self.by {
            By::Shop(_) => ChangeExpectation::Announced,
            By::Counter => ChangeExpectation::Counter,
        }
    }
}

/// A change, as it is looked for among the announcements.
#[derive(Clone, Copy, Debug)]
pub(super) enum Came {
    Sim(Option<Iccid>, Option<Eid>),
    Handset(Imei),
    Line,
}

/// Who announced a change that came then; a counter's word is the strongest, and only a change that
/// came as it was announced was announced.
pub(super) fn expected(
    announced: &[Await],
    came: Came,
    at: Timestamp,
    order: u64,
) -> (ChangeExpectation, Meets) {
    let fit = |one: &Await| match (came, one.what) {
        (Came::Sim(iccid, eid), Awaited::Sim { .. }) => one.sim(iccid, eid),
        (Came::Handset(came), Awaited::Handset { imei: Some(imei) }) if came == imei => {
            Meets::Exactly
        }
        (Came::Handset(_), Awaited::Handset { imei: None }) | (Came::Line, Awaited::Line) => {
            Meets::Kind
        }
        _ => Meets::Not,
    };
    let open = announced.iter().filter(|one| one.is_open(at, Some(order)));
    let fits = open.map(|one| (one, fit(one))).filter(|(_, fit)| *fit != Meets::Not);
    let best = fits.max_by_key(|(one, fit)| (one.by == By::Counter, *fit));
    best.map_or((ChangeExpectation::Unannounced, Meets::Not), |(one, fit)| (one.expectation(), fit))
}
