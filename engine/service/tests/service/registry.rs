//! The registry of handsets and readers: imported as a whole, kept, and told to every check.

use crate::support::{PACK, Person, TestEngine, World, caller};
use simbind_core::{
    registry::{Criterion, LeftOut},
    rollout::Why,
    transcript::Audience,
};
use simbind_rules::{
    Facts,
    facts::{Channel, Listing, Nfc, ReaderProfile, SecureElement, Trial},
};
use simbind_service::{
    ServiceError,
    check::{CheckRequest, HandsetWord, ReaderPart},
    ports::store::LedgerKind,
    registry::{Extent, Files, ImportOutcome},
    rollout::Deed,
    settings::DailyBytes,
};

const HANDSETS: &str = "model,maker,name,tacs,nfc,secure_element,platform,listing,since\n\
    own,Maker,Own,35299900,B,sim,android,certified,2025-01-01\n\
    other,Maker,Other,35299901,A,none,android,listed,2025-01-01\n";
const READERS: &str = "reader,maker,name,firmware,listing,since\n\
    sato-door,Sato,Door,2.0+,certified,2025-01-01\n";
const TRIALS: &str =
    "reader,firmware,handset,outcome,on\nsato-door,2.0-2.9,own,partial,2025-02-01\n";

fn files(handsets: &str) -> Files {
    Files { handsets: handsets.into(), readers: READERS.into(), trials: TRIALS.into() }
}

async fn import(engine: &TestEngine, files: Files) -> Result<ImportOutcome, ServiceError> {
    let (by, why): (_, Why) = (caller("analyst"), "spring list".parse().unwrap());
    engine.import_registry(Deed { by: &by, why: &why }, files).await
}

fn tap(engine: &TestEngine, person: &Person, request: &str) -> CheckRequest {
    let mut check = person.login(engine, request);
    let audience = Audience::Reader("door-1".parse().unwrap());
    let issued = engine.issue_challenge(audience.clone(), Channel::TapBare).unwrap();
    (check.audience, check.channel, check.app) = (audience, Channel::TapBare, None);
    check.challenge = issued.bytes.to_vec();
    let profile = ReaderProfile::Door;
    check.reader = Some(ReaderPart { profile, round_trip: None, iccid: None });
    person.sign(&mut check);
    check.handset = HandsetWord::Nothing;
    check
}

async fn facts_of_login(engine: &TestEngine, person: &Person, request: &str) -> Facts {
    let decision = person.check(engine, request).await;
    Facts::from_bytes(&decision.facts).unwrap()
}

#[tokio::test]
async fn a_registry_is_told_to_the_next_check_and_after_a_restart() {
    let world = World::new().await;
    let person = Person::new(&world.authority, 1);
    person.enrol(&world).await.unwrap();
    let before = facts_of_login(&world.engine, &person, "c1").await;
    assert_eq!((before.handset_listing(), before.handset_nfc()), (None, None));
    let ImportOutcome::Imported(version) = import(&world.engine, files(HANDSETS)).await.unwrap()
    else {
        panic!("it was not imported")
    };
    assert_eq!((version.number, version.by.as_str()), (1, "analyst"));
    let restarted = world.restarted(PACK).await;
    for (n, engine) in [&world.engine, &restarted].into_iter().enumerate() {
        assert_eq!(engine.registry().version(), Some(&version));
        let login = facts_of_login(engine, &person, &format!("login-{n}")).await;
        assert_eq!(login.handset_listing(), Some(Listing::Certified));
        assert_eq!(login.handset_nfc(), Some(Nfc::TypeB));
        assert_eq!(login.handset_secure_element(), Some(SecureElement::Sim));
        assert_eq!((login.reader_listing(), login.reader_trial()), (None, None));
        let tapped = engine.check(&tap(engine, &person, &format!("tap-{n}"))).await.unwrap();
        let tapped = Facts::from_bytes(&tapped.facts).unwrap();
        assert_eq!(tapped.reader_listing(), Some(Listing::Certified));
        assert_eq!(tapped.reader_trial(), Some(Trial::Partial));
    }
}

#[tokio::test]
async fn what_a_check_claims_makes_no_other_model_of_an_enrolled_handset() {
    let world = World::new().await;
    let person = Person::new(&world.authority, 1);
    person.enrol(&world).await.unwrap();
    let other = HANDSETS.replace("35299900", "35299909");
    import(&world.engine, files(&other)).await.unwrap();
    let check = person.login_with(&world.engine, "c1", |check| {
        check.imei = Some("35299901000001".parse().unwrap());
    });
    let decision = world.engine.check(&check).await.unwrap();
    let facts = Facts::from_bytes(&decision.facts).unwrap();
    assert_eq!(facts.handset_listing(), Some(Listing::Unlisted));
}

#[tokio::test]
async fn the_same_files_once_more_write_nothing_and_wrong_ones_leave_the_registry() {
    let world = World::new().await;
    import(&world.engine, files(HANDSETS)).await.unwrap();
    let written = world.store.all(LedgerKind::State).await.len();
    let there = world.engine.registry();
    let reordered = HANDSETS.lines().rev().collect::<Vec<_>>();
    let reordered = [reordered[2], reordered[0], reordered[1]].join("\r\n");
    let again = import(&world.engine, files(&reordered)).await.unwrap();
    assert!(matches!(&again, ImportOutcome::Unchanged(version) if version.number == 1));
    let wrong = HANDSETS.replace("35299901", "35299900");
    let ImportOutcome::Refused(problems) = import(&world.engine, files(&wrong)).await.unwrap()
    else {
        panic!("it was taken")
    };
    assert_eq!(problems.told()[0].line, 3);
    assert_eq!(world.engine.registry().version(), there.version());
    assert_eq!(world.store.all(LedgerKind::State).await.len(), written);
    let next = HANDSETS.replace("certified", "withdrawn");
    let imported = import(&world.engine, files(&next)).await.unwrap();
    assert!(matches!(&imported, ImportOutcome::Imported(version) if version.number == 2));
    // The files that did not change are kept once.
    assert_eq!(world.store.all(LedgerKind::State).await.len(), written + 2);
}

#[tokio::test]
async fn a_long_registry_is_kept_in_parts_and_read_back() {
    let world = World::new().await;
    let mut handsets = HANDSETS.to_owned();
    for n in 0..6000 {
        let line = format!(
            "m-{n},製造者の名前,Model {n},{:08},A;B,none,android,listed,2025-01-01\n",
            36_000_000 + n
        );
        handsets.push_str(&line);
    }
    import(&world.engine, files(&handsets)).await.unwrap();
    let restarted = world.restarted(PACK).await;
    assert_eq!(restarted.registry().registry(), world.engine.registry().registry());
    assert_eq!(restarted.registry().registry().size().handsets, 6002);
}

#[tokio::test]
async fn living_bindings_are_counted_by_model_and_ended_ones_are_not() {
    let world = World::new().await;
    import(&world.engine, files(HANDSETS)).await.unwrap();
    for n in 1..=4_u32 {
        let mut person = Person::new(&world.authority, n);
        if n == 4 {
            person.phone.imei = "35777700000001".parse().unwrap();
        }
        let standing = person.enrol(&world).await.unwrap();
        if n == 1 {
            let why = simbind_core::binding::LifecycleReason::Owner;
            world.engine.revoke(&caller("counter"), standing.binding.id, why).await.unwrap();
        }
    }
    let iphone = Person::new(&world.authority, 9).with_iphone();
    iphone.enrol(&world).await.unwrap();
    let counted = world.engine.people_by_handset().await.unwrap();
    assert_eq!(counted.extent, Extent::All);
    let registry = world.engine.registry();
    let certified: Criterion = "certified".parse().unwrap();
    let found = counted.people.left_out(registry.registry(), &certified);
    let expected = LeftOut { people: 4, served: 2, left_out: 0, unlisted: 1, nameless: 1 };
    assert_eq!(found, expected);
}

#[tokio::test]
async fn of_more_bindings_than_the_bound_a_sample_is_counted() {
    let world = World::with(PACK, |bounds| bounds.counted_bindings = 2).await;
    import(&world.engine, files(HANDSETS)).await.unwrap();
    for n in 1..=3 {
        Person::new(&world.authority, n).enrol(&world).await.unwrap();
    }
    let counted = world.engine.people_by_handset().await.unwrap();
    assert_eq!(counted.extent, Extent::Sample);
    let listed: Criterion = "listed".parse().unwrap();
    let registry = world.engine.registry();
    assert_eq!(counted.people.left_out(registry.registry(), &listed).people, 2);
}

#[tokio::test]
async fn new_text_of_a_day_is_bounded_and_the_registry_stays() {
    let world = World::with_packs(PACK, |packs| packs.new_text = DailyBytes(450)).await;
    import(&world.engine, files(HANDSETS)).await.unwrap();
    let next = HANDSETS.replace("certified", "withdrawn");
    let refused = import(&world.engine, files(&next)).await.unwrap_err();
    assert!(matches!(refused, ServiceError::Busy { .. }), "{refused}");
    assert_eq!(world.engine.registry().version().unwrap().number, 1);
    world.clock.move_on(std::time::Duration::from_secs(86_401));
    let taken = import(&world.engine, files(&next)).await.unwrap();
    assert!(matches!(taken, ImportOutcome::Imported(version) if version.number == 2));
}
