//! What happens at a counter.

use super::{
    actor::{ActError, Actor, Shared},
    calls::patiently,
};
use crate::{
    report::Verdict,
    story::Hand,
    world::{enrolment::enrolment_message, handset::Proof},
};
use prost::bytes::Bytes;
use simbind_proto::v1;
use std::time::Duration;
use tonic::Code;

/// Binds the person's certificate. An attacker's handset may be refused here already.
pub(crate) async fn enrol(actor: &mut Actor, shared: &Shared<'_>) {
    match bind(actor, shared, Hand::Bound).await {
        Ok(binding_id) => actor.binding_id = binding_id,
        Err(ActError::Call(status)) if is_refusal(status.code()) => {
            actor.note(
                actor.kind,
                Verdict::RefusedAtEnrolment(status.message().to_owned()),
                Duration::ZERO,
            );
        }
        Err(error) => actor.note(actor.kind, Verdict::Fault(error.to_string()), Duration::ZERO),
    }
}

/// Whether the server meant it: a refusal, not a fault.
pub(super) const fn is_refusal(code: Code) -> bool {
    matches!(code, Code::InvalidArgument | Code::FailedPrecondition | Code::PermissionDenied)
}

/// What a handset proves to the counter.
pub(super) async fn evidence(
    actor: &Actor,
    shared: &Shared<'_>,
    hand: Hand,
) -> Result<v1::HandsetEvidence, ActError> {
    let handset = actor.handset(hand);
    let answer = patiently(|| {
        let mut client = shared.calls.counter.clone();
        async move { client.issue_enrolment_challenge(v1::IssueEnrolmentChallengeRequest {}).await }
    });
    let challenge = answer.await?.challenge;
    Ok(handset.evidence(shared.world, &challenge, shared.clock.now())?)
}

async fn bind(actor: &mut Actor, shared: &Shared<'_>, hand: Hand) -> Result<String, ActError> {
    let handset = evidence(actor, shared, hand).await?;
    let challenge = handset.challenge.clone();
    let counter = if actor.person.sim.applet.counts {
        v1::SignatureCounter::Present
    } else {
        v1::SignatureCounter::None
    };
    let mut request = v1::EnrolBindingRequest {
        request_id: actor.next_request(),
        person_ref: actor.person.reference.clone(),
        certificate_chain: actor.person.sim.chain.clone(),
        iccid: actor.person.sim.iccid.clone(),
        eid: String::new(),
        serving: Some(actor.person.carrier.serving()),
        line_ref: actor.person.line_ref.clone(),
        msisdn: actor.person.msisdn.clone(),
        key_home: v1::KeyHome::Sim.into(),
        signature_counter: counter.into(),
        handset: Some(handset),
        card_certificate_sha256: actor.person.card.certificate_sha256.clone(),
        proof: None,
    };
    request.proof = Some(proof(actor, hand, &request, challenge)?);
    let answer = patiently(|| {
        let (mut client, request) = (shared.calls.counter.clone(), request.clone());
        async move { client.enrol_binding(request).await }
    });
    Ok(answer.await?.binding.unwrap_or_default().binding_id)
}

/// SIM and handset sign for it.
fn proof(
    actor: &mut Actor,
    hand: Hand,
    request: &v1::EnrolBindingRequest,
    challenge: Bytes,
) -> Result<v1::KeysProof, ActError> {
    use v1::keys_proof::Handset as Word;
    let key = actor.handset(hand).key_sha256();
    let message = enrolment_message(request, &challenge, Some(key))?;
    let word = match actor.handset_mut(hand).prove(&message)? {
        Proof::Signature(signature) => Word::HandsetSignature(signature),
        Proof::Assertion(assertion) => Word::AppAttestAssertion(assertion),
    };
    let signature = Some(actor.person.sim.sign(&message)?);
    Ok(v1::KeysProof { challenge, signature, handset: Some(word) })
}

/// Enrols another handset of the person, or the bound iPhone with the app installed anew.
pub(super) async fn add_handset(
    actor: &mut Actor,
    shared: &Shared<'_>,
    hand: Hand,
) -> Result<(), ActError> {
    let handset = evidence(actor, shared, hand).await?;
    let request = v1::AddHandsetRequest {
        request_id: actor.next_request(),
        binding_id: actor.binding_id.clone(),
        handset: Some(handset),
        reinstalled: (hand == Hand::Bound).then_some(0),
    };
    patiently(|| {
        let (mut client, request) = (shared.calls.counter.clone(), request.clone());
        async move { client.add_handset(request).await }
    })
    .await?;
    Ok(())
}

/// Shows person and SIM again.
pub(super) async fn reprove(actor: &mut Actor, shared: &Shared<'_>) -> Result<(), ActError> {
    let request = v1::ReproveBindingRequest {
        binding_id: actor.binding_id.clone(),
        iccid: actor.person.sim.iccid.clone(),
        ticket_ref: actor.next_request(),
        request_id: actor.next_request(),
        card: None,
        sim: None,
    };
    patiently(|| {
        let (mut client, request) = (shared.calls.counter.clone(), request.clone());
        async move { client.reprove_binding(request).await }
    })
    .await?;
    Ok(())
}

/// Ends the binding, and binds the same certificate with the handset's new key.
pub(super) async fn bind_again(actor: &mut Actor, shared: &Shared<'_>) -> Result<(), ActError> {
    let request = v1::RevokeBindingRequest {
        binding_id: actor.binding_id.clone(),
        reason: v1::LifecycleReason::Owner.into(),
    };
    patiently(|| {
        let (mut client, request) = (shared.calls.counter.clone(), request.clone());
        async move { client.revoke_binding(request).await }
    })
    .await?;
    actor.binding_id = bind(actor, shared, Hand::Bound).await?;
    Ok(())
}

/// Binds the person's next SIM and other handset; the person uses those from now on.
pub(super) async fn bind_anew(actor: &mut Actor, shared: &Shared<'_>) -> Result<(), ActError> {
    std::mem::swap(&mut actor.person.sim, &mut actor.person.next_sim);
    std::mem::swap(&mut actor.person.handsets.bound, &mut actor.person.handsets.other);
    actor.binding_id = bind(actor, shared, Hand::Bound).await?;
    Ok(())
}
