//! Stories of the carriers' platforms.

use super::{
    action::{Action, Hand, Happening, Operation, Place, Slot},
    life,
    script::Script,
    succession,
};
use crate::{catalogue::Kind, platform::Manner};
use rand::Rng as _;
use simbind_proto::v1::{LifecycleReason, OrderRefusal, SuspensionCause};

const BOUND: Slot = Slot(Hand::Bound, 0);
/// A day and some: past the time for which a hold for loss stands at least.
const COOLED_DOWN: u32 = 25 * 60;

/// What can happen in a step of these stories.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Act {
    /// The platform meets orders for the person's SIM so from now on.
    Behave(Manner),
    /// The order of now has come to the platform, which met it so.
    Met(Manner),
    /// The carrier reports that the order, which its platform had accepted, is done.
    Report,
}

/// Writes the steps of one of this part's kinds; whether the script's kind is one of them.
pub(super) fn story(script: &mut Script) -> bool {
    match script.kind {
        Kind::LockedAndFound => {
            let lock = any(script);
            lost(script, lock);
            let unlock = any(script);
            found(script, unlock);
            owner(script);
        }
        Kind::EndedAndReplaced => {
            let delete = any(script);
            ended(script, delete);
            script.act(Action::NewBinding).wait(5, 60);
            owner(script);
        }
        Kind::WrongEndReloaded => {
            let delete = any(script);
            ended_by_mistake(script, delete);
            script.act(Action::Succession(succession::Act::Renew)).wait(5, 60);
            owner(script);
        }
        Kind::ReloadedSimCopied => {
            script.act(Action::CopySim).wait(5, 60);
            let delete = confirmed(script);
            ended_by_mistake(script, delete);
            thief(script, true);
        }
        Kind::LockUnanswered => {
            let lock = unconfirmed(script);
            lost(script, lock);
            thief(script, false);
        }
        Kind::LockedSimCopied => {
            script.act(Action::CopySim).wait(5, 60);
            let lock = confirmed(script);
            lost(script, lock);
            thief(script, true);
        }
        Kind::DeletedSimCopied => {
            script.act(Action::CopySim).wait(5, 60);
            let delete = confirmed(script);
            ended(script, delete);
            thief(script, true);
        }
        _ => return false,
    }
    true
}

/// A platform that does as it is told: at once, or after a while.
fn confirmed(script: &mut Script) -> Manner {
    if script.rng.random_bool(0.5) { Manner::Confirms } else { Manner::Accepts }
}

/// One that does not.
fn unconfirmed(script: &mut Script) -> Manner {
    if script.rng.random_bool(0.5) {
        return Manner::Silent;
    }
    let known = script.rng.random_bool(0.5);
    Manner::Refuses(if known { OrderRefusal::Unsupported } else { OrderRefusal::UnknownSim })
}

fn any(script: &mut Script) -> Manner {
    if script.rng.random_bool(0.5) { confirmed(script) } else { unconfirmed(script) }
}

/// What has just been done is ordered of a platform that meets the order so.
fn met(script: &mut Script, manner: Manner) {
    script.act(Action::Platform(Act::Met(manner))).wait(10, 120);
    if manner == Manner::Accepts {
        script.act(Action::Platform(Act::Report)).wait(5, 60);
    }
}

fn behave(script: &mut Script, manner: Manner) {
    script.act(Action::Platform(Act::Behave(manner)));
}

/// The carrier is told of the loss: the binding is held, and the lock is ordered.
fn lost(script: &mut Script, lock: Manner) {
    behave(script, lock);
    script.event(Happening::Suspended(SuspensionCause::Lost));
    met(script, lock);
}

/// The hold is lifted at a counter, and the applet is unlocked.
fn found(script: &mut Script, unlock: Manner) {
    script.wait(COOLED_DOWN, COOLED_DOWN + 60).event(Happening::Resumed).wait(5, 30);
    behave(script, unlock);
    script.act(Action::Life(life::Act::Release(LifecycleReason::Found)));
    met(script, unlock);
}

/// The owner gives the phone away, and the applet is deleted.
fn ended(script: &mut Script, delete: Manner) {
    behave(script, delete);
    script.act(Action::Life(life::Act::Revoke(LifecycleReason::Disposed)));
    met(script, delete);
}

/// The carrier ends the contract and takes that back; the applet is loaded again.
fn ended_by_mistake(script: &mut Script, delete: Manner) {
    behave(script, delete);
    script.event(Happening::ContractEnded);
    met(script, delete);
    let load = confirmed(script);
    behave(script, load);
    script.event(Happening::Correction);
    met(script, load);
}

/// The owner looks at things, and files; nobody pays whose SIM is new.
fn owner(script: &mut Script) {
    for operation in [Operation::Balance, Operation::Application] {
        let plan = script.with(script.kind, Place::App(operation), BOUND);
        script.check(plan).wait(10, 40);
    }
}

/// Whoever has the phone and knows the PIN, with its SIM or with a copy of it.
fn thief(script: &mut Script, copied: bool) {
    for operation in [Operation::Balance, Operation::Application] {
        let mut plan = script.with(script.kind, Place::App(operation), BOUND);
        plan.copied = copied;
        script.check(plan).wait(5, 60);
    }
}
