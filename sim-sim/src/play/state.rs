//! Steps of states of a binding, and the PIN.

use super::actor::{ActError, Actor, Shared};
use crate::story::state::Act;

/// Does one step.
pub(super) async fn act(
    _actor: &mut Actor,
    _shared: &Shared<'_>,
    act: &Act,
) -> Result<(), ActError> {
    match *act {}
}
