use crate::support::{PACK, Person, World, caller};
use simbind_core::ids::SupportCode;
use simbind_rules::Verdict;
use simbind_service::{ServiceError, decisions::Replayed, help::Recording};

const STRICTER: &str = r#"
[[rule]]
id = "nobody"
on = ["login", "tap"]
when = "pin.failures >= 0"
verdict = "deny"
reason = "PIN_LOCKED"
"#;

#[tokio::test]
async fn a_decision_is_found_listed_explained_and_replayed_also_after_the_packs_changed() {
    let world = World::new().await;
    let person = Person::new(&world.authority, 1);
    let id = person.enrol(&world).await.unwrap().binding.id;
    let allowed = world.engine.check(&person.login(&world.engine, "c1")).await.unwrap();
    let mut forged = person.login(&world.engine, "c2");
    forged.signature = None;
    let denied = world.engine.check(&forged).await.unwrap();
    let changed = world.restarted(&format!("{PACK}{STRICTER}")).await;
    for engine in [&world.engine, &changed] {
        for decision in [&allowed, &denied] {
            let (replayed, verdict) = engine.replay(decision.id).await.unwrap();
            assert_eq!((replayed, verdict), (Replayed::Same, decision.verdict));
            assert_eq!(*engine.decision(decision.id).await.unwrap(), **decision);
            let code = SupportCode::of(decision.id);
            let found = engine.of_code(&caller("bank"), code, Recording::Own).await.unwrap();
            assert_eq!(found[0].id, decision.id);
            let explained = engine.explain(decision.id).await.unwrap();
            assert!(!explained.rules.is_empty());
        }
        let (listed, next) = engine.decisions(Some(id), None, 1).await.unwrap();
        assert_eq!((listed[0].id, next), (denied.id, Some(denied.id)), "the newest first");
        let (listed, _) = engine.decisions(Some(id), next, 10).await.unwrap();
        assert_eq!(listed.iter().map(|d| d.id).collect::<Vec<_>>(), [allowed.id]);
    }
    let now = changed.check(&person.login(&changed, "c3")).await.unwrap();
    assert_eq!(now.verdict, Verdict::Deny);
    assert_ne!(now.packs, allowed.packs);
    assert_eq!(changed.replay(now.id).await.unwrap().0, Replayed::Same);
    // The first engine does not serve those packs, and finds them in the ledger.
    assert_eq!(world.engine.replay(now.id).await.unwrap().0, Replayed::Same);
    let nothing = simbind_core::ids::DecisionId::from_bytes([0; 16]);
    assert!(matches!(world.engine.replay(nothing).await, Err(ServiceError::NotFound("decision"))));
}
