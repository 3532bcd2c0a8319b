//! Steps of the carriers' platforms.

use super::actor::{ActError, Actor, Shared};
use crate::story::platform::Act;

/// Does one step.
pub(super) async fn act(
    _actor: &mut Actor,
    _shared: &Shared<'_>,
    act: &Act,
) -> Result<(), ActError> {
    match *act {}
}
