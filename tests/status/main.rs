//! The status of certificates over real sockets: pushed, stapled, fetched from who answers badly,
//! and over `kill -9`.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use rcgen::{KeyPair, SigningKey as _};
use simbind_core::time::Timestamp;
use simbind_evidence::{
    certificate::Authority as Issuer,
    signature::SignatureScheme,
    status::{
        CertStatus, CrlSubject, Reason,
        encode::{CrlEntrySpec, CrlSpec, OcspSpec, Signer, encode_crl, encode_ocsp},
    },
};
use simbind_proto::v1::{
    binding_service_client::BindingServiceClient, check_service_client::CheckServiceClient,
    decision::Verdict, decision_service_client::DecisionServiceClient, push_status_request::Status,
    status_service_client::StatusServiceClient, *,
};
use simbind_tests::{Authority, Launch, Person, Server, now, to_proto};
use std::time::Duration;
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
};
use tonic::Code;

struct Scene {
    server: Server,
    authority: Authority,
    person: Person,
    logins: u32,
    _dir: TempDir,
}

fn signed<T>(key: &KeyPair, encode: impl FnOnce(Signer<'_>) -> T) -> T {
    let sign = |message: &[u8]| key.sign(message).unwrap();
    encode(Signer::new(SignatureScheme::EcdsaP256Sha256, &sign))
}

impl Scene {
    async fn new(sources: &str) -> Self {
        Self::of(Authority::new().unwrap(), sources).await
    }

    async fn of(authority: Authority, sources: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let anchors = dir.path().join("anchors.pem");
        authority.write(&anchors).unwrap();
        let config = dir.path().join("simbind.toml");
        std::fs::write(&config, sources).unwrap();
        let launch = Launch::new(dir.path().join("data")).config(&config).trust(&anchors);
        let server = launch.start().await.unwrap();
        let person = Person::make(&authority, 1).unwrap();
        let mut counter = BindingServiceClient::new(server.channel().await.unwrap());
        person.enrol(&mut counter).await.unwrap();
        Self { server, authority, person, logins: 0, _dir: dir }
    }

    fn issuer(&self) -> Issuer {
        Issuer::from_pem(self.authority.pem().as_bytes()).unwrap()
    }

    fn subject(&self) -> CrlSubject {
        CrlSubject::of_certificate(&self.person.certificate).unwrap()
    }

    fn list(&self, at: Timestamp, change: impl FnOnce(&mut CrlSpec)) -> Vec<u8> {
        let mut spec = CrlSpec::empty(&self.issuer(), at);
        spec.number = u64::try_from(at.as_millis()).ok();
        change(&mut spec);
        signed(self.authority.key(), |signer| encode_crl(&spec, signer))
    }

    fn listing(&self, entry: CrlEntrySpec) -> Vec<u8> {
        self.list(now(), |spec| spec.entries.push(entry))
    }

    fn answer(&self, status: CertStatus, at: Timestamp) -> Vec<u8> {
        let spec = OcspSpec::about(&self.issuer(), self.subject().serial().clone(), status, at);
        signed(self.authority.key(), |signer| encode_ocsp(&spec, signer))
    }

    async fn push(&self, status: Status) -> Result<PushOutcome, tonic::Status> {
        let mut client = StatusServiceClient::new(self.server.channel().await.unwrap());
        let pushed = client.push_status(PushStatusRequest { status: Some(status) }).await?;
        Ok(pushed.into_inner().outcome())
    }

    async fn push_list(&self, der: Vec<u8>) -> Result<PushOutcome, tonic::Status> {
        self.push(Status::Crl(der.into())).await
    }

    async fn word(&self, standing: CertificateStanding) -> Result<PushOutcome, tonic::Status> {
        let by = certificate_ref::By::Sha256(self.person.certificate_sha256.clone());
        let word = IssuerWord {
            certificate: Some(CertificateRef { by: Some(by) }),
            standing: standing.into(),
            as_of: Some(to_proto(now())),
            reason: 0,
        };
        self.push(Status::Word(word)).await
    }

    async fn decide(&mut self, staple: Option<Vec<u8>>) -> Decision {
        self.logins += 1;
        let mut bank = CheckServiceClient::new(self.server.channel().await.unwrap());
        let draw =
            IssueChallengeRequest { channel: Channel::AppLogin.into(), reader_id: String::new() };
        let drawn = bank.issue_challenge(draw).await.unwrap().into_inner();
        let mut login = self.person.login(&format!("login-{}", self.logins), &drawn).unwrap();
        login.evidence.as_mut().unwrap().ocsp_response = staple.map(Into::into);
        bank.check_login(login).await.unwrap().into_inner().decision.unwrap()
    }

    /// The first reason of a refusal; the word of any other verdict.
    async fn login(&mut self) -> String {
        said(&self.decide(None).await)
    }
}

fn said(decision: &Decision) -> String {
    match decision.verdict.as_ref().unwrap() {
        Verdict::Allow(_) => "allow".into(),
        Verdict::StepUp(_) => "step up".into(),
        Verdict::Deny(_) => {
            let mut codes = decision.reasons.iter().map(|reason| &reason.code);
            // What is revoked ends its binding, which is a reason too.
            let own = codes.clone().find(|code| code.starts_with("CERTIFICATE_"));
            own.or_else(|| codes.next()).unwrap().clone()
        }
    }
}

#[tokio::test]
async fn a_pushed_list_denies_and_a_kill_takes_nothing_back() {
    let mut scene = Scene::new("").await;
    let before = scene.login().await;
    let serial = scene.subject().serial().clone();
    let held = scene.listing(CrlEntrySpec::held(serial.clone(), now()));
    assert_eq!(scene.push_list(held).await.unwrap(), PushOutcome::Taken);
    assert_eq!(scene.login().await, "CERTIFICATE_HELD");
    scene.server = scene.server.kill_and_restart().await.unwrap();
    assert_eq!(scene.login().await, "CERTIFICATE_HELD");
    // Lists tell seconds, and an issuer's clock may go a little before ours.
    let later = now().plus(Duration::from_secs(5));
    assert_eq!(scene.push_list(scene.list(later, |_| {})).await.unwrap(), PushOutcome::Taken);
    assert_eq!(scene.login().await, before, "released");
    let revoked = CrlEntrySpec::revoked(serial, now(), Reason::KeyCompromise);
    let later = now().plus(Duration::from_secs(10));
    let list = scene.list(later, |spec| spec.entries.push(revoked));
    assert_eq!(scene.push_list(list).await.unwrap(), PushOutcome::Taken);
    scene.server = scene.server.kill_and_restart().await.unwrap();
    let denied = scene.decide(None).await;
    assert_eq!(said(&denied), "CERTIFICATE_REVOKED");
    let mut auditor = DecisionServiceClient::new(scene.server.channel().await.unwrap());
    let ask = ReplayDecisionRequest { decision_id: denied.decision_id };
    let replayed = auditor.replay_decision(ask).await.unwrap().into_inner();
    assert_eq!(replayed.result(), ReplayResult::Same);
}

#[tokio::test]
async fn the_issuers_word_holds_releases_and_outlives_a_kill() {
    let mut scene = Scene::new("").await;
    let before = scene.login().await;
    assert_eq!(scene.word(CertificateStanding::Held).await.unwrap(), PushOutcome::Taken);
    scene.server = scene.server.kill_and_restart().await.unwrap();
    assert_eq!(scene.login().await, "CERTIFICATE_HELD");
    assert_eq!(scene.word(CertificateStanding::Good).await.unwrap(), PushOutcome::Taken);
    assert_eq!(scene.login().await, before);
    assert_eq!(scene.word(CertificateStanding::Revoked).await.unwrap(), PushOutcome::Taken);
    assert_eq!(scene.word(CertificateStanding::Good).await.unwrap(), PushOutcome::Overtaken);
    scene.server = scene.server.kill_and_restart().await.unwrap();
    assert_eq!(scene.login().await, "CERTIFICATE_REVOKED");
}

#[tokio::test]
async fn a_stapled_revocation_counts_and_an_old_good_one_does_not_come_back() {
    let mut scene = Scene::new("").await;
    let before = scene.login().await;
    let good = scene.answer(CertStatus::Good, now().minus(Duration::from_secs(60)));
    assert_eq!(said(&scene.decide(Some(good.clone())).await), before);
    let status = CertStatus::Revoked { since: now(), reason: Reason::KeyCompromise };
    let revoked = scene.answer(status, now());
    assert_eq!(said(&scene.decide(Some(revoked)).await), "CERTIFICATE_REVOKED");
    assert_eq!(said(&scene.decide(Some(good)).await), "CERTIFICATE_REVOKED");
    assert_eq!(scene.login().await, "CERTIFICATE_REVOKED");
}

#[tokio::test]
async fn what_does_not_hold_is_refused_with_its_field() {
    let scene = Scene::new("").await;
    let stranger = Authority::new().unwrap();
    let spec = CrlSpec::empty(&scene.issuer(), now());
    let delta = simbind_evidence::status::encode::ExtensionSpec::id_ce(27, true, vec![2, 1, 1]);
    let cases = [
        (signed(stranger.key(), |signer| encode_crl(&spec, signer)), "signature"),
        (scene.list(now(), |spec| spec.issuer = vec![0x30, 0]), "another issuer"),
        (scene.list(now(), |spec| spec.extensions.push(delta)), "delta"),
        (b"garbage".to_vec(), "malformed"),
    ];
    for (der, why) in cases {
        let refused = scene.push_list(der).await.unwrap_err();
        assert_eq!(refused.code(), Code::InvalidArgument, "{why}");
        assert_eq!(refused.metadata().get("simbind-field").unwrap(), "crl", "{why}");
        assert!(refused.message().contains(why), "{why}: {refused:?}");
    }
}

/// Answers every request with these bytes.
async fn serve(body: Vec<u8>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/list.crl", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let _ = stream.read(&mut [0; 4096]).await;
            let length = body.len();
            let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n");
            let _ = stream.write_all(&[head.as_bytes(), &body].concat()).await;
        }
    });
    url
}

#[tokio::test]
async fn lists_are_fetched_and_sources_that_fail_say_so_and_hurt_nobody() {
    let authority = Authority::new().unwrap();
    let issuer = Issuer::from_pem(authority.pem().as_bytes()).unwrap();
    let good =
        signed(authority.key(), |signer| encode_crl(&CrlSpec::empty(&issuer, now()), signer));
    let (good, garbage) = (serve(good).await, serve(b"garbage".to_vec()).await);
    let source = |url: &str| {
        format!("[[status.source]]\nissuer = \"anchors.pem\"\nkind = \"crl\"\nurl = \"{url}\"\n")
    };
    // Nobody listens at the last one.
    let sources = [source(&garbage), source(&good), source("http://127.0.0.1:1/")].concat();
    let mut scene = Scene::of(authority, &sources).await;
    let mut client = StatusServiceClient::new(scene.server.channel().await.unwrap());
    let mut ticks = tokio::time::interval(Duration::from_millis(50));
    let issuer = loop {
        ticks.tick().await;
        let listed = client.list_status_sources(ListStatusSourcesRequest {}).await.unwrap();
        let issuer = listed.into_inner().issuers.remove(0);
        if issuer.feeds.iter().all(|feed| feed.answers + feed.faults > 0) {
            break issuer;
        }
    };
    assert!(issuer.list.is_some());
    let errors: Vec<_> = issuer.feeds.iter().map(|feed| !feed.last_error.is_empty()).collect();
    assert_eq!(errors, [true, false, true]);
    assert_ne!(scene.login().await, "CERTIFICATE_REVOKED");
    let by = certificate_ref::By::Sha256(scene.person.certificate_sha256.clone());
    let ask = GetCertificateStatusRequest { certificate: Some(CertificateRef { by: Some(by) }) };
    let known = client.get_certificate_status(ask).await.unwrap().into_inner();
    let found = (known.standing(), known.source());
    assert_eq!(found, (CertificateStanding::Good, StatusSource::List));
}
