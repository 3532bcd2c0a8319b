//! What is told and not taken.

use super::{HOUR, Scene, World, allowed, caller};
use crate::support::{Person, serial};
use simbind_core::status::Taken;
use simbind_core::{ids::AuthorityId, status::Standing};
use simbind_evidence::status::{
    CertStatus,
    encode::{CrlEntrySpec, ExtensionSpec},
};
use simbind_service::{
    ServiceError,
    status::{CertificateName, CertificateRef, Told, Word},
};
use std::time::Duration;

fn field(result: Result<Taken, ServiceError>) -> (String, String) {
    match result.unwrap_err() {
        ServiceError::Invalid { field, why } => (field.into_owned(), why),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn lists_that_do_not_hold_are_refused_with_their_fault() {
    let scene = Scene::new().await;
    let (authority, now) = (&scene.world.authority, scene.world.engine.now());
    let stranger = World::new().await;
    let good = authority.list(now, |_| {});
    let mut turned = good.clone();
    *turned.last_mut().unwrap() ^= 1;
    let delta = ExtensionSpec::id_ce(27, true, vec![2, 1, 1]);
    let users_only = ExtensionSpec::id_ce(28, true, vec![0x30, 3, 0x81, 1, 0xFF]);
    let authorities_only = ExtensionSpec::id_ce(28, true, vec![0x30, 3, 0x82, 1, 0xFF]);
    let extended = |extension: &ExtensionSpec| {
        authority.list(now, |spec| spec.extensions.push(extension.clone()))
    };
    let other_name = authority.list(now, |spec| spec.issuer = vec![0x30, 0]);
    let cases = [
        (stranger.authority.list(now, |_| {}), "signature"),
        (turned, "signature"),
        (extended(&delta), "delta"),
        (extended(&authorities_only), "none of the issuer's certificates of persons"),
        (other_name, "another issuer"),
        (vec![0x30, 0], "malformed"),
        (authority.list(now.plus(HOUR), |_| {}), "future"),
    ];
    for (der, why) in cases {
        let (at, said) = field(scene.tell(Told::List(der)).await);
        assert_eq!(at, "crl", "{why}");
        assert!(said.contains(why), "{why}: {said}");
    }
    assert_eq!(scene.world.engine.issuers()[0].lists, vec![], "nothing was taken");
    assert_eq!(scene.tell(Told::List(extended(&users_only))).await, Ok(Taken::Taken));
}

#[tokio::test]
async fn an_older_list_and_the_same_one_change_nothing() {
    let scene = Scene::new().await;
    let (authority, now) = (&scene.world.authority, scene.world.engine.now());
    let before = authority.list(now.minus(HOUR), |_| {});
    let held = authority.listing(now, vec![scene.held()]);
    assert_eq!(scene.tell(Told::List(held.clone())).await, Ok(Taken::Taken));
    assert_eq!(scene.tell(Told::List(held)).await, Ok(Taken::Known));
    assert_eq!(scene.tell(Told::List(before)).await, Ok(Taken::Overtaken));
    let smaller = authority.list(now.plus(Duration::from_secs(1)), |spec| spec.number = Some(3));
    assert_eq!(scene.tell(Told::List(smaller)).await, Ok(Taken::Overtaken), "its number went back");
    assert_eq!(scene.login().await, super::denied("CERTIFICATE_HELD"));
}

#[tokio::test]
async fn answers_that_do_not_hold_are_refused_with_their_fault() {
    let scene = Scene::new().await;
    let (authority, now) = (&scene.world.authority, scene.world.engine.now());
    let named = || scene.world.named(&scene.person);
    let other = Person::new(authority, 2);
    let stranger = World::new().await;
    let cases = [
        (stranger.authority.answer(&scene.person, CertStatus::Good, now), ""),
        (authority.answer(&other, CertStatus::Good, now), "another certificate"),
        (authority.answer(&scene.person, CertStatus::Unknown, now), "does not know"),
        (vec![], "malformed"),
    ];
    for (der, why) in cases {
        let (at, said) = field(scene.tell(Told::Answer(named(), der)).await);
        assert_eq!(at, "ocsp.response", "{why}");
        assert!(said.contains(why), "{why}: {said}");
    }
}

#[tokio::test]
async fn who_does_not_speak_for_the_issuer_is_not_heard() {
    let scene = Scene::new().await;
    let engine = &scene.world.engine;
    let now = engine.now();
    let word = Word { standing: scene.word_held(), as_of: now };
    let list =
        scene.world.authority.listing(now, vec![CrlEntrySpec::held(serial(&scene.person), now)]);
    for (told, at) in [
        (Told::List(list), "crl"),
        (Told::Word(scene.world.named(&scene.person), word), "word.certificate"),
    ] {
        let refused = engine.push_status(&caller("another-issuer"), told).await;
        assert_eq!(field(refused).0, at);
    }
    let unknown = CertificateName {
        issuer: AuthorityId::from_sha256([9; 32]),
        serial: simbind_core::ids::SerialNumber::new(&[1]).unwrap(),
    };
    let told = Told::Word(CertificateRef::Named(unknown), word);
    assert_eq!(field(scene.tell(told).await).0, "word.certificate");
    let far = Word { as_of: now.plus(HOUR), standing: Standing::Good };
    let told = Told::Word(scene.world.named(&scene.person), far);
    assert_eq!(field(scene.tell(told).await).0, "word.as_of");
    assert_eq!(scene.login().await, allowed());
}
