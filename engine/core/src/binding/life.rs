//! A binding changes: its state, and what is kept of who changed it and when.

use super::{Act, Asked, Binding, End, LifecycleReason, Refused, State};
use crate::{
    ids::{CallerId, CarrierId, EventId},
    line::Effect,
    time::Timestamp,
};
use serde::{Deserialize, Serialize};
use simbind_rules::facts::Identification;

/// Where a person was identified.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Place {
    /// At a municipal counter.
    Counter,
    /// At another place that was approved for it.
    ApprovedPlace,
    /// At home, with the physical card.
    HomeCard,
}

impl Place {
    /// Whether who was identified here was identified no worse than there.
    pub const fn is_as_good_as(self, there: Self) -> bool {
        match (self, there) {
            (Self::Counter, _) | (_, Self::HomeCard) => true,
            (Self::ApprovedPlace, there) => matches!(there, Self::ApprovedPlace),
            (Self::HomeCard, _) => false,
        }
    }

    /// The fact that rules read.
    pub const fn fact(self) -> Identification {
        match self {
            Self::Counter => Identification::Counter,
            Self::ApprovedPlace => Identification::ApprovedPlace,
            Self::HomeCard => Identification::HomeCard,
        }
    }
}

/// How a person was identified when a binding was made, or proved again no worse.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identified {
    /// Where.
    pub place: Place,
    /// When.
    pub at: Timestamp,
}

/// On whose word a binding was held or suspended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Source {
    /// A counter's or a help desk's.
    Caller(CallerId),
    /// A carrier's event, which can be taken back.
    Event {
        /// The carrier.
        carrier: CarrierId,
        /// Its number of the event.
        event: EventId,
    },
    /// The engine's own.
    Engine,
}

/// A hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold {
    /// Since when for its present kind of reason: a hold for loss that takes the place of another
    /// begins anew, the same once more does not.
    pub since: Timestamp,
    /// On whose word. A caller's stays where an event says the same.
    pub by: Source,
    /// A release that waits for a second caller. Another hold takes it back.
    pub release_asked: Option<Asked>,
}

/// A suspension.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suspension {
    /// Since when.
    pub since: Timestamp,
    /// On whose word.
    pub by: Source,
}

impl Binding {
    /// Changes the state by the table, and what belongs to it: holds and suspensions with their
    /// times, and the proof.
    ///
    /// # Errors
    /// Where the table has no such transition. What has expired by `now` has ended; nothing expires
    /// before its certificate.
    pub fn apply(
        &mut self,
        act: Act,
        why: LifecycleReason,
        by: &Source,
        now: Timestamp,
    ) -> Result<(), Refused> {
        let before = self.state;
        match (act, self.state_at(now)) {
            (Act::Expire, _) if now < self.certificate.not_after => {
                return Err(Refused::NotExpired);
            }
            (Act::Expire, _) => {}
            // The overlap is over by itself: what is stored follows.
            (Act::Supersede, State::Ended { end: End::Superseded, .. }) => {}
            (_, State::Ended { .. }) => {
                return self.beyond_the_line(act, why, by, now).ok_or(Refused::Ended);
            }
            _ => {}
        }
        self.state = before.apply(act, why)?;
        match act {
            Act::Hold => self.note_hold(before, by, now),
            Act::Release => {
                self.held = None;
                self.released_at = Some(now);
                self.driven.forget(Effect::Hold);
            }
            Act::Suspend if self.state.is_suspended() => {
                let suspension = || Suspension { since: now, by: by.clone() };
                self.suspended.get_or_insert_with(suspension);
            }
            Act::Suspend => {}
            Act::Resume => {
                self.suspended = None;
                self.driven.forget(Effect::Suspend);
            }
            Act::Activate | Act::Reprove => {
                self.suspended = None;
                self.driven.forget(Effect::Suspend);
                self.proven_at = now;
                self.sim_proven_at = now;
                self.foreign_handset_at = None;
            }
            Act::GiveUp | Act::Revoke | Act::Expire | Act::Supersede => {
                self.held = None;
                self.suspended = None;
            }
        }
        Ok(())
    }

    fn note_hold(&mut self, before: State, by: &Source, now: Timestamp) {
        let loss = |state| matches!(state, State::Held { why, .. } if why.is_loss());
        match &mut self.held {
            Some(held) => {
                if loss(self.state) && !loss(before) {
                    held.since = now;
                }
                held.release_asked = None;
                if !matches!(held.by, Source::Caller(_)) {
                    held.by = by.clone();
                }
            }
            None => {
                self.held = Some(Hold { since: now, by: by.clone(), release_asked: None });
            }
        }
    }
}
