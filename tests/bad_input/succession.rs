//! Wrong requests for what follows a binding: renewals, handsets, SIMs, loaners, new proofs.

use super::{
    binding::{app_attest, wrong_chains, wrong_objects},
    start,
    table::{
        Table, wrong_eids, wrong_iccids, wrong_ids, wrong_imeis, wrong_msisdns, wrong_names,
        wrong_or_empty_names, wrong_tokens,
    },
};
use prost::bytes::Bytes;
use simbind_proto::v1::{
    binding_service_client::BindingServiceClient, owner_proof::By,
    succession_service_client::SuccessionServiceClient, *,
};
use simbind_tests::{Authority, Person, Server, now, to_proto};
use std::time::Duration;
use tonic::transport::Channel;

type Client = SuccessionServiceClient<Channel>;

/// A person with a binding, that binding's id, and the person's next certificate on another phone.
async fn bound(server: &Server, authority: &Authority) -> (String, Person, Client) {
    let person = super::enrolled(server, authority, 1).await;
    let channel = server.channel().await.unwrap();
    let mut bindings = BindingServiceClient::new(channel.clone());
    let list =
        ListBindingsRequest { person_ref: person.reference(), ..ListBindingsRequest::default() };
    let listed = bindings.list_bindings(list).await.unwrap().into_inner();
    let binding_id = listed.bindings.first().unwrap().binding_id.clone();
    (binding_id, super::person(authority, 2), SuccessionServiceClient::new(channel))
}

fn seen(reference: &str) -> Option<OwnerProof> {
    Some(OwnerProof { by: Some(By::TicketRef(reference.into())) })
}

fn by_card(card: OwnerCard) -> Option<OwnerProof> {
    Some(OwnerProof { by: Some(By::Card(card)) })
}

fn sim_of(person: &Person) -> SimEvidence {
    SimEvidence {
        iccid: person.iccid.clone(),
        eid: String::new(),
        serving: Some(Serving { carrier_id: "docomo".into(), host_carrier_id: String::new() }),
        line_ref: String::new(),
        msisdn: String::new(),
    }
}

/// A word of a card that is as it should be, but for what the row says, and but for its signer.
async fn wrong_words(client: &Client, certificate: &Bytes) -> Vec<(&'static str, OwnerCard)> {
    let drawn = client.clone().issue_owner_challenge(IssueOwnerChallengeRequest {}).await;
    let challenge = drawn.unwrap().into_inner().challenge;
    let scheme = SignatureScheme::EcdsaP256Sha256.into();
    let word = |challenge: &Bytes, chain: Vec<Bytes>, signature: Option<Signature>| OwnerCard {
        challenge: challenge.clone(),
        card: Some(CardProof { certificate_chain: chain, signature }),
    };
    let signature = |scheme, bytes: usize| Some(Signature { scheme, value: vec![7; bytes].into() });
    let good = || signature(scheme, 70);
    let mut rows: Vec<_> = [vec![], vec![7; 50], vec![7; 65], vec![7; 100_000]]
        .into_iter()
        .map(|challenge| {
            let wrong = word(&challenge.into(), vec![certificate.clone()], good());
            ("owner.card.challenge", wrong)
        })
        .collect();
    rows.push(("owner.card.card", OwnerCard { challenge: challenge.clone(), card: None }));
    // A chain that is none, and a good one of somebody else.
    for chain in wrong_chains(certificate).into_iter().chain([vec![], vec![certificate.clone()]]) {
        rows.push(("owner.card.card.certificate_chain", word(&challenge, chain, good())));
    }
    for signed in [None, signature(0, 70), signature(99, 70), signature(scheme, 0)] {
        let wrong = word(&challenge, vec![certificate.clone()], signed);
        rows.push(("owner.card.card.signature", wrong));
    }
    rows
}

/// Rows for the proof of the owner.
fn with_owner<Q: Clone>(
    table: Table<Q>,
    words: &[(&'static str, OwnerCard)],
    set: impl Fn(&mut Q, Option<OwnerProof>),
) -> Table<Q> {
    let mut table = table
        .row("owner", "missing", |r| set(r, None))
        .row("owner.by", "missing", |r| set(r, Some(OwnerProof { by: None })))
        .values("owner.ticket_ref", &wrong_or_empty_names(), |r, v| set(r, seen(&v)));
    for (field, word) in words {
        table = table.values(field, std::slice::from_ref(word), |r, v| set(r, by_card(v)));
    }
    table
}

/// Rows for a SIM with its line.
fn with_sim<Q: Clone>(
    table: Table<Q>,
    good: &SimEvidence,
    set: impl Fn(&mut Q, SimEvidence),
) -> Table<Q> {
    let set = &set;
    let but = |change: &dyn Fn(&mut SimEvidence)| {
        let mut sim = good.clone();
        change(&mut sim);
        sim
    };
    let served = |carrier: &str, host: &str| {
        let serving = Serving { carrier_id: carrier.to_owned(), host_carrier_id: host.to_owned() };
        but(&|sim| sim.serving = Some(serving.clone()))
    };
    let mut carriers = wrong_or_empty_names();
    carriers.push("no-such-carrier".into());
    let mut hosts = wrong_names();
    hosts.push("kddi".into());
    let mut iccids = wrong_iccids(&good.iccid);
    iccids.push(String::new());
    table
        .values("sim.iccid", &iccids, |r, v| set(r, but(&|sim| sim.iccid.clone_from(&v))))
        .values("sim.eid", &wrong_eids(), |r, v| set(r, but(&|sim| sim.eid.clone_from(&v))))
        .row("sim.serving", "missing", |r| set(r, but(&|sim| sim.serving = None)))
        .values("sim.serving.carrier_id", &carriers, |r, v| set(r, served(&v, "")))
        .values("sim.serving.host_carrier_id", &hosts, |r, v| set(r, served("docomo", &v)))
        .values("sim.line_ref", &wrong_names(), |r, v| {
            set(r, but(&|sim| sim.line_ref.clone_from(&v)));
        })
        .values("sim.msisdn", &wrong_msisdns(), |r, v| {
            set(r, but(&|sim| sim.msisdn.clone_from(&v)));
        })
}

/// What no instant of the contract is, and what is past.
fn wrong_instants() -> Vec<prost_types::Timestamp> {
    [(i64::MAX, 0), (i64::MIN, 0), (253_402_300_800, 0), (1, -1), (1, 1_000_000_000)]
        .map(|(seconds, nanos)| prost_types::Timestamp { seconds, nanos })
        .to_vec()
}

fn chains_of(good: &Bytes) -> Vec<Vec<Bytes>> {
    let mut chains = wrong_chains(good);
    chains.push(Vec::new());
    chains
}

#[tokio::test]
async fn every_wrong_field_of_a_renewal_is_named() {
    let (server, _dir, authority) = start().await;
    let (binding_id, next, client) = bound(&server, &authority).await;
    let words = wrong_words(&client, &next.certificate).await;
    let table = Table::of(RenewBindingRequest {
        request_id: "renew-1".into(),
        binding_id,
        certificate_chain: vec![next.certificate.clone()],
        owner: seen("ticket-1"),
        card_not_after: None,
    })
    .values("request_id", &wrong_or_empty_names(), |r, v| r.request_id = v)
    .values("binding_id", &wrong_ids(), |r, v| r.binding_id = v)
    .values("certificate_chain", &chains_of(&next.certificate), |r, v| r.certificate_chain = v)
    .values("card_not_after", &wrong_instants(), |r, v| r.card_not_after = Some(v));
    with_owner(table, &words, |r, v| r.owner = v)
        .each_is_refused(async |request| client.clone().renew_binding(request).await)
        .await;
    Table::of(ListRenewalsRequest::default())
        .values("page_size", &[101, u32::MAX], |r, v| r.page_size = v)
        .values("page_token", &wrong_tokens(), |r, v| r.page_token = v)
        .each_is_refused(async |request| client.clone().list_renewals(request).await)
        .await;
}

#[tokio::test]
async fn every_wrong_field_of_another_handset_is_named() {
    let (server, _dir, authority) = start().await;
    let (binding_id, next, client) = bound(&server, &authority).await;
    let words = wrong_words(&client, &next.certificate).await;
    let handset = next.enrolment().handset.unwrap();
    let evidence = |change: &dyn Fn(&mut HandsetEvidence)| {
        let mut handset = handset.clone();
        change(&mut handset);
        Some(handset)
    };
    let good = ReplaceHandsetRequest {
        request_id: "model-1".into(),
        binding_id,
        certificate_chain: vec![next.certificate.clone()],
        handset: Some(handset.clone()),
        place: 0,
        sim: None,
        key_home: KeyHome::Sim.into(),
        signature_counter: SignatureCounter::None.into(),
        owner: seen("ticket-1"),
        card_not_after: None,
    };
    let table = Table::of(good)
        .values("request_id", &wrong_or_empty_names(), |r, v| r.request_id = v)
        .values("binding_id", &wrong_ids(), |r, v| r.binding_id = v)
        .values("certificate_chain", &chains_of(&next.certificate), |r, v| r.certificate_chain = v)
        .values("place", &[8, u32::MAX], |r, v| r.place = v)
        .values("key_home", &[0, -1, 99], |r, v| r.key_home = v)
        .values("signature_counter", &[-1, 99], |r, v| r.signature_counter = v)
        .values("card_not_after", &wrong_instants(), |r, v| r.card_not_after = Some(v))
        .row("handset", "missing", |r| r.handset = None)
        .values("handset.imeis", &wrong_imeis(&next.imei), |r, v| {
            r.handset = evidence(&|handset| handset.imeis = vec![v.clone()]);
        })
        .row("handset.imeis", "9", |r| {
            r.handset = evidence(&|handset| handset.imeis = vec![next.imei.clone(); 9]);
        })
        .values("handset.platform", &[0, -1, 99], |r, v| {
            r.handset = evidence(&|handset| handset.platform = v);
        })
        .values("handset.challenge", &[vec![], vec![7; 50], vec![7; 65]], |r, v| {
            r.handset = evidence(&|handset| {
                handset.challenge = v.clone().into();
                handset.key_attestation_chain = vec![next.certificate.clone(); 2];
            });
        })
        .values("handset.app_attest.attestation", &wrong_objects()[..2], |r, v| {
            r.handset = evidence(&|handset| {
                handset.challenge = vec![7; 50].into();
                handset.app_attest = Some(app_attest(v.clone(), 32));
            });
        });
    let table = with_sim(table, &sim_of(&next), |r, v| r.sim = Some(v));
    with_owner(table, &words, |r, v| r.owner = v)
        .each_is_refused(async |request| client.clone().replace_handset(request).await)
        .await;
}

#[tokio::test]
async fn every_wrong_field_of_another_sim_is_named() {
    let (server, _dir, authority) = start().await;
    let (binding_id, next, client) = bound(&server, &authority).await;
    let words = wrong_words(&client, &next.certificate).await;
    let table = Table::of(ReplaceSimRequest {
        request_id: "sim-1".into(),
        binding_id,
        certificate_chain: vec![next.certificate.clone()],
        sim: Some(sim_of(&next)),
        signature_counter: SignatureCounter::None.into(),
        owner: seen("ticket-1"),
        card_not_after: None,
    })
    .values("request_id", &wrong_or_empty_names(), |r, v| r.request_id = v)
    .values("binding_id", &wrong_ids(), |r, v| r.binding_id = v)
    .values("certificate_chain", &chains_of(&next.certificate), |r, v| r.certificate_chain = v)
    .row("sim", "missing", |r| r.sim = None)
    .values("signature_counter", &[-1, 99], |r, v| r.signature_counter = v)
    .values("card_not_after", &wrong_instants(), |r, v| r.card_not_after = Some(v));
    let table = with_sim(table, &sim_of(&next), |r, v| r.sim = Some(v));
    with_owner(table, &words, |r, v| r.owner = v)
        .each_is_refused(async |request| client.clone().replace_sim(request).await)
        .await;
}

#[tokio::test]
async fn every_wrong_field_of_a_loaner_is_named() {
    let (server, _dir, authority) = start().await;
    let (binding_id, next, client) = bound(&server, &authority).await;
    let hour = Duration::from_secs(3600);
    let mut untils = wrong_instants();
    untils.extend([now().minus(hour), now().plus(hour * 24 * 91)].map(to_proto));
    let mut imeis = wrong_imeis(&next.imei);
    imeis.push(String::new());
    Table::of(LendHandsetRequest {
        request_id: "lend-1".into(),
        binding_id: binding_id.clone(),
        imei: next.imei.clone(),
        until: Some(to_proto(now().plus(hour))),
    })
    .values("request_id", &wrong_or_empty_names(), |r, v| r.request_id = v)
    .values("binding_id", &wrong_ids(), |r, v| r.binding_id = v)
    .values("imei", &imeis, |r, v| r.imei = v)
    .row("until", "missing", |r| r.until = None)
    .values("until", &untils, |r, v| r.until = Some(v))
    .each_is_refused(async |request| client.clone().lend_handset(request).await)
    .await;
    Table::of(ReturnHandsetRequest { request_id: "return-1".into(), binding_id })
        .values("request_id", &wrong_or_empty_names(), |r, v| r.request_id = v)
        .values("binding_id", &wrong_ids(), |r, v| r.binding_id = v)
        .each_is_refused(async |request| client.clone().return_handset(request).await)
        .await;
}

#[tokio::test]
async fn every_wrong_field_of_a_new_proof_by_card_or_on_another_line_is_named() {
    let (server, _dir, authority) = start().await;
    let (binding_id, next, client) = bound(&server, &authority).await;
    let words = wrong_words(&client, &next.certificate).await;
    let bindings = BindingServiceClient::new(server.channel().await.unwrap());
    let good = ReproveBindingRequest {
        binding_id,
        iccid: next.iccid.clone(),
        ticket_ref: "ticket-1".into(),
        request_id: "reprove-1".into(),
        card: None,
        sim: None,
    };
    let mut table = Table::of(good).row("ticket_ref", "beside card", |r| {
        r.card = Some(OwnerCard::default());
    });
    table = table.row("iccid", "beside sim", |r| r.sim = Some(sim_of(&next)));
    for (field, word) in &words {
        table = table.values(field, std::slice::from_ref(word), |r, v| {
            r.ticket_ref.clear();
            r.card = Some(v);
        });
    }
    with_sim(table, &sim_of(&next), |r, v| {
        r.iccid.clear();
        r.sim = Some(v);
    })
    .each_is_refused(async |request| bindings.clone().reprove_binding(request).await)
    .await;
}
