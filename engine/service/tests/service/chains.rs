//! What a check verifies, counted.

use crate::support::{Person, World};
use simbind_evidence::signature::count;
use simbind_rules::Verdict;

#[tokio::test]
async fn a_repeated_login_verifies_two_signatures_and_nothing_else() {
    let world = World::new().await;
    let person = Person::new(&world.authority, 1);
    person.enrol(&world).await.unwrap();
    for request in ["c1", "c2", "c3"] {
        let check = person.login(&world.engine, request);
        let before = count::so_far();
        let decision = world.engine.check(&check).await.unwrap();
        assert_eq!(decision.verdict, Verdict::Allow);
        assert_eq!(count::so_far() - before, 2, "the certificate's signature and the handset's");
        let again = world.engine.check(&check).await.unwrap();
        assert_eq!((again.id, count::so_far() - before), (decision.id, 2), "the same request");
    }
}

#[tokio::test]
async fn the_chain_of_a_certificate_that_is_not_bound_is_verified_once() {
    let world = World::new().await;
    let person = Person::new(&world.authority, 1);
    for (request, verified) in [("c1", 2), ("c2", 1), ("c3", 1)] {
        let check = person.login(&world.engine, request);
        let before = count::so_far();
        assert_eq!(world.engine.check(&check).await.unwrap().verdict, Verdict::Deny);
        assert_eq!(count::so_far() - before, verified, "{request}");
    }
    let before = count::so_far();
    let asked = person.asked(&world.engine, &world.authority);
    world
        .engine
        .enrol(&crate::support::caller("counter"), &"e".parse().unwrap(), asked)
        .await
        .unwrap();
    let (attestation, proofs) = (2, 2);
    assert_eq!(count::so_far() - before, attestation + proofs, "the chain is known");
}
