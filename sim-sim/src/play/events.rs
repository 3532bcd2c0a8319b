//! Steps of what carriers tell.

use super::{
    actor::{ActError, Actor, Shared},
    calls::patiently,
};
use crate::{clock::to_proto, story::events::Act};
use simbind_proto::v1;
use std::time::Duration;

/// How long a change is awaited.
pub(super) const AWAITED: Duration = Duration::from_secs(7 * 86_400);

/// Does one step.
pub(super) async fn act(actor: &mut Actor, shared: &Shared<'_>, act: &Act) -> Result<(), ActError> {
    match act {
        Act::AnnounceSim => announce_sim(actor, shared).await,
    }
}

/// Naturally repeatable: the same announcement changes nothing.
async fn announce_sim(actor: &Actor, shared: &Shared<'_>) -> Result<(), ActError> {
    let iccid = actor.person.next_sim.iccid.clone();
    let sim = v1::AnnouncedSim { iccid, eid: String::new() };
    let announced = v1::AnnouncedChange {
        change: Some(v1::announced_change::Change::Sim(sim)),
        until: Some(to_proto(shared.clock.now().plus(AWAITED))),
    };
    let binding_id = actor.binding_id.clone();
    let request = v1::AnnounceChangeRequest { binding_id, announced: Some(announced) };
    patiently(|| {
        let (mut client, request) = (shared.calls.counter.clone(), request.clone());
        async move { client.announce_change(request).await }
    })
    .await?;
    Ok(())
}
