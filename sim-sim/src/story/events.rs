//! Stories of what carriers tell.

use super::{
    action::{Action, Hand, Happening, Operation, Place, Slot},
    script::Script,
};
use crate::catalogue::Kind;
use simbind_proto::v1::{ReissueCause, SuspensionCause};
use std::time::Duration;

const BOUND: Slot = Slot(Hand::Bound, 0);
const OTHER: Slot = Slot(Hand::Other, 0);
const FOREIGN: Slot = Slot(Hand::Foreign, 0);
/// How long before it is told something happened that is told late: longer than a login and its wait.
const BEFORE: Duration = Duration::from_secs(3 * 3600);

/// What can happen in a step of these stories.
#[derive(Clone, Debug)]
pub(crate) enum Act {
    /// A counter announces the person's next SIM.
    AnnounceSim,
    /// The relying party is told that the last decision is to be looked at again.
    Reopened,
}

/// Writes the steps of one of this part's kinds; whether the script's kind is one of them.
pub(super) fn story(script: &mut Script) -> bool {
    match script.kind {
        Kind::AnnouncedPhone => announced_phone(script),
        Kind::AnnouncedSim => announced_sim(script),
        Kind::WrongLoss => taken_back(script, Happening::Suspended(SuspensionCause::Lost)),
        Kind::WrongEnd => taken_back(script, Happening::ContractEnded),
        Kind::ToldLate => told_late(script),
        _ => return false,
    }
    true
}

/// The shop announces the new phone; until a counter has enrolled it, its owner looks at things.
fn announced_phone(script: &mut Script) {
    script.event(Happening::Announced(Hand::Other)).wait(5, 60);
    script.event(Happening::Changed(OTHER)).wait(5, 60);
    let mut plan = script.with(Kind::AnnouncedPhone, Place::Browser(Operation::Balance), OTHER);
    // Nobody has enrolled a key of it.
    plan.signer = None;
    script.check(plan);
}

/// A counter announces the SIM, the carrier gives it out, and nobody sees the person again.
fn announced_sim(script: &mut Script) {
    script.act(Action::Events(Act::AnnounceSim)).wait(5, 60);
    script.event(Happening::Reissued { cause: ReissueCause::Broken, tells_new: true });
    script.act(Action::NextIccid).wait(10, 60);
    login(script);
}

/// The carrier tells of it, and takes it back.
fn taken_back(script: &mut Script, happening: Happening) {
    script.event(happening).wait(5, 60).event(Happening::Correction).wait(5, 60);
    login(script);
}

/// The SIM was in another handset before the owner logged in, and the carrier tells of it after.
fn told_late(script: &mut Script) {
    script.everyday(Kind::AppLogin, Kind::AppLogin, BOUND).wait(15, 60);
    script.event_of(Happening::Changed(FOREIGN), BEFORE);
    script.act(Action::Events(Act::Reopened)).wait(15, 60);
    let operation = script.operation();
    let plan = script.with(script.kind, Place::App(operation), FOREIGN);
    script.check(plan);
}

fn login(script: &mut Script) {
    let operation = script.operation();
    let plan = script.with(script.kind, Place::App(operation), BOUND);
    script.check(plan);
}
