//! Which SIM it is: by the app, the reader and the carrier.

use crate::support::{BUSINESS, PACK, Person, Phone, SIGNER, TestEngine, UI, World, apps};
use simbind_core::{
    app::{AppList, ListedApp},
    ids::Iccid,
    line::{EventKind, ReissueCause},
    transcript::Audience,
};
use simbind_rules::{
    Facts,
    facts::{Agreement, Channel, Match, Provenance, ReaderProfile},
};
use simbind_service::{
    check::{CheckRequest, HandsetWord, ReaderPart},
    ledger::DecisionEntry,
};

const OTHER: &str = "8981100000000000028";

fn facts(decision: &DecisionEntry) -> Facts {
    Facts::from_bytes(&decision.facts).unwrap()
}

/// The list, with a carrier that trusts the app which holds the applet.
fn trusting(carrier: &str) -> AppList {
    let list = apps();
    let entries = list.iter().map(|(id, app)| (id.clone(), app.clone()));
    let trusted = |(id, app): (simbind_core::ids::AppId, ListedApp)| {
        let privilege = if id.as_str() == UI { vec![carrier.parse().unwrap()] } else { vec![] };
        let carrier_privilege = privilege.into_iter().collect();
        (id, ListedApp { carrier_privilege, ..app })
    };
    entries.map(trusted).collect()
}

/// A tap with the handset's token at a terminal.
fn tap(
    person: &Person,
    engine: &TestEngine,
    request: &str,
    said: Option<Iccid>,
    read: Option<Iccid>,
) -> CheckRequest {
    let audience = Audience::Reader("terminal".parse().unwrap());
    let issued = engine.issue_challenge(audience.clone(), Channel::TapToken).unwrap();
    let mut check = person.login(engine, request);
    check.audience = audience;
    check.channel = Channel::TapToken;
    check.challenge = issued.bytes.to_vec();
    check.iccid = said;
    let profile = ReaderProfile::Terminal;
    check.reader = Some(ReaderPart { profile, round_trip: None, iccid: read });
    person.sign(&mut check);
    check
}

#[tokio::test]
async fn carrier_privilege_comes_from_the_list_and_the_handset_s_key_alone() {
    let world = World::new().await;
    let mut person = Person::new(&world.authority, 1);
    person.phone = Phone::attested(1);
    person.phone.asked_by = (UI, SIGNER);
    person.enrol(&world).await.unwrap();
    let word = async |engine: &TestEngine, request: &str, signs: bool| {
        let mut check = person.login_with(engine, request, |check| {
            check.app = Some(BUSINESS.parse().unwrap());
            check.ui_app = Some(UI.parse().unwrap());
        });
        if !signs {
            check.handset = HandsetWord::Nothing;
        }
        facts(&engine.check(&check).await.unwrap()).sim_match_provenance().unwrap()
    };
    assert_eq!(word(&world.engine, "c1", true).await, Provenance::SelfReported);
    let trusted = world.restarted_with_apps(trusting("docomo")).await;
    assert_eq!(word(&trusted, "c2", true).await, Provenance::CarrierPrivilege);
    assert_eq!(word(&trusted, "c3", false).await, Provenance::SelfReported);
    let elsewhere = world.restarted_with_apps(trusting("kddi")).await;
    assert_eq!(word(&elsewhere, "c4", true).await, Provenance::SelfReported);
}

#[tokio::test]
async fn what_the_reader_reads_is_compared_with_what_the_transcript_says() {
    let world = World::new().await;
    let person = Person::new(&world.authority, 1);
    person.enrol(&world).await.unwrap();
    let (own, other) = (Some(person.iccid), Some(OTHER.parse().unwrap()));
    let table = [
        (own, None, Match::Yes, Provenance::Reader, None),
        (own, own, Match::Yes, Provenance::Reader, Some(Agreement::Agree)),
        (None, own, Match::Yes, Provenance::Reader, None),
        (own, other, Match::No, Provenance::Reader, Some(Agreement::Conflict)),
        (other, own, Match::No, Provenance::SelfReported, Some(Agreement::Conflict)),
        (None, None, Match::No, Provenance::Reader, None),
    ];
    for (n, (said, read, matches, by, agree)) in table.into_iter().enumerate() {
        let check = tap(&person, &world.engine, &format!("t{n}"), said, read);
        let decided = world.engine.check(&check).await.unwrap();
        let facts = facts(&decided);
        let found = (facts.sim_match(), facts.sim_match_provenance(), facts.sim_claims());
        assert_eq!(found, (Some(matches), Some(by), agree), "row {n}");
        // The reading is part of the request: the same with another is not the same.
        let mut changed = check.clone();
        let iccid = if read == own { other } else { own };
        changed.reader = changed.reader.map(|reader| ReaderPart { iccid, ..reader });
        let again = world.engine.check(&check).await.unwrap();
        assert_eq!(again.id, decided.id);
        let other = world.engine.check(&changed).await.unwrap();
        assert_eq!(other.reasons[0], "CHALLENGE_USED", "row {n}");
    }
}

#[tokio::test]
async fn what_the_carrier_says_serves_the_line_is_compared_also_after_a_restart() {
    let world = World::new().await;
    let person = Person::new(&world.authority, 1);
    person.enrol(&world).await.unwrap();
    let claims = async |engine: &TestEngine, request: &str| {
        let check = person.login(engine, request);
        facts(&engine.check(&check).await.unwrap()).sim_claims()
    };
    assert_eq!(claims(&world.engine, "c1").await, None);
    world.clock.move_on(std::time::Duration::from_secs(600));
    let new_iccid = Some(OTHER.parse().unwrap());
    let kind = EventKind::SimReissued { new_iccid, cause: ReissueCause::Lost };
    world.tell("e1", &person, kind).await.unwrap();
    assert_eq!(claims(&world.engine, "c2").await, Some(Agreement::Conflict));
    let restarted = world.restarted(PACK).await;
    assert_eq!(claims(&restarted, "c3").await, Some(Agreement::Conflict));
}
