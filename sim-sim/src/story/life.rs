//! Stories of loss, of the end of a phone or a contract, and of a forgotten PIN.

use super::{
    action::{Action, Hand, Happening, Operation, Place, Slot},
    script::Script,
};
use crate::catalogue::Kind;
use simbind_proto::v1::{LifecycleReason, SuspensionCause};

const BOUND: Slot = Slot(Hand::Bound, 0);
/// A day and some: past the time for which a hold for loss stands at least.
const COOLED_DOWN: u32 = 25 * 60;

/// What can happen in a step of these stories.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Act {
    /// A counter lifts the hold.
    Release(LifecycleReason),
    /// A counter ends the binding at its owner's word.
    Revoke(LifecycleReason),
    /// A counter sees the person, whose PIN is set anew.
    ResetPin,
    /// The line is another person's from now on, who plays the rest.
    BecomeAnother,
}

/// Writes the steps of one of this part's kinds; whether the script's kind is one of them.
pub(super) fn story(script: &mut Script) -> bool {
    use SuspensionCause::{Lost, Stolen};
    match script.kind {
        Kind::LostAndFound => lost_and_found(script),
        Kind::LostPhoneUsed => {
            script.event(Happening::Suspended(Lost)).wait(5, 60);
            thief(script);
        }
        Kind::ResumedByFraud => {
            script.event(Happening::Suspended(Stolen)).wait(5, 60);
            script.event(Happening::Resumed).wait(5, 60);
            thief(script);
        }
        Kind::PinReset => {
            script.act(Action::WrongPins(3)).wait(30, 120).act(Action::Life(Act::ResetPin));
            script.wait(1, 5);
            owner(script);
        }
        Kind::PhoneReplaced => {
            script.act(Action::Life(Act::Revoke(LifecycleReason::Disposed))).wait(5, 60);
            anew(script);
        }
        Kind::DisposedPhoneUsed => {
            script.act(Action::Life(Act::Revoke(LifecycleReason::Disposed))).wait(5, 60);
            thief(script);
        }
        Kind::ContractChanged => {
            script.event(Happening::ContractEnded).wait(5, 60);
            anew(script);
        }
        Kind::CancelledSimUsed => ended(script, Happening::ContractEnded),
        Kind::LineTakenOver => another(script, Happening::Transferred),
        Kind::TransferredSimUsed => ended(script, Happening::Transferred),
        Kind::LineInherited => another(script, Happening::Inherited),
        Kind::InheritedSimUsed => ended(script, Happening::Inherited),
        _ => return false,
    }
    true
}

/// The owner logs in; nobody pays whose SIM or PIN is new.
fn owner(script: &mut Script) {
    let plan = script.with(script.kind, Place::App(Operation::Balance), BOUND);
    script.check(plan).wait(10, 40);
    let plan = script.with(script.kind, Place::App(Operation::Application), BOUND);
    script.check(plan).wait(10, 40);
}

/// Whoever has the phone and knows the PIN.
fn thief(script: &mut Script) {
    for _ in 0..2 {
        let operation = script.operation();
        let plan = script.with(script.kind, Place::App(operation), BOUND);
        script.check(plan).wait(5, 60);
    }
}

fn ended(script: &mut Script, happening: Happening) {
    script.event(happening).wait(5, 60);
    thief(script);
}

/// The carrier is told of the loss; the phone is tried too early, and is found.
fn lost_and_found(script: &mut Script) {
    script.event(Happening::Suspended(SuspensionCause::Lost)).wait(10, 60);
    let plan = script.with(Kind::WhileLost, Place::App(Operation::Balance), BOUND);
    script.check(plan).wait(COOLED_DOWN, COOLED_DOWN + 60);
    script.event(Happening::Resumed).wait(5, 30);
    script.act(Action::Life(Act::Release(LifecycleReason::Found))).wait(5, 60);
    owner(script);
}

/// A new certificate on a new SIM and phone.
fn anew(script: &mut Script) {
    script.act(Action::NewBinding).wait(5, 60);
    owner(script);
}

/// The line goes to another person, who is bound with nothing of the first.
fn another(script: &mut Script, happening: Happening) {
    script.event(happening).wait(5, 60).act(Action::Life(Act::BecomeAnother));
    anew(script);
}
