//! One question after the other.

use super::{
    asker::Asker,
    fleet::{Fleet, Member},
    result::Tally,
};
use crate::{
    clock::{SimClock as _, WallClock, to_proto},
    play::audience,
    world::attestation::APP_ID,
};
use simbind_core::transcript::Transcript;
use simbind_proto::v1;
use simbind_rules::facts::Channel;
use std::{sync::Arc, time::Instant};
use tonic::Status;

/// Which worker of how many, and when it ends.
#[derive(Clone, Copy)]
pub(super) struct Turn {
    pub(super) number: usize,
    pub(super) of: usize,
    pub(super) until: Instant,
}

/// Asks until the time is over. The challenge of the next check is drawn while the check before it
/// is decided, so that a check's time holds nothing but the check.
pub(super) async fn run(
    turn: Turn,
    asker: Arc<Asker>,
    fleet: Arc<Fleet>,
    operation: String,
) -> Tally {
    let mut tally = Tally::new();
    let mut place = turn.number;
    let mut asked = 0_u64;
    let mut drawn = draw(&asker).await;
    while Instant::now() < turn.until {
        let Some(member) = fleet.member(place) else { break };
        let evidence = match &drawn {
            Ok(challenge) => evidence(&fleet, member, challenge),
            Err(status) => Err(status.clone()),
        };
        place = place.wrapping_add(turn.of) % fleet.len().max(1);
        asked += 1;
        let Ok(evidence) = evidence else {
            tally.fault();
            drawn = draw(&asker).await;
            continue;
        };
        let request = v1::CheckLoginRequest {
            request_id: format!("load-{}-{asked}-{}", turn.number, WallClock.now().as_millis()),
            channel: v1::Channel::AppLogin.into(),
            operation: operation.clone(),
            evidence: Some(evidence),
        };
        let timed = async {
            let began = Instant::now();
            let answer = asker.login(request).await;
            (answer, began.elapsed())
        };
        let ((answer, took), next) = tokio::join!(timed, draw(&asker));
        tally.add(answer, took);
        drawn = next;
    }
    tally
}

async fn draw(asker: &Asker) -> Result<v1::IssueChallengeResponse, Status> {
    let channel = v1::Channel::AppLogin.into();
    asker.challenge(v1::IssueChallengeRequest { channel, reader_id: String::new() }).await
}

fn evidence(
    fleet: &Fleet,
    member: &Member,
    challenge: &v1::IssueChallengeResponse,
) -> Result<v1::Evidence, Status> {
    let ours = |_| Status::internal("the check cannot be signed");
    let now = WallClock.now();
    let app = APP_ID.parse().map_err(ours)?;
    let audience = audience(&challenge.audience)
        .map_err(|_| Status::internal("the challenge names no audience"))?;
    let transcript = Transcript {
        challenge: &challenge.challenge,
        audience: &audience,
        channel: Channel::AppLogin,
        iccid: Some(member.sim.iccid.parse().map_err(ours)?),
        imei: None,
        toolkit_imei: None,
        counter: None,
        app: Some(&app),
        signed_at: now,
        ui_app: None,
    }
    .encode();
    let unsigned = |_| Status::internal("the check cannot be signed");
    let handset_signature = if fleet.handset_proof {
        Some(member.handset.sign(&transcript).map_err(unsigned)?)
    } else {
        None
    };
    Ok(v1::Evidence {
        challenge: challenge.challenge.clone(),
        certificate_sha256: member.sim.certificate_sha256.clone(),
        signature: Some(member.sim.sign(&transcript).map_err(unsigned)?),
        handset_signature,
        iccid: Some(member.sim.iccid.clone()),
        app_id: Some(APP_ID.to_owned()),
        signed_at: Some(to_proto(now)),
        ..v1::Evidence::default()
    })
}
