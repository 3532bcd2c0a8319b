//! Wrong bytes where a message should be: truncated, random, too long.

use super::start;
use prost::{Message as _, bytes::Bytes};
use rand::{Rng as _, RngCore as _, SeedableRng as _};
use rand_chacha::ChaCha20Rng;
use simbind_proto::v1::{binding_service_client::BindingServiceClient, sim_event::Kind, *};
use simbind_tests::{Server, call_raw, methods};
use tonic::{Code, Status};

const ENROL: &str = "/simbind.v1.BindingService/EnrolBinding";
const LOGIN: &str = "/simbind.v1.CheckService/CheckLogin";
const PUBLISH: &str = "/simbind.v1.SimEventService/PublishEvents";

/// Whether a status is one that wrong bytes may get. tonic answers INTERNAL where a message cannot
/// be decoded.
fn is_clean(status: &Status) -> bool {
    let decoding = status.message().contains("decode") || status.message().contains("wire type");
    match status.code() {
        Code::InvalidArgument | Code::NotFound => true,
        Code::Internal => decoding,
        _ => false,
    }
}

async fn still_serves(server: &Server) {
    let mut client = BindingServiceClient::new(server.channel().await.unwrap());
    let request = IssueEnrolmentChallengeRequest {};
    assert_eq!(
        client.issue_enrolment_challenge(request).await.unwrap().get_ref().challenge.len(),
        50
    );
    assert!(!server.said().contains("panicked"), "{}", server.said());
}

#[tokio::test]
async fn random_bytes_are_answered_cleanly_by_every_method() {
    let (server, _dir, _) = start().await;
    let channel = server.channel().await.unwrap();
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    let paths = methods().unwrap();
    for round in 0..40 {
        // A carrier's platform serves that one, and we call it.
        for path in paths.iter().filter(|path| !path.contains("AppletPlatformService")) {
            let mut bytes = vec![0; rng.random_range(1..=(8 << (round % 10)))];
            rng.fill_bytes(&mut bytes);
            // Bytes that are a message by chance may be answered: with what an empty one is.
            if let Err(status) = call_raw(&channel, path, bytes.into()).await {
                assert!(is_clean(&status), "{path}: {status:?}");
            }
        }
    }
    still_serves(&server).await;
}

#[tokio::test]
async fn truncated_and_flipped_messages_are_answered_cleanly() {
    let (server, _dir, authority) = start().await;
    let person = super::person(&authority, 1);
    let channel = server.channel().await.unwrap();
    let mut counter = BindingServiceClient::new(channel.clone());
    let enrolment = person.signed_enrolment(&mut counter).await.unwrap().encode_to_vec();
    let event = person.event("e", Kind::LineResumed(LineResumed {}));
    let events = PublishEventsRequest { events: vec![event] }.encode_to_vec();
    let challenge = IssueChallengeResponse {
        challenge: vec![7; 50].into(),
        expires_at: None,
        audience: "rp:local".into(),
    };
    let login = person.login("login-1", &challenge).unwrap().encode_to_vec();
    let mut rng = ChaCha20Rng::seed_from_u64(2);
    for (path, good) in [(ENROL, enrolment), (LOGIN, login), (PUBLISH, events)] {
        let step = (good.len() / 60).max(1);
        for length in (0..good.len()).step_by(step) {
            let cut = Bytes::copy_from_slice(&good[..length]);
            match call_raw(&channel, path, cut).await {
                Err(status) => assert!(is_clean(&status), "{path} cut to {length}: {status:?}"),
                // A batch with a refused event, or one that was whole: never an enrolment.
                Ok(_) => assert_ne!(path, ENROL, "an enrolment cut to {length} was taken"),
            }
            let mut flipped = good.clone();
            flipped[length] ^= 1 << rng.random_range(0..8);
            if let Err(status) = call_raw(&channel, path, flipped.into()).await {
                let taken = [Code::AlreadyExists, Code::FailedPrecondition];
                let clean = is_clean(&status) || taken.contains(&status.code());
                assert!(clean, "{path} flipped at {length}: {status:?}");
            }
        }
    }
    still_serves(&server).await;
}

#[tokio::test]
async fn a_certificate_of_a_megabyte_and_a_message_over_the_limit_are_refused() {
    let (server, _dir, authority) = start().await;
    let person = super::person(&authority, 1);
    let mut client = BindingServiceClient::new(server.channel().await.unwrap());
    let of = |length: usize| {
        // A DER sequence of that length.
        let body = u32::try_from(length).unwrap().to_be_bytes();
        let mut der = vec![0x30, 0x84];
        der.extend(body);
        der.resize(length, 0);
        let mut request = person.enrolment();
        request.certificate_chain = vec![der.into()];
        request
    };
    // Below the limit of a message: the field is named. At a megabyte the message is over it.
    let status = client.enrol_binding(of(1_000_000)).await.unwrap_err();
    assert_eq!(status.code(), Code::InvalidArgument, "{status:?}");
    assert_eq!(super::table::field_of(&status), "certificate_chain");
    for length in [1 << 20, 8 << 20] {
        let status = client.enrol_binding(of(length)).await.unwrap_err();
        let refused = [Code::OutOfRange, Code::ResourceExhausted];
        assert!(refused.contains(&status.code()), "{length}: {status:?}");
    }
    person.enrol(&mut client).await.unwrap();
    still_serves(&server).await;
}
