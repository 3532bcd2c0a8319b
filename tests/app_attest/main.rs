//! iPhones over real sockets: enrolled by App Attest, known again by assertions, their counters on
//! a real disk.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod iphone;

use iphone::{APP, Apple, Iphone};
use simbind_evidence::apple::Environment;
use simbind_proto::v1::{
    binding_service_client::BindingServiceClient, check_service_client::CheckServiceClient,
    decision::Verdict, *,
};
use simbind_tests::{Authority, Launch, Person, Server};
use std::{fs, path::Path};
use tempfile::TempDir;
use tonic::{Code, Status};

/// A server that trusts an Apple of our own.
struct Scene {
    server: Server,
    apple: Apple,
    person: Person,
    dir: TempDir,
}

async fn scene(config: &str) -> Scene {
    let dir = tempfile::tempdir().unwrap();
    let (authority, apple) = (Authority::new().unwrap(), Apple::new());
    let path = |name: &str| dir.path().join(name);
    authority.write(&path("anchors.pem")).unwrap();
    apple.write(&path("apple.pem"));
    fs::write(path("simbind.toml"), config).unwrap();
    let launch = Launch::new(path("data"))
        .config(&path("simbind.toml"))
        .trust(&path("anchors.pem"))
        .apple_roots(&path("apple.pem"));
    let server = launch.start().await.unwrap();
    Scene { server, apple, person: Person::make(&authority, 1).unwrap(), dir }
}

impl Scene {
    async fn bindings(&self) -> BindingServiceClient<tonic::transport::Channel> {
        BindingServiceClient::new(self.server.channel().await.unwrap())
    }

    async fn handset(&self, iphone: &Iphone) -> HandsetEvidence {
        let request = IssueEnrolmentChallengeRequest {};
        let drawn = self.bindings().await.issue_enrolment_challenge(request).await.unwrap();
        iphone.evidence(&self.apple, &drawn.into_inner().challenge)
    }

    async fn enrol(&self, iphone: &Iphone) -> Result<Binding, Status> {
        let handset = self.handset(iphone).await;
        let request = self.signed(iphone, handset);
        let made = self.bindings().await.enrol_binding(request).await?;
        Ok(made.into_inner().binding.unwrap())
    }

    /// An enrolment that SIM and iPhone have signed.
    fn signed(&self, iphone: &Iphone, handset: HandsetEvidence) -> EnrolBindingRequest {
        let challenge = handset.challenge.clone();
        let handset = Some(handset);
        let mut request = EnrolBindingRequest { handset, ..self.person.enrolment() };
        let key = Some(iphone.key_sha256());
        let message = self.person.sign_enrolment(&mut request, challenge, key).unwrap();
        let asserted = keys_proof::Handset::AppAttestAssertion(iphone.assert(&message));
        request.proof.as_mut().unwrap().handset = Some(asserted);
        request
    }

    /// A login in the app that is named, asserted by the iPhone.
    async fn login(&self, request: &str, app: &str, iphone: &Iphone) -> CheckLoginRequest {
        self.asserted(request, app, |transcript| iphone.assert(transcript)).await
    }

    async fn asserted(
        &self,
        request: &str,
        app: &str,
        assertion: impl Fn(&[u8]) -> prost::bytes::Bytes,
    ) -> CheckLoginRequest {
        let mut client = CheckServiceClient::new(self.server.channel().await.unwrap());
        let draw =
            IssueChallengeRequest { channel: Channel::AppLogin.into(), reader_id: String::new() };
        let drawn = client.issue_challenge(draw).await.unwrap().into_inner();
        let (mut login, transcript) = self.person.login_by_iphone(request, &drawn, app).unwrap();
        login.evidence.as_mut().unwrap().app_attest_assertion = assertion(&transcript);
        login
    }

    async fn check(&self, login: &CheckLoginRequest) -> Decision {
        let mut client = CheckServiceClient::new(self.server.channel().await.unwrap());
        client.check_login(login.clone()).await.unwrap().into_inner().decision.unwrap()
    }
}

fn allowed(decision: &Decision) -> bool {
    matches!(decision.verdict, Some(Verdict::Allow(_)))
}

/// The first reason of a refusal.
fn refused(decision: &Decision) -> &Reason {
    let Some(Verdict::Deny(_)) = &decision.verdict else { panic!("{decision:?}") };
    decision.reasons.first().unwrap()
}

fn field(status: &Status) -> String {
    assert_eq!(status.code(), Code::InvalidArgument, "{status:?}");
    let value = status.metadata().get("simbind-field");
    value.unwrap().to_str().unwrap().to_owned()
}

fn own() -> Iphone {
    Iphone::new(APP, Environment::Production)
}

#[tokio::test]
async fn an_iphone_enrols_and_logs_in_and_no_assertion_counts_twice() {
    let scene = scene("").await;
    let iphone = own();
    let binding = scene.enrol(&iphone).await.unwrap();
    assert_eq!(binding.attestation_level(), AttestationLevel::AppAttest);
    assert_eq!(binding.platform(), Platform::Ios);
    let request = GetBindingRequest { binding_id: binding.binding_id.clone() };
    let found = scene.bindings().await.get_binding(request).await.unwrap();
    let [handset] = &*found.into_inner().binding.unwrap().enrolled_handsets else { panic!() };
    assert_eq!(handset.attestation_level(), AttestationLevel::AppAttest);
    assert_eq!(handset.platform(), Platform::Ios);

    let first = scene.login("c1", APP, &iphone).await;
    let answered = scene.check(&first).await;
    assert!(allowed(&answered), "{answered:?}");
    let mut pays = scene.login("c2", APP, &iphone).await;
    pays.operation = "pay".into();
    let paid = scene.check(&pays).await;
    assert!(allowed(&paid), "{paid:?}");
    // A lost reply.
    assert_eq!(scene.check(&first).await.decision_id, answered.decision_id);
    // The assertion of another check proves nothing.
    let used = first.evidence.clone().unwrap().app_attest_assertion;
    let reused = scene.asserted("c3", APP, |_| used.clone()).await;
    assert_eq!(refused(&scene.check(&reused).await).code, "HANDSET_PROOF_INVALID");
    // Neither does the whole check again.
    let again = CheckLoginRequest { request_id: "c4".into(), ..first };
    assert_eq!(refused(&scene.check(&again).await).code, "CHALLENGE_USED");
    // A copy of the key signs anew, and its counter is behind.
    let copied = scene.asserted("c5", APP, |transcript| iphone.assert_at(transcript, 2)).await;
    let decision = scene.check(&copied).await;
    let reason = refused(&decision);
    assert_eq!(reason.code, "HANDSET_PROOF_REPLAYED");
    let texts = [&reason.text_ja, &reason.next_ja, &reason.text_en, &reason.next_en];
    assert!(texts.iter().all(|text| !text.is_empty()), "{reason:?}");
    // The owner is not locked out by it.
    assert!(allowed(&scene.check(&scene.login("c6", APP, &iphone).await).await));
    drop(scene.dir);
}

#[tokio::test]
async fn another_app_another_key_and_no_assertion_are_refused() {
    let other = "SIMBINDDEV.jp.simbind.other";
    let config = format!("[[apps]]\nid = \"{APP}\"\n[[apps]]\nid = \"{other}\"\n");
    let scene = scene(&config).await;
    let iphone = own();
    scene.enrol(&iphone).await.unwrap();
    let stranger = own();
    let cases = [
        ("named otherwise", scene.login("a", other, &iphone).await, "HANDSET_PROOF_INVALID"),
        ("another key", scene.login("c", APP, &stranger).await, "HANDSET_PROOF_INVALID"),
        (
            "left out",
            scene.asserted("d", APP, |_| prost::bytes::Bytes::new()).await,
            "HANDSET_PROOF_WITHHELD",
        ),
        (
            "no assertion",
            scene.asserted("e", APP, |_| vec![0xA2; 200].into()).await,
            "HANDSET_PROOF_INVALID",
        ),
    ];
    for (name, login, code) in cases {
        assert_eq!(refused(&scene.check(&login).await).code, code, "{name}");
    }
    // Nothing was counted meanwhile. Five logins at once are what the nation's limit takes.
    let first = scene.asserted("f", APP, |transcript| iphone.assert_at(transcript, 1)).await;
    assert!(allowed(&scene.check(&first).await));
}

#[tokio::test]
async fn only_the_listed_app_in_its_environment_enrols_on_an_iphone() {
    type Spoil = fn(&mut HandsetEvidence);
    let scene = scene("").await;
    let attestation = "handset.app_attest.attestation";
    let developed = Iphone::new(APP, Environment::Development);
    assert_eq!(field(&scene.enrol(&developed).await.unwrap_err()), attestation);
    let strange = Iphone::new("SIMBINDDEV.strange", Environment::Production);
    assert_eq!(field(&scene.enrol(&strange).await.unwrap_err()), attestation);

    let iphone = own();
    let good = scene.handset(&iphone).await;
    let signed = scene.signed(&iphone, good);
    let with = |change: Spoil| {
        let mut request = signed.clone();
        change(request.handset.as_mut().unwrap());
        request
    };
    let mut client = scene.bindings().await;
    let table: [(&str, Spoil); 4] = [
        ("handset.platform", |handset| handset.platform = Platform::Android.into()),
        ("handset.challenge", |handset| handset.challenge = vec![7; 50].into()),
        ("handset.app_attest.key_id", |handset| {
            handset.app_attest.as_mut().unwrap().key_id = vec![7; 32].into();
        }),
        ("handset.app_attest", |handset| {
            handset.key_attestation_chain = vec![vec![7].into(); 2];
        }),
    ];
    for (named, change) in table {
        let status = client.enrol_binding(with(change)).await.unwrap_err();
        assert_eq!(field(&status), named);
    }
    client.enrol_binding(with(|_| ())).await.unwrap();
}

#[tokio::test]
async fn a_developer_s_key_is_taken_where_the_configuration_says_so() {
    let config = format!("[[apps]]\nid = \"{APP}\"\nenvironment = \"development\"\n");
    let scene = scene(&config).await;
    let refused = scene.enrol(&own()).await.unwrap_err();
    assert_eq!(field(&refused), "handset.app_attest.attestation");
    let developed = Iphone::new(APP, Environment::Development);
    scene.enrol(&developed).await.unwrap();
    assert!(allowed(&scene.check(&scene.login("c1", APP, &developed).await).await));
}

#[tokio::test]
async fn an_app_installed_anew_is_taken_at_a_counter() {
    let scene = scene("").await;
    let (old, fresh) = (own(), own());
    let binding_id = scene.enrol(&old).await.unwrap().binding_id;
    assert!(allowed(&scene.check(&scene.login("c1", APP, &old).await).await));
    // Before the counter has seen person and phone, the new installation is nobody's.
    let unknown = scene.check(&scene.login("c2", APP, &fresh).await).await;
    assert_eq!(refused(&unknown).code, "HANDSET_PROOF_INVALID");
    let add = async |place| {
        let request = AddHandsetRequest {
            request_id: "add".into(),
            binding_id: binding_id.clone(),
            handset: Some(scene.handset(&fresh).await),
            reinstalled: Some(place),
        };
        scene.bindings().await.add_handset(request).await.map(tonic::Response::into_inner)
    };
    assert_eq!(add(1).await.unwrap_err().code(), Code::FailedPrecondition);
    let binding = add(0).await.unwrap().binding.unwrap();
    assert_eq!(binding.enrolled_handsets.len(), 1);
    let mut pays = scene.login("c3", APP, &fresh).await;
    pays.operation = "pay".into();
    assert!(allowed(&scene.check(&pays).await));
    let gone = scene.check(&scene.login("c4", APP, &old).await).await;
    assert_eq!(refused(&gone).code, "HANDSET_PROOF_INVALID");
}

/// Kills the server after each answer: no counter that was accepted is accepted again, with the
/// index as it was left, and with the index made anew from the ledger.
#[tokio::test]
async fn an_accepted_counter_outlives_every_kill() {
    let mut scene = scene("").await;
    let iphone = own();
    scene.enrol(&iphone).await.unwrap();
    for round in 0..6 {
        let login = scene.login(&format!("c{round}"), APP, &iphone).await;
        let answered = scene.check(&login).await;
        assert!(allowed(&answered), "round {round}: {answered:?}");
        let launch = scene.server.launch().clone();
        scene.server.kill().await.unwrap();
        if round % 2 == 1 {
            forget_index(launch.data());
        }
        scene.server = launch.start().await.unwrap();
        for counter in [round + 1, 1] {
            let request = format!("r{round}-{counter}");
            let assert = |transcript: &[u8]| iphone.assert_at(transcript, counter);
            let denied = scene.check(&scene.asserted(&request, APP, assert).await).await;
            assert_eq!(refused(&denied).code, "HANDSET_PROOF_REPLAYED", "round {round}");
        }
        // The reply may have been lost with the server.
        assert_eq!(scene.check(&login).await.decision_id, answered.decision_id);
    }
}

fn forget_index(data: &Path) {
    fs::remove_dir_all(data.join("store/index")).unwrap();
    let _ = fs::remove_dir_all(data.join("store/snapshots"));
}
