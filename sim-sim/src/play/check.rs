//! Logins and taps.

use super::{
    actor::{ActError, Actor, Shared},
    calls::patiently,
};
use crate::{
    clock::to_proto,
    report::{Outcome, Verdict},
    story::{CheckPlan, Place, Reading, Slot, Staple, Twist},
    world::{
        WorldError, apps,
        handset::{Handset, Proof},
    },
};
use prost::bytes::Bytes;
use simbind_core::{
    ids::{IdError, Imei},
    transcript::{Audience, Transcript},
};
use simbind_proto::v1::{self, check_service_client::CheckServiceClient};
use simbind_rules::facts::Channel;
use std::time::Instant;
use tonic::transport;

type Client = CheckServiceClient<transport::Channel>;

/// A check as it goes over the wire.
#[derive(Clone)]
enum Request {
    Login(v1::CheckLoginRequest),
    Tap(v1::CheckTapRequest),
}

/// Makes a check and keeps what came of it.
pub(super) async fn run(actor: &mut Actor, shared: &Shared<'_>, plan: &CheckPlan) {
    let began = Instant::now();
    match attempt(actor, shared, plan).await {
        Ok(decision) => {
            let step = actor.outcomes.len();
            let outcome = Outcome::decided(plan.kind, &decision);
            let took = began.elapsed();
            actor.outcomes.push(Outcome { person: actor.index, step, took, ..outcome });
        }
        Err(error) => {
            actor.note(plan.kind, Verdict::Fault(error.to_string()), began.elapsed());
        }
    }
}

async fn attempt(
    actor: &mut Actor,
    shared: &Shared<'_>,
    plan: &CheckPlan,
) -> Result<v1::Decision, ActError> {
    let request = match (plan.twist, actor.last_login.clone()) {
        (Twist::Replay, Some(recorded)) => {
            Request::Login(v1::CheckLoginRequest { request_id: actor.next_request(), ..recorded })
        }
        _ => sign(actor, shared, plan).await?,
    };
    if let Request::Login(login) = &request {
        actor.last_login = Some(login.clone());
    }
    let decision = ask(shared, &request).await?;
    if plan.twist == Twist::Repeat {
        let again = ask(shared, &request).await?;
        if again.decision_id != decision.decision_id {
            let text = "a repeated request was decided a second time";
            return Err(ActError::Call(tonic::Status::internal(text)));
        }
        return Ok(again);
    }
    Ok(decision)
}

async fn ask(shared: &Shared<'_>, request: &Request) -> Result<v1::Decision, ActError> {
    let decision = match request {
        Request::Login(login) => {
            let answer = patiently(|| {
                let (mut client, login) = (shared.calls.bank.clone(), login.clone());
                async move { client.check_login(login).await }
            });
            answer.await?.decision
        }
        Request::Tap(tap) => {
            shared.pace.turn().await;
            let answer = patiently(|| {
                let (mut client, tap) = (shared.calls.doors.clone(), tap.clone());
                async move { client.check_tap(tap).await }
            });
            answer.await?.decision
        }
    };
    decision.ok_or_else(|| ActError::Call(tonic::Status::internal("a reply without a decision")))
}

/// Draws the challenge, and has SIM and handset sign.
async fn sign(
    actor: &mut Actor,
    shared: &Shared<'_>,
    plan: &CheckPlan,
) -> Result<Request, ActError> {
    let (wire, channel, reader) = match plan.place {
        Place::App(_) => (v1::Channel::AppLogin, Channel::AppLogin, ""),
        Place::Browser(_) => (v1::Channel::BrowserLogin, Channel::BrowserLogin, ""),
        Place::Bare(reader) => {
            (v1::Channel::TapBare, Channel::TapBare, shared.names.reader(reader))
        }
        Place::Token(reader) => {
            (v1::Channel::TapToken, Channel::TapToken, shared.names.reader(reader))
        }
    };
    let issuer = match (plan.twist, plan.place) {
        (Twist::OtherParty, _) => &shared.calls.other_party,
        (_, Place::App(_) | Place::Browser(_)) => &shared.calls.bank,
        (_, Place::Bare(_) | Place::Token(_)) => &shared.calls.doors,
    };
    let challenge = challenge(issuer, wire, reader).await?;
    let mut evidence = evidence(actor, shared, plan, channel, &challenge)?;
    evidence.ocsp_response = match plan.staple {
        Staple::Nothing => None,
        Staple::Fresh => Some(shared.desk.answer(shared, &actor.person.sim).await),
        Staple::Kept => actor.kept_answer.clone(),
    };
    let request_id = actor.next_request();
    let read_iccid = match plan.reading {
        Reading::Untold => None,
        Reading::Own => Some(actor.person.sim.iccid.clone()),
        Reading::Another => Some(actor.person.next_sim.iccid.clone()),
    };
    Ok(match plan.place {
        Place::App(operation) | Place::Browser(operation) => {
            Request::Login(v1::CheckLoginRequest {
                request_id,
                channel: wire.into(),
                operation: shared.names.operation(operation).to_owned(),
                evidence: Some(evidence),
            })
        }
        Place::Bare(_) | Place::Token(_) => Request::Tap(v1::CheckTapRequest {
            request_id,
            channel: wire.into(),
            reader_id: reader.to_owned(),
            evidence: Some(evidence),
            round_trip_micros: Some(plan.round_trip),
            read_iccid,
        }),
    })
}

/// Draws a challenge.
pub(crate) async fn challenge(
    client: &Client,
    channel: v1::Channel,
    reader: &str,
) -> Result<v1::IssueChallengeResponse, tonic::Status> {
    let request =
        v1::IssueChallengeRequest { channel: channel.into(), reader_id: reader.to_owned() };
    patiently(|| {
        let (mut client, request) = (client.clone(), request.clone());
        async move { client.issue_challenge(request).await }
    })
    .await
}

fn evidence(
    actor: &mut Actor,
    shared: &Shared<'_>,
    plan: &CheckPlan,
    channel: Channel,
    challenge: &v1::IssueChallengeResponse,
) -> Result<v1::Evidence, ActError> {
    let read = |slot: Slot| actor.handset(slot.0).imei(slot.1).map(str::to_owned);
    let claimed = plan.claim.and_then(read);
    let seat = plan.seat.and_then(read);
    let old_proof = actor.last_login.as_ref().and_then(|login| proof_of(login.evidence.as_ref()?));
    let sim = match actor.copy.as_ref().filter(|_| plan.copied) {
        Some(copy) => copy,
        None => &actor.person.sim,
    };
    let learned = sim.sit(parse(seat.as_deref())?)?.map(Imei::to_digits_with_check);
    let carried = channel != Channel::TapBare;
    // Malware that is played here runs where nobody obeys the card's rules: else it got no further.
    if let (Some(slot), Some(app)) = (plan.seat, apps::holding(plan.app, plan.ui)) {
        actor.handset(slot.0).open(sim, app)?;
    }
    let (app, ui) = (carried.then_some(plan.app), plan.ui.filter(|_| carried));
    let counter = sim.next_count()?;
    let now = shared.clock.now();
    let transcript = Transcript {
        challenge: &challenge.challenge,
        audience: &audience(&challenge.audience)?,
        channel,
        iccid: Some(sim.iccid.parse()?),
        imei: parse(claimed.as_deref())?,
        toolkit_imei: parse(learned.as_deref())?,
        counter,
        app: app.map(str::parse).transpose()?.as_ref(),
        signed_at: now,
        ui_app: ui.map(str::parse).transpose()?.as_ref(),
    }
    .encode();
    let certificate_chain = sim.chain.clone();
    let iccid = Some(sim.iccid.clone());
    let signature = Some(sim.sign(&transcript)?);
    let proof = match (plan.twist, plan.signer) {
        (Twist::OldProof, _) => old_proof,
        (Twist::CopiedKey, _) => prove(actor.copied_handset.as_mut(), &transcript)?,
        (_, signer) => prove(signer.map(|hand| actor.handset_mut(hand)), &transcript)?,
    };
    let (handset_signature, app_attest_assertion) = match proof {
        Some(Proof::Signature(signature)) => (Some(signature), Bytes::new()),
        Some(Proof::Assertion(assertion)) => (None, assertion),
        None => (None, Bytes::new()),
    };
    Ok(v1::Evidence {
        challenge: challenge.challenge.clone(),
        certificate_chain,
        certificate_sha256: Bytes::new(),
        signature,
        handset_signature,
        iccid,
        imei: claimed,
        toolkit_imei: learned,
        signature_counter: counter,
        app_id: app.map(str::to_owned),
        signed_at: Some(to_proto(now)),
        ui_app_id: ui.map(str::to_owned),
        app_attest_assertion,
        ocsp_response: None,
        handset_token: None,
    })
}

fn prove(handset: Option<&mut Handset>, message: &[u8]) -> Result<Option<Proof>, WorldError> {
    handset.map(|handset| handset.prove(message)).transpose()
}

/// What the handset said for itself in a check.
fn proof_of(evidence: &v1::Evidence) -> Option<Proof> {
    let signature = evidence.handset_signature.clone().map(Proof::Signature);
    let assertion = evidence.app_attest_assertion.clone();
    signature.or((!assertion.is_empty()).then_some(Proof::Assertion(assertion)))
}

fn parse(imei: Option<&str>) -> Result<Option<Imei>, IdError> {
    imei.map(str::parse).transpose()
}

/// The audience as the engine wrote it.
pub(crate) fn audience(text: &str) -> Result<Audience, ActError> {
    match text.split_once(':') {
        Some(("rp", name)) => Ok(Audience::RelyingParty(name.parse()?)),
        Some(("reader", name)) => Ok(Audience::Reader(name.parse()?)),
        _ => Err(ActError::World(WorldError::Number)),
    }
}

/// Reports wrong PIN entries.
pub(super) async fn wrong_pins(
    actor: &mut Actor,
    shared: &Shared<'_>,
    entries: u32,
) -> Result<(), ActError> {
    report_pin(actor, shared, v1::pin_outcome::Result::WrongEntries(entries)).await
}

/// Reports that the right PIN was entered.
pub(super) async fn right_pin(actor: &mut Actor, shared: &Shared<'_>) -> Result<(), ActError> {
    report_pin(actor, shared, v1::pin_outcome::Result::Accepted(v1::PinAccepted {})).await
}

async fn report_pin(
    actor: &mut Actor,
    shared: &Shared<'_>,
    result: v1::pin_outcome::Result,
) -> Result<(), ActError> {
    let pin = v1::PinOutcome {
        certificate_sha256: actor.person.sim.certificate_sha256.clone(),
        result: Some(result),
    };
    let request = v1::ReportOutcomeRequest {
        request_id: actor.next_request(),
        outcome: Some(v1::report_outcome_request::Outcome::Pin(pin)),
    };
    patiently(|| {
        let (mut client, request) = (shared.calls.bank.clone(), request.clone());
        async move { client.report_outcome(request).await }
    })
    .await?;
    Ok(())
}
