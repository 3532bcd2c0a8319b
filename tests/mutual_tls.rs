//! Who is let in, by client certificate.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use simbind_proto::v1::{
    CheckLoginRequest, EnrolBindingRequest, ListPacksRequest, PublishEventsRequest,
    binding_service_client::BindingServiceClient, check_service_client::CheckServiceClient,
    rule_service_client::RuleServiceClient, sim_event_service_client::SimEventServiceClient,
};
use simbind_tests::{Launch, Server, dev_certs, tls_channel};
use std::path::Path;
use tonic::Code;
use tonic_health::pb::{HealthCheckRequest, health_client::HealthClient};

async fn start(folder: &Path) -> Server {
    dev_certs(folder).await.unwrap();
    let launch = Launch::new(folder.join("data")).config(&folder.join("simbind.toml"));
    launch.start().await.unwrap()
}

#[tokio::test]
async fn the_development_set_works_and_strangers_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    let server = start(dir.path()).await;
    let check = async |channel| {
        HealthClient::new(channel).check(HealthCheckRequest { service: String::new() }).await
    };
    for caller in ["bank", "docomo", "city-hall", "analyst"] {
        check(tls_channel(&server, dir.path(), Some(caller)).unwrap()).await.unwrap();
    }
    let nobody = tls_channel(&server, dir.path(), None).unwrap();
    assert!(check(nobody).await.is_err(), "a caller without certificate");

    let other = tempfile::tempdir().unwrap();
    dev_certs(other.path()).await.unwrap();
    std::fs::copy(dir.path().join("ca.pem"), other.path().join("ca.pem")).unwrap();
    let forged = tls_channel(&server, other.path(), Some("bank")).unwrap();
    assert!(check(forged).await.is_err(), "a certificate of another authority");

    let plain = server.channel().await;
    let served = match plain {
        Ok(channel) => check(channel).await.is_ok(),
        Err(_) => false,
    };
    assert!(!served, "a caller without TLS");
}

#[tokio::test]
async fn a_certificate_whose_name_is_not_configured_is_nobody() {
    let dir = tempfile::tempdir().unwrap();
    dev_certs(dir.path()).await.unwrap();
    let file = dir.path().join("simbind.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    let without = text.replace("[[caller]]\nname = \"analyst\"\nroles = [\"analyst\"]\n", "");
    assert_ne!(text, without);
    std::fs::write(&file, without).unwrap();
    let server = Launch::new(dir.path().join("data")).config(&file).start().await.unwrap();
    let channel = tls_channel(&server, dir.path(), Some("analyst")).unwrap();
    let refused = RuleServiceClient::new(channel).list_packs(ListPacksRequest {}).await;
    assert_eq!(refused.unwrap_err().code(), Code::Unauthenticated);
}

#[tokio::test]
async fn each_caller_has_its_own_methods_and_no_others() {
    let dir = tempfile::tempdir().unwrap();
    let server = start(dir.path()).await;
    let channel = |name: &str| tls_channel(&server, dir.path(), Some(name)).unwrap();
    for name in ["bank", "doors", "help-desk", "analyst", "auditor", "operator"] {
        let mut events = SimEventServiceClient::new(channel(name));
        let refused = events.publish_events(PublishEventsRequest::default()).await;
        assert_eq!(refused.unwrap_err().code(), Code::PermissionDenied, "{name} pushes events");
    }
    for name in ["docomo", "doors", "help-desk", "analyst", "operator"] {
        let mut checks = CheckServiceClient::new(channel(name));
        let refused = checks.check_login(CheckLoginRequest::default()).await;
        assert_eq!(refused.unwrap_err().code(), Code::PermissionDenied, "{name} checks a login");
    }
    for name in ["docomo", "bank", "doors", "help-desk", "analyst", "auditor", "operator"] {
        let mut bindings = BindingServiceClient::new(channel(name));
        let refused = bindings.enrol_binding(EnrolBindingRequest::default()).await;
        assert_eq!(refused.unwrap_err().code(), Code::PermissionDenied, "{name} enrols");
    }
}
