//! Steps of renewals and changes.

use super::actor::{ActError, Actor, Shared};
use crate::story::succession::Act;

/// Does one step.
pub(super) async fn act(
    _actor: &mut Actor,
    _shared: &Shared<'_>,
    act: &Act,
) -> Result<(), ActError> {
    match *act {}
}
