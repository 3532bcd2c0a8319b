//! Wrong events, wrong batches and wrong packs.

use super::{
    start,
    table::{Table, wrong_eids, wrong_iccids, wrong_imeis, wrong_msisdns, wrong_or_empty_names},
};
use prost_types::Timestamp;
use simbind_proto::v1::{
    announced_change::Change,
    pack_set::By,
    rule_service_client::RuleServiceClient,
    sim_event::{Kind, Line},
    sim_event_service_client::SimEventServiceClient,
    *,
};
use simbind_tests::{now, to_proto};
use tonic::{
    Code, Status,
    metadata::{MetadataMap, MetadataValue},
    transport::Channel,
};

/// Publishes one event; its refusal as a status that names the field.
async fn publish(
    mut client: SimEventServiceClient<Channel>,
    event: SimEvent,
) -> Result<EventResult, Status> {
    let request = PublishEventsRequest { events: vec![event] };
    let result = client.publish_events(request).await?.into_inner().results.remove(0);
    if result.status() != EventStatus::Refused {
        return Ok(result);
    }
    assert_eq!(result.position, 0, "a refused event has a position");
    let mut metadata = MetadataMap::new();
    metadata.insert("simbind-field", MetadataValue::try_from(result.field).unwrap());
    Err(Status::with_metadata(Code::InvalidArgument, result.message, metadata))
}

fn kinds() -> Vec<(&'static str, Kind)> {
    let seen = |imei: &str| Kind::HandsetObserved(HandsetObserved { imei: imei.into() });
    let changed = |imei: &str| Kind::HandsetChanged(HandsetChanged { imei: imei.into() });
    let loan = |imei: &str, until: Option<i64>| {
        let until = until.map(|after| Timestamp { seconds: now().as_secs() + after, nanos: 0 });
        Kind::LoanerStarted(LoanerStarted { imei: imei.into(), until })
    };
    let reissued =
        |iccid: &str, cause| Kind::SimReissued(SimReissued { new_iccid: iccid.into(), cause });
    const IMEI: &str = "35000000000000";
    let mut kinds = vec![
        ("handset_observed.imei", seen("")),
        ("handset_changed.imei", changed("")),
        ("loaner_started.imei", loan("", Some(3600))),
        ("loaner_started.until", loan(IMEI, None)),
        ("loaner_started.until", loan(IMEI, Some(-3600))),
        ("loaner_started.until", loan(IMEI, Some(91 * 86_400))),
        ("loaner_started.until", loan(IMEI, Some(i64::MAX / 2))),
        ("sim_reissued.cause", reissued("", -1)),
        ("sim_reissued.cause", reissued("", 99)),
        ("line_suspended.cause", Kind::LineSuspended(LineSuspended { cause: 99 })),
        ("heartbeat.horizon_days", Kind::Heartbeat(Heartbeat { horizon_days: 3651 })),
    ];
    for imei in wrong_imeis("350000000000007") {
        kinds.push(("handset_observed.imei", seen(&imei)));
        kinds.push(("handset_changed.imei", changed(&imei)));
        kinds.push(("loaner_started.imei", loan(&imei, Some(3600))));
    }
    let hour = Some(Timestamp { seconds: now().as_secs() + 3600, nanos: 0 });
    let awaited = |change, until| {
        let announced = Some(AnnouncedChange { change, until });
        Kind::ChangeAnnounced(ChangeAnnounced { announced })
    };
    let line = || Some(Change::Line(AnnouncedLine {}));
    kinds.push((
        "change_announced.announced",
        Kind::ChangeAnnounced(ChangeAnnounced { announced: None }),
    ));
    kinds.push(("announced.change", awaited(None, hour)));
    kinds.push(("announced.until", awaited(line(), None)));
    for after in [-3600, 31 * 86_400, i64::MAX / 2] {
        let until = Timestamp { seconds: now().as_secs().saturating_add(after), nanos: 0 };
        kinds.push(("announced.until", awaited(line(), Some(until))));
    }
    for imei in wrong_imeis("350000000000007").into_iter().filter(|imei| !imei.is_empty()) {
        let change = Some(Change::Handset(AnnouncedHandset { imei }));
        kinds.push(("announced.handset.imei", awaited(change, hour)));
    }
    for eid in wrong_eids() {
        let change = Some(Change::Sim(AnnouncedSim { iccid: String::new(), eid }));
        kinds.push(("announced.sim.eid", awaited(change, hour)));
    }
    for iccid in wrong_iccids("8981100000000000005") {
        let named = AnnouncedSim { iccid: iccid.clone(), eid: String::new() };
        kinds.push(("announced.sim.iccid", awaited(Some(Change::Sim(named)), hour)));
        kinds.push(("sim_reissued.new_iccid", reissued(&iccid, 0)));
    }
    for eid in wrong_eids() {
        let downloaded = EsimDownloaded { eid: eid.clone() };
        kinds.push(("esim_downloaded.eid", Kind::EsimDownloaded(downloaded)));
        kinds.push(("esim_transferred.eid", Kind::EsimTransferred(EsimTransferred { eid })));
    }
    for id in wrong_or_empty_names() {
        let correction = Correction { corrected_event_id: id };
        kinds.push(("correction.corrected_event_id", Kind::Correction(correction)));
    }
    kinds
}

#[tokio::test]
async fn every_wrong_field_of_an_event_is_named_and_nothing_of_it_is_kept() {
    let (server, _dir, authority) = start().await;
    let person = super::enrolled(&server, &authority, 1).await;
    let client = SimEventServiceClient::new(server.channel().await.unwrap());
    let instants = [
        None,
        Some(Timestamp { seconds: i64::MAX, nanos: 0 }),
        Some(Timestamp { seconds: i64::MIN, nanos: 0 }),
        Some(Timestamp { seconds: 1, nanos: -1 }),
        Some(Timestamp { seconds: 1, nanos: 1_000_000_000 }),
    ];
    let mut table = Table::of(person.event("good", Kind::LineResumed(LineResumed {})))
        .values("event_id", &wrong_or_empty_names(), |e, v| e.event_id = v)
        .values("carrier_id", &wrong_or_empty_names(), |e, v| e.carrier_id = v)
        .row("carrier_id", "unknown", |e| e.carrier_id = "nobody".into())
        .values("occurred_at", &instants, |e, v| e.occurred_at = v)
        .row("line", "missing", |e| e.line = None)
        .values("iccid", &wrong_iccids(&person.iccid), |e, v| e.line = Some(Line::Iccid(v)))
        .row("iccid", "empty", |e| e.line = Some(Line::Iccid(String::new())))
        .values("line_ref", &wrong_or_empty_names(), |e, v| e.line = Some(Line::LineRef(v)))
        .values("msisdn", &wrong_msisdns(), |e, v| e.line = Some(Line::Msisdn(v)))
        .row("msisdn", "empty", |e| e.line = Some(Line::Msisdn(String::new())))
        .row("kind", "missing", |e| e.kind = None);
    for (field, kind) in kinds() {
        table = table.values(field, &[kind], |event, kind| event.kind = Some(kind));
    }
    table.each_is_refused(async |event| publish(client.clone(), event).await).await;
}

#[tokio::test]
async fn events_of_the_future_and_of_1970_are_kept_and_flagged() {
    let (server, _dir, authority) = start().await;
    let person = super::enrolled(&server, &authority, 1).await;
    let client = SimEventServiceClient::new(server.channel().await.unwrap());
    let at = |id: &str, seconds: i64| {
        let kind = Kind::HandsetObserved(HandsetObserved { imei: person.imei.clone() });
        let occurred_at = Some(Timestamp { seconds, nanos: 0 });
        SimEvent { occurred_at, ..person.event(id, kind) }
    };
    let year = 365 * 86_400;
    let now = now().as_secs();
    let cases = [
        ("1970", 0, Some(EventFlag::Ancient)),
        ("before-1970", -1, Some(EventFlag::Ancient)),
        ("year-1", -62_135_596_800, Some(EventFlag::Ancient)),
        ("now", now, None),
        ("tomorrow", now + 86_400, Some(EventFlag::Future)),
        ("next-year", now + year, Some(EventFlag::Future)),
        ("year-9999", 253_402_300_799, Some(EventFlag::Future)),
    ];
    for (id, seconds, flag) in cases {
        let result = publish(client.clone(), at(id, seconds)).await.unwrap();
        assert_eq!(result.status(), EventStatus::Applied, "{id}: {result:?}");
        assert!(result.position > 0, "{id}");
        let odd: Vec<_> = result.flags().collect();
        match flag {
            Some(flag) => assert!(odd.contains(&flag), "{id}: {odd:?}"),
            None => assert!(
                !odd.contains(&EventFlag::Ancient) && !odd.contains(&EventFlag::Future),
                "{odd:?}"
            ),
        }
        let again = publish(client.clone(), at(id, seconds)).await.unwrap();
        assert_eq!(again.status(), EventStatus::Duplicate, "{id}: {again:?}");
        assert_eq!(again.position, result.position, "{id}");
    }
}

#[tokio::test]
async fn a_batch_refuses_its_wrong_events_alone() {
    let (server, _dir, authority) = start().await;
    let person = super::enrolled(&server, &authority, 1).await;
    let mut client = SimEventServiceClient::new(server.channel().await.unwrap());
    let resumed = || Kind::LineResumed(LineResumed {});
    let wrong = SimEvent { line: None, ..person.event("b", resumed()) };
    let events = vec![person.event("a", resumed()), wrong, person.event("c", resumed())];
    let answer = client.publish_events(PublishEventsRequest { events }).await.unwrap();
    let statuses: Vec<_> = answer.into_inner().results.iter().map(EventResult::status).collect();
    let (applied, refused) = (EventStatus::Applied, EventStatus::Refused);
    assert_eq!(statuses, [applied, refused, applied]);
}

#[tokio::test]
async fn batches_packs_and_feeds_of_the_wrong_size_or_name_are_refused() {
    let (server, _dir, authority) = start().await;
    let person = super::enrolled(&server, &authority, 1).await;
    let channel = server.channel().await.unwrap();
    let events = SimEventServiceClient::new(channel.clone());
    let good = SimEvent {
        occurred_at: Some(to_proto(now())),
        ..person.event("good", Kind::LineResumed(LineResumed {}))
    };
    Table::of(PublishEventsRequest { events: vec![good.clone()] })
        .row("events", "none", |r| r.events.clear())
        .row("events", "1001", |r| r.events = vec![good.clone(); 1001])
        .each_is_refused(async |request| events.clone().publish_events(request).await)
        .await;
    Table::of(GetFeedRequest { carrier_id: "docomo".into() })
        .values("carrier_id", &wrong_or_empty_names(), |r, v| r.carrier_id = v)
        .each_is_refused(async |request| events.clone().get_feed(request).await)
        .await;

    let rules = RuleServiceClient::new(channel);
    let pack = PackSource { name: "p.toml".into(), text: "[pack]\n".into() };
    let named = |name: String| PackSource { name, ..pack.clone() };
    let long = PackSource { text: "#".repeat((512 << 10) + 1), ..pack.clone() };
    Table::of(CheckPacksRequest { packs: vec![pack.clone()] })
        .row("packs", "none", |r| r.packs.clear())
        .row("packs", "65", |r| r.packs = vec![pack.clone(); 65])
        .values("packs.name", &[String::new(), "x".repeat(129)], |r, v| r.packs = vec![named(v)])
        .row("packs.text", "too long", |r| r.packs = vec![long.clone()])
        .each_is_refused(async |request| rules.clone().check_packs(request).await)
        .await;
}

#[tokio::test]
async fn every_wrong_field_of_a_question_about_facts_is_named() {
    let (server, _dir, _authority) = start().await;
    let rules = RuleServiceClient::new(server.channel().await.unwrap());
    let fact = |name: &str, value: &str| FactValue { name: name.into(), value: value.into() };
    let hash = |bytes: usize| Some(PackSet { by: Some(By::PacksHash(vec![1; bytes].into())) });
    let good = ExplainFactsRequest {
        packs: None,
        pack_id: "jp-national".into(),
        kind: CheckKind::Login.into(),
        facts: vec![fact("handset.match", "no")],
    };
    rules.clone().explain_facts(good.clone()).await.unwrap();
    Table::of(good)
        .row("packs.by", "missing", |r| r.packs = Some(PackSet { by: None }))
        .values("packs.packs_hash", &[1, 31, 33], |r, v| r.packs = hash(v))
        .values("pack_id", &["nobody".to_owned(), "x".repeat(1_000)], |r, v| r.pack_id = v)
        .values("kind", &[0, 3, -1], |r, v| r.kind = v)
        .row("facts", "more than there are", |r| r.facts = vec![fact("sim.latch", "clear"); 65])
        .row("facts.name", "long", |r| r.facts[0].name = "x".repeat(65))
        .row("facts.value", "long", |r| r.facts[0].value = "x".repeat(65))
        .row("facts.name", "misspelt", |r| r.facts.push(fact("handset.mach", "no")))
        .row("facts.name", "twice", |r| r.facts.push(fact("handset.match", "no")))
        .row("facts.value", "none of its values", |r| r.facts[0].value = "perhaps".into())
        .row("facts.value", "never unknown", |r| r.facts.push(fact("sim.latch", "unknown")))
        .each_is_refused(async |request| rules.clone().explain_facts(request).await)
        .await;
}
