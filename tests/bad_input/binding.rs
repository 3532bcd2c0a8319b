//! Wrong enrolments and wrong life-cycle requests.

use super::{
    start,
    table::{
        Table, wrong_eids, wrong_iccids, wrong_ids, wrong_imeis, wrong_msisdns, wrong_names,
        wrong_or_empty_names, wrong_tokens,
    },
};
use prost::bytes::Bytes;
use simbind_proto::v1::{
    announced_change::Change, binding_service_client::BindingServiceClient,
    pin_service_client::PinServiceClient, *,
};
use simbind_tests::{now, to_proto};

fn handset(request: &mut EnrolBindingRequest) -> &mut HandsetEvidence {
    request.handset.as_mut().unwrap()
}

fn proof(request: &mut EnrolBindingRequest) -> &mut KeysProof {
    request.proof.as_mut().unwrap()
}

fn serving(request: &mut EnrolBindingRequest) -> &mut Serving {
    request.serving.as_mut().unwrap()
}

/// Chains that no certificate authority made: none, too many, too long, and not certificates.
pub(super) fn wrong_chains(good: &Bytes) -> Vec<Vec<Bytes>> {
    vec![
        vec![good.clone(); 9],
        vec![Bytes::new()],
        vec![Bytes::from(vec![0x30; 17 << 10])],
        vec![Bytes::from(vec![0x30; 1 << 10])],
        vec![Bytes::from_static(b"-----BEGIN CERTIFICATE-----")],
        vec![good.slice(..good.len() - 1)],
        vec![good.slice(..20)],
        vec![[good.as_ref(), b"x"].concat().into()],
    ]
}

pub(super) fn app_attest(attestation: Vec<u8>, key_id: usize) -> AppAttest {
    AppAttest { attestation: attestation.into(), key_id: vec![7; key_id].into() }
}

/// Attestation objects that no iPhone made: none, too long, and not CBOR.
pub(super) fn wrong_objects() -> Vec<Vec<u8>> {
    let nested = [vec![0x81; 1000], vec![0x00]].concat();
    vec![vec![], vec![0xA3; (16 << 10) + 1], vec![0xA3; 100], vec![0xBF; 100], nested]
}

#[tokio::test]
async fn every_wrong_field_of_an_enrolment_is_named() {
    let (server, _dir, authority) = start().await;
    let person = super::person(&authority, 1);
    let client = BindingServiceClient::new(server.channel().await.unwrap());
    let mut chains = wrong_chains(&person.certificate);
    chains.push(Vec::new());
    let attested = wrong_chains(&person.certificate);
    let drawn = client.clone().issue_enrolment_challenge(IssueEnrolmentChallengeRequest {}).await;
    let challenge = drawn.unwrap().into_inner().challenge;
    let mut signed = person.enrolment();
    person.sign_enrolment(&mut signed, challenge.clone(), None).unwrap();
    let stranger = super::person(&authority, 2);
    let mut by_another = person.enrolment();
    stranger.sign_enrolment(&mut by_another, challenge.clone(), None).unwrap();
    let table = Table::of(signed)
        .values("request_id", &wrong_or_empty_names(), |r, v| r.request_id = v)
        .values("person_ref", &wrong_or_empty_names(), |r, v| r.person_ref = v)
        .values("certificate_chain", &chains, |r, v| r.certificate_chain = v)
        .values("iccid", &wrong_iccids(&person.iccid), |r, v| r.iccid = v)
        .row("iccid", "empty", |r| r.iccid.clear())
        .values("eid", &wrong_eids(), |r, v| r.eid = v)
        .row("serving", "missing", |r| r.serving = None)
        .values("serving.carrier_id", &wrong_or_empty_names(), |r, v| serving(r).carrier_id = v)
        .row("serving.carrier_id", "unknown", |r| serving(r).carrier_id = "nobody".into())
        .values("serving.host_carrier_id", &wrong_names(), |r, v| serving(r).host_carrier_id = v)
        .values("line_ref", &wrong_names(), |r, v| r.line_ref = v)
        .values("msisdn", &wrong_msisdns(), |r, v| r.msisdn = v)
        .values("key_home", &[0, -1, 99], |r, v| r.key_home = v)
        .values("signature_counter", &[-1, 99], |r, v| r.signature_counter = v)
        .row("handset", "missing", |r| r.handset = None)
        .values("handset.imeis", &wrong_imeis(&person.imei), |r, v| handset(r).imeis = vec![v])
        .row("handset.imeis", "empty", |r| handset(r).imeis = vec![String::new()])
        .row("handset.imeis", "9", |r| handset(r).imeis = vec![person.imei.clone(); 9])
        .values("handset.platform", &[0, -1, 99], |r, v| handset(r).platform = v)
        .values("handset.key_attestation_chain", &attested, |r, v| {
            handset(r).challenge = challenge.clone();
            handset(r).key_attestation_chain = v;
        })
        .values("handset.challenge", &[vec![], vec![7; 50], vec![7; 65]], |r, v| {
            handset(r).challenge = v.into();
            handset(r).key_attestation_chain = vec![person.certificate.clone(); 2];
        })
        .row("handset.app_attest", "beside a chain", |r| {
            handset(r).challenge = challenge.clone();
            handset(r).key_attestation_chain = vec![person.certificate.clone(); 2];
            handset(r).app_attest = Some(app_attest(vec![0xA3; 100], 32));
        })
        .values("handset.app_attest.attestation", &wrong_objects(), |r, v| {
            handset(r).challenge = challenge.clone();
            handset(r).app_attest = Some(app_attest(v, 32));
        })
        .values("handset.app_attest.key_id", &[0, 31, 33, 65], |r, v| {
            handset(r).challenge = challenge.clone();
            handset(r).app_attest = Some(app_attest(vec![0xA3; 100], v));
        })
        .values("handset.challenge", &[vec![], vec![7; 50], vec![7; 65]], |r, v| {
            handset(r).challenge = v.into();
            handset(r).app_attest = Some(app_attest(vec![0xA3; 100], 32));
        })
        .values("card_certificate_sha256", &[vec![1], vec![1; 31], vec![1; 33]], |r, v| {
            r.card_certificate_sha256 = v.into();
        })
        .row("proof", "missing", |r| r.proof = None)
        .values("proof.challenge", &[vec![], vec![7; 50], vec![7; 257]], |r, v| {
            proof(r).challenge = v.into();
        })
        .row("proof.signature", "missing", |r| proof(r).signature = None)
        .row("proof.signature", "of another key", |r| r.proof = by_another.proof.clone())
        .row("proof.signature", "over another SIM", |r| r.msisdn.clear())
        .row("proof.handset", "of a handset without a key", |r| {
            let own = proof(r).signature.clone().unwrap();
            proof(r).handset = Some(keys_proof::Handset::HandsetSignature(own));
        })
        .row("proof.app_attest_assertion", "empty", |r| {
            let nothing = keys_proof::Handset::AppAttestAssertion(Bytes::new());
            proof(r).handset = Some(nothing);
        });
    table.each_is_refused(async |request| client.clone().enrol_binding(request).await).await;
}

#[tokio::test]
async fn every_wrong_field_of_a_life_cycle_request_is_named() {
    let (server, _dir, authority) = start().await;
    let person = super::person(&authority, 1);
    let mut client = BindingServiceClient::new(server.channel().await.unwrap());
    let enrolled = person.enrol(&mut client).await.unwrap();
    let binding_id = enrolled.binding_id;
    let reason = LifecycleReason::Owner.into();
    let reasons =
        [0, -1, 99, LifecycleReason::CounterRegressed.into(), LifecycleReason::Renewed.into()];

    Table::of(GetBindingRequest { binding_id: binding_id.clone() })
        .values("binding_id", &wrong_ids(), |r, v| r.binding_id = v)
        .each_is_refused(async |request| client.clone().get_binding(request).await)
        .await;
    let person_ref = person.reference();
    let list = ListBindingsRequest { person_ref, ..ListBindingsRequest::default() };
    Table::of(list)
        .values("person_ref", &wrong_or_empty_names(), |r, v| r.person_ref = v)
        .values("page_size", &[101, u32::MAX], |r, v| r.page_size = v)
        .values("page_token", &wrong_tokens(), |r, v| r.page_token = v)
        .each_is_refused(async |request| client.clone().list_bindings(request).await)
        .await;
    let add = AddHandsetRequest {
        request_id: "add-1".into(),
        binding_id: binding_id.clone(),
        handset: person.enrolment().handset,
        reinstalled: None,
    };
    Table::of(add)
        .values("request_id", &wrong_or_empty_names(), |r, v| r.request_id = v)
        .values("binding_id", &wrong_ids(), |r, v| r.binding_id = v)
        .row("handset", "missing", |r| r.handset = None)
        .values("reinstalled", &[8, u32::MAX], |r, v| r.reinstalled = Some(v))
        .each_is_refused(async |request| client.clone().add_handset(request).await)
        .await;
    Table::of(ReproveBindingRequest {
        binding_id: binding_id.clone(),
        iccid: person.iccid.clone(),
        ticket_ref: "ticket-1".into(),
        request_id: "reprove-1".into(),
        card: None,
        sim: None,
    })
    .values("request_id", &wrong_or_empty_names(), |r, v| r.request_id = v)
    .values("binding_id", &wrong_ids(), |r, v| r.binding_id = v)
    .values("iccid", &wrong_iccids(&person.iccid), |r, v| r.iccid = v)
    .values("ticket_ref", &wrong_or_empty_names(), |r, v| r.ticket_ref = v)
    .each_is_refused(async |request| client.clone().reprove_binding(request).await)
    .await;
    let hour = Some(to_proto(now().plus(std::time::Duration::from_secs(3600))));
    let handset = AnnouncedHandset { imei: "35000000000000".into() };
    let announced = AnnouncedChange { change: Some(Change::Handset(handset)), until: hour };
    Table::of(AnnounceChangeRequest {
        binding_id: binding_id.clone(),
        announced: Some(announced.clone()),
    })
    .values("binding_id", &wrong_ids(), |r, v| r.binding_id = v)
    .row("announced", "missing", |r| r.announced = None)
    .row("announced.change", "missing", |r| {
        r.announced = Some(AnnouncedChange { change: None, until: hour });
    })
    .values("announced.until", &[None, Some(0), Some(31 * 86_400)], |r, v| {
        let until = v.map(|after| to_proto(now().plus(std::time::Duration::from_secs(after))));
        r.announced = Some(AnnouncedChange { until, ..announced.clone() });
    })
    .each_is_refused(async |request| client.clone().announce_change(request).await)
    .await;
    // The good request changes the state, and may so be refused the second time: not as a field.
    let once = async |answer: Result<(), tonic::Status>| match answer {
        Err(status) if status.code() == tonic::Code::FailedPrecondition => Ok(()),
        other => other,
    };
    Table::of(HoldBindingRequest { binding_id: binding_id.clone(), reason })
        .values("binding_id", &wrong_ids(), |r, v| r.binding_id = v)
        .values("reason", &reasons, |r, v| r.reason = v)
        .each_is_refused(async |request| {
            once(client.clone().hold_binding(request).await.map(|_| ())).await
        })
        .await;
    Table::of(ReleaseBindingRequest { binding_id: binding_id.clone(), reason })
        .values("binding_id", &wrong_ids(), |r, v| r.binding_id = v)
        .values("reason", &reasons, |r, v| r.reason = v)
        .each_is_refused(async |request| {
            once(client.clone().release_binding(request).await.map(|_| ())).await
        })
        .await;
    Table::of(ConfirmReleaseRequest { binding_id: binding_id.clone() })
        .values("binding_id", &wrong_ids(), |r, v| r.binding_id = v)
        .each_is_refused(async |request| {
            once(client.clone().confirm_release(request).await.map(|_| ())).await
        })
        .await;
    Table::of(RevokeBindingRequest { binding_id, reason })
        .values("binding_id", &wrong_ids(), |r, v| r.binding_id = v)
        .values("reason", &reasons, |r, v| r.reason = v)
        .each_is_refused(async |request| {
            once(client.clone().revoke_binding(request).await.map(|_| ())).await
        })
        .await;
}

#[tokio::test]
async fn every_wrong_field_about_a_pin_is_named() {
    let (server, _dir, authority) = start().await;
    let person = super::person(&authority, 1);
    let mut counter = BindingServiceClient::new(server.channel().await.unwrap());
    let enrolled = person.enrol(&mut counter).await.unwrap();
    let binding_id = enrolled.binding_id;
    let client = PinServiceClient::new(server.channel().await.unwrap());
    let proof =
        |ticket_ref: String| Some(OwnerProof { by: Some(owner_proof::By::TicketRef(ticket_ref)) });
    Table::of(RecordPinChangeRequest {
        request_id: "change-1".into(),
        certificate_sha256: person.certificate_sha256.clone(),
    })
    .values("request_id", &wrong_or_empty_names(), |r, v| r.request_id = v)
    .values("certificate_sha256", &[vec![], vec![1; 31], vec![1; 33]], |r, v| {
        r.certificate_sha256 = v.into();
    })
    .each_is_refused(async |request| client.clone().record_pin_change(request).await)
    .await;
    Table::of(ResetPinRequest {
        request_id: "reset-1".into(),
        binding_id,
        owner: proof("ticket-1".into()),
    })
    .values("request_id", &wrong_or_empty_names(), |r, v| r.request_id = v)
    .values("binding_id", &wrong_ids(), |r, v| r.binding_id = v)
    .row("owner", "missing", |r| r.owner = None)
    .values("owner.ticket_ref", &wrong_or_empty_names(), |r, v| r.owner = proof(v))
    .each_is_refused(async |request| client.clone().reset_pin(request).await)
    .await;
}
