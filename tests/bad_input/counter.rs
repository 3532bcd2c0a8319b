//! Wrong tickets and wrong steps.

use super::{
    start,
    table::{
        Table, wrong_eids, wrong_iccids, wrong_ids, wrong_msisdns, wrong_names,
        wrong_or_empty_names,
    },
};
use simbind_proto::v1::{
    counter_service_client::CounterServiceClient, join_ticket_request::Code,
    record_step_request::Step, *,
};
use tonic::transport::Channel;

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
        .each_is_refused(async |request| client.clone().record_step(request).await)
        .await;
}
