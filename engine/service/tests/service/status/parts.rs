//! Lists of some distribution points, beside each other.

use super::{HOUR, PACK, allowed, caller, denied, facts, said};
use crate::support::{Person, World, serial};
use simbind_core::{ids::ListScope, status::Taken};
use simbind_evidence::status::{
    Reason,
    encode::{CrlEntrySpec, ExtensionSpec},
};
use simbind_rules::facts::StatusSource;
use simbind_service::status::{CertificateRef, SourceKind, SourceTerms, Told};
use std::time::Duration;

const ONE: &str = "http://a.example/1";
const TWO: &str = "http://a.example/2";

/// The extension of a list of one point.
fn point(uri: &str) -> ExtensionSpec {
    let mut value = uri.as_bytes().to_vec();
    for tag in [0x86, 0xA0, 0xA0, 0x30] {
        value.splice(0..0, [tag, u8::try_from(value.len()).unwrap()]);
    }
    ExtensionSpec::id_ce(28, true, value)
}

struct Parts {
    world: World,
    one: Person,
    two: Person,
    nowhere: Person,
}

impl Parts {
    async fn new() -> Self {
        let world =
            World::with_sources(PACK, |issuer| vec![SourceTerms::pushed(issuer, SourceKind::List)])
                .await;
        let of = |number| Person::new(&world.authority, number);
        let one = of(1).at_point(&world.authority, ONE);
        let two = of(2).at_point(&world.authority, TWO);
        let nowhere = of(3);
        for person in [&one, &two, &nowhere] {
            person.enrol(&world).await.unwrap();
        }
        world.clock.move_on(HOUR);
        Self { world, one, two, nowhere }
    }

    fn list(&self, uri: &str, entries: Vec<CrlEntrySpec>) -> Vec<u8> {
        self.world.clock.move_on(Duration::from_secs(1));
        self.world.authority.list(self.world.engine.now(), |spec| {
            spec.entries = entries;
            spec.extensions.push(point(uri));
        })
    }

    async fn push(&self, der: Vec<u8>) -> Taken {
        self.world.engine.push_status(&caller("issuer"), Told::List(der)).await.unwrap()
    }

    fn held(&self, person: &Person) -> CrlEntrySpec {
        CrlEntrySpec::held(serial(person), self.world.engine.now())
    }

    fn revoked(&self, person: &Person) -> CrlEntrySpec {
        CrlEntrySpec::revoked(serial(person), self.world.engine.now(), Reason::KeyCompromise)
    }

    async fn source(&self, person: &Person, id: &str) -> Option<StatusSource> {
        let decision = person.check(&self.world.engine, id).await;
        facts(&decision).certificate_status_source()
    }
}

#[tokio::test]
async fn a_list_of_a_point_speaks_for_those_that_name_it_and_no_others() {
    let parts = Parts::new().await;
    let engine = &parts.world.engine;
    // It names all three, and speaks for one.
    let all = [&parts.one, &parts.two, &parts.nowhere].map(|person| parts.held(person));
    assert_eq!(parts.push(parts.list(ONE, all.into())).await, Taken::Taken);
    assert_eq!(said(&parts.one.check(engine, "a1").await), denied("CERTIFICATE_HELD"));
    for (person, id) in [(&parts.two, "a2"), (&parts.nowhere, "a3")] {
        assert_eq!(said(&person.check(engine, id).await), allowed());
        let source = parts.source(person, &format!("{id}s")).await;
        assert_eq!(source, Some(StatusSource::Silent));
    }
    assert_eq!(parts.push(parts.list(TWO, vec![])).await, Taken::Taken);
    assert_eq!(parts.source(&parts.two, "b2").await, Some(StatusSource::Crl));
    assert_eq!(said(&parts.one.check(engine, "b1").await), denied("CERTIFICATE_HELD"));
    assert_eq!(parts.push(parts.list(ONE, vec![])).await, Taken::Taken);
    assert_eq!(said(&parts.one.check(engine, "c1").await), allowed());
    let named = CertificateRef::Sha256(parts.two.certificate());
    assert!(engine.certificate_status(named).await.unwrap().1.is_some());
    let scopes: Vec<ListScope> = engine.issuers()[0].lists.iter().map(|list| list.scope).collect();
    assert_eq!(scopes.len(), 2);
}

#[tokio::test]
async fn lists_of_each_point_rise_by_themselves() {
    let parts = Parts::new().await;
    let older_two = parts.list(TWO, vec![parts.held(&parts.two)]);
    let older_one = parts.list(ONE, vec![]);
    let newer_one = parts.list(ONE, vec![parts.held(&parts.one)]);
    assert_eq!(parts.push(newer_one.clone()).await, Taken::Taken);
    assert_eq!(parts.push(newer_one).await, Taken::Known);
    assert_eq!(parts.push(older_one).await, Taken::Overtaken);
    assert_eq!(parts.push(older_two).await, Taken::Taken, "another point's");
    let engine = &parts.world.engine;
    assert_eq!(said(&parts.one.check(engine, "a1").await), denied("CERTIFICATE_HELD"));
    assert_eq!(said(&parts.two.check(engine, "a2").await), denied("CERTIFICATE_HELD"));
}

#[tokio::test]
async fn a_whole_list_and_one_of_a_point_join_to_the_newer_and_a_revocation_stays() {
    let parts = Parts::new().await;
    let engine = &parts.world.engine;
    let held = vec![parts.held(&parts.one), parts.revoked(&parts.two)];
    let now = parts.world.engine.now();
    parts.push(parts.world.authority.listing(now, held)).await;
    assert_eq!(said(&parts.one.check(engine, "a1").await), denied("CERTIFICATE_HELD"));
    parts.push(parts.list(ONE, vec![])).await;
    parts.push(parts.list(TWO, vec![])).await;
    assert_eq!(said(&parts.one.check(engine, "b1").await), allowed());
    assert_eq!(said(&parts.two.check(engine, "b2").await), denied("CERTIFICATE_REVOKED"));
}

#[tokio::test]
async fn all_lists_are_there_after_a_restart_and_one_that_is_gone_stops_it() {
    let parts = Parts::new().await;
    parts.push(parts.list(ONE, vec![parts.held(&parts.one)])).await;
    parts.push(parts.list(TWO, vec![parts.revoked(&parts.two)])).await;
    let again = parts.world.restarted(PACK).await;
    assert_eq!(said(&parts.one.check(&again, "a1").await), denied("CERTIFICATE_HELD"));
    assert_eq!(said(&parts.two.check(&again, "a2").await), denied("CERTIFICATE_REVOKED"));
    let kept = parts.world.lists.0.lock().clone();
    let (first, second) = {
        let mut names = kept.keys();
        (*names.next().unwrap(), *names.next().unwrap())
    };
    parts.world.lists.0.lock().insert(first, kept[&second].clone());
    let why = parts.world.try_restarted(PACK, |_| {}).await.err().unwrap().to_string();
    assert!(why.contains("other distribution points"), "{why}");
    parts.world.lists.0.lock().remove(&first);
    let why = parts.world.try_restarted(PACK, |_| {}).await.err().unwrap().to_string();
    assert!(why.contains("is gone"), "{why}");
}

#[tokio::test]
async fn a_certificate_that_its_point_revoked_cannot_be_enrolled() {
    let parts = Parts::new().await;
    let person = Person::new(&parts.world.authority, 9).at_point(&parts.world.authority, ONE);
    parts.push(parts.list(ONE, vec![parts.revoked(&person)])).await;
    assert!(person.enrol(&parts.world).await.is_err());
}
