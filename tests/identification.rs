//! Where a person was identified, from the caller that enrols to the verdict, by the packs that
//! ship.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use simbind_proto::v1::{
    binding_service_client::BindingServiceClient, check_service_client::CheckServiceClient,
    decision::Verdict, *,
};
use simbind_tests::{Authority, Launch, Person, dev_certs, tls_channel};
use std::fs;

const WEAK: &str = "IDENTIFICATION_WEAK";

/// What the bank is answered for each operation about a person whom `city-hall` enrolled, with this
/// line in its part of the configuration.
async fn answers(place: &str) -> Vec<(Decision, String)> {
    let dir = tempfile::tempdir().unwrap();
    dev_certs(dir.path()).await.unwrap();
    let file = dir.path().join("simbind.toml");
    let text = fs::read_to_string(&file).unwrap();
    let own = "[[caller]]\nname = \"city-hall\"\nroles = [\"counter\"]\n";
    assert!(text.contains(own), "{text}");
    fs::write(&file, text.replace(own, &format!("{own}{place}\n"))).unwrap();
    let authority = Authority::new().unwrap();
    let anchors = dir.path().join("anchors.pem");
    authority.write(&anchors).unwrap();
    let launch = Launch::new(dir.path().join("data")).config(&file).trust(&anchors);
    let server = launch.start().await.unwrap();
    let of = |caller: &str| tls_channel(&server, dir.path(), Some(caller)).unwrap();
    let person = Person::make(&authority, 1).unwrap();
    let mut counter = BindingServiceClient::new(of("city-hall"));
    person.enrol(&mut counter).await.unwrap();
    let mut bank = CheckServiceClient::new(of("bank"));
    let mut decisions = Vec::new();
    for operation in ["balance", "application", "transfer"] {
        let draw =
            IssueChallengeRequest { channel: Channel::AppLogin.into(), reader_id: String::new() };
        let drawn = bank.issue_challenge(draw).await.unwrap().into_inner();
        let mut login = person.login(operation, &drawn).unwrap();
        operation.clone_into(&mut login.operation);
        let decided = bank.check_login(login).await.unwrap().into_inner().decision.unwrap();
        decisions.push((decided, operation.to_owned()));
    }
    decisions
}

fn is_weak(decision: &Decision) -> bool {
    decision.reasons.iter().any(|reason| reason.code == WEAK)
}

#[tokio::test]
async fn who_was_identified_elsewhere_than_at_a_counter_is_sent_to_one_for_more_than_a_look() {
    for place in ["home", "approved"] {
        for (decision, operation) in answers(&format!("place = \"{place}\"")).await {
            let looks = operation == "balance";
            assert_eq!(is_weak(&decision), !looks, "{place}, {operation}: {decision:?}");
            if !looks {
                let Some(Verdict::StepUp(asked)) = &decision.verdict else {
                    panic!("{decision:?}")
                };
                assert_eq!(asked.methods, [i32::from(StepUpMethod::Counter)], "{operation}");
            }
        }
    }
}

#[tokio::test]
async fn who_was_identified_at_a_counter_is_not() {
    for place in ["place = \"counter\"", ""] {
        for (decision, operation) in answers(place).await {
            assert!(!is_weak(&decision), "{operation}: {decision:?}");
        }
    }
}
