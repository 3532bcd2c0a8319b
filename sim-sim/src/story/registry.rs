//! Stories of handsets and readers.

use super::{
    action::{Action, Hand, Operation, Place, Slot, Twist},
    script::Script,
};
use crate::catalogue::Kind;

/// What can happen in a step of these stories.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Act {
    /// An analyst imports a registry in which the one model is withdrawn.
    Withdraw,
}

/// Writes the steps of one of this part's kinds; whether the script's kind is one of them.
pub(super) fn story(script: &mut Script) -> bool {
    let twist = match script.kind {
        Kind::WithdrawnPhone => Twist::Straight,
        Kind::WithdrawnKeyCopied => {
            script.act(Action::CopyHandset).wait(5, 60);
            Twist::CopiedKey
        }
        _ => return false,
    };
    script.act(Action::Registry(Act::Withdraw)).wait(5, 60);
    for operation in [Operation::Application, Operation::Transfer] {
        let mut plan = script.with(script.kind, Place::App(operation), Slot(Hand::Bound, 0));
        plan.twist = twist;
        script.check(plan).wait(5, 60);
    }
    true
}
