//! The PIN's lock over real sockets and `kill -9`: it holds until a counter resets it.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use simbind_proto::v1::{
    binding_service_client::BindingServiceClient, check_service_client::CheckServiceClient,
    decision::Verdict, pin_service_client::PinServiceClient, report_outcome_request::Outcome, *,
};
use simbind_tests::{Authority, Launch, Person, Server};
use tonic::Code;

async fn says(server: &Server, person: &Person, number: &str) -> String {
    let mut bank = CheckServiceClient::new(server.channel().await.unwrap());
    let draw =
        IssueChallengeRequest { channel: Channel::AppLogin.into(), reader_id: String::new() };
    let drawn = bank.issue_challenge(draw).await.unwrap().into_inner();
    let login = person.login(number, &drawn).unwrap();
    let decision = bank.check_login(login).await.unwrap().into_inner().decision.unwrap();
    match decision.verdict.unwrap() {
        Verdict::Allow(_) => "allow".into(),
        Verdict::StepUp(_) => "step up".into(),
        Verdict::Deny(_) => decision.reasons.first().unwrap().code.clone(),
    }
}

async fn wrong(server: &Server, person: &Person, number: &str) -> u32 {
    let mut app = CheckServiceClient::new(server.channel().await.unwrap());
    let pin = PinOutcome {
        certificate_sha256: person.certificate_sha256.clone(),
        result: Some(pin_outcome::Result::WrongEntries(1)),
    };
    let report =
        ReportOutcomeRequest { request_id: number.into(), outcome: Some(Outcome::Pin(pin)) };
    app.report_outcome(report).await.unwrap().into_inner().pin_failures
}

fn reset(binding_id: &str) -> ResetPinRequest {
    ResetPinRequest {
        request_id: "reset-1".into(),
        binding_id: binding_id.into(),
        owner: Some(OwnerProof { by: Some(owner_proof::By::TicketRef("t-1".into())) }),
    }
}

#[tokio::test]
async fn the_server_is_killed_after_each_wrong_entry_and_counts_on() {
    let dir = tempfile::tempdir().unwrap();
    let authority = Authority::new().unwrap();
    let anchors = dir.path().join("anchors.pem");
    authority.write(&anchors).unwrap();
    let mut server = Launch::new(dir.path().join("data")).trust(&anchors).start().await.unwrap();
    let person = Person::make(&authority, 1).unwrap();
    let mut counter = BindingServiceClient::new(server.channel().await.unwrap());
    let made = person.enrol(&mut counter).await.unwrap();
    let id = made.binding_id;
    assert_ne!(says(&server, &person, "login-0").await, "PIN_LOCKED");
    for count in 1..=3 {
        assert_eq!(wrong(&server, &person, &format!("wrong-{count}")).await, count);
        server = server.kill_and_restart().await.unwrap();
    }
    assert_eq!(says(&server, &person, "login-1").await, "PIN_LOCKED");
    let mut owner = PinServiceClient::new(server.channel().await.unwrap());
    let change = RecordPinChangeRequest {
        request_id: "change-1".into(),
        certificate_sha256: person.certificate_sha256.clone(),
    };
    let locked = owner.record_pin_change(change.clone()).await.unwrap_err();
    assert_eq!(locked.code(), Code::FailedPrecondition);
    server = server.kill_and_restart().await.unwrap();
    assert_eq!(says(&server, &person, "login-2").await, "PIN_LOCKED");
    let mut counter = PinServiceClient::new(server.channel().await.unwrap());
    let done = counter.reset_pin(reset(&id)).await.unwrap().into_inner().binding.unwrap();
    assert!(done.pin_reset_at.is_some());
    server = server.kill_and_restart().await.unwrap();
    assert_ne!(says(&server, &person, "login-3").await, "PIN_LOCKED");
    let mut counter = PinServiceClient::new(server.channel().await.unwrap());
    let again = counter.reset_pin(reset(&id)).await.unwrap().into_inner().binding.unwrap();
    assert_eq!(again, done, "a lost reply resets nothing");
    counter.record_pin_change(change).await.unwrap();
    assert_eq!(wrong(&server, &person, "wrong-4").await, 1);
}
