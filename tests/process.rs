//! The life of the process.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use simbind_tests::{Launch, Server};
use tonic_health::pb::{
    HealthCheckRequest, health_check_response::ServingStatus, health_client::HealthClient,
};

async fn healthy(server: &Server) -> bool {
    let mut client = HealthClient::new(server.channel().await.unwrap());
    let request = HealthCheckRequest { service: String::new() };
    let answer = client.check(request).await.unwrap().into_inner();
    answer.status() == ServingStatus::Serving
}

#[tokio::test]
async fn it_says_when_it_is_ready_and_then_serves() {
    let dir = tempfile::tempdir().unwrap();
    let server = Launch::new(dir.path().join("data")).start().await.unwrap();
    assert!(server.address().ip().is_loopback());
    assert_ne!(server.address().port(), 0);
    assert!(healthy(&server).await);
    assert!(server.said().contains("every caller has every role"), "{}", server.said());
}

#[tokio::test]
async fn it_stops_cleanly_when_it_is_asked_to() {
    let dir = tempfile::tempdir().unwrap();
    let launch = Launch::new(dir.path().join("data"));
    for _ in 0..3 {
        let server = launch.start().await.unwrap();
        let (status, said) = server.terminate().await.unwrap();
        assert!(status.success(), "{status}: {said}");
    }
}

#[tokio::test]
async fn it_starts_again_after_it_was_killed() {
    let dir = tempfile::tempdir().unwrap();
    let mut server = Launch::new(dir.path().join("data")).start().await.unwrap();
    for _ in 0..3 {
        server = server.kill_and_restart().await.unwrap();
        assert!(healthy(&server).await);
    }
}
