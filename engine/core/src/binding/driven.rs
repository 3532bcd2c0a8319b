//! What events of the line did to a binding, so that taking one back undoes that and no more.

#[cfg(test)]
mod tests;

use super::{Act, Binding, End, Hold, LifecycleReason, Source, State, Suspension};
use crate::{
    ids::{CarrierId, EventId},
    line::{Consequence, Effect, EventKind, SimEvent, arrives, consequence, since},
    time::Timestamp,
};
use serde::{Deserialize, Serialize};

/// One event that stands behind the state of a binding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Drive {
    carrier: CarrierId,
    event: EventId,
    effect: Effect,
}

/// What a binding was when an event of its line ended it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Lived {
    state: State,
    held: Option<Hold>,
    suspended: Option<Suspension>,
}

/// The events that stand behind the state of a binding. Bounded: of a binding that more events
/// drove than are kept, taking one back undoes nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Driven {
    drives: Vec<Drive>,
    forgotten: bool,
    lived: Option<Box<Lived>>,
}

impl Driven {
    /// The most events that are kept.
    pub const MOST: usize = 16;

    fn note(&mut self, event: &SimEvent, effect: Effect) {
        if self.drives.len() >= Self::MOST {
            self.forgotten = true;
            return;
        }
        let (carrier, event) = (event.carrier.clone(), event.id.clone());
        self.drives.push(Drive { carrier, event, effect });
    }

    /// Takes an event out; its effect, where nothing else that is kept has the same.
    fn take(&mut self, carrier: &CarrierId, event: &EventId) -> Option<(Effect, bool)> {
        let place = self.drives.iter().position(|d| d.carrier == *carrier && d.event == *event)?;
        let effect = self.drives.remove(place).effect;
        let alone = !self.forgotten && self.drives.iter().all(|drive| drive.effect != effect);
        Some((effect, alone))
    }

    /// Somebody else decided on this: events that did the same stand behind it no more.
    pub(super) fn forget(&mut self, effect: Effect) {
        self.drives.retain(|drive| drive.effect != effect);
    }

    /// Whether an event of the line ended the binding, and nobody else did.
    pub const fn ended(&self) -> bool {
        self.lived.is_some()
    }
}

/// Whether the certificate of a binding that the line ended can be used again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CertificateUse {
    /// No other binding has it, and there is room for one more.
    Free,
    /// It was bound anew.
    BoundAnew,
    /// The person has as many other bindings as there may be.
    NoRoom,
}

impl Binding {
    /// Takes an event of its line in: what it does to the binding, where it does anything. The
    /// same effect by another event leaves the state and is kept, so that taking one of the two
    /// back lifts nothing. What an event says of a binding that another event ended counts where
    /// that end is taken back.
    pub fn drive(&mut self, event: &SimEvent, learned_at: Timestamp) -> Option<Consequence> {
        let asked = consequence(self, event, learned_at)?;
        let Consequence { effect, why } = asked;
        let by = Source::Event { carrier: event.carrier.clone(), event: event.id.clone() };
        if self.driven.ended() {
            if effect != Effect::End {
                self.beneath(effect.act(), why, &by, learned_at)?;
            }
            self.driven.note(event, effect);
            return Some(asked);
        }
        let lived =
            Lived { state: self.state, held: self.held.clone(), suspended: self.suspended.clone() };
        self.apply(effect.act(), why, &by, learned_at).ok()?;
        if effect == Effect::End {
            self.driven.lived = Some(Box::new(lived));
        }
        self.driven.note(event, effect);
        Some(asked)
    }

    /// Takes in the SIM that the carrier put in the place of the old one, as a counter announced it:
    /// the line goes by its number too from then on, also when the announcement has run out.
    /// Whether there is one.
    pub fn welcome(&mut self, event: &SimEvent, learned_at: Timestamp) -> bool {
        let EventKind::SimReissued { new_iccid: Some(iccid), .. } = event.kind else {
            return false;
        };
        let proven = self.proven_for(&event.kind);
        let new = !self.sim.goes_by(iccid) && since(event.occurred_at, learned_at, proven);
        let comes = new && arrives(self, event, iccid);
        if comes {
            self.sim.arrived.push(iccid);
        }
        comes
    }

    /// Takes back that a SIM came in the place of another.
    pub fn turn_away(&mut self, event: &SimEvent) {
        if let EventKind::SimReissued { new_iccid: Some(iccid), .. } = event.kind {
            self.sim.arrived.retain(|arrived| *arrived != iccid);
        }
    }

    /// Takes an event back: undoes what it did where nobody and nothing else stands behind the
    /// same. A hold that a caller asked for stays; an end comes back to the life it ended, unless the
    /// certificate was bound anew meanwhile or others took the room. What was undone, if anything; what only was forgotten
    /// is `None` too, and the binding has changed.
    pub fn undo(
        &mut self,
        carrier: &CarrierId,
        event: &EventId,
        certificate: CertificateUse,
    ) -> Option<Effect> {
        let (effect, alone) = self.driven.take(carrier, event)?;
        if !alone {
            return None;
        }
        match effect {
            Effect::End => {
                let lived = *self.driven.lived.take()?;
                if certificate != CertificateUse::Free {
                    return None;
                }
                let Lived { state, held, suspended } = lived;
                (self.state, self.held, self.suspended) = (state, held, suspended);
                self.lift_what_was_taken_back();
            }
            Effect::Hold => {
                self.held.as_ref().filter(|held| by_line(&held.by))?;
                // A hold that ended by a correction is none that was released.
                self.state = self.state.apply(Act::Release, LifecycleReason::Clerical).ok()?;
                self.held = None;
            }
            Effect::Suspend => {
                self.suspended.as_ref().filter(|suspended| by_line(&suspended.by))?;
                self.state = self.state.apply(Act::Resume, LifecycleReason::Clerical).ok()?;
                self.suspended = None;
            }
        }
        Some(effect)
    }

    /// A life that comes back is held or suspended by events only as far as those still stand.
    fn lift_what_was_taken_back(&mut self) {
        let stands = |effect| self.driven.drives.iter().any(|drive| drive.effect == effect);
        let (hold, suspend) = (stands(Effect::Hold), stands(Effect::Suspend));
        let held = self.held.as_ref().is_some_and(|held| by_line(&held.by));
        if !hold
            && held
            && let Ok(state) = self.state.apply(Act::Release, LifecycleReason::Clerical)
        {
            (self.state, self.held) = (state, None);
        }
        let suspended = self.suspended.as_ref().is_some_and(|suspended| by_line(&suspended.by));
        if !suspend
            && suspended
            && let Ok(state) = self.state.apply(Act::Resume, LifecycleReason::Clerical)
        {
            (self.state, self.suspended) = (state, None);
        }
    }

    /// What somebody asks of a binding that an event of its line ended: an end is theirs from now
    /// on, and a hold is there where the event is taken back. `None` for any other act, and where
    /// the line did not end it.
    pub(super) fn beyond_the_line(
        &mut self,
        act: Act,
        why: LifecycleReason,
        by: &Source,
        now: Timestamp,
    ) -> Option<()> {
        if !self.driven.ended() {
            return None;
        }
        match act {
            Act::Revoke | Act::GiveUp => {
                self.state = State::Ended { end: End::Revoked, why };
                self.driven = Driven::default();
            }
            Act::Supersede => {
                self.state = State::Ended { end: End::Superseded, why };
                self.driven = Driven::default();
            }
            Act::Hold => self.beneath(act, why, by, now)?,
            Act::Activate
            | Act::Suspend
            | Act::Reprove
            | Act::Resume
            | Act::Release
            | Act::Expire => return None,
        }
        Some(())
    }
}

impl Binding {
    /// Changes the life that comes back where the end is taken back.
    fn beneath(
        &mut self,
        act: Act,
        why: LifecycleReason,
        by: &Source,
        now: Timestamp,
    ) -> Option<()> {
        let Lived { state, held, suspended } = *self.driven.lived.clone()?;
        let mut life = Self { state, held, suspended, ..self.clone() };
        life.driven.lived = None;
        life.apply(act, why, by, now).ok()?;
        let Self { state, held, suspended, .. } = life;
        self.driven.lived = Some(Box::new(Lived { state, held, suspended }));
        Some(())
    }
}

impl Effect {
    const fn act(self) -> Act {
        match self {
            Self::Suspend => Act::Suspend,
            Self::Hold => Act::Hold,
            Self::End => Act::Revoke,
        }
    }
}

const fn by_line(by: &Source) -> bool {
    matches!(by, Source::Event { .. })
}
