//! Logins that are ready to be asked: their challenges are drawn and they are signed beforehand.

use crate::fleet::Member;
use futures::{StreamExt as _, stream};
use simbind_core::{
    ids::AppId,
    time::Timestamp,
    transcript::{Audience, Transcript},
};
use simbind_proto::v1::{self, check_service_client::CheckServiceClient};
use simbind_rules::facts::Channel as By;
use std::time::{SystemTime, UNIX_EPOCH};
use tonic::transport::Channel;

/// Challenges that are drawn at once.
const DRAWING: usize = 256;

/// A login of each of these, with ids that begin with this word.
pub async fn ask(
    word: &str,
    channels: &[Channel],
    members: &[&Member],
) -> Vec<v1::CheckLoginRequest> {
    let drawn: Vec<_> = stream::iter(channels.iter().cycle().take(members.len()))
        .map(|channel| draw(channel.clone()))
        .buffered(DRAWING)
        .collect()
        .await;
    let numbered: Vec<_> = drawn.into_iter().zip(members).enumerate().collect();
    let parts = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let size = numbered.len().div_ceil(parts).max(1);
    let one = |(number, (challenge, member)): &(usize, (v1::IssueChallengeResponse, &&Member))| {
        question(format!("{word}-{number}"), challenge, member)
    };
    std::thread::scope(|scope| {
        let signing: Vec<_> = numbered
            .chunks(size)
            .map(|part| scope.spawn(move || part.iter().map(one).collect::<Vec<_>>()))
            .collect();
        signing.into_iter().flat_map(|part| part.join().expect("they are signed")).collect()
    })
}

async fn draw(channel: Channel) -> v1::IssueChallengeResponse {
    let request = v1::IssueChallengeRequest {
        channel: v1::Channel::AppLogin.into(),
        reader_id: String::new(),
    };
    let drawn = CheckServiceClient::new(channel).issue_challenge(request).await;
    drawn.expect("a challenge is drawn").into_inner()
}

#[expect(clippy::disallowed_methods, reason = "benchmarks play people, who have clocks")]
fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_millis(since.as_millis() as i64)
}

fn question(
    id: String,
    drawn: &v1::IssueChallengeResponse,
    member: &Member,
) -> v1::CheckLoginRequest {
    let signed_at = now();
    let name = drawn.audience.strip_prefix("rp:").expect("a relying party");
    let audience = Audience::RelyingParty(name.parse().expect("a name"));
    let app: AppId = member.app().parse().expect("an app");
    let transcript = Transcript {
        challenge: &drawn.challenge,
        audience: &audience,
        channel: By::AppLogin,
        iccid: Some(member.iccid.parse().expect("an ICCID")),
        imei: None,
        toolkit_imei: None,
        counter: None,
        app: Some(&app),
        signed_at,
        ui_app: None,
    }
    .encode();
    let millis = signed_at.as_millis();
    let evidence = v1::Evidence {
        challenge: drawn.challenge.clone(),
        certificate_sha256: member.certificate_sha256.clone(),
        signature: Some(member.key.signature(&transcript)),
        handset_signature: member.handset.as_ref().map(|key| key.signature(&transcript)),
        iccid: Some(member.iccid.clone()),
        app_id: Some(member.app().to_owned()),
        signed_at: Some(prost_types::Timestamp {
            seconds: millis / 1000,
            nanos: (millis % 1000) as i32 * 1_000_000,
        }),
        ..v1::Evidence::default()
    };
    v1::CheckLoginRequest {
        request_id: id,
        channel: v1::Channel::AppLogin.into(),
        operation: "view".to_owned(),
        evidence: Some(evidence),
    }
}
