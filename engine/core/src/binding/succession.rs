//! What follows one binding by another: a renewal, another handset, another SIM.

#[cfg(test)]
mod tests;

use super::{
    Act, Binding, BoundCertificate, CounterPolicy, Driven, End, Handset, Handsets, HandsetsError,
    Identified, KeyHome, LifecycleReason, Place, Refused, Sim, Source, State,
};
use crate::{
    ids::BindingId,
    line::{Announcements, EventKind},
    time::Timestamp,
};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use thiserror::Error;

/// The binding that took another's place, or will have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Successor {
    /// Its id.
    pub binding: BindingId,
    /// From then on the earlier one is superseded, whatever is stored.
    pub until: Timestamp,
    /// Why.
    pub why: LifecycleReason,
    /// Whether it has the same SIM, and so the same applet.
    pub sim: SimAfter,
}

/// What becomes of the SIM of a binding that is succeeded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SimAfter {
    /// The successor has it.
    Kept,
    /// The successor has another.
    Replaced,
}

/// Who saw that it is the owner who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Seen {
    /// Somebody at this place, in person.
    InPerson(Place),
    /// The person's physical card signed for this very change.
    ByCard,
}

impl Seen {
    /// Where the owner was identified.
    pub const fn place(self) -> Place {
        match self {
            Self::InPerson(place) => place,
            Self::ByCard => Place::HomeCard,
        }
    }
}

/// A certificate that takes another's place.
#[derive(Clone, Debug)]
pub struct Next {
    /// The id of its binding.
    pub id: BindingId,
    /// The certificate.
    pub certificate: BoundCertificate,
    /// Who saw the owner.
    pub seen: Seen,
}

/// What changes with a new certificate.
#[derive(Clone, Debug)]
pub enum Replacement {
    /// A handset.
    Handset {
        /// The place, from 0, of the handset that it replaces.
        place: usize,
        /// The handset.
        handset: Box<Handset>,
        /// The SIM, where that is another too.
        sim: Option<Sim>,
        /// Where the key sits.
        key_home: KeyHome,
        /// Whether the applet counts.
        counter: CounterPolicy,
    },
    /// The SIM.
    Sim {
        /// The SIM.
        sim: Sim,
        /// Whether its applet counts.
        counter: CounterPolicy,
    },
}

impl Replacement {
    const fn why(&self) -> LifecycleReason {
        match self {
            Self::Handset { .. } => LifecycleReason::ModelChanged,
            Self::Sim { .. } => LifecycleReason::SimChanged,
        }
    }
}

/// A succession that must not be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum NotSucceeded {
    /// The state does not allow it.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// A newer binding has taken its place.
    #[error("a newer binding has taken its place: change that one")]
    Succeeded,
    /// A hold is not renewed away.
    #[error("the binding is on hold: release it first, or change it at a counter")]
    Held,
    /// The key is in the handset or the SIM that goes.
    #[error("the certificate has the old key: a new handset or SIM has a key of its own")]
    SameKey,
    /// The new SIM is the old one.
    #[error("the SIM is the one that is bound: renew the certificate instead")]
    SameSim,
    /// At home only a handset proves itself that has a key of its own.
    #[error("by the card alone only a handset with an attested key takes a place")]
    Unattested,
    /// The handsets do not go together.
    #[error(transparent)]
    Handsets(#[from] HandsetsError),
}

impl Binding {
    /// The first instant at which it has ended by time alone: its certificate's end, or the end of
    /// the overlap with the binding that took its place.
    pub fn ends_at(&self) -> Timestamp {
        let until = self.succeeded.map(|by| by.until);
        until.map_or(self.certificate.not_after, |until| until.min(self.certificate.not_after))
    }

    /// How time alone has ended it at `now`, whatever is stored.
    pub(super) fn ended_by_time(&self, now: Timestamp) -> Option<State> {
        let expired = now >= self.certificate.not_after;
        match self.succeeded {
            Some(Successor { until, why, .. })
                if now >= until && (!expired || until <= self.certificate.not_after) =>
            {
                Some(State::Ended { end: End::Superseded, why })
            }
            _ if expired => Some(State::Ended { end: End::Expired, why: LifecycleReason::Time }),
            _ => None,
        }
    }

    /// Whether it is the person's present binding: not over, and no newer one has its place.
    pub fn is_present_at(&self, now: Timestamp) -> bool {
        self.succeeded.is_none() && !matches!(self.state_at(now), State::Ended { .. })
    }

    /// When what an event is about was last proved. The card proves the person and the SIM that it
    /// names, and nothing of the handset or of who holds the line.
    pub(crate) const fn proven_for(&self, kind: &EventKind) -> Timestamp {
        match kind {
            EventKind::SimReissued { .. }
            | EventKind::ImsiChanged
            | EventKind::EsimDownloaded { .. }
            | EventKind::EsimTransferred { .. }
            | EventKind::PortedIn => self.sim_proven_at,
            _ => self.proven_at,
        }
    }

    /// Renews: a new certificate on the same SIM and handsets. Both are usable for `overlap`, and no
    /// longer than the old certificate is valid. The new one takes over all that is known, what broke
    /// and a suspension among it: a renewal proves nothing.
    ///
    /// # Errors
    /// Where the binding is over, pending or held, or has a successor.
    pub fn renew(
        &mut self,
        next: Next,
        overlap: Duration,
        now: Timestamp,
    ) -> Result<Self, NotSucceeded> {
        self.may_be_succeeded(now)?;
        if matches!(self.state, State::Held { .. }) {
            return Err(NotSucceeded::Held);
        }
        let new = Self {
            id: next.id,
            certificate: next.certificate,
            identified: Identified { place: next.seen.place(), at: now },
            succeeds: Some(self.id),
            ..self.clone()
        };
        let until = now.plus(overlap).min(self.certificate.not_after);
        let why = LifecycleReason::Renewed;
        let sim = SimAfter::Kept;
        self.succeeded = Some(Successor { binding: next.id, until, why, sim });
        Ok(new)
    }

    /// Replaces a handset or the SIM: a new certificate, and the old binding is over at once. What
    /// was seen in person is proved anew. The card proves the person and names the SIM and the
    /// attested key of a new handset; where it changes the SIM alone, what broke of the handset stays.
    ///
    /// # Errors
    /// Where the binding is over or pending, has a successor, or is held and nobody was seen in
    /// person; where the key or the SIM is the old one, or the handsets do not go together.
    pub fn replace(
        &mut self,
        next: Next,
        change: Replacement,
        by: &Source,
        now: Timestamp,
    ) -> Result<Self, NotSucceeded> {
        self.may_be_succeeded(now)?;
        if matches!(self.state, State::Held { .. }) && next.seen == Seen::ByCard {
            return Err(NotSucceeded::Held);
        }
        if !self.has_new_key(&next, &change) {
            return Err(NotSucceeded::SameKey);
        }
        let why = change.why();
        let mut new = Self {
            id: next.id,
            certificate: next.certificate,
            identified: Identified { place: next.seen.place(), at: now },
            succeeds: Some(self.id),
            state: State::Active,
            held: None,
            suspended: None,
            released_at: None,
            driven: Driven::default(),
            announced: Announcements::default(),
            enrolled_at: now,
            ..self.clone()
        };
        let whole = match change {
            Replacement::Handset { place, handset, sim, key_home, counter } => {
                if next.seen == Seen::ByCard && !handset.has_key() {
                    return Err(NotSucceeded::Unattested);
                }
                new.handsets = self.handsets.replaced(place, *handset)?;
                new.sim = sim.unwrap_or(new.sim);
                (new.key_home, new.counter) = (key_home, counter);
                true
            }
            Replacement::Sim { sim, counter } => {
                if sim.iccid == self.sim.present() && sim.serving == self.sim.serving {
                    return Err(NotSucceeded::SameSim);
                }
                (new.sim, new.counter) = (sim, counter);
                next.seen != Seen::ByCard
            }
        };
        new.prove(whole, now);
        self.supersede(&new, why, by, now)?;
        Ok(new)
    }

    /// Ends it at once, in favour of another.
    ///
    /// # Errors
    /// Where it is over, or pending.
    pub fn supersede(
        &mut self,
        newer: &Self,
        why: LifecycleReason,
        by: &Source,
        now: Timestamp,
    ) -> Result<(), Refused> {
        self.apply(Act::Supersede, why, by, now)?;
        let same =
            (self.sim.present(), &self.sim.serving) == (newer.sim.present(), &newer.sim.serving);
        let sim = if same { SimAfter::Kept } else { SimAfter::Replaced };
        self.succeeded = Some(Successor { binding: newer.id, until: now, why, sim });
        Ok(())
    }

    /// Proves it again, with the SIM that was seen: in person with the handset, so that nothing that
    /// broke stays; by the card with the person alone, so that what broke of the handset does.
    ///
    /// # Errors
    /// Where the binding is over or pending, has a successor, or is held and nobody was seen in
    /// person.
    pub fn reprove(
        &mut self,
        seen: Seen,
        sim: Sim,
        by: &Source,
        now: Timestamp,
    ) -> Result<(), NotSucceeded> {
        self.may_be_succeeded(now)?;
        if matches!(self.state, State::Held { .. }) && seen == Seen::ByCard {
            return Err(NotSucceeded::Held);
        }
        let (proven_at, foreign) = (self.proven_at, self.foreign_handset_at);
        self.apply(Act::Reprove, LifecycleReason::Clerical, by, now)?;
        if seen == Seen::ByCard {
            (self.proven_at, self.foreign_handset_at) = (proven_at, foreign);
        }
        let place = seen.place();
        if place.is_as_good_as(self.identified.place) {
            self.identified = Identified { place, at: now };
        }
        self.sim = sim;
        Ok(())
    }

    fn prove(&mut self, whole: bool, now: Timestamp) {
        if whole {
            self.proven_at = now;
            self.foreign_handset_at = None;
        }
        self.sim_proven_at = now;
    }

    fn may_be_succeeded(&self, now: Timestamp) -> Result<(), NotSucceeded> {
        match self.state_at(now) {
            State::Ended { .. } => return Err(Refused::Ended.into()),
            State::Pending => return Err(Refused::NotActive.into()),
            _ => {}
        }
        if self.succeeded.is_some() {
            return Err(NotSucceeded::Succeeded);
        }
        Ok(())
    }

    /// A key on the SIM stays with its SIM, one in the handset with its handset; one that may be in
    /// two places stays with nothing.
    fn has_new_key(&self, next: &Next, change: &Replacement) -> bool {
        let stays = match change {
            Replacement::Handset { sim, .. } => self.key_home == KeyHome::Sim && sim.is_none(),
            Replacement::Sim { .. } => self.key_home != KeyHome::Sim,
        };
        let cloned =
            matches!(self.state, State::Held { why: LifecycleReason::CounterRegressed, .. });
        (stays && !cloned) || next.certificate.spki != self.certificate.spki
    }
}

impl Handsets {
    /// The same with another handset at a place, counted from 0 for the first.
    ///
    /// # Errors
    /// Where nothing is enrolled at the place, or the others and the new one do not go together.
    pub fn replaced(&self, place: usize, handset: Handset) -> Result<Self, HandsetsError> {
        if place >= self.count() {
            return Err(HandsetsError::NoSuchPlace);
        }
        let mut others = self.iter().enumerate().filter(|(at, _)| *at != place).peekable();
        if place == 0 {
            let mut new = Self::new(handset);
            others.try_for_each(|(_, other)| new.add(other.clone()))?;
            return Ok(new);
        }
        let mut new = Self::new(self.first().clone());
        others.skip(1).try_for_each(|(_, other)| new.add(other.clone()))?;
        new.add(handset)?;
        Ok(new)
    }
}
