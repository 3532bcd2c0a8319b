//! Wrong checks, wrong outcomes and wrong questions about decisions.

use super::{
    start,
    table::{Table, wrong_iccids, wrong_ids, wrong_imeis, wrong_or_empty_names, wrong_tokens},
};
use prost_types::Timestamp;
use simbind_proto::v1::{
    check_service_client::CheckServiceClient, decision_service_client::DecisionServiceClient,
    get_decision_request::By, pin_outcome, report_outcome_request::Outcome, step_up_outcome, *,
};
use simbind_tests::Person;
use tonic::transport;

/// Gives the evidence of a request.
trait Evident: Clone {
    fn evidence(&mut self) -> &mut Evidence;
    fn missing(&mut self);
}

impl Evident for CheckLoginRequest {
    fn evidence(&mut self) -> &mut Evidence {
        self.evidence.as_mut().unwrap()
    }

    fn missing(&mut self) {
        self.evidence = None;
    }
}

impl Evident for CheckTapRequest {
    fn evidence(&mut self) -> &mut Evidence {
        self.evidence.as_mut().unwrap()
    }

    fn missing(&mut self) {
        self.evidence = None;
    }
}

const INSTANTS: [Option<Timestamp>; 5] = [
    None,
    Some(Timestamp { seconds: i64::MAX, nanos: 0 }),
    Some(Timestamp { seconds: i64::MIN, nanos: 0 }),
    Some(Timestamp { seconds: 1, nanos: -1 }),
    Some(Timestamp { seconds: 1, nanos: 1_000_000_000 }),
];

/// Spoils each field of the evidence.
fn evidence<Q: Evident>(table: Table<Q>, person: &Person) -> Table<Q> {
    let der = person.certificate.clone();
    let chains = [vec![der.clone(); 9], vec![vec![].into()], vec![vec![0x30; 17 << 10].into()]];
    let hashes = [vec![1], vec![1; 31], vec![1; 33], vec![1; 1 << 16]];
    let signature = |value: &[u8]| Signature {
        scheme: SignatureScheme::EcdsaP256Sha256.into(),
        value: value.to_vec().into(),
    };
    let signatures = [
        Signature { scheme: 0, value: vec![1; 70].into() },
        Signature { scheme: 99, value: vec![1; 70].into() },
        signature(&[]),
        signature(&[1; 1025]),
    ];
    table
        .row("evidence", "missing", Evident::missing)
        .values("evidence.challenge", &[vec![], vec![1; 257]], |r, v| {
            r.evidence().challenge = v.into();
        })
        .values("evidence.certificate_chain", &chains, |r, v| r.evidence().certificate_chain = v)
        .row("evidence.certificate_chain", "neither", |r| r.evidence().certificate_chain.clear())
        .values("evidence.certificate_sha256", &hashes, |r, v| {
            r.evidence().certificate_chain.clear();
            r.evidence().certificate_sha256 = v.into();
        })
        .row("evidence.certificate_sha256", "both", |r| {
            r.evidence().certificate_sha256 = person.certificate_sha256.clone();
        })
        .values("evidence.signature", &signatures, |r, v| r.evidence().signature = Some(v))
        .values("evidence.handset_signature", &signatures, |r, v| {
            r.evidence().handset_signature = Some(v);
        })
        .row("evidence.app_attest_assertion", "too long", |r| {
            r.evidence().app_attest_assertion = vec![0xA2; 4097].into();
        })
        .row("evidence.app_attest_assertion", "both", |r| {
            r.evidence().handset_signature = Some(signature(&[1; 70]));
            r.evidence().app_attest_assertion = vec![0xA2; 100].into();
        })
        .values("evidence.iccid", &wrong_iccids(&person.iccid), |r, v| {
            r.evidence().iccid = Some(v);
        })
        .row("evidence.iccid", "empty", |r| r.evidence().iccid = Some(String::new()))
        .values("evidence.imei", &wrong_imeis(&person.imei), |r, v| r.evidence().imei = Some(v))
        .row("evidence.imei", "empty", |r| r.evidence().imei = Some(String::new()))
        .values("evidence.toolkit_imei", &wrong_imeis(&person.imei), |r, v| {
            r.evidence().toolkit_imei = Some(v);
        })
        .values("evidence.app_id", &wrong_or_empty_names(), |r, v| r.evidence().app_id = Some(v))
        .values("evidence.ui_app_id", &wrong_or_empty_names(), |r, v| {
            r.evidence().ui_app_id = Some(v);
        })
        .values("evidence.signed_at", &INSTANTS, |r, v| r.evidence().signed_at = v)
}

/// A token as a handset writes it, with what it made of it.
fn handed() -> HandsetToken {
    let token = simbind_core::token::HandsetToken {
        certificate: simbind_core::ids::CertificateId::from_sha256([1; 32]),
        iccid: "8981100000000000010".parse().unwrap(),
        imei: None,
        issued_at: simbind_tests::now(),
        life: simbind_core::token::TokenLife::from_millis(10_000).unwrap(),
        nonce: [2; 16],
        handset_key: [3; 32],
    };
    let signed =
        Signature { scheme: SignatureScheme::EcdsaP256Sha256.into(), value: vec![1; 70].into() };
    HandsetToken {
        token: token.encode().into(),
        proof: Some(handset_token::Proof::Signature(signed)),
    }
}

/// Spoils a token, each field of its bytes, and what is made of it.
#[tokio::test]
async fn every_wrong_field_of_a_handset_s_token_is_named() {
    use handset_token::Proof;
    const TOKEN: &str = "evidence.handset_token";
    const BYTES: &str = "evidence.handset_token.token";
    let (server, _dir, authority) = start().await;
    let person = super::enrolled(&server, &authority, 1).await;
    let client = CheckServiceClient::new(server.channel().await.unwrap());
    let drawn = challenge(&client, Channel::TapToken, "local-door").await;
    let mut tap = person.tap("tap-1", "local-door", &drawn).unwrap();
    tap.channel = Channel::TapToken.into();
    tap.evidence.as_mut().unwrap().handset_token = Some(handed());
    let good = handed().token.to_vec();
    let spoilt = |at: usize, with: u8| {
        let mut bytes = good.clone();
        bytes[at] = with;
        bytes
    };
    let tokens = [
        vec![],
        vec![0; 193],
        spoilt(0, b'x'),
        spoilt(21, 2),
        spoilt(22, 9),
        spoilt(62, b'x'),
        spoilt(97, 0xFF),
        good[..good.len() - 1].to_vec(),
        [&*good, &[0]].concat(),
    ];
    let signature = |scheme, value: &[u8]| Signature { scheme, value: value.to_vec().into() };
    let signatures = [signature(0, &[1; 70]), signature(2, &[]), signature(2, &[1; 1025])];
    let handed = |r: &mut CheckTapRequest, with: &dyn Fn(&mut HandsetToken)| {
        with(r.evidence.as_mut().unwrap().handset_token.as_mut().unwrap());
    };
    Table::of(tap)
        .values(BYTES, &tokens, |r, v| handed(r, &|token| token.token = v.clone().into()))
        .row("evidence.handset_token.proof", "missing", |r| handed(r, &|token| token.proof = None))
        .values("evidence.handset_token.signature", &signatures, |r, v| {
            handed(r, &|token| token.proof = Some(Proof::Signature(v.clone())));
        })
        .values(
            "evidence.handset_token.app_attest_assertion",
            &[vec![], vec![0xA2; 4097]],
            |r, v| {
                let cbor: Vec<u8> = v;
                handed(r, &|token| {
                    token.proof = Some(Proof::AppAttestAssertion(cbor.clone().into()));
                });
            },
        )
        .row(TOKEN, "a bare tap", |r| r.channel = Channel::TapBare.into())
        .row(TOKEN, "beside a signature", |r| {
            r.evidence().handset_signature = Some(signature(2, &[1; 70]));
        })
        .row(TOKEN, "beside an assertion", |r| {
            r.evidence().app_attest_assertion = vec![0xA2; 100].into();
        })
        .each_is_refused(async |request| client.clone().check_tap(request).await)
        .await;
}

async fn challenge(
    client: &CheckServiceClient<transport::Channel>,
    on: Channel,
    reader: &str,
) -> IssueChallengeResponse {
    let request = IssueChallengeRequest { channel: on.into(), reader_id: reader.into() };
    client.clone().issue_challenge(request).await.unwrap().into_inner()
}

#[tokio::test]
async fn every_wrong_field_of_a_login_is_named() {
    let (server, _dir, authority) = start().await;
    let person = super::enrolled(&server, &authority, 1).await;
    let client = CheckServiceClient::new(server.channel().await.unwrap());
    let drawn = challenge(&client, Channel::AppLogin, "").await;
    let login = Table::of(person.login("login-1", &drawn).unwrap())
        .values("request_id", &wrong_or_empty_names(), |r, v| r.request_id = v)
        .values("channel", &[0, -1, 99], |r, v| r.channel = v)
        .row("channel", "a tap's", |r| r.channel = Channel::TapBare.into())
        .row("operation", "too long", |r| r.operation = "x".repeat(129));
    evidence(login, &person)
        .each_is_refused(async |request| client.clone().check_login(request).await)
        .await;
}

#[tokio::test]
async fn every_wrong_field_of_a_tap_or_a_challenge_is_named() {
    let (server, _dir, authority) = start().await;
    let person = super::enrolled(&server, &authority, 1).await;
    let client = CheckServiceClient::new(server.channel().await.unwrap());
    let drawn = challenge(&client, Channel::TapBare, "local-door").await;
    let tap = Table::of(person.tap("tap-1", "local-door", &drawn).unwrap())
        .values("request_id", &wrong_or_empty_names(), |r, v| r.request_id = v)
        .values("channel", &[0, -1, 99], |r, v| r.channel = v)
        .row("channel", "a login's", |r| r.channel = Channel::AppLogin.into())
        .values("reader_id", &wrong_or_empty_names(), |r, v| r.reader_id = v)
        .values("read_iccid", &wrong_iccids(&person.iccid), |r, v| r.read_iccid = Some(v))
        .row("read_iccid", "empty", |r| r.read_iccid = Some(String::new()))
        .row("reader_id", "unknown", |r| r.reader_id = "another".into())
        .row("round_trip_micros", "a minute", |r| r.round_trip_micros = Some(60_000_001));
    evidence(tap, &person)
        .each_is_refused(async |request| client.clone().check_tap(request).await)
        .await;

    let draw =
        IssueChallengeRequest { channel: Channel::TapBare.into(), reader_id: "local-door".into() };
    Table::of(draw)
        .values("channel", &[0, -1, 99], |r, v| r.channel = v)
        .values("reader_id", &wrong_or_empty_names(), |r, v| r.reader_id = v)
        .row("reader_id", "of a login", |r| r.channel = Channel::AppLogin.into())
        .each_is_refused(async |request| client.clone().issue_challenge(request).await)
        .await;
}

fn pin(request: &mut ReportOutcomeRequest) -> &mut PinOutcome {
    match &mut request.outcome {
        Some(Outcome::Pin(pin)) => pin,
        other => panic!("{other:?}"),
    }
}

fn step_up(id: &str, result: Option<step_up_outcome::Result>) -> Option<Outcome> {
    Some(Outcome::StepUp(StepUpOutcome { step_up_id: id.into(), result }))
}

#[tokio::test]
async fn every_wrong_field_of_an_outcome_is_named() {
    let (server, _dir, authority) = start().await;
    let person = super::enrolled(&server, &authority, 1).await;
    let client = CheckServiceClient::new(server.channel().await.unwrap());
    let failed = || Some(step_up_outcome::Result::Failed(StepUpFailed {}));
    let counter = |ticket: String| {
        let proof = CounterProof { ticket_ref: ticket };
        step_up(&format!("stp_{:032x}", 0), Some(step_up_outcome::Result::Counter(proof)))
    };
    let card = |chain: Vec<prost::bytes::Bytes>, signature| {
        let proof = CardProof { certificate_chain: chain, signature };
        step_up(&format!("stp_{:032x}", 0), Some(step_up_outcome::Result::Card(proof)))
    };
    let good = ReportOutcomeRequest {
        request_id: "outcome-1".into(),
        outcome: Some(Outcome::Pin(PinOutcome {
            certificate_sha256: person.certificate_sha256.clone(),
            result: Some(pin_outcome::Result::Accepted(PinAccepted {})),
        })),
    };
    let signature =
        Signature { scheme: SignatureScheme::EcdsaP256Sha256.into(), value: vec![1; 70].into() };
    Table::of(good)
        .values("request_id", &wrong_or_empty_names(), |r, v| r.request_id = v)
        .row("outcome", "missing", |r| r.outcome = None)
        .values("pin.certificate_sha256", &[vec![], vec![1; 31], vec![1; 33]], |r, v| {
            pin(r).certificate_sha256 = v.into();
        })
        .row("pin.result", "missing", |r| pin(r).result = None)
        .values("pin.wrong_entries", &[0, 11, u32::MAX], |r, v| {
            pin(r).result = Some(pin_outcome::Result::WrongEntries(v));
        })
        .values("step_up.step_up_id", &wrong_ids(), |r, v| r.outcome = step_up(&v, failed()))
        .row("step_up.result", "missing", |r| r.outcome = step_up(&format!("stp_{:032x}", 0), None))
        .values("step_up.counter.ticket_ref", &wrong_or_empty_names(), |r, v| {
            r.outcome = counter(v);
        })
        .row("step_up.card.signature", "missing", |r| {
            r.outcome = card(vec![person.certificate.clone()], None);
        })
        .row("step_up.card.certificate_chain", "too long", |r| {
            r.outcome = card(vec![vec![1; 17 << 10].into()], Some(signature.clone()));
        })
        .each_is_refused(async |request| client.clone().report_outcome(request).await)
        .await;
}

#[tokio::test]
async fn every_wrong_field_of_a_question_about_decisions_is_named() {
    let (server, _dir, authority) = start().await;
    let person = super::enrolled(&server, &authority, 1).await;
    let channel = server.channel().await.unwrap();
    let drawn = challenge(&CheckServiceClient::new(channel.clone()), Channel::AppLogin, "").await;
    let login = person.login("login-1", &drawn).unwrap();
    let decided = CheckServiceClient::new(channel.clone()).check_login(login).await.unwrap();
    let decision = decided.into_inner().decision.unwrap();
    let decision_id = decision.decision_id;
    let client = DecisionServiceClient::new(channel);
    Table::of(GetDecisionRequest { by: Some(By::DecisionId(decision_id.clone())) })
        .row("by", "missing", |r| r.by = None)
        .values("decision_id", &wrong_ids(), |r, v| r.by = Some(By::DecisionId(v)))
        .values("support_code", &wrong_ids(), |r, v| r.by = Some(By::SupportCode(v)))
        .each_is_refused(async |request| client.clone().get_decision(request).await)
        .await;
    let wrong_binding_ids = wrong_ids().split_off(1);
    Table::of(ListDecisionsRequest::default())
        .values("binding_id", &wrong_binding_ids, |r, v| r.binding_id = v)
        .values("page_size", &[101, u32::MAX], |r, v| r.page_size = v)
        .values("page_token", &wrong_tokens(), |r, v| r.page_token = v)
        .each_is_refused(async |request| client.clone().list_decisions(request).await)
        .await;
    Table::of(ListReopenedRequest::default())
        .row("learned_from", "no time", |r| {
            r.learned_from = Some(prost_types::Timestamp { seconds: i64::MAX, nanos: 0 });
        })
        .values("filter", &[-1, 3, i32::MAX], |r, v| r.filter = v)
        .values("page_size", &[101, u32::MAX], |r, v| r.page_size = v)
        .values("page_token", &wrong_tokens(), |r, v| r.page_token = v)
        .each_is_refused(async |request| client.clone().list_reopened(request).await)
        .await;
    Table::of(ExplainDecisionRequest { decision_id: decision_id.clone() })
        .values("decision_id", &wrong_ids(), |r, v| r.decision_id = v)
        .each_is_refused(async |request| client.clone().explain_decision(request).await)
        .await;
    Table::of(ReplayDecisionRequest { decision_id })
        .values("decision_id", &wrong_ids(), |r, v| r.decision_id = v)
        .each_is_refused(async |request| client.clone().replay_decision(request).await)
        .await;
}
