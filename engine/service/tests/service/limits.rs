use crate::support::{PACK, Person, World, imei};
use simbind_core::line::EventKind;
use simbind_rules::{CheckKind, RuleBook, Verdict};
use simbind_service::{ServiceError, ingest::Kept, ports::store::LedgerKind};

const LOGINS: &str = r#"
[[limit]]
id = "logins-per-certificate"
on = ["login"]
per = ["certificate"]
rate = "6/1m"
burst = 3
reason = "RATE_LIMITED"

[[limit]]
id = "logins-per-handset"
on = ["login"]
per = ["imei"]
rate = "6/1m"
burst = 3
reason = "RATE_LIMITED"
"#;

const EVENTS: &str = r#"
[[limit]]
id = "events-per-feed"
on = ["event"]
per = ["carrier_feed"]
rate = "1/1s"
burst = 2
reason = "RATE_LIMITED"
"#;

#[tokio::test]
async fn whoever_lacks_the_key_cannot_use_up_the_owners_logins() {
    let world = World::with(&format!("{PACK}{LOGINS}"), |_| {}).await;
    let person = Person::new(&world.authority, 1);
    person.enrol(&world).await.unwrap();
    for n in 0..20 {
        let mut forged = person.login(&world.engine, &format!("f{n}"));
        forged.signature.as_mut().unwrap().value[10] ^= 1;
        let denied = world.engine.check(&forged).await.unwrap();
        assert_eq!(denied.limit.is_some(), n >= 3, "{n}");
    }
    for n in 0..4 {
        let check = person.login(&world.engine, &format!("c{n}"));
        let decision = world.engine.check(&check).await.unwrap();
        assert_eq!(decision.verdict == Verdict::Allow, n < 3, "{n}");
        // The same request again is not counted again.
        assert_eq!(world.engine.check(&check).await.unwrap().id, decision.id);
    }
}

#[tokio::test]
async fn a_thief_with_an_own_certificate_cannot_use_up_a_victims_handset_or_certificate() {
    let world = World::with(&format!("{PACK}{LOGINS}"), |_| {}).await;
    let victim = Person::new(&world.authority, 1);
    victim.enrol(&world).await.unwrap();
    let captured = victim.login(&world.engine, "c0");
    assert_eq!(world.engine.check(&captured).await.unwrap().verdict, Verdict::Allow);
    let thief = Person::new(&world.authority, 2);
    thief.enrol(&world).await.unwrap();
    for n in 0..5 {
        let naming =
            thief.login_with(&world.engine, &format!("t{n}"), |check| check.imei = Some(imei(1)));
        world.engine.check(&naming).await.unwrap();
        let mut replayed = captured.clone();
        replayed.request = format!("r{n}").parse().unwrap();
        assert_eq!(world.engine.check(&replayed).await.unwrap().verdict, Verdict::Deny);
    }
    for n in 1..3 {
        let check = victim.login(&world.engine, &format!("c{n}"));
        assert_eq!(world.engine.check(&check).await.unwrap().verdict, Verdict::Allow, "{n}");
    }
}

#[tokio::test]
async fn a_feed_over_its_limit_is_told_when_to_come_back_and_loses_nothing() {
    let world = World::with(&format!("{PACK}{EVENTS}"), |_| {}).await;
    let person = Person::new(&world.authority, 1);
    let before = world.store.all(LedgerKind::State).await.len();
    let message =
        |n: usize| world.message("docomo", &format!("e{n}"), &person, EventKind::ImsiChanged);
    let messages: Vec<_> = (0..5).map(message).collect();
    let mut waits = 0;
    for message in &messages {
        loop {
            match world.engine.ingest(message).await {
                Ok(receipt) => {
                    assert_eq!(receipt.kept, Kept::UnknownLine);
                    break;
                }
                Err(ServiceError::Busy { retry_after }) => {
                    waits += 1;
                    world.clock.move_on(retry_after);
                }
                Err(other) => panic!("{other:?}"),
            }
        }
    }
    assert_eq!(waits, 3, "two at once, then one each second");
    assert_eq!(world.store.all(LedgerKind::State).await.len(), before + 5);
    // Another carrier's feed has its own.
    let other = world.message("kddi", "e1", &person, EventKind::ImsiChanged);
    assert!(world.engine.ingest(&other).await.is_ok());
}

#[test]
fn the_limits_that_ship_leave_room_for_a_carriers_load() {
    let book = RuleBook::compile(&RuleBook::shipped_sources()).unwrap();
    for pack in book.packs() {
        let chain = book.chain_of_pack(&pack.id).unwrap();
        for limit in book.event_limits(chain) {
            let per_second = f64::from(limit.count) / limit.period.as_secs_f64();
            assert!(per_second >= 100_000.0, "{} in {}", limit.id, pack.id);
        }
        assert!(!book.limits(chain, CheckKind::Login).is_empty(), "{}", pack.id);
    }
}
