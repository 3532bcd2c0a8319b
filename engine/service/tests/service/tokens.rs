//! The token that a handset hands over in a tap.

use crate::support::{PACK, Person, Phone, TestEngine, World};
use simbind_core::{
    ids::{CertificateId, Iccid},
    token::{HandsetToken, TokenLife},
    transcript::Audience,
};
use simbind_rules::{
    Facts,
    facts::{Channel, HandsetProof, Provenance, ReaderProfile},
};
use simbind_service::{
    ServiceError,
    check::{CheckRequest, HandsetWord, ReaderPart, TokenProof},
    ledger::DecisionEntry,
};
use std::time::Duration;

const OTHER: &str = "8981100000000000028";
const SKEW: Duration = Duration::from_secs(5);
const LIFE: Duration = Duration::from_secs(10);

fn facts(decision: &DecisionEntry) -> Facts {
    Facts::from_bytes(&decision.facts).unwrap()
}

fn proof(decision: &DecisionEntry) -> HandsetProof {
    facts(decision).handset_proof().unwrap()
}

async fn world() -> (World, Person) {
    let world = World::new().await;
    let mut person = Person::new(&world.authority, 1);
    person.phone = Phone::attested(1);
    person.enrol(&world).await.unwrap();
    (world, person)
}

/// A token of the person's phone that was made now.
fn token(person: &Person, engine: &TestEngine, nonce: u8) -> HandsetToken {
    HandsetToken {
        certificate: person.certificate(),
        iccid: person.iccid,
        imei: Some(person.phone.imei),
        issued_at: engine.now(),
        life: TokenLife::from_millis(10_000).unwrap(),
        nonce: [nonce; 16],
        handset_key: person.phone.key_hash(),
    }
}

/// A tap of the person that brings a token which a phone signs.
fn tap(
    person: &Person,
    engine: &TestEngine,
    request: &str,
    token: HandsetToken,
    phone: &Phone,
) -> CheckRequest {
    let audience = Audience::Reader("terminal".parse().unwrap());
    let issued = engine.issue_challenge(audience.clone(), Channel::TapToken).unwrap();
    let mut check = person.login(engine, request);
    check.audience = audience;
    check.channel = Channel::TapToken;
    check.challenge = issued.bytes.to_vec();
    let (profile, iccid) = (ReaderProfile::Terminal, Some(person.iccid));
    let round_trip = Some(Duration::from_millis(60));
    check.reader = Some(ReaderPart { profile, round_trip, iccid });
    person.sign(&mut check);
    let HandsetWord::Signature(signed) = phone.prove(&token.encode()) else {
        panic!("it has a key")
    };
    check.handset = HandsetWord::Token(Box::new(token), TokenProof::Signature(signed));
    check
}

#[tokio::test]
async fn each_token_that_is_good_for_nothing_is_told_apart() {
    let (world, person) = world().await;
    let engine = &world.engine;
    let (own, stranger) = (&person.phone, Phone::attested(2));
    let good = |nonce| token(&person, engine, nonce);
    let now = engine.now();
    let other_sim: Iccid = OTHER.parse().unwrap();
    let other = CertificateId::from_sha256([9; 32]);
    let foreign = stranger.key_hash();
    let table = [
        ("its own", good(1), own, HandsetProof::Valid),
        (
            "at its very end",
            HandsetToken { issued_at: now.minus(LIFE + SKEW), ..good(2) },
            own,
            HandsetProof::Valid,
        ),
        (
            "past its end",
            HandsetToken {
                issued_at: now.minus(LIFE + SKEW + Duration::from_millis(1)),
                ..good(3)
            },
            own,
            HandsetProof::Expired,
        ),
        (
            "of the future",
            HandsetToken { issued_at: now.plus(SKEW + Duration::from_millis(1)), ..good(4) },
            own,
            HandsetProof::Expired,
        ),
        (
            "for another certificate",
            HandsetToken { certificate: other, ..good(5) },
            own,
            HandsetProof::Misbound,
        ),
        (
            "for another SIM",
            HandsetToken { iccid: other_sim, ..good(6) },
            own,
            HandsetProof::Misbound,
        ),
        (
            "of another handset",
            HandsetToken { handset_key: foreign, ..good(7) },
            &stranger,
            HandsetProof::Foreign,
        ),
        ("that another handset signed", good(8), &stranger, HandsetProof::Invalid),
    ];
    for (n, (what, token, phone, expected)) in table.into_iter().enumerate() {
        let check = tap(&person, engine, &format!("t{n}"), token, phone);
        let decided = engine.check(&check).await.unwrap();
        let facts = facts(&decided);
        assert_eq!(proof(&decided), expected, "{what}");
        let attested = facts.handset_match_provenance() == Some(Provenance::DeviceAttested);
        assert_eq!(attested, expected == HandsetProof::Valid, "{what}");
        assert_eq!(decided.token.is_some(), expected == HandsetProof::Valid, "{what}");
        if attested {
            assert_eq!(facts.handset_match_age(), Some(now.since(token.issued_at)), "{what}");
        }
    }
}

#[tokio::test]
async fn a_token_is_used_once_also_over_a_restart() {
    let (world, person) = world().await;
    let engine = &world.engine;
    let once = token(&person, engine, 1);
    let first = tap(&person, engine, "t1", once, &person.phone);
    let taken = engine.check(&first).await.unwrap();
    assert_eq!(proof(&taken), HandsetProof::Valid);
    for (n, engine) in [engine.clone(), world.restarted(PACK).await].into_iter().enumerate() {
        let again = tap(&person, &engine, &format!("r{n}"), once, &person.phone);
        assert_eq!(proof(&engine.check(&again).await.unwrap()), HandsetProof::Replayed);
        // The same request is answered as it was.
        assert_eq!(engine.check(&first).await.unwrap().id, taken.id);
        let next = u8::try_from(n).unwrap() + 2;
        let fresh = token(&person, &engine, next);
        let fresh = tap(&person, &engine, &format!("f{n}"), fresh, &person.phone);
        assert_eq!(proof(&engine.check(&fresh).await.unwrap()), HandsetProof::Valid);
    }
}

#[tokio::test]
async fn who_holds_no_certificate_key_uses_nobodys_token_up() {
    let (world, person) = world().await;
    let engine = &world.engine;
    let once = token(&person, engine, 1);
    let mut unsigned = tap(&person, engine, "t1", once, &person.phone);
    unsigned.signature = Some(person.signs(b"something else"));
    engine.check(&unsigned).await.unwrap();
    let owner = tap(&person, engine, "t2", once, &person.phone);
    assert_eq!(proof(&engine.check(&owner).await.unwrap()), HandsetProof::Valid);
}

#[tokio::test]
async fn used_tokens_are_bounded_and_full_is_no_verdict() {
    let world = World::with(PACK, |bounds| bounds.used_tokens = 1).await;
    let mut person = Person::new(&world.authority, 1);
    person.phone = Phone::attested(1);
    person.enrol(&world).await.unwrap();
    let engine = &world.engine;
    let first = tap(&person, engine, "t1", token(&person, engine, 1), &person.phone);
    engine.check(&first).await.unwrap();
    let second = tap(&person, engine, "t2", token(&person, engine, 2), &person.phone);
    assert!(matches!(engine.check(&second).await, Err(ServiceError::Busy { .. })));
    world.clock.move_on(LIFE + SKEW + Duration::from_millis(1));
    let later = tap(&person, engine, "t3", token(&person, engine, 3), &person.phone);
    assert_eq!(proof(&engine.check(&later).await.unwrap()), HandsetProof::Valid);
}
