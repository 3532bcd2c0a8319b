//! Steps of loss, of the end of a phone or a contract, and of a forgotten PIN.

use super::{
    actor::{ActError, Actor, Shared},
    calls::patiently,
};
use crate::story::life::Act;
use simbind_proto::v1::{self, LifecycleReason, owner_proof::By};

/// Does one step.
pub(super) async fn act(actor: &mut Actor, shared: &Shared<'_>, act: Act) -> Result<(), ActError> {
    match act {
        Act::Release(reason) => release(actor, shared, reason).await,
        Act::Revoke(reason) => revoke(actor, shared, reason).await,
        Act::ResetPin => reset_pin(actor, shared).await,
        Act::BecomeAnother => {
            actor.person.become_another(shared.world)?;
            Ok(())
        }
    }
}

async fn release(
    actor: &Actor,
    shared: &Shared<'_>,
    reason: LifecycleReason,
) -> Result<(), ActError> {
    let binding_id = actor.binding_id.clone();
    let request = v1::ReleaseBindingRequest { binding_id, reason: reason.into() };
    patiently(|| {
        let (mut client, request) = (shared.calls.counter.clone(), request.clone());
        async move { client.release_binding(request).await }
    })
    .await?;
    Ok(())
}

async fn revoke(
    actor: &Actor,
    shared: &Shared<'_>,
    reason: LifecycleReason,
) -> Result<(), ActError> {
    let binding_id = actor.binding_id.clone();
    let request = v1::RevokeBindingRequest { binding_id, reason: reason.into() };
    patiently(|| {
        let (mut client, request) = (shared.calls.counter.clone(), request.clone());
        async move { client.revoke_binding(request).await }
    })
    .await?;
    Ok(())
}

async fn reset_pin(actor: &mut Actor, shared: &Shared<'_>) -> Result<(), ActError> {
    let by = By::TicketRef(actor.next_request());
    let request = v1::ResetPinRequest {
        request_id: actor.next_request(),
        binding_id: actor.binding_id.clone(),
        owner: Some(v1::OwnerProof { by: Some(by) }),
    };
    patiently(|| {
        let (mut client, request) = (shared.calls.pins.clone(), request.clone());
        async move { client.reset_pin(request).await }
    })
    .await?;
    Ok(())
}
