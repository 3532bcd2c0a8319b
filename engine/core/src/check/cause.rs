//! What changed since SIM, handset and person were last proved together, and whether it was
//! expected: named with each verdict.

use super::{
    facts::{Claims, HandsetFinding, Subject},
    sims::SimSeen,
    whereabouts::Observation,
};
use crate::{
    ids::Imei,
    line::{Change, LineView, gravity},
    time::Timestamp,
};
use simbind_rules::{
    Facts, StepUpMethod,
    facts::{ChangeCause, ChangeExpectation, HandsetRelation, Match},
};
use std::time::Duration;

/// How long after a binding took another's place that is what changed.
const RENEWED: Duration = Duration::from_secs(30 * 86_400);

/// What a check saw, beside what carriers told.
pub(super) struct Seen<'a> {
    pub(super) finding: HandsetFinding,
    pub(super) claims: &'a Claims,
    pub(super) sim: SimSeen,
    pub(super) handset: Option<&'a Observation>,
}

/// Names the gravest change. Which was announced, and which another proof in this very check
/// explains, is told with it.
pub(super) fn change(subject: &Subject<'_>, seen: &Seen<'_>, now: Timestamp) -> Option<Change> {
    let Subject { binding, line, .. } = *subject;
    let proved = matches!(seen.finding, HandsetFinding::Valid(_));
    let by_proof =
        if proved { ChangeExpectation::Reproved } else { ChangeExpectation::Unannounced };
    let named = |cause, expected| Some(Change { cause, expected });
    let imeis = [seen.claims.toolkit_imei, seen.claims.imei];
    let spoken = || imeis.into_iter().flatten();
    let moved = seen.handset.and_then(|seen| match seen.relation {
        HandsetRelation::Bound => None,
        HandsetRelation::OwnOther => named(ChangeCause::SimMoved, by_proof),
        HandsetRelation::Loaner => {
            spoken().chain(line.sighting.map(|seen| seen.imei)).find_map(|imei| line.stand_in(imei))
        }
        HandsetRelation::Foreign => named(ChangeCause::SimMoved, ChangeExpectation::Unannounced),
    });
    let place = |imei: Imei| binding.handsets.with_imei(imei).map(|(place, _)| place);
    let sighted = line.sighting.map(|seen| seen.imei);
    let other_slot = sighted.is_some_and(|sighted| {
        spoken()
            .any(|imei| imei != sighted && place(imei).is_some() && place(imei) == place(sighted))
    });
    let slot = other_slot.then_some(Change { cause: ChangeCause::SlotChanged, expected: by_proof });
    let other_sim = seen.claims.iccid.is_some()
        && seen.sim.matches.is_some_and(|(found, _)| found == Match::No);
    let unsaid = Change { cause: ChangeCause::Unsaid, expected: ChangeExpectation::Unannounced };
    let renewed = binding.succeeds.is_some() && now.since(binding.enrolled_at) < RENEWED;
    let renewal = Change { cause: ChangeCause::Renewed, expected: ChangeExpectation::Renewed };
    [line.change, moved, slot, other_sim.then_some(unsaid), renewed.then_some(renewal)]
        .into_iter()
        .flatten()
        .reduce(|one, other| if gravity(other.cause) > gravity(one.cause) { other } else { one })
}

/// Sets the facts that name a change.
pub(super) fn tell(facts: &mut Facts, change: Option<Change>) {
    let none = Change { cause: ChangeCause::None, expected: ChangeExpectation::None };
    let Change { cause, expected } = change.unwrap_or(none);
    facts.set_change_cause(cause);
    facts.set_change_expected(expected);
}

/// The change that a decision named before a step-up, with what carriers told since; by the step-up
/// it is explained.
pub fn change_after_step_up(facts: &mut Facts, line: &LineView, proved: StepUpMethod) {
    let before = facts.change_cause().zip(facts.change_expected());
    let before = before.map(|(cause, expected)| Change { cause, expected });
    let before = before.filter(|change| change.cause != ChangeCause::None);
    let since = line
        .change
        .filter(|now| before.is_none_or(|before| gravity(now.cause) > gravity(before.cause)));
    let change = since.or(before).map(|change| Change {
        expected: match proved {
            StepUpMethod::Counter => ChangeExpectation::Counter,
            StepUpMethod::Card | StepUpMethod::Reattest => ChangeExpectation::Reproved,
            StepUpMethod::Sms => change.expected,
        },
        ..change
    });
    tell(facts, change);
}
