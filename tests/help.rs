//! The help desk over mutual TLS: what each role is told of a support code, and who asked.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use serde_json::Value;
use simbind_proto::v1::{
    binding_service_client::BindingServiceClient, check_service_client::CheckServiceClient,
    decision_service_client::DecisionServiceClient, help_service_client::HelpServiceClient, *,
};
use simbind_tests::{Authority, Exit, Launch, Person, Server, command, dev_certs, tls_channel};
use std::path::Path;
use tempfile::TempDir;
use tonic::Code;

struct World {
    server: Server,
    dir: TempDir,
    /// A login that lacked the handset's signature.
    refused: Decision,
    person: Person,
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
        let server = launch.start().await.unwrap();
        let channel = |caller: &str| tls_channel(&server, dir.path(), Some(caller)).unwrap();
        let person = Person::make(&authority, 1).unwrap();
        let mut counter = BindingServiceClient::new(channel("city-hall"));
        person.enrol(&mut counter).await.unwrap();
        let mut bank = CheckServiceClient::new(channel("bank"));
        let draw =
            IssueChallengeRequest { channel: Channel::AppLogin.into(), reader_id: String::new() };
        let drawn = bank.issue_challenge(draw).await.unwrap().into_inner();
        let mut login = person.login("login-1", &drawn).unwrap();
        login.evidence.as_mut().unwrap().signature = None;
        let refused = bank.check_login(login).await.unwrap().into_inner().decision.unwrap();
        Self { server, dir, refused, person }
    }

    fn desk(&self, caller: &str) -> HelpServiceClient<tonic::transport::Channel> {
        HelpServiceClient::new(tls_channel(&self.server, self.dir.path(), Some(caller)).unwrap())
    }

    async fn inquire(&self, caller: &str, code: &str) -> Result<Inquiry, tonic::Status> {
        let answer = self.desk(caller).inquire(InquireRequest { code: code.to_owned() }).await?;
        Ok(answer.into_inner().inquiries.pop().unwrap())
    }

    async fn run(&self, caller: &str, args: &[&str]) -> Exit {
        let certs = self.dir.path().to_str().unwrap();
        let target = self.server.address().to_string();
        let own = ["inquiry", "--target", &target, "--certs", certs, "--as", caller];
        command(Path::new("."), &[&own[..], args].concat()).await.unwrap()
    }
}

#[tokio::test]
async fn each_role_is_told_as_much_as_it_needs_and_nobody_who_the_person_is() {
    let world = World::new().await;
    let code = world.refused.support_code.to_lowercase().replace('-', " ");
    let clerk = world.inquire("city-hall", &code).await.unwrap();
    assert_eq!((&*clerk.verdict, clerk.binding_state()), ("deny", BindingState::Active));
    let reason = clerk.reasons.first().unwrap();
    assert_eq!(reason.code, "SIGNATURE_MISSING");
    for text in [&reason.text_ja, &reason.text_en, &reason.next_ja, &reason.next_en] {
        assert!(!text.is_empty());
    }
    assert_eq!(clerk.places.first().unwrap().place(), Place::App);
    assert_eq!((clerk.desk.clone(), clerk.analyst.clone()), (None, None));

    let desk = world.inquire("help-desk", &code).await.unwrap();
    let view = desk.desk.clone().unwrap();
    assert_eq!(view.decision_id, world.refused.decision_id);
    assert_eq!((view.decided_at, view.kind()), (world.refused.decided_at, CheckKind::Login));
    assert_eq!(view.broken_edge(), Edge::CertificateSim);
    let signature = view.checked.iter().find(|one| one.fact == "transcript.signature").unwrap();
    assert_eq!((&*signature.value, signature.at), ("withheld", view.decided_at));
    assert_eq!(desk.analyst, None);

    let analyst = world.inquire("analyst", &code).await.unwrap();
    let all = analyst.analyst.clone().unwrap();
    assert_eq!(all.decision.as_ref().unwrap().decision_id, world.refused.decision_id);
    assert!(all.facts.len() > 20 && !all.rules.is_empty(), "{all:?}");
    assert!(analyst.desk.is_some());

    let enrolment = world.person.enrolment();
    let told = format!("{clerk:?}{desk:?}{analyst:?}");
    assert!(!told.contains(&enrolment.person_ref) && !told.contains(&world.person.iccid));
    for caller in ["bank", "docomo", "auditor", "operator"] {
        let refused = world.inquire(caller, &code).await.unwrap_err();
        assert_eq!(refused.code(), Code::PermissionDenied, "{caller}");
    }
}

#[tokio::test]
async fn each_look_up_is_listed_for_an_auditor_also_that_of_a_wrong_code() {
    let world = World::new().await;
    world.inquire("help-desk", &world.refused.support_code).await.unwrap();
    let wrong = world.inquire("city-hall", "00000-00000").await.unwrap_err();
    assert_eq!(wrong.code(), Code::NotFound);
    let ask = ListInquiriesRequest::default();
    let page = world.desk("auditor").list_inquiries(ask).await.unwrap().into_inner();
    let told: Vec<_> =
        page.look_ups.iter().map(|one| (one.caller.as_str(), one.decision_ids.len())).collect();
    assert_eq!(told, [("city-hall", 0), ("help-desk", 1)]);
    assert!(page.look_ups.iter().all(|one| one.at.is_some()));
}

#[tokio::test]
async fn a_decision_that_is_read_by_its_code_is_a_look_up_too_but_for_the_party_s_own() {
    let world = World::new().await;
    for caller in ["bank", "shop", "help-desk", "auditor"] {
        let channel = tls_channel(&world.server, world.dir.path(), Some(caller)).unwrap();
        let by = get_decision_request::By::SupportCode(world.refused.support_code.clone());
        let read = DecisionServiceClient::new(channel)
            .get_decision(GetDecisionRequest { by: Some(by) })
            .await;
        assert_eq!(read.is_ok(), caller != "shop", "{caller}");
    }
    let ask = ListInquiriesRequest::default();
    let page = world.desk("auditor").list_inquiries(ask).await.unwrap().into_inner();
    let callers: Vec<_> = page.look_ups.iter().map(|one| one.caller.as_str()).collect();
    assert_eq!(callers, ["auditor", "help-desk"]);
}

#[tokio::test]
async fn the_command_tells_the_same_for_people_and_as_json() {
    let world = World::new().await;
    let code = &world.refused.support_code;
    let asked = world.run("help-desk", &[code]).await;
    assert!(asked.status.success(), "{}", asked.stderr);
    for text in ["拒否 / refused", "SIGNATURE_MISSING", "署名がありません。", "transcript"]
    {
        let there = asked.stdout.contains(text);
        assert_eq!(there, text != "transcript", "{text}: {}", asked.stdout);
    }
    let asked = world.run("city-hall", &["--json", code]).await;
    let told: Value = serde_json::from_str(&asked.stdout).unwrap();
    let inquiry = told.pointer("/inquiries/0").unwrap();
    assert_eq!(inquiry.pointer("/verdict").unwrap(), "deny");
    assert_eq!(inquiry.pointer("/reasons/0/code").unwrap(), "SIGNATURE_MISSING");
    assert_eq!(inquiry.pointer("/places/0/place").unwrap(), "app");
    assert_eq!(inquiry.pointer("/binding_state").unwrap(), "active");
    assert_eq!(inquiry.pointer("/desk").unwrap(), &Value::Null);
    let listed = world.run("auditor", &["--list", "--json"]).await;
    let listed: Value = serde_json::from_str(&listed.stdout).unwrap();
    assert_eq!(listed.pointer("/look_ups/0/by").unwrap(), "city-hall");
    assert_eq!(listed.pointer("/look_ups/1/decision_ids/0").unwrap(), &*world.refused.decision_id);
    let wrong = world.run("help-desk", &["00000-00000"]).await;
    assert!(!wrong.status.success() && wrong.stderr.contains("no such decision"), "{wrong:?}");
}
