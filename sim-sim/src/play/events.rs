//! Steps of what carriers tell.

use super::{
    actor::{ActError, Actor, Shared},
    calls::patiently,
};
use crate::{clock::to_proto, story::events::Act};
use simbind_proto::v1::{self, ReopenedFilter};
use std::time::Duration;
use tonic::Status;

/// How long a change is awaited.
pub(super) const AWAITED: Duration = Duration::from_secs(7 * 86_400);

/// Does one step.
pub(super) async fn act(actor: &mut Actor, shared: &Shared<'_>, act: &Act) -> Result<(), ActError> {
    match act {
        Act::AnnounceSim => announce_sim(actor, shared).await,
        Act::Reopened => reopened(actor, shared).await,
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

/// The last decision stands in the relying party's list of those whose verdict would be another.
async fn reopened(actor: &Actor, shared: &Shared<'_>) -> Result<(), ActError> {
    let last = actor.outcomes.last().map(|outcome| outcome.decision_id.clone());
    let last = last.unwrap_or_default();
    let mut page_token = String::new();
    loop {
        let request = v1::ListReopenedRequest {
            // What was learned in this very step.
            learned_from: Some(to_proto(shared.clock.now())),
            filter: ReopenedFilter::Changed.into(),
            page_size: 100,
            page_token,
        };
        let answer = patiently(|| {
            let (mut client, request) = (shared.calls.decisions.clone(), request.clone());
            async move { client.list_reopened(request).await }
        });
        let v1::ListReopenedResponse { reopened, next_page_token } = answer.await?;
        if reopened.iter().any(|row| row.decision_id == last) {
            return Ok(());
        }
        if next_page_token.is_empty() {
            let text = "what was learned late has nobody look at the last decision again";
            return Err(Status::internal(text).into());
        }
        page_token = next_page_token;
    }
}
