//! What each caller may do, over mutual TLS: every caller of the development set at every method.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod may;

use may::MAY;
use prost::bytes::Bytes;
use simbind_proto::v1::{
    binding_service_client::BindingServiceClient, check_service_client::CheckServiceClient,
    decision_service_client::DecisionServiceClient, get_decision_request::By, sim_event::Kind,
    sim_event_service_client::SimEventServiceClient, *,
};
use simbind_tests::{Authority, Launch, Person, Server, call_raw, dev_certs, methods, tls_channel};
use tempfile::TempDir;
use tonic::{Code, transport};

struct World {
    server: Server,
    dir: TempDir,
    authority: Authority,
}

impl World {
    async fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        dev_certs(dir.path()).await.unwrap();
        let authority = Authority::new().unwrap();
        let anchors = dir.path().join("anchors.pem");
        authority.write(&anchors).unwrap();
        let launch = Launch::new(dir.path().join("data"))
            .config(&dir.path().join("simbind.toml"))
            .trust(&anchors);
        Self { server: launch.start().await.unwrap(), dir, authority }
    }

    fn of(&self, caller: &str) -> transport::Channel {
        tls_channel(&self.server, self.dir.path(), Some(caller)).unwrap()
    }

    async fn enrolled(&self, number: u64) -> Person {
        let person = Person::make(&self.authority, number).unwrap();
        let mut counter = BindingServiceClient::new(self.of("city-hall"));
        person.enrol(&mut counter).await.unwrap();
        person
    }

    /// A decision that the bank asked for.
    async fn decided(&self, person: &Person) -> Decision {
        let mut bank = CheckServiceClient::new(self.of("bank"));
        let draw =
            IssueChallengeRequest { channel: Channel::AppLogin.into(), reader_id: String::new() };
        let drawn = bank.issue_challenge(draw).await.unwrap().into_inner();
        let login = person.login("login-1", &drawn).unwrap();
        bank.check_login(login).await.unwrap().into_inner().decision.unwrap()
    }
}

#[tokio::test]
async fn every_caller_may_call_its_methods_and_no_other() {
    let world = World::new().await;
    let paths = methods().unwrap();
    // A carrier's platform serves this one, and we call it.
    let ours = |method: &&str| !method.starts_with("AppletPlatformService/");
    let named = paths.iter().filter_map(|path| path.strip_prefix("/simbind.v1."));
    let methods: Vec<&str> = named.filter(ours).collect();
    assert!(methods.len() > 20, "{methods:?}");
    for (caller, may) in MAY {
        let channel = world.of(caller);
        assert!(may.iter().all(|method| methods.contains(method)), "{caller}: {may:?}");
        for method in &methods {
            let path = format!("/simbind.v1.{method}");
            let answer = call_raw(&channel, &path, Bytes::new()).await;
            let code = answer.map_or_else(|status| status.code(), |_| Code::Ok);
            assert_ne!(code, Code::Unauthenticated, "{caller} at {method}");
            let refused = code == Code::PermissionDenied;
            assert_ne!(refused, may.contains(method), "{caller} at {method}: {code:?}");
        }
    }
}

#[tokio::test]
async fn a_carrier_speaks_for_no_other_carrier() {
    let world = World::new().await;
    let person = world.enrolled(1).await;
    let cases = [
        ("docomo", "docomo", true),
        ("docomo", "iij", false),
        ("iij", "iij", true),
        ("iij", "docomo", false),
        ("iij", "aqua-mobile", false),
        ("aqua-mobile", "docomo", false),
        ("aqua-mobile", "iij", false),
        ("kddi", "kawasemi", false),
        ("kawasemi", "kawasemi", true),
        ("kawasemi", "kddi", false),
        ("docomo", "nobody", false),
    ];
    for (caller, carrier, taken) in cases {
        let mut feed = SimEventServiceClient::new(world.of(caller));
        let event = SimEvent {
            carrier_id: carrier.to_owned(),
            ..person.event(&format!("by-{caller}"), Kind::PortedOut(PortedOut {}))
        };
        let request = PublishEventsRequest { events: vec![event] };
        let result = feed.publish_events(request).await.unwrap().into_inner().results.remove(0);
        if taken {
            assert_ne!(result.status(), EventStatus::Refused, "{caller}, {carrier}: {result:?}");
        } else {
            let refusal = (result.status(), &*result.field, result.position);
            assert_eq!(refusal, (EventStatus::Refused, "carrier_id", 0), "{caller}, {carrier}");
        }
    }
}

#[tokio::test]
async fn a_caller_sees_its_own_decisions_and_another_is_not_told_that_there_is_one() {
    let world = World::new().await;
    let person = world.enrolled(1).await;
    let decision = world.decided(&person).await;
    let by_id = || By::DecisionId(decision.decision_id.clone());
    let by_code = || By::SupportCode(decision.support_code.clone());
    for by in [by_id(), by_code()] {
        let ask = async |caller: &str| {
            let mut client = DecisionServiceClient::new(world.of(caller));
            client.get_decision(GetDecisionRequest { by: Some(by.clone()) }).await
        };
        for caller in ["bank", "help-desk", "auditor"] {
            let seen = ask(caller).await.unwrap().into_inner().decision.unwrap();
            assert_eq!(seen.decision_id, decision.decision_id, "{caller}");
        }
        for caller in ["shop", "doors", "city-hall"] {
            let status = ask(caller).await.unwrap_err();
            assert_eq!(status.code(), Code::NotFound, "{caller}: {status:?}");
        }
    }
}
