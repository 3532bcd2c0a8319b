//! Steps of renewals and changes.

use super::{
    actor::{ActError, Actor, Shared},
    calls::patiently,
    enrol,
};
use crate::{
    clock::to_proto,
    report::Verdict,
    story::{Hand, succession::Act},
    world::sim::Sim,
};
use simbind_proto::v1::{self, owner_proof::By};
use std::time::Duration;

/// How long a loaner is lent for.
const LOAN: Duration = Duration::from_secs(14 * 86_400);

/// Does one step.
pub(super) async fn act(actor: &mut Actor, shared: &Shared<'_>, act: Act) -> Result<(), ActError> {
    match act {
        Act::Renew => renew(actor, shared).await,
        Act::RenewStolen => {
            let done = renew(actor, shared).await;
            stolen(actor, done)
        }
        Act::ReplaceHandset => replace_handset(actor, shared).await,
        Act::ReplaceSim => replace_sim(actor, shared).await,
        Act::Lend => lend(actor, shared).await,
        Act::Return => take_back(actor, shared).await,
    }
}

/// A counter that saw the person.
fn in_person(actor: &mut Actor) -> Option<v1::OwnerProof> {
    let by = By::TicketRef(actor.next_request());
    Some(v1::OwnerProof { by: Some(by) })
}

fn counts(sim: &Sim) -> i32 {
    let counter =
        if sim.applet.counts { v1::SignatureCounter::Present } else { v1::SignatureCounter::None };
    counter.into()
}

/// What a thief asked a counter for: a refusal stops as a refused check does.
fn stolen(actor: &mut Actor, done: Result<(), ActError>) -> Result<(), ActError> {
    let verdict = match done {
        Ok(()) => Verdict::Allow,
        Err(ActError::Call(status)) if enrol::is_refusal(status.code()) => {
            Verdict::RefusedAtEnrolment(status.message().to_owned())
        }
        Err(error) => return Err(error),
    };
    actor.note(actor.kind, verdict, Duration::ZERO);
    Ok(())
}

async fn renew(actor: &mut Actor, shared: &Shared<'_>) -> Result<(), ActError> {
    let renewed = actor.person.next_sim.on_card_of(&actor.person.sim);
    let request = v1::RenewBindingRequest {
        request_id: actor.next_request(),
        binding_id: actor.binding_id.clone(),
        certificate_chain: renewed.chain.clone(),
        owner: in_person(actor),
        card_not_after: None,
    };
    let answer = patiently(|| {
        let (mut client, request) = (shared.calls.successions.clone(), request.clone());
        async move { client.renew_binding(request).await }
    });
    follow(actor, answer.await?.binding);
    actor.person.sim = renewed;
    Ok(())
}

async fn replace_handset(actor: &mut Actor, shared: &Shared<'_>) -> Result<(), ActError> {
    let handset = enrol::evidence(actor, shared, Hand::Other).await?;
    let next = actor.person.next_sim.on_card_of(&actor.person.sim);
    let request = v1::ReplaceHandsetRequest {
        request_id: actor.next_request(),
        binding_id: actor.binding_id.clone(),
        certificate_chain: next.chain.clone(),
        handset: Some(handset),
        place: 0,
        sim: None,
        key_home: v1::KeyHome::Sim.into(),
        signature_counter: counts(&next),
        owner: in_person(actor),
        card_not_after: None,
    };
    let answer = patiently(|| {
        let (mut client, request) = (shared.calls.successions.clone(), request.clone());
        async move { client.replace_handset(request).await }
    });
    follow(actor, answer.await?.binding);
    actor.person.sim = next;
    std::mem::swap(&mut actor.person.handsets.bound, &mut actor.person.handsets.other);
    Ok(())
}

async fn replace_sim(actor: &mut Actor, shared: &Shared<'_>) -> Result<(), ActError> {
    let next = &actor.person.next_sim;
    let sim = v1::SimEvidence {
        iccid: next.iccid.clone(),
        eid: String::new(),
        serving: Some(actor.person.carrier.serving()),
        line_ref: actor.person.line_ref.clone(),
        msisdn: actor.person.msisdn.clone(),
    };
    let (certificate_chain, signature_counter) = (next.chain.clone(), counts(next));
    let request = v1::ReplaceSimRequest {
        request_id: actor.next_request(),
        binding_id: actor.binding_id.clone(),
        certificate_chain,
        sim: Some(sim),
        signature_counter,
        owner: in_person(actor),
        card_not_after: None,
    };
    let answer = patiently(|| {
        let (mut client, request) = (shared.calls.successions.clone(), request.clone());
        async move { client.replace_sim(request).await }
    });
    follow(actor, answer.await?.binding);
    std::mem::swap(&mut actor.person.sim, &mut actor.person.next_sim);
    Ok(())
}

/// The new binding is the person's from now on.
fn follow(actor: &mut Actor, binding: Option<v1::Binding>) {
    actor.binding_id = binding.unwrap_or_default().binding_id;
}

async fn lend(actor: &mut Actor, shared: &Shared<'_>) -> Result<(), ActError> {
    let imei = actor.handset(Hand::Loaner).imei(0).unwrap_or_default().to_owned();
    let request = v1::LendHandsetRequest {
        request_id: actor.next_request(),
        binding_id: actor.binding_id.clone(),
        imei,
        until: Some(to_proto(shared.clock.now().plus(LOAN))),
    };
    patiently(|| {
        let (mut client, request) = (shared.calls.successions.clone(), request.clone());
        async move { client.lend_handset(request).await }
    })
    .await?;
    Ok(())
}

async fn take_back(actor: &mut Actor, shared: &Shared<'_>) -> Result<(), ActError> {
    let request = v1::ReturnHandsetRequest {
        request_id: actor.next_request(),
        binding_id: actor.binding_id.clone(),
    };
    patiently(|| {
        let (mut client, request) = (shared.calls.successions.clone(), request.clone());
        async move { client.return_handset(request).await }
    })
    .await?;
    Ok(())
}
