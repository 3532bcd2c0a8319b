//! A disk that takes no more: nothing more is acknowledged, health says so, and nothing that was
//! acknowledged is lost.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use simbind_proto::v1::{
    EventStatus, HandsetObserved, PublishEventsRequest, SimEvent,
    binding_service_client::BindingServiceClient, sim_event::Kind,
    sim_event_service_client::SimEventServiceClient,
};
use simbind_tests::{Authority, Launch, Person, Server};
use tonic::Code;
use tonic_health::pb::{
    HealthCheckRequest, health_check_response::ServingStatus, health_client::HealthClient,
};

/// The largest file that the server may write, in kibibytes.
const LARGEST_FILE: u64 = 3 << 10;
const BATCH: usize = 500;
/// More events than fit, by far.
const BATCHES: usize = 200;

async fn health(server: &Server) -> ServingStatus {
    let mut client = HealthClient::new(server.channel().await.unwrap());
    let request = HealthCheckRequest { service: String::new() };
    let status = client.check(request).await.unwrap().into_inner().status;
    ServingStatus::try_from(status).unwrap()
}

/// Waits until the server's watch has looked at the ledgers once more.
async fn becomes_not_serving(server: &Server) {
    let mut client = HealthClient::new(server.channel().await.unwrap());
    let request = HealthCheckRequest { service: String::new() };
    let mut watch = client.watch(request).await.unwrap().into_inner();
    while let Some(change) = watch.message().await.unwrap() {
        if change.status() == ServingStatus::NotServing {
            return;
        }
    }
    panic!("the watch ended while the server was serving");
}

fn batch(person: &Person, number: usize) -> Vec<SimEvent> {
    let seen = Kind::HandsetObserved(HandsetObserved { imei: person.imei.clone() });
    (0..BATCH).map(|event| person.event(&format!("e-{number}-{event}"), seen.clone())).collect()
}

#[tokio::test]
async fn a_full_disk_ends_in_refusal_and_loses_nothing_that_was_acknowledged() {
    let dir = tempfile::tempdir().unwrap();
    let authority = Authority::new().unwrap();
    let anchors = dir.path().join("anchors.pem");
    authority.write(&anchors).unwrap();
    let launch = Launch::new(dir.path().join("data")).trust(&anchors);
    let server = launch.clone().largest_file(LARGEST_FILE).start().await.unwrap();
    let person = Person::make(&authority, 1).unwrap();
    let mut bindings = BindingServiceClient::new(server.channel().await.unwrap());
    person.enrol(&mut bindings).await.unwrap();
    assert_eq!(health(&server).await, ServingStatus::Serving);

    let mut events = SimEventServiceClient::new(server.channel().await.unwrap());
    let mut acknowledged = 0;
    let fault = loop {
        assert!(acknowledged < BATCHES, "the disk was never full");
        let request = PublishEventsRequest { events: batch(&person, acknowledged) };
        match events.publish_events(request).await {
            Ok(_) => acknowledged += 1,
            Err(status) => break status,
        }
    };
    assert_eq!(fault.code(), Code::Unavailable, "{fault:?}");
    assert!(fault.metadata().get("grpc-retry-pushback-ms").is_some(), "{fault:?}");
    becomes_not_serving(&server).await;
    server.kill().await.unwrap();

    let server = launch.start().await.unwrap();
    let mut events = SimEventServiceClient::new(server.channel().await.unwrap());
    for number in 0..acknowledged {
        let request = PublishEventsRequest { events: batch(&person, number) };
        // The time of an event is part of it, so the same number tells that it is there.
        let results = events.publish_events(request).await.unwrap().into_inner().results;
        let reused = |status| status == EventStatus::KeptIdReused as i32;
        assert!(results.iter().all(|result| reused(result.status)), "batch {number} was lost");
    }
    assert_eq!(health(&server).await, ServingStatus::Serving);
}
