//! A person in a run: what is theirs, and what has happened to them so far.

use super::{
    calls::Calls, check, counter, enrol, event, events, issuer::Desk, life, pace::Pace, platform,
    registry, state, succession,
};
use crate::{
    catalogue::Kind,
    clock::SimClock,
    connections::Names,
    platform::PlayedPlatform,
    report::{Outcome, Verdict},
    story::{Action, Hand},
    world::{World, WorldError, carrier::Carrier, handset::Handset, person::Person, sim::Sim},
};
use prost::bytes::Bytes;
use simbind_proto::v1;
use std::time::Duration;
use thiserror::Error;
use tonic::Status;

/// What all actors of a run share.
pub(crate) struct Shared<'a> {
    pub(crate) world: &'a World,
    pub(crate) calls: &'a Calls,
    pub(crate) clock: &'a dyn SimClock,
    pub(crate) names: &'a Names,
    pub(crate) pace: &'a Pace,
    pub(crate) desk: &'a Desk,
    pub(crate) platform: Option<&'a PlayedPlatform>,
}

/// Why an action did not happen.
#[derive(Debug, Error)]
pub(crate) enum ActError {
    /// The server did not answer it, or refused it.
    #[error("{0}")]
    Call(#[from] Status),
    /// The simulator's own fault.
    #[error("{0}")]
    World(#[from] WorldError),
    /// A made-up value does not parse.
    #[error("a made-up value does not parse: {0}")]
    Value(#[from] simbind_core::ids::IdError),
}

/// A person in a run.
pub(crate) struct Actor {
    pub(crate) index: usize,
    pub(crate) kind: Kind,
    pub(crate) person: Person,
    pub(crate) copy: Option<Sim>,
    /// The bound handset's key, copied.
    pub(crate) copied_handset: Option<Handset>,
    pub(crate) binding_id: String,
    pub(crate) last_login: Option<v1::CheckLoginRequest>,
    pub(crate) sent: Vec<v1::SimEvent>,
    /// The carrier that the line left, and the SIM that it had there.
    pub(crate) left: Option<(Carrier, String)>,
    /// An answer of the issuer that was kept.
    pub(crate) kept_answer: Option<Bytes>,
    pub(crate) outcomes: Vec<Outcome>,
    requests: u32,
    events: u32,
}

impl Actor {
    pub(crate) fn new(index: usize, kind: Kind, person: Person) -> Self {
        Self {
            index,
            kind,
            person,
            copy: None,
            copied_handset: None,
            binding_id: String::new(),
            last_login: None,
            sent: Vec::new(),
            left: None,
            kept_answer: None,
            outcomes: Vec::new(),
            requests: 0,
            events: 0,
        }
    }

    pub(crate) fn handset(&self, hand: Hand) -> &Handset {
        match hand {
            Hand::Bound => &self.person.handsets.bound,
            Hand::Other => &self.person.handsets.other,
            Hand::Loaner => &self.person.handsets.loaner,
            Hand::Foreign => &self.person.handsets.foreign,
        }
    }

    pub(crate) fn handset_mut(&mut self, hand: Hand) -> &mut Handset {
        match hand {
            Hand::Bound => &mut self.person.handsets.bound,
            Hand::Other => &mut self.person.handsets.other,
            Hand::Loaner => &mut self.person.handsets.loaner,
            Hand::Foreign => &mut self.person.handsets.foreign,
        }
    }

    /// A request id that no other request of the run has.
    pub(crate) fn next_request(&mut self) -> String {
        self.requests += 1;
        format!("{}/{}", self.person.reference, self.requests)
    }

    /// An event id that no other event of the run has.
    pub(crate) fn next_event(&mut self) -> String {
        self.events += 1;
        format!("{}/{}", self.person.line_ref, self.events)
    }

    /// Does one action. What fails is kept as an outcome: a run goes on.
    pub(crate) async fn act(&mut self, shared: &Shared<'_>, action: &Action) {
        let done = match action {
            Action::Check(plan) => return check::run(self, shared, plan).await,
            Action::Event(plan) => event::send(self, shared, plan).await,
            Action::ResendEvents => event::resend(self, shared).await,
            Action::AddHandset(hand) => enrol::add_handset(self, shared, *hand).await,
            Action::Reprove => enrol::reprove(self, shared).await,
            Action::BindAgain => enrol::bind_again(self, shared).await,
            Action::NewBinding => enrol::bind_anew(self, shared).await,
            Action::WrongPins(entries) => check::wrong_pins(self, shared, *entries).await,
            Action::RightPin => check::right_pin(self, shared).await,
            Action::LoseKey => self.person.handsets.bound.restore().map_err(ActError::from),
            Action::NextIccid => {
                self.person.sim = self.person.sim.moved_to(&self.person.next_sim);
                Ok(())
            }
            Action::Standing(standing, voice) => {
                shared.desk.tell(shared, &self.person.sim, *standing, *voice).await
            }
            Action::Life(act) => life::act(self, shared, *act).await,
            Action::Begin(kind) => {
                self.kind = *kind;
                Ok(())
            }
            Action::Adopt => {
                self.person.adopt();
                self.person.take_handset(shared.world).map_err(ActError::from)
            }
            Action::FreshHandset => self.person.take_handset(shared.world).map_err(ActError::from),
            Action::FreshSim => self.person.take_sim(shared.world).map_err(ActError::from),
            Action::KeepAnswer => {
                self.kept_answer = Some(shared.desk.answer(shared, &self.person.sim).await);
                Ok(())
            }
            Action::CopyHandset => {
                self.copied_handset = Some(self.person.handsets.bound.clone());
                Ok(())
            }
            Action::CopySim => {
                self.copy = Some(self.person.sim.clone());
                Ok(())
            }
            Action::Counter(act) => counter::act(self, shared, act).await,
            Action::Events(act) => events::act(self, shared, act).await,
            Action::Platform(act) => platform::act(self, shared, *act).await,
            Action::Registry(act) => registry::act(shared, *act).await,
            Action::State(act) => state::act(self, shared, act).await,
            Action::Succession(act) => succession::act(self, shared, *act).await,
        };
        if let Err(error) = done {
            self.note(self.kind, Verdict::Fault(error.to_string()), Duration::ZERO);
        }
    }

    /// Keeps an outcome that is no decision.
    pub(crate) fn note(&mut self, kind: Kind, verdict: Verdict, took: Duration) {
        let step = self.outcomes.len();
        self.outcomes.push(Outcome {
            person: self.index,
            step,
            took,
            ..Outcome::of(kind, verdict)
        });
    }
}
