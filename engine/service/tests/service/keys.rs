//! A certificate is bound only where its key, and the handset's, signed for it.

use crate::support::{PACK, Person, TestEngine, World, caller};
use simbind_core::{
    binding::{CounterPolicy, LifecycleReason},
    ids::{CertificateId, ImeiSet},
};
use simbind_rules::facts::KeyHome;
use simbind_service::{
    ServiceError, Standing, check::HandsetWord, enrol::EnrolRequest, ports::store::LedgerKind,
};

async fn enrol(
    engine: &TestEngine,
    request: &str,
    asked: EnrolRequest,
) -> Result<Standing, ServiceError> {
    engine.enrol(&caller("counter"), &request.parse().unwrap(), asked).await
}

fn named(refused: Result<Standing, ServiceError>) -> String {
    let Err(ServiceError::Invalid { field, .. }) = refused else { panic!("{refused:?}") };
    field.to_string()
}

#[tokio::test]
async fn who_has_a_certificate_and_not_its_key_binds_nothing() {
    let world = World::new().await;
    let before = world.store.all(LedgerKind::State).await.len();
    let owner = Person::new(&world.authority, 1);
    let thief = Person::new(&world.authority, 2);
    let mut asked = thief.asked(&world.engine, &world.authority);
    asked.chain = owner.chain.clone();
    let asked = thief.proves(asked);
    assert_eq!(named(enrol(&world.engine, "r1", asked).await), "proof.signature");
    assert_eq!(world.store.all(LedgerKind::State).await.len(), before, "nothing is written");
}

#[tokio::test]
async fn an_attested_handset_that_does_not_sign_is_not_bound() {
    let world = World::new().await;
    let person = Person::new(&world.authority, 1);
    let good = person.asked(&world.engine, &world.authority);
    let words = [
        (HandsetWord::Nothing, "proof.handset"),
        (HandsetWord::Signature(good.proof.signature.clone()), "proof.handset_signature"),
    ];
    for (number, (word, field)) in words.into_iter().enumerate() {
        let mut asked = good.clone();
        asked.proof.handset = word;
        assert_eq!(named(enrol(&world.engine, &format!("r{number}"), asked).await), field);
    }
    enrol(&world.engine, "good", good).await.unwrap();
}

#[tokio::test]
async fn what_was_not_signed_is_not_bound() {
    let world = World::new().await;
    let person = Person::new(&world.authority, 1);
    let good = person.asked(&world.engine, &world.authority);
    let changes: [fn(&mut EnrolRequest); 9] = [
        |asked| asked.person = "another".parse().unwrap(),
        |asked| asked.sim.iccid = "8981100000000000002".parse().unwrap(),
        |asked| asked.sim.eid = Some("89049032123451234512345678901235".parse().unwrap()),
        |asked| asked.sim.line_ref = Some("line-7".parse().unwrap()),
        |asked| asked.sim.msisdn = Some("+819012345678".parse().unwrap()),
        |asked| asked.key_home = KeyHome::Keychain,
        |asked| asked.counter = CounterPolicy::Present,
        |asked| {
            let more = asked.handset.imeis.iter().chain(["490154203237518".parse().unwrap()]);
            asked.handset.imeis = ImeiSet::new(more.collect::<Vec<_>>()).unwrap();
        },
        |asked| asked.card = Some(CertificateId::from_sha256([7; 32])),
    ];
    for (number, change) in changes.into_iter().enumerate() {
        let mut asked = good.clone();
        change(&mut asked);
        let refused = enrol(&world.engine, &format!("r{number}"), asked).await;
        assert_eq!(named(refused), "proof.signature", "{number}");
    }
    enrol(&world.engine, "good", good).await.unwrap();
}

#[tokio::test]
async fn a_challenge_is_good_for_one_enrolment_also_after_a_restart() {
    let world = World::new().await;
    let person = Person::new(&world.authority, 1);
    let asked = person.asked(&world.engine, &world.authority);
    let first = enrol(&world.engine, "r1", asked.clone()).await.unwrap();
    let (by, why) = (caller("counter"), LifecycleReason::Owner);
    world.engine.revoke(&by, first.binding.id, why).await.unwrap();
    let restarted = world.restarted(PACK).await;
    for engine in [&world.engine, &restarted] {
        assert_eq!(named(enrol(engine, "r2", asked.clone()).await), "proof.challenge");
        let again = enrol(engine, "r1", asked.clone()).await.unwrap();
        assert_eq!(again.binding.id, first.binding.id);
    }
}
