//! What is wrong on a stream is answered there, and the stream goes on.

use super::{start, table::field_of};
use simbind_proto::v1::{
    check_service_client::CheckServiceClient, sim_event::Kind,
    sim_event_service_client::SimEventServiceClient, stream_checks_request::Check,
    stream_checks_response::Answer, *,
};
use std::collections::BTreeMap;

#[tokio::test]
async fn a_wrong_check_on_a_stream_is_a_fault_that_names_the_field() {
    let (server, _dir, authority) = start().await;
    let person = super::enrolled(&server, &authority, 1).await;
    let mut client = CheckServiceClient::new(server.channel().await.unwrap());
    let draw =
        IssueChallengeRequest { channel: Channel::AppLogin.into(), reader_id: String::new() };
    let drawn = client.issue_challenge(draw.clone()).await.unwrap().into_inner();
    let good = person.login("login-1", &drawn).unwrap();
    let wrong = CheckLoginRequest { request_id: "a b".into(), ..good.clone() };
    let far = IssueChallengeRequest { reader_id: "local-door".into(), ..draw };
    let checks = [
        (1, Some(Check::Login(wrong))),
        (2, None),
        (3, Some(Check::Challenge(far))),
        (4, Some(Check::Login(good))),
    ];
    let messages =
        checks.map(|(number, check)| StreamChecksRequest { correlation_id: number, check });
    let answers = client.stream_checks(futures::stream::iter(messages)).await.unwrap();
    let mut answers = answers.into_inner();
    let mut by_number = BTreeMap::new();
    while let Some(answer) = answers.message().await.unwrap() {
        by_number.insert(answer.correlation_id, answer.answer.unwrap());
    }
    for (number, field) in [(1, "request_id"), (2, "check"), (3, "reader_id")] {
        match by_number.get(&number) {
            Some(Answer::Fault(fault)) => assert_eq!((fault.code, &*fault.field), (3, field)),
            other => panic!("{number}: {other:?}"),
        }
    }
    assert!(matches!(by_number.get(&4), Some(Answer::Decision(_))), "{by_number:?}");
}

#[tokio::test]
async fn a_wrong_event_on_a_stream_is_refused_and_the_next_is_taken() {
    let (server, _dir, authority) = start().await;
    let person = super::enrolled(&server, &authority, 1).await;
    let mut client = SimEventServiceClient::new(server.channel().await.unwrap());
    let good = person.event("good", Kind::LineResumed(LineResumed {}));
    let wrong = SimEvent { line: None, event_id: "wrong".into(), ..good.clone() };
    let messages = [Some(wrong), Some(good)].map(|event| StreamEventsRequest { event });
    let answers = client.stream_events(futures::stream::iter(messages)).await.unwrap();
    let mut answers = answers.into_inner();
    let mut results = Vec::new();
    while let Some(answer) = answers.message().await.unwrap() {
        results.push(answer.result.unwrap());
    }
    let find = |id: &str| results.iter().find(|result| result.event_id == id).unwrap();
    assert_eq!(find("wrong").field, "line");
    assert_eq!(find("wrong").status(), EventStatus::Refused);
    assert_eq!(find("good").status(), EventStatus::Applied);

    // A message without event has no number to answer under: it ends the stream.
    let none = futures::stream::iter([StreamEventsRequest { event: None }]);
    let mut answers = client.stream_events(none).await.unwrap().into_inner();
    let status = answers.message().await.unwrap_err();
    assert_eq!((status.code(), field_of(&status)), (tonic::Code::InvalidArgument, "event"));
}
