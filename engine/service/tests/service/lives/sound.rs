//! What must hold after every step of a life.

use super::{
    life::{DEVICES, HANDSETS, LOANER, Life, OVERLAP, Seen},
    over,
};
use simbind_core::{
    binding::{Binding, LifecycleReason as Why, State, TRANSITIONS},
    ids::{BindingId, PersonRef},
    ticket::State as TicketState,
    time::Timestamp,
};
use std::collections::BTreeMap;

impl Life {
    pub(super) async fn sound(&mut self) {
        let (now, step) = (self.engine.now(), self.step);
        let mut living: BTreeMap<BindingId, Binding> = BTreeMap::new();
        for (id, seen) in &mut self.seen {
            // One that is over for good is looked at now and then.
            if seen.over_for_good && !step.is_multiple_of(25) {
                continue;
            }
            let binding = self.engine.binding(*id).await.expect("no binding is lost").binding;
            let (from, to) = (seen.state.phase(), binding.state.phase());
            let known = from == to || TRANSITIONS.iter().any(|t| (t.from, t.to) == (from, to));
            // An end that an event of the line made is taken back with it, and no other is.
            let given_back = over(seen.state) && !seen.over_for_good && self.corrected;
            assert!(known || given_back, "step {step}: {from:?} became {to:?}");
            seen.over_for_good = over(binding.state) && !binding.driven.ended();
            assert_eq!(binding.held.is_some(), matches!(binding.state, State::Held { .. }));
            assert_eq!(binding.suspended.is_some(), binding.state.is_suspended());
            assert!(binding.handsets.count() <= HANDSETS, "step {step}: too many handsets");
            seen.state = binding.state;
            if !over(binding.state_at(now)) {
                living.insert(*id, binding);
            }
        }
        one_for_each_certificate(&living, step);
        overlaps_are_bounded(&living, now, step);
        self.none_has_more_than_allowed(&living, now);
        self.loaners_end(&living, now).await;
        if step.is_multiple_of(10) {
            self.tickets_and_their_bindings().await;
        }
    }

    fn none_has_more_than_allowed(&self, living: &BTreeMap<BindingId, Binding>, now: Timestamp) {
        let mut present: BTreeMap<&PersonRef, usize> = BTreeMap::new();
        for binding in living.values().filter(|binding| binding.is_present_at(now)) {
            *present.entry(&binding.person).or_default() += 1;
        }
        for (person, count) in present {
            let step = self.step;
            assert!(count <= DEVICES, "step {step}: {count} bindings of {}", person.as_str());
        }
    }

    /// A loaner stands in no longer than packs say.
    async fn loaners_end(&self, living: &BTreeMap<BindingId, Binding>, now: Timestamp) {
        if !self.step.is_multiple_of(10) {
            return;
        }
        for binding in living.values() {
            let view = self.engine.line_view(binding).await.unwrap();
            let Some(loaner) = view.loaner else { continue };
            assert!(loaner.until > now, "step {}: a loaner past its time", self.step);
            let announced = simbind_core::line::Announcement::LONGEST.max(LOANER);
            assert!(loaner.until.since(loaner.from) <= announced, "step {}", self.step);
        }
    }

    /// A binding is pending only while its ticket is open, or until its end by time is written.
    async fn tickets_and_their_bindings(&mut self) {
        for place in 0..self.booths.len() {
            self.look_at_ticket(place).await;
            let ticket = self.engine.ticket(self.booths[place].ticket, None).await.unwrap();
            let Ok(standing) = self.engine.binding(ticket.binding).await else { continue };
            let (binding, open) = (standing.binding, ticket.progress.state == TicketState::Open);
            let state = binding.state_at(self.engine.now());
            assert!(open || state != State::Pending, "step {}: without a ticket", self.step);
            let fits = match state {
                State::Pending | State::Held { .. } | State::Ended { .. } => true,
                State::Active | State::Suspended { .. } => !open,
            };
            assert!(fits, "step {}: {state:?} without an activation", self.step);
        }
    }

    /// What the ledgers alone give is what was served.
    pub(super) async fn same_when_made_anew(&self) {
        let rebuilt = self.world.rebuilt().await;
        for id in self.seen.keys() {
            let (served, made) = tokio::join!(self.engine.binding(*id), rebuilt.binding(*id));
            let (served, made) = (served.unwrap(), made.unwrap());
            assert_eq!((served.binding, served.version), (made.binding, made.version));
        }
        for booth in &self.booths {
            let made = rebuilt.ticket(booth.ticket, None).await.unwrap();
            assert_eq!(self.engine.ticket(booth.ticket, None).await.unwrap(), made);
        }
    }

    /// Each acknowledged binding is listed for its person, and no other is.
    pub(super) async fn listed(&self) {
        for (owner, person) in self.people.iter().enumerate() {
            let name: PersonRef = person.name.parse().unwrap();
            let mut after = None;
            let mut listed = Vec::new();
            loop {
                let (page, next) = self.engine.bindings_of(&name, after, 20).await.unwrap();
                listed.extend(page.into_iter().map(|standing| standing.binding.id));
                let Some(next) = next else { break };
                after = Some(next);
            }
            listed.sort();
            let own = |seen: &Seen| self.people[seen.owner].name == person.name;
            let mut acknowledged: Vec<_> =
                self.seen.iter().filter(|(_, seen)| own(seen)).map(|(id, _)| *id).collect();
            acknowledged.sort();
            assert_eq!(listed, acknowledged, "person {owner}");
        }
    }
}

fn one_for_each_certificate(living: &BTreeMap<BindingId, Binding>, step: u32) {
    let mut bound = BTreeMap::new();
    for (id, binding) in living {
        let other = bound.insert(binding.certificate.id, *id);
        assert_eq!(other, None, "step {step}: two bindings of one certificate");
    }
}

/// Of bindings that follow one another at most two live, and the older one for the overlap alone.
fn overlaps_are_bounded(living: &BTreeMap<BindingId, Binding>, now: Timestamp, step: u32) {
    for binding in living.values() {
        let Some(by) = binding.succeeded else { continue };
        assert_eq!(by.why, Why::Renewed, "step {step}: only a renewal leaves two");
        assert!(by.until > now && by.until.since(now) <= OVERLAP, "step {step}: too long");
        let before = binding.succeeds.and_then(|before| living.get(&before));
        assert!(before.is_none(), "step {step}: three of one line of bindings live");
    }
}
