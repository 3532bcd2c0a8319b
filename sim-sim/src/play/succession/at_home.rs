//! Changes that a person's physical card asks for at home, or another card than the enrolled one.

use super::{Whose, counts, follow};
use crate::{
    play::{
        actor::{ActError, Actor, Shared},
        calls::patiently,
        enrol,
    },
    story::Hand,
    world::{carrier::Carrier, sim::Sim},
};
use simbind_core::{
    ids::CertificateId,
    transcript::{OwnerAct, OwnerMessage},
};
use simbind_proto::v1::{self, owner_proof::By};
use tonic::Status;

/// What the card is asked to sign for.
pub(super) struct Change<'a> {
    pub(super) act: OwnerAct,
    pub(super) iccid: &'a str,
    pub(super) carrier: Carrier,
    /// The SIM's new certificate, where there is one.
    pub(super) certificate: Option<&'a Sim>,
    pub(super) handset_key: Option<[u8; 32]>,
}

/// A card's word on a change, over a challenge drawn for it.
pub(super) async fn word(
    actor: &mut Actor,
    shared: &Shared<'_>,
    change: Change<'_>,
    whose: Whose,
) -> Result<v1::OwnerCard, ActError> {
    let drawn = patiently(|| {
        let mut client = shared.calls.successions_at_home.clone();
        async move { client.issue_owner_challenge(v1::IssueOwnerChallengeRequest {}).await }
    });
    let challenge = drawn.await?.challenge;
    let message = OwnerMessage {
        challenge: &challenge,
        act: change.act,
        binding: actor.binding_id.parse()?,
        iccid: change.iccid.parse()?,
        carrier: &change.carrier.id().parse()?,
        certificate: change.certificate.map(certificate).transpose()?,
        handset_key: change.handset_key,
    }
    .encode();
    let card = match whose {
        Whose::Own => actor.person.card.word(&message)?,
        Whose::Anothers => actor.person.other_card(shared.world)?.word(&message)?,
    };
    Ok(v1::OwnerCard { challenge, card: Some(card) })
}

fn certificate(sim: &Sim) -> Result<CertificateId, ActError> {
    let sha = (&*sim.certificate_sha256).try_into();
    let sha: [u8; 32] = sha.map_err(|_| Status::internal("a certificate without a digest"))?;
    Ok(CertificateId::from_sha256(sha))
}

fn by(card: v1::OwnerCard) -> Option<v1::OwnerProof> {
    Some(v1::OwnerProof { by: Some(By::Card(card)) })
}

/// A new certificate on the same SIM.
pub(super) async fn renew(
    actor: &mut Actor,
    shared: &Shared<'_>,
    whose: Whose,
) -> Result<(), ActError> {
    let renewed = actor.person.sim.renewed(shared.world, None)?;
    let change = Change {
        act: OwnerAct::Renew,
        iccid: &renewed.iccid,
        carrier: actor.person.carrier,
        certificate: Some(&renewed),
        handset_key: None,
    };
    let card = word(actor, shared, change, whose).await?;
    let request = v1::RenewBindingRequest {
        request_id: actor.next_request(),
        binding_id: actor.binding_id.clone(),
        certificate_chain: renewed.chain.clone(),
        owner: by(card),
        card_not_after: None,
    };
    let answer = patiently(|| {
        let (mut client, request) = (shared.calls.successions_at_home.clone(), request.clone());
        async move { client.renew_binding(request).await }
    });
    follow(actor, answer.await?.binding);
    actor.person.sim = renewed;
    Ok(())
}

/// The other handset in the bound one's place; a thief's own, where the card is another's.
pub(super) async fn replace_handset(
    actor: &mut Actor,
    shared: &Shared<'_>,
    whose: Whose,
) -> Result<(), ActError> {
    let hand = match whose {
        Whose::Own => Hand::Other,
        Whose::Anothers => Hand::Foreign,
    };
    let handset = enrol::evidence(actor, shared, hand).await?;
    let next = actor.person.sim.renewed(shared.world, None)?;
    let change = Change {
        act: OwnerAct::ReplaceHandset,
        iccid: &next.iccid,
        carrier: actor.person.carrier,
        certificate: Some(&next),
        handset_key: Some(actor.handset(hand).key_sha256()),
    };
    let card = word(actor, shared, change, whose).await?;
    let request = v1::ReplaceHandsetRequest {
        request_id: actor.next_request(),
        binding_id: actor.binding_id.clone(),
        certificate_chain: next.chain.clone(),
        handset: Some(handset),
        place: 0,
        sim: None,
        key_home: v1::KeyHome::Sim.into(),
        signature_counter: counts(&next),
        owner: by(card),
        card_not_after: None,
    };
    let answer = patiently(|| {
        let (mut client, request) = (shared.calls.successions_at_home.clone(), request.clone());
        async move { client.replace_handset(request).await }
    });
    follow(actor, answer.await?.binding);
    actor.person.sim = next;
    std::mem::swap(&mut actor.person.handsets.bound, &mut actor.person.handsets.other);
    Ok(())
}

/// The next SIM in the present one's place, on the same line.
pub(super) async fn replace_sim(
    actor: &mut Actor,
    shared: &Shared<'_>,
    whose: Whose,
) -> Result<(), ActError> {
    let next = actor.person.next_sim.clone();
    let change = Change {
        act: OwnerAct::ReplaceSim,
        iccid: &next.iccid,
        carrier: actor.person.carrier,
        certificate: Some(&next),
        handset_key: None,
    };
    let card = word(actor, shared, change, whose).await?;
    let sim = v1::SimEvidence {
        iccid: next.iccid.clone(),
        eid: String::new(),
        serving: Some(actor.person.carrier.serving()),
        line_ref: actor.person.line_ref.clone(),
        msisdn: actor.person.msisdn.clone(),
    };
    let request = v1::ReplaceSimRequest {
        request_id: actor.next_request(),
        binding_id: actor.binding_id.clone(),
        certificate_chain: next.chain.clone(),
        sim: Some(sim),
        signature_counter: counts(&next),
        owner: by(card),
        card_not_after: None,
    };
    let answer = patiently(|| {
        let (mut client, request) = (shared.calls.successions_at_home.clone(), request.clone());
        async move { client.replace_sim(request).await }
    });
    follow(actor, answer.await?.binding);
    std::mem::swap(&mut actor.person.sim, &mut actor.person.next_sim);
    Ok(())
}
