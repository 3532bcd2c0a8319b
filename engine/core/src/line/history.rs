//! What one carrier has said of one line name, in the order in which it happened.

use super::event::{EventKind, SimEvent};
use crate::{
    ids::{EventId, Imei},
    time::Timestamp,
};
use serde::{Deserialize, Serialize};

/// Whether an event stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Told {
    /// It stands.
    Stands,
    /// The carrier took it back.
    Corrected,
}

/// An event with its place in our own order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recorded {
    /// The carrier's number of it.
    pub id: EventId,
    /// When it happened.
    pub occurred_at: Timestamp,
    /// When we learned it.
    pub learned_at: Timestamp,
    /// The order in which we learned it.
    pub order: u64,
    /// What happened.
    pub kind: EventKind,
    /// Whether it stands.
    pub told: Told,
}

/// One sighting of a SIM in a handset. Of a run of sightings in one handset the first and the last
/// are kept, so that a carrier which reports each attach does not fill the history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Observed {
    /// The handset.
    pub imei: Imei,
    /// The carrier's number of the event.
    pub id: EventId,
    /// When it was seen there.
    pub at: Timestamp,
    /// The order in which we learned it.
    pub order: u64,
}

/// What one carrier has said of one line name. Bounded: once full the oldest is dropped, and views
/// that would need it are in conflict.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineHistory {
    events: Vec<Recorded>,
    observed: Vec<Observed>,
    dropped_until: Option<Timestamp>,
}

impl LineHistory {
    /// The most events kept, apart from plain sightings.
    pub const MAX_EVENTS: usize = 192;
    /// The most sightings kept: two for each run of them in one handset.
    pub const MAX_SIGHTINGS: usize = 128;

    /// Puts an event in its place by the time at which it happened.
    pub fn record(&mut self, event: SimEvent, learned_at: Timestamp, order: u64, told: Told) {
        if let EventKind::HandsetObserved { imei } = event.kind {
            if told == Told::Stands {
                self.observe(imei, event, order);
            }
            return;
        }
        let SimEvent { id, occurred_at, kind, .. } = event;
        let place = self.events.partition_point(|e| e.occurred_at <= occurred_at);
        let recorded = Recorded { id, occurred_at, learned_at, order, kind, told };
        self.events.insert(place, recorded);
        if self.events.len() > Self::MAX_EVENTS {
            let oldest = self.events.remove(0);
            self.dropped_until = self.dropped_until.max(Some(oldest.occurred_at));
        }
    }

    fn observe(&mut self, imei: Imei, event: SimEvent, order: u64) {
        let at = event.occurred_at;
        let place = self.observed.partition_point(|seen| seen.at <= at);
        let same = |index: Option<usize>| {
            index.and_then(|i| self.observed.get(i)).is_some_and(|seen| seen.imei == imei)
        };
        let before = (place.checked_sub(1), place.checked_sub(2));
        let after = (Some(place), place.checked_add(1));
        let inside = same(before.0) && same(after.0);
        if inside {
            return;
        }
        let seen = Observed { imei, id: event.id, at, order };
        let inner = match (same(before.0) && same(before.1), same(after.0) && same(after.1)) {
            (true, _) => before.0,
            (_, true) => after.0,
            _ => None,
        };
        if let Some(slot) = inner.and_then(|index| self.observed.get_mut(index)) {
            // A run was told of when its first sighting was, whichever of them are kept.
            *slot = Observed { order: seen.order.min(slot.order), ..seen };
            return;
        }
        self.observed.insert(place, seen);
        if self.observed.len() > Self::MAX_SIGHTINGS {
            let oldest = self.observed.remove(0);
            self.dropped_until = self.dropped_until.max(Some(oldest.at));
        }
    }

    /// Takes an event back. Other sightings in the same handset still stand.
    pub fn correct(&mut self, id: &EventId) {
        for event in self.events.iter_mut().filter(|event| event.id == *id) {
            event.told = Told::Corrected;
        }
        self.observed.retain(|seen| seen.id != *id);
    }

    /// What it holds of the time until then.
    #[must_use]
    pub fn until(&self, at: Timestamp) -> Self {
        let events = self.events.iter().filter(|event| event.occurred_at <= at).cloned();
        let observed = self.observed.iter().filter(|seen| seen.at <= at).cloned();
        Self {
            events: events.collect(),
            observed: observed.collect(),
            dropped_until: self.dropped_until,
        }
    }

    /// The events that stand, the oldest first.
    pub fn standing(&self) -> impl DoubleEndedIterator<Item = &Recorded> {
        self.events.iter().filter(|event| event.told == Told::Stands)
    }

    /// Where the SIM was seen, the oldest first.
    pub fn observed(&self) -> &[Observed] {
        &self.observed
    }

    /// When the newest of the events happened that were dropped because the history was full.
    pub const fn dropped_until(&self) -> Option<Timestamp> {
        self.dropped_until
    }

    /// When the newest event happened.
    pub fn newest(&self) -> Option<Timestamp> {
        let events = self.events.last().map(|event| event.occurred_at);
        events.max(self.observed.last().map(|seen| seen.at))
    }

    /// Whether an event of this kind and time does not fit what is known: a line that has ended
    /// or left shows signs of life.
    pub fn contradicts(&self, event: &SimEvent) -> bool {
        let alive = matches!(
            event.kind,
            EventKind::HandsetObserved { .. }
                | EventKind::HandsetChanged { .. }
                | EventKind::LineResumed
                | EventKind::LoanerStarted { .. }
        );
        alive
            && self.standing().any(|past| {
                matches!(past.kind, EventKind::ContractEnded | EventKind::PortedOut)
                    && past.occurred_at < event.occurred_at
            })
    }
}
