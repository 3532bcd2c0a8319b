//! Steps of renewals and changes.

mod at_home;

use super::{
    actor::{ActError, Actor, Shared},
    calls::patiently,
    enrol, event,
};
use crate::{
    clock::to_proto,
    report::Verdict,
    story::{
        Hand,
        succession::{Act, AtHome, Whose},
    },
    world::sim::Sim,
};
use at_home::Change;
use simbind_core::{time::Timestamp, transcript::OwnerAct};
use simbind_proto::v1::{
    self,
    owner_proof::By,
    sim_event::{Kind, Line},
};
use std::time::Duration;

/// How long a loaner is lent for.
const LOAN: Duration = Duration::from_secs(14 * 86_400);
/// How long a certificate lasts that ends soon: within the reminder, and past any overlap.
const BRIEF: Duration = Duration::from_secs(60 * 86_400);

/// Does one step.
pub(super) async fn act(actor: &mut Actor, shared: &Shared<'_>, act: Act) -> Result<(), ActError> {
    match act {
        Act::Renew => renew(actor, shared, None).await,
        Act::RenewBriefly => renew_briefly(actor, shared).await,
        Act::Listed => listed(actor, shared).await,
        Act::RenewStolen => {
            let done = renew(actor, shared, None).await;
            stolen(actor, done)
        }
        Act::ReplaceHandset => replace_handset(actor, shared).await,
        Act::ReplaceSim => replace_sim(actor, shared).await,
        Act::ChangeCarrier => change_carrier(actor, shared).await,
        Act::LeftLate => left_late(actor, shared).await,
        Act::ProveByCard => prove_by(actor, shared, Whose::Own).await,
        Act::ProveByOtherCard => {
            let done = prove_by(actor, shared, Whose::Anothers).await;
            stolen(actor, done)
        }
        Act::AtHome(change, whose) => {
            let done = match change {
                AtHome::Renew => at_home::renew(actor, shared, whose).await,
                AtHome::ReplaceHandset => at_home::replace_handset(actor, shared, whose).await,
                AtHome::ReplaceSim => at_home::replace_sim(actor, shared, whose).await,
            };
            match whose {
                Whose::Own => done,
                Whose::Anothers => stolen(actor, done),
            }
        }
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

/// A terminal writes another key and certificate on the same SIM, which ends at a time or as late as
/// most. Where it is refused, the old one stays.
async fn renew(
    actor: &mut Actor,
    shared: &Shared<'_>,
    end: Option<Timestamp>,
) -> Result<(), ActError> {
    let renewed = actor.person.sim.renewed(shared.world, end)?;
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

/// The person's card ends soon, and no certificate outlasts it.
async fn renew_briefly(actor: &mut Actor, shared: &Shared<'_>) -> Result<(), ActError> {
    let end = shared.clock.now().plus(BRIEF);
    renew(actor, shared, Some(end)).await
}

/// The binding stands among those that are to be renewed.
async fn listed(actor: &Actor, shared: &Shared<'_>) -> Result<(), ActError> {
    let mut page_token = String::new();
    loop {
        let request = v1::ListRenewalsRequest { page_size: 100, page_token };
        let answer = patiently(|| {
            let (mut client, request) = (shared.calls.successions.clone(), request.clone());
            async move { client.list_renewals(request).await }
        });
        let v1::ListRenewalsResponse { renewals, next_page_token } = answer.await?;
        if renewals.iter().any(|renewal| renewal.binding_id == actor.binding_id) {
            return Ok(());
        }
        if next_page_token.is_empty() {
            let text = "nobody is reminded of a certificate that ends soon";
            return Err(tonic::Status::internal(text).into());
        }
        page_token = next_page_token;
    }
}

async fn replace_handset(actor: &mut Actor, shared: &Shared<'_>) -> Result<(), ActError> {
    let handset = enrol::evidence(actor, shared, Hand::Other).await?;
    let next = actor.person.sim.renewed(shared.world, None)?;
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

/// The number is ported, and the next SIM is the new carrier's.
async fn change_carrier(actor: &mut Actor, shared: &Shared<'_>) -> Result<(), ActError> {
    actor.left = Some((actor.person.carrier, actor.person.sim.iccid.clone()));
    actor.person.change_carrier(shared.world)?;
    actor.sent.clear();
    replace_sim(actor, shared).await
}

/// The carrier that was left tells of it when all is done.
async fn left_late(actor: &mut Actor, shared: &Shared<'_>) -> Result<(), ActError> {
    let Some((carrier, iccid)) = actor.left.take() else { return Ok(()) };
    let event = v1::SimEvent {
        event_id: actor.next_event(),
        carrier_id: carrier.id().to_owned(),
        occurred_at: Some(to_proto(shared.clock.now())),
        line: Some(Line::Iccid(iccid)),
        kind: Some(Kind::PortedOut(v1::PortedOut {})),
    };
    Ok(event::publish(shared, carrier, vec![event]).await?)
}

/// A card at home names the SIM as it is now.
async fn prove_by(actor: &mut Actor, shared: &Shared<'_>, whose: Whose) -> Result<(), ActError> {
    let iccid = actor.person.sim.iccid.clone();
    let change = Change {
        act: OwnerAct::Reprove,
        iccid: &iccid,
        carrier: actor.person.carrier,
        certificate: None,
        handset_key: None,
    };
    let card = at_home::word(actor, shared, change, whose).await?;
    let request = v1::ReproveBindingRequest {
        binding_id: actor.binding_id.clone(),
        iccid,
        ticket_ref: String::new(),
        request_id: actor.next_request(),
        card: Some(card),
        sim: None,
    };
    patiently(|| {
        let (mut client, request) = (shared.calls.at_home.clone(), request.clone());
        async move { client.reprove_binding(request).await }
    })
    .await?;
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
