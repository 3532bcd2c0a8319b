//! Lists of refusals for readers, over mutual TLS.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use simbind_core::{
    refusals::{Answer, Kept, Moment, OfflineUse, RefusalList},
    time::Timestamp,
};
use simbind_proto::v1::{
    binding_service_client::BindingServiceClient, reader_service_client::ReaderServiceClient, *,
};
use simbind_service::refusals::{ListKey, open};
use simbind_tests::{Authority, Launch, Person, Server, command, dev_certs, now, tls_channel};
use std::{fs, os::unix::fs::PermissionsExt as _, time::Duration};
use tempfile::TempDir;
use tonic::Code;

struct Scene {
    server: Server,
    dir: TempDir,
    person: Person,
    binding_id: String,
}

impl Scene {
    async fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        dev_certs(dir.path()).await.unwrap();
        let authority = Authority::new().unwrap();
        let anchors = dir.path().join("anchors.pem");
        authority.write(&anchors).unwrap();
        let file = dir.path().join("simbind.toml");
        let text = fs::read_to_string(&file).unwrap();
        let door = "profile = \"door\"\n";
        assert!(text.contains(door), "{text}");
        let text = text.replacen(door, "profile = \"door\"\noffline = \"refusals\"\n", 1);
        fs::write(&file, format!("{text}\n[refusals]\nevery = \"1s\"\n")).unwrap();
        let launch = Launch::new(dir.path().join("data")).config(&file).trust(&anchors);
        let server = launch.start().await.unwrap();
        let person = Person::make(&authority, 1).unwrap();
        let channel = tls_channel(&server, dir.path(), Some("city-hall")).unwrap();
        let enrolled = person.enrol(&mut BindingServiceClient::new(channel)).await.unwrap();
        let binding_id = enrolled.binding_id;
        Self { server, dir, person, binding_id }
    }

    async fn list(&self, caller: &str, reader: &str) -> Result<Vec<u8>, tonic::Status> {
        let channel = tls_channel(&self.server, self.dir.path(), Some(caller)).unwrap();
        let asked = GetRefusalsRequest { reader_id: reader.into() };
        let mut client = ReaderServiceClient::new(channel);
        loop {
            match client.get_refusals(asked.clone()).await {
                // One list at a time.
                Err(status) if status.code() == Code::ResourceExhausted => {}
                answer => return Ok(answer?.into_inner().list.to_vec()),
            }
        }
    }

    /// The key, as the server's operator has it printed.
    async fn key(&self) -> ListKey {
        let args = ["admin", "refusals-key", "--data", "data"];
        let printed = command(self.dir.path(), &args).await.unwrap();
        printed.stdout.trim().parse().unwrap()
    }
}

fn moment(steady: Duration) -> Moment {
    Moment { wall: now(), steady }
}

fn kept(list: RefusalList) -> Kept {
    let mut kept = Kept::new("door-1".parse().unwrap());
    kept.take(list, moment(Duration::ZERO)).unwrap();
    kept
}

#[tokio::test]
async fn a_reader_is_given_its_list_signed_by_the_key_that_the_server_made_for_itself() {
    let scene = Scene::new().await;
    let file = scene.dir.path().join("data").join("refusals.key");
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let key = scene.key().await;
    let bytes = scene.list("doors", "door-1").await.unwrap();
    let list = open(&bytes, &key).unwrap();
    assert_eq!(list.draft().reader.as_str(), "door-1");
    assert_eq!((list.draft().offline, list.count()), (OfflineUse::Refusals, 0));
    // Every byte of what came over the wire is signed.
    for place in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[place] ^= 1;
        assert!(open(&changed, &key).is_err(), "byte {place}");
    }
    let counter = open(&scene.list("doors", "counter-1").await.unwrap(), &key).unwrap();
    assert_eq!(counter.draft().offline, OfflineUse::Closed, "nobody let it do otherwise");
}

#[tokio::test]
async fn another_ones_readers_list_is_given_to_nobody() {
    let scene = Scene::new().await;
    let refused = scene.list("city-hall", "door-1").await.unwrap_err();
    assert_eq!(refused.code(), Code::InvalidArgument, "{refused:?}");
    let refused = scene.list("docomo", "door-1").await.unwrap_err();
    assert_eq!(refused.code(), Code::PermissionDenied, "{refused:?}");
    for reader in ["", "no-such-door", "a b"] {
        let refused = scene.list("doors", reader).await.unwrap_err();
        assert_eq!(refused.code(), Code::InvalidArgument, "{refused:?}");
        assert_eq!(refused.metadata().get("simbind-field").unwrap(), "reader_id");
    }
}

#[tokio::test]
async fn a_reader_is_given_one_list_at_a_time_and_told_when_to_come_again() {
    let scene = Scene::new().await;
    let channel = tls_channel(&scene.server, scene.dir.path(), Some("doors")).unwrap();
    let mut client = ReaderServiceClient::new(channel);
    let mut later = 0;
    for _ in 0..20 {
        let asked = GetRefusalsRequest { reader_id: "terminal-1".into() };
        if let Err(status) = client.get_refusals(asked).await {
            assert_eq!(status.code(), Code::ResourceExhausted, "{status:?}");
            later += 1;
        }
    }
    assert!(later > 0);
    scene.list("doors", "door-1").await.unwrap();
}

#[tokio::test]
async fn who_is_on_hold_is_on_the_next_list_also_after_a_kill_and_by_the_same_key() {
    let mut scene = Scene::new().await;
    let key = scene.key().await;
    let certificate = simbind_core::ids::CertificateId::of_der(&scene.person.certificate);
    let first = open(&scene.list("doors", "door-1").await.unwrap(), &key).unwrap();
    let mut first = kept(first);
    assert_eq!(first.answer(&certificate, moment(Duration::ZERO)), Answer::NotRefused);
    let channel = tls_channel(&scene.server, scene.dir.path(), Some("city-hall")).unwrap();
    let hold = HoldBindingRequest {
        binding_id: scene.binding_id.clone(),
        reason: LifecycleReason::Lost.into(),
    };
    BindingServiceClient::new(channel).hold_binding(hold).await.unwrap();
    let held_at: Timestamp = now();
    scene.server = scene.server.kill_and_restart().await.unwrap();
    let next = loop {
        let list = open(&scene.list("doors", "door-1").await.unwrap(), &key).unwrap();
        if list.draft().issued_at > held_at {
            break list;
        }
    };
    first.take(next.clone(), moment(Duration::ZERO)).unwrap();
    assert_eq!(first.answer(&certificate, moment(Duration::ZERO)), Answer::Refused);
    assert_eq!(kept(next).answer(&certificate, moment(Duration::ZERO)), Answer::Refused);
}

#[tokio::test]
async fn a_key_that_others_may_read_stops_the_start_and_a_counter_is_never_let_answer_alone() {
    let scene = Scene::new().await;
    let data = scene.dir.path().join("data");
    let key = data.join("refusals.key");
    let said = scene.server.terminate().await.unwrap();
    assert!(said.0.success());
    fs::set_permissions(&key, fs::Permissions::from_mode(0o644)).unwrap();
    let refused = Launch::new(&data).start().await.err().unwrap().to_string();
    assert!(refused.contains("refusals.key"), "{refused}");
    let file = scene.dir.path().join("simbind.toml");
    let text = fs::read_to_string(&file).unwrap();
    let counter = "profile = \"counter\"\n";
    let text = text.replacen(counter, "profile = \"counter\"\noffline = \"refusals\"\n", 1);
    fs::write(&file, text).unwrap();
    let args = ["serve", "--check", "--config", "simbind.toml"];
    let checked = command(scene.dir.path(), &args).await.unwrap();
    let said = checked.stderr + &checked.stdout;
    assert!(!checked.status.success() && said.contains("only a door"), "{said}");
}
