//! Stories of states of a binding, and the PIN.

use super::script::Script;

/// What can happen in a step of these stories.
#[derive(Clone, Debug)]
pub(crate) enum Act {}

/// Writes the steps of one of this part's kinds; whether the script's kind is one of them.
pub(super) const fn story(_script: &mut Script) -> bool {
    false
}
