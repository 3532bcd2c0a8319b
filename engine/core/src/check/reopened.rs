//! The facts of a recorded check as they would have been, had all been known that is known now.

use super::cause::tell;
use crate::{
    binding::{Binding, State},
    line::{Change, Effect, LineHistory, LineView, Reopening, SimEvent, consequence, gravity},
    time::Timestamp,
};
use simbind_rules::{
    Facts,
    facts::{
        BindingState, ChangeCause, Fact, FeedHealth, HandsetLatch, HandsetProof, HandsetRelation,
        LineLatch, Match, Provenance, SimLatch, SimState,
    },
};
use std::time::Duration;

/// What made somebody look again at a decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Again {
    /// An event was learned late. What it tells is added; what was known then stays known.
    Learned,
    /// An event was taken back; without it the binding stands so.
    TakenBack(State),
}

/// What is known now of the binding of a recorded check.
#[derive(Clone, Copy, Debug)]
pub struct KnownNow<'a> {
    /// The binding.
    pub binding: &'a Binding,
    /// The histories of its line.
    pub histories: &'a [LineHistory],
    /// The time whose decisions are looked at again.
    pub open: Reopening,
    /// Why.
    pub again: Again,
}

/// Puts what is known now of a binding's line, as of the time of the check, into the facts of it.
/// What the check itself brought stays as it was.
pub fn as_known_now(facts: &mut Facts, known: &KnownNow<'_>, at: Timestamp) {
    let histories: Vec<LineHistory> =
        known.histories.iter().map(|history| history.until(at)).collect();
    // What the SIM's proof was at the time: a later one says nothing of then.
    let sim_proven_at = Some(known.binding.sim_proven_at).filter(|proven| *proven < at);
    let binding = Binding {
        proven_at: known.open.proven_at,
        sim_proven_at: sim_proven_at.unwrap_or(known.open.proven_at),
        foreign_handset_at: known.binding.foreign_handset_at.filter(|seen| *seen <= at),
        released_at: known.binding.released_at.filter(|released| *released <= at),
        ..known.binding.clone()
    };
    let line = LineView::of(&binding, &histories.iter().collect::<Vec<_>>(), at);
    let back = matches!(known.again, Again::TakenBack(_));
    latches(facts, &line, back);
    ages(facts, &line, back, at);
    whereabouts(facts, &binding, &line, back, at);
    named(facts, &line, back);
    state(facts, &binding, &histories, known.again, at);
}

fn latches(facts: &mut Facts, line: &LineView, back: bool) {
    if back || line.handset_latch != HandsetLatch::Clear {
        facts.set_handset_latch(line.handset_latch);
    }
    if back || line.sim_latch != SimLatch::Clear {
        facts.set_sim_latch(line.sim_latch);
    }
    if back || line.line_latch != LineLatch::Clear {
        facts.set_line_latch(line.line_latch);
    }
    let told = line.sim_state != SimState::Active;
    if told || (back && facts.sim_state().is_some()) {
        facts.set_sim_state(line.sim_state);
    }
}

fn ages(facts: &mut Facts, line: &LineView, back: bool, at: Timestamp) {
    let age = |changed: Option<Timestamp>| changed.map(|changed| at.since(changed));
    let never = |known: Option<Duration>| known.filter(|_| back).map(|_| Duration::MAX);
    if let Some(age) = age(line.sim_changed_at).or(never(facts.sim_changed_age())) {
        facts.set_sim_changed_age(age);
    }
    if let Some(age) = age(line.handset_changed_at).or(never(facts.handset_changed_age())) {
        facts.set_handset_changed_age(age);
    }
}

/// Where the carrier saw the SIM, where it counts: the handset's own proof is stronger.
fn whereabouts(facts: &mut Facts, binding: &Binding, line: &LineView, back: bool, at: Timestamp) {
    if facts.handset_proof() == Some(HandsetProof::Valid) {
        return;
    }
    let carriers = facts.handset_match_provenance() == Some(Provenance::CarrierEvent);
    match line.sighting {
        Some(seen) if line.is_foreign(binding, seen.imei) => {
            facts.set_handset_match(Match::No);
            facts.set_handset_match_provenance(Provenance::CarrierEvent);
            facts.set_handset_match_age(at.since(seen.at));
            facts.set_handset_relation(HandsetRelation::Foreign);
        }
        seen if back && carriers && facts.handset_match() == Some(Match::No) => {
            let healthy = facts.feed_health() == Some(FeedHealth::Healthy);
            let (word, age) = match (seen, facts.feed_silence()) {
                (Some(seen), _) => (Provenance::CarrierEvent, at.since(seen.at)),
                (None, Some(silence)) if healthy => (Provenance::CarrierSilence, silence),
                (None, _) => return forget_whereabouts(facts),
            };
            facts.set_handset_match(Match::Yes);
            facts.set_handset_match_provenance(word);
            facts.set_handset_match_age(age);
            facts.set_handset_relation(HandsetRelation::Bound);
        }
        _ => {}
    }
}

fn forget_whereabouts(facts: &mut Facts) {
    let all = [
        Fact::HandsetMatch,
        Fact::HandsetMatchProvenance,
        Fact::HandsetMatchAge,
        Fact::HandsetRelation,
    ];
    all.into_iter().for_each(|fact| facts.forget(fact));
}

fn named(facts: &mut Facts, line: &LineView, back: bool) {
    let recorded = facts.change_cause().zip(facts.change_expected());
    let recorded = recorded.map(|(cause, expected)| Change { cause, expected });
    // What the check itself saw is the check's, whoever took what back.
    let own = |change: &Change| {
        matches!(
            change.cause,
            ChangeCause::SimMoved
                | ChangeCause::SlotChanged
                | ChangeCause::Loaner
                | ChangeCause::Renewed
        )
    };
    let recorded = recorded.filter(|change| !back || own(change));
    let changes = [recorded, line.change].into_iter().flatten();
    let graver = |one: Change, other: Change| {
        if gravity(other.cause) > gravity(one.cause) { other } else { one }
    };
    tell(facts, changes.reduce(graver));
}

fn state(
    facts: &mut Facts,
    binding: &Binding,
    histories: &[LineHistory],
    again: Again,
    at: Timestamp,
) {
    let recorded = facts.binding_state().unwrap_or(BindingState::None);
    let mut state = match again {
        Again::TakenBack(without) if severity(recorded) > severity(without.fact()) => {
            without.fact()
        }
        _ => recorded,
    };
    for event in histories.iter().flat_map(LineHistory::standing) {
        let told = SimEvent {
            id: event.id.clone(),
            carrier: binding.sim.serving.carrier.clone(),
            occurred_at: event.occurred_at,
            kind: event.kind.clone(),
        };
        let driven = match consequence(binding, &told, at).map(|asked| asked.effect) {
            None => continue,
            Some(Effect::Suspend) => BindingState::Suspended,
            Some(Effect::Hold) => BindingState::Held,
            Some(Effect::End) => BindingState::Revoked,
        };
        if severity(driven) > severity(state) {
            state = driven;
        }
    }
    facts.set_binding_state(state);
}

const fn severity(state: BindingState) -> u8 {
    match state {
        BindingState::Active => 0,
        BindingState::Suspended => 1,
        BindingState::Pending => 2,
        BindingState::Held => 3,
        BindingState::Revoked
        | BindingState::Expired
        | BindingState::Superseded
        | BindingState::None => 4,
    }
}
