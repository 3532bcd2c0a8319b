//! Issuers that are known as anchors alone, without a source.

use super::{HOUR, PACK, Taken, allowed, denied, said};
use crate::support::{Person, World, caller, serial};
use simbind_core::status::Standing;
use simbind_evidence::status::{CertStatus, encode::CrlEntrySpec};
use simbind_rules::{Facts, facts::StatusSource};
use simbind_service::{
    ServiceError,
    status::{Told, Word},
};

async fn scene() -> (World, Person) {
    let world = World::with_anchor_alone(PACK).await;
    let person = Person::new(&world.authority, 1);
    person.enrol(&world).await.unwrap();
    world.clock.move_on(HOUR);
    (world, person)
}

#[tokio::test]
async fn an_anchor_without_a_source_is_not_silent() {
    let (world, person) = scene().await;
    let decision = person.check(&world.engine, "c1").await;
    let told = Facts::from_bytes(&decision.facts).unwrap();
    assert_eq!(told.certificate_status_source(), Some(StatusSource::None));
}

#[tokio::test]
async fn nobodys_word_is_taken_about_an_issuer_that_has_no_speaker() {
    let (world, person) = scene().await;
    let now = world.engine.now();
    for standing in [Standing::Good, Standing::Held { since: now }] {
        let told = Told::Word(world.named(&person), Word { standing, as_of: now });
        match world.engine.push_status(&caller("issuer"), told).await.unwrap_err() {
            ServiceError::Invalid { field, why } => {
                assert_eq!(field, "word.certificate");
                assert!(why.contains("nobody speaks for"), "{why}");
            }
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(said(&person.check(&world.engine, "c1").await), allowed());
    let issuer = world.authority.known().id();
    assert!(!world.engine.speaks_for_issuer(&caller("issuer"), &issuer));
}

#[tokio::test]
async fn what_an_anchor_signed_is_taken_from_any_issuers_caller() {
    let (world, person) = scene().await;
    let now = world.engine.now();
    let held = CertStatus::Held { since: now };
    let answer = Told::Answer(world.named(&person), world.authority.answer(&person, held, now));
    let list = world.authority.listing(now, vec![CrlEntrySpec::held(serial(&person), now)]);
    for told in [answer, Told::List(list)] {
        assert_eq!(world.engine.push_status(&caller("any"), told).await, Ok(Taken::Taken));
    }
    assert_eq!(said(&person.check(&world.engine, "c1").await), denied("CERTIFICATE_HELD"));
}
