//! Wrong tickets and wrong steps.

use super::{
    binding::wrong_chains,
    start,
    table::{
        Table, wrong_eids, wrong_iccids, wrong_ids, wrong_imeis, wrong_msisdns, wrong_names,
        wrong_or_empty_names,
    },
};
use simbind_proto::v1::{
    activate_ticket_request::Handset, counter_service_client::CounterServiceClient,
    join_ticket_request::Code, record_step_request::Step, *,
};
use simbind_tests::Person;
use tonic::{Status, transport::Channel};

fn open_request() -> OpenTicketRequest {
    OpenTicketRequest {
        request_id: "open-1".into(),
        person_ref: "person-1".into(),
        identity_check_ref: "check-1".into(),
        variant: CounterVariant::TwoCodes.into(),
    }
}

async fn opened(client: &CounterServiceClient<Channel>) -> (String, TicketCodes) {
    let answer = client.clone().open_ticket(open_request()).await.unwrap().into_inner();
    (answer.ticket.unwrap().ticket_id, answer.codes.unwrap())
}

/// Codes that nobody handed out: of no code's form, or mistyped.
fn wrong_codes() -> Vec<String> {
    ["", "A", "UUUU-UUUU-UU", "AAAA-AAAA-AB", "é"]
        .map(str::to_owned)
        .into_iter()
        .chain(["0".repeat(100_000)])
        .collect()
}

#[tokio::test]
async fn every_wrong_field_of_a_new_ticket_is_named() {
    let (server, _dir, _authority) = start().await;
    let client = CounterServiceClient::new(server.channel().await.unwrap());
    Table::of(open_request())
        .values("request_id", &wrong_or_empty_names(), |r, v| r.request_id = v)
        .values("person_ref", &wrong_or_empty_names(), |r, v| r.person_ref = v)
        .values("identity_check_ref", &wrong_or_empty_names(), |r, v| r.identity_check_ref = v)
        .values("variant", &[-1, 4, i32::MAX], |r, v| r.variant = v)
        .each_is_refused(async |request| client.clone().open_ticket(request).await)
        .await;
    let (ticket_id, _) = opened(&client).await;
    let resume = ResumeTicketRequest { request_id: "r-1".into(), ticket_id, new_codes: false };
    Table::of(resume.clone())
        .values("request_id", &wrong_or_empty_names(), |r, v| r.request_id = v)
        .values("ticket_id", &wrong_ids(), |r, v| r.ticket_id = v)
        .each_is_refused(async |request| client.clone().resume_ticket(request).await)
        .await;
    Table::of(ShowCodeRequest { ticket_id: resume.ticket_id.clone() })
        .values("ticket_id", &wrong_ids(), |r, v| r.ticket_id = v)
        .each_is_refused(async |request| client.clone().show_code(request).await)
        .await;
    let listed = ListTicketsRequest::default();
    Table::of(listed)
        .values("office", &wrong_names(), |r, v| r.office = v)
        .values("page_size", &[101, u32::MAX], |r, v| r.page_size = v)
        .values("page_token", &["x".to_owned(), "1.x".to_owned()], |r, v| r.page_token = v)
        .each_is_refused(async |request| client.clone().list_tickets(request).await)
        .await;
}

#[tokio::test]
async fn every_wrong_field_of_a_phone_that_joins_is_named() {
    let (server, _dir, _authority) = start().await;
    let client = CounterServiceClient::new(server.channel().await.unwrap());
    let (ticket_id, codes) = opened(&client).await;
    let good = JoinTicketRequest {
        request_id: "join-1".into(),
        code: Some(Code::Codes(codes.clone())),
        phone_secret: vec![7; 32].into(),
    };
    Table::of(good)
        .values("request_id", &wrong_or_empty_names(), |r, v| r.request_id = v)
        .values("phone_secret", &[0, 31, 33, 100_000], |r, v| r.phone_secret = vec![7; v].into())
        .row("code", "none", |r| r.code = None)
        .values("codes.access_code", &wrong_codes(), |r, v| {
            r.code = Some(Code::Codes(TicketCodes { access_code: v, ..codes.clone() }));
        })
        .values("codes.password", &wrong_codes()[1..], |r, v| {
            r.code = Some(Code::Codes(TicketCodes { password: v, ..codes.clone() }));
        })
        .values("shown_code", &wrong_codes(), |r, v| r.code = Some(Code::ShownCode(v)))
        .each_is_refused(async |request| client.clone().join_ticket(request).await)
        .await;
    Table::of(GetTicketRequest { ticket_id, phone_secret: vec![7; 32].into() })
        .values("ticket_id", &wrong_ids(), |r, v| r.ticket_id = v)
        .values("phone_secret", &[1, 31, 33], |r, v| r.phone_secret = vec![7; v].into())
        .each_is_refused(async |request| client.clone().get_ticket(request).await)
        .await;
}

#[tokio::test]
async fn every_wrong_field_of_a_sim_that_was_seen_is_named() {
    let (server, _dir, authority) = start().await;
    let client = CounterServiceClient::new(server.channel().await.unwrap());
    let (ticket_id, _) = opened(&client).await;
    let person = super::person(&authority, 1);
    let enrolment = person.enrolment();
    let sim = SeenSim {
        iccid: enrolment.iccid.clone(),
        eid: String::new(),
        serving: enrolment.serving.clone(),
        line_ref: enrolment.line_ref.clone(),
        msisdn: enrolment.msisdn.clone(),
    };
    let step = |sim: SeenSim| Some(Step::Sim(sim));
    let good = RecordStepRequest {
        request_id: "sim-1".into(),
        ticket_id,
        phone_secret: Vec::new().into(),
        step: step(sim.clone()),
    };
    Table::of(good)
        .values("request_id", &wrong_or_empty_names(), |r, v| r.request_id = v)
        .values("ticket_id", &wrong_ids(), |r, v| r.ticket_id = v)
        .row("step", "none", |r| r.step = None)
        .row("step", "the phone's, told by the terminal", |r| {
            r.step = Some(Step::PinSet(PinSet {}));
        })
        .values("sim.iccid", &wrong_iccids(&sim.iccid), |r, v| {
            r.step = step(SeenSim { iccid: v, ..sim.clone() });
        })
        .values("sim.eid", &wrong_eids(), |r, v| r.step = step(SeenSim { eid: v, ..sim.clone() }))
        .values("sim.msisdn", &wrong_msisdns(), |r, v| {
            r.step = step(SeenSim { msisdn: v, ..sim.clone() });
        })
        .values("sim.line_ref", &wrong_names(), |r, v| {
            r.step = step(SeenSim { line_ref: v, ..sim.clone() });
        })
        .row("sim.serving", "none", |r| r.step = step(SeenSim { serving: None, ..sim.clone() }))
        .values("sim.serving.carrier_id", &wrong_or_empty_names(), |r, v| {
            let serving = Some(Serving { carrier_id: v, host_carrier_id: String::new() });
            r.step = step(SeenSim { serving, ..sim.clone() });
        })
        .values("sim.serving.host_carrier_id", &["kddi".to_owned()], |r, v| {
            let serving = Some(Serving { carrier_id: "docomo".into(), host_carrier_id: v });
            r.step = step(SeenSim { serving, ..sim.clone() });
        })
        .each_is_refused(async |request| client.clone().record_step(request).await)
        .await;
}

/// A ticket that a phone has joined, with the SIM seen and the applet loaded.
async fn loaded(client: &CounterServiceClient<Channel>, person: &Person) -> String {
    let (ticket_id, codes) = opened(client).await;
    let joined = JoinTicketRequest {
        request_id: "join-1".into(),
        code: Some(Code::Codes(codes)),
        phone_secret: vec![7; 32].into(),
    };
    client.clone().join_ticket(joined).await.unwrap();
    let enrolment = person.enrolment();
    let sim = SeenSim {
        iccid: enrolment.iccid,
        eid: String::new(),
        serving: enrolment.serving,
        line_ref: enrolment.line_ref,
        msisdn: enrolment.msisdn,
    };
    for (request_id, phone_secret, step) in
        [("sim-1", vec![], Step::Sim(sim)), ("load-1", vec![7; 32], Step::Loaded(AppletLoaded {}))]
    {
        let done = RecordStepRequest {
            request_id: request_id.into(),
            ticket_id: ticket_id.clone(),
            phone_secret: phone_secret.into(),
            step: Some(step),
        };
        client.clone().record_step(done).await.unwrap();
    }
    ticket_id
}

/// The good request comes too early, or shows too little: refused, and not for a field.
fn or_refused<T>(answer: Result<T, Status>) -> Result<(), Status> {
    match answer {
        Err(status) if status.code() == tonic::Code::FailedPrecondition => Ok(()),
        other => other.map(|_| ()),
    }
}

#[tokio::test]
async fn every_wrong_field_of_a_certificate_that_was_written_is_named() {
    let (server, _dir, authority) = start().await;
    let client = CounterServiceClient::new(server.channel().await.unwrap());
    let person = super::person(&authority, 1);
    let ticket_id = loaded(&client, &person).await;
    let written = WrittenCertificate {
        certificate_chain: vec![person.certificate.clone()],
        key_home: KeyHome::Sim.into(),
        signature_counter: SignatureCounter::None.into(),
        card_certificate_sha256: Vec::new().into(),
        shown_code: String::new(),
    };
    let step = |written: WrittenCertificate| Some(Step::Certificate(written));
    let but = |change: &dyn Fn(&mut WrittenCertificate)| {
        let mut written = written.clone();
        change(&mut written);
        step(written)
    };
    let mut chains = wrong_chains(&person.certificate);
    chains.push(Vec::new());
    let good = RecordStepRequest {
        request_id: "write-1".into(),
        ticket_id,
        phone_secret: Vec::new().into(),
        step: step(written.clone()),
    };
    Table::of(good)
        .values("certificate.certificate_chain", &chains, |r, v| {
            r.step = but(&|written| written.certificate_chain.clone_from(&v));
        })
        .values("certificate.key_home", &[0, -1, 99], |r, v| {
            r.step = but(&|written| written.key_home = v);
        })
        .values("certificate.signature_counter", &[-1, 99], |r, v| {
            r.step = but(&|written| written.signature_counter = v);
        })
        .values("certificate.card_certificate_sha256", &[vec![1], vec![1; 33]], |r, v| {
            r.step = but(&|written| written.card_certificate_sha256 = v.clone().into());
        })
        .values("certificate.shown_code", &wrong_codes()[1..], |r, v| {
            r.phone_secret = vec![7; 32].into();
            r.step = but(&|written| written.shown_code.clone_from(&v));
        })
        .row("step", "of a phone that read no code", |r| r.phone_secret = vec![7; 32].into())
        .each_is_refused(async |request| client.clone().record_step(request).await)
        .await;
}

#[tokio::test]
async fn every_wrong_field_of_a_handset_that_was_seen_is_named() {
    let (server, _dir, authority) = start().await;
    let client = CounterServiceClient::new(server.channel().await.unwrap());
    let person = super::person(&authority, 1);
    let ticket_id = loaded(&client, &person).await;
    let handset = person.enrolment().handset.unwrap();
    let but = |change: &dyn Fn(&mut HandsetEvidence)| {
        let mut handset = handset.clone();
        change(&mut handset);
        Some(Step::Handset(handset))
    };
    let good = RecordStepRequest {
        request_id: "handset-1".into(),
        ticket_id,
        phone_secret: vec![7; 32].into(),
        step: but(&|_| {}),
    };
    Table::of(good)
        .values("handset.imeis", &wrong_imeis(&person.imei), |r, v| {
            r.step = but(&|handset| handset.imeis = vec![v.clone()]);
        })
        .values("handset.platform", &[0, -1, 99], |r, v| {
            r.step = but(&|handset| handset.platform = v);
        })
        .values("handset.challenge", &[vec![], vec![7; 50], vec![7; 65]], |r, v| {
            r.step = but(&|handset| {
                handset.challenge = v.clone().into();
                handset.key_attestation_chain = vec![person.certificate.clone(); 2];
            });
        })
        .values("phone_secret", &[1, 31, 33], |r, v| r.phone_secret = vec![7; v].into())
        .row("step", "told by the terminal", |r| r.phone_secret = Vec::new().into())
        .each_is_refused(async |request| or_refused(client.clone().record_step(request).await))
        .await;
}

#[tokio::test]
async fn every_wrong_field_of_an_activation_and_of_giving_up_is_named() {
    let (server, _dir, authority) = start().await;
    let client = CounterServiceClient::new(server.channel().await.unwrap());
    let ticket_id = loaded(&client, &super::person(&authority, 1)).await;
    let scheme = SignatureScheme::EcdsaP256Sha256.into();
    let signed = |scheme, bytes: usize| Signature { scheme, value: vec![7; bytes].into() };
    let wrong = [signed(0, 70), signed(99, 70), signed(scheme, 0), signed(scheme, 100_000)];
    let good = ActivateTicketRequest {
        request_id: "activate-1".into(),
        ticket_id: ticket_id.clone(),
        phone_secret: vec![7; 32].into(),
        challenge: vec![7; 50].into(),
        signature: Some(signed(scheme, 70)),
        handset: Some(Handset::HandsetSignature(signed(scheme, 70))),
    };
    Table::of(good)
        .values("request_id", &wrong_or_empty_names(), |r, v| r.request_id = v)
        .values("ticket_id", &wrong_ids(), |r, v| r.ticket_id = v)
        .values("phone_secret", &[0, 1, 31, 33], |r, v| r.phone_secret = vec![7; v].into())
        .values("challenge", &[0, 257, 100_000], |r, v| r.challenge = vec![7; v].into())
        .row("signature", "missing", |r| r.signature = None)
        .values("signature", &wrong, |r, v| r.signature = Some(v))
        .row("handset", "missing", |r| r.handset = None)
        .values("handset_signature", &wrong, |r, v| {
            r.handset = Some(Handset::HandsetSignature(v));
        })
        .values("app_attest_assertion", &[0, 4097], |r, v| {
            r.handset = Some(Handset::AppAttestAssertion(vec![7; v].into()));
        })
        .each_is_refused(async |request| or_refused(client.clone().activate_ticket(request).await))
        .await;
    let good = GiveUpTicketRequest {
        request_id: "give-up-1".into(),
        ticket_id,
        phone_secret: vec![7; 32].into(),
    };
    Table::of(good)
        .values("request_id", &wrong_or_empty_names(), |r, v| r.request_id = v)
        .values("ticket_id", &wrong_ids(), |r, v| r.ticket_id = v)
        .values("phone_secret", &[1, 31, 33], |r, v| r.phone_secret = vec![7; v].into())
        .each_is_refused(async |request| client.clone().give_up_ticket(request).await)
        .await;
}
