use super::{model_change, next, renew, renewal, sim_change, verdict};
use crate::support::{Person, World, caller};
use simbind_core::{
    binding::{End, LifecycleReason as Why, Serving, Sim, State},
    line::{EventKind, LineName},
};
use simbind_rules::Verdict;
use simbind_service::{
    ServiceError,
    ingest::{Message, Tidings},
    ports::store::LedgerKind,
};
use std::time::Duration;

const HOUR: Duration = Duration::from_secs(3600);

#[tokio::test]
async fn a_new_handset_takes_the_old_ones_place_in_one_entry_and_no_moment_has_two_or_none() {
    let world = World::new().await;
    let person = Person::new(&world.authority, 1);
    let old = person.enrol(&world).await.unwrap().binding.id;
    let next = next(&world, &person, 2);
    world.clock.move_on(HOUR);
    let written = world.store.all(LedgerKind::State).await.len();
    let asked = model_change(&world, old, &next);
    let (by, request) = (caller("counter"), "model-1".parse().unwrap());
    let new = world.engine.replace_handset(&by, &request, asked.clone()).await.unwrap().binding;
    assert_eq!(world.store.all(LedgerKind::State).await.len(), written + 1, "one entry");
    let before = world.engine.binding(old).await.unwrap().binding;
    assert_eq!(before.state, State::Ended { end: End::Superseded, why: Why::ModelChanged });
    assert_eq!(verdict(&world, &next, "c1").await.0, Verdict::Allow);
    let (denied, why) = verdict(&world, &person, "c2").await;
    assert_eq!((denied, &*why), (Verdict::Deny, "BINDING_SUPERSEDED"));
    let again = world.engine.replace_handset(&by, &request, asked).await.unwrap().binding;
    assert_eq!(again.id, new.id, "a lost reply");
}

#[tokio::test]
async fn a_lost_phone_is_replaced_in_person_while_it_is_held() {
    let world = World::new().await;
    let person = Person::new(&world.authority, 1);
    let old = person.enrol(&world).await.unwrap().binding.id;
    let by = caller("counter");
    world.engine.hold(&by, old, Why::Lost).await.unwrap();
    let next = next(&world, &person, 2);
    let asked = model_change(&world, old, &next);
    let request = "model-1".parse().unwrap();
    let new = world.engine.replace_handset(&by, &request, asked).await.unwrap().binding;
    assert_eq!((new.state, new.held), (State::Active, None));
    assert_eq!(verdict(&world, &next, "c1").await.0, Verdict::Allow);
}

#[tokio::test]
async fn a_replacement_ends_an_overlap_that_is_not_over() {
    let world = World::new().await;
    let person = Person::new(&world.authority, 1);
    let first = person.enrol(&world).await.unwrap().binding.id;
    let two = next(&world, &person, 2);
    let second = renew(&world, "renew-1", renewal(first, &two)).await.unwrap().binding.id;
    let three = next(&world, &person, 3);
    let asked = model_change(&world, second, &three);
    let (by, request) = (caller("counter"), "model-1".parse().unwrap());
    world.engine.replace_handset(&by, &request, asked).await.unwrap();
    for id in [first, second] {
        let state = world.engine.binding(id).await.unwrap().binding.state;
        assert!(matches!(state, State::Ended { end: End::Superseded, .. }), "{state:?}");
    }
}

#[tokio::test]
async fn with_another_carrier_the_old_one_speaks_no_more() {
    let world = World::new().await;
    let mut person = Person::new(&world.authority, 1);
    let mut asked = person.asked(&world.engine, &world.authority);
    let number: simbind_core::ids::Msisdn = "+819012345678".parse().unwrap();
    asked.sim.msisdn = Some(number);
    let asked = person.proves(asked);
    let (by, request) = (caller("counter"), "enrol-1".parse().unwrap());
    let old = world.engine.enrol(&by, &request, asked).await.unwrap().binding.id;
    world.clock.move_on(HOUR);
    let other = Person::new(&world.authority, 2);
    let mut next = next(&world, &person, 3);
    next.iccid = other.iccid;
    let sim = Sim {
        arrived: Vec::new(),
        iccid: next.iccid,
        eid: None,
        serving: Serving { carrier: "kddi".parse().unwrap(), host: None },
        line_ref: None,
        msisdn: Some(number),
    };
    let change = sim_change(old, &next, sim);
    let request = "port-1".parse().unwrap();
    let new = world.engine.replace_sim(&by, &request, change).await.unwrap().binding;
    std::mem::swap(&mut person.phone, &mut next.phone);
    world.clock.move_on(HOUR);
    let told = |carrier: &str, id: &str, kind| Message {
        id: id.parse().unwrap(),
        carrier: carrier.parse().unwrap(),
        occurred_at: world.engine.now(),
        tidings: Tidings::Happened { line: LineName::Msisdn(number), kind },
    };
    // Late, and with another time than the port's: the old carrier's word on its old line.
    for (id, kind) in [("e1", EventKind::PortedOut), ("e2", EventKind::ContractEnded)] {
        world.engine.ingest(&told("docomo", id, kind)).await.unwrap();
    }
    assert_eq!(world.engine.binding(new.id).await.unwrap().binding.state, State::Active);
    assert_eq!(verdict(&world, &next, "c1").await.0, Verdict::Allow);
    // The new one's does.
    world.engine.ingest(&told("kddi", "e3", EventKind::ContractEnded)).await.unwrap();
    let state = world.engine.binding(new.id).await.unwrap().binding.state;
    assert!(matches!(state, State::Ended { .. }), "{state:?}");
}

#[tokio::test]
async fn from_an_mvno_to_its_host_the_port_itself_harms_nothing() {
    let world = World::new().await;
    let person = Person::new(&world.authority, 1);
    let mut asked = person.asked(&world.engine, &world.authority);
    let number: simbind_core::ids::Msisdn = "+819012345678".parse().unwrap();
    asked.sim.msisdn = Some(number);
    asked.sim.serving = Serving { carrier: "aqua-mobile".parse().unwrap(), host: None };
    let asked = person.proves(asked);
    let (by, request) = (caller("counter"), "enrol-1".parse().unwrap());
    let old = world.engine.enrol(&by, &request, asked).await.unwrap().binding.id;
    let ported_at = world.engine.now();
    world.clock.move_on(HOUR);
    let next = next(&world, &person, 2);
    let sim = Sim {
        arrived: Vec::new(),
        iccid: Person::new(&world.authority, 5).iccid,
        eid: None,
        serving: Serving { carrier: "docomo".parse().unwrap(), host: None },
        line_ref: None,
        msisdn: Some(number),
    };
    let change = sim_change(old, &next, sim);
    let request = "port-1".parse().unwrap();
    let new = world.engine.replace_sim(&by, &request, change).await.unwrap().binding.id;
    // The host speaks of both lines, and of this one by the number: what happened before the proof.
    let message = Message {
        id: "e1".parse().unwrap(),
        carrier: "docomo".parse().unwrap(),
        occurred_at: ported_at,
        tidings: Tidings::Happened { line: LineName::Msisdn(number), kind: EventKind::PortedOut },
    };
    world.engine.ingest(&message).await.unwrap();
    assert_eq!(world.engine.binding(new).await.unwrap().binding.state, State::Active);
}

#[tokio::test]
async fn an_unknown_carrier_and_a_bound_certificate_are_refused() {
    let world = World::new().await;
    let person = Person::new(&world.authority, 1);
    let old = person.enrol(&world).await.unwrap().binding;
    let next = next(&world, &person, 2);
    let mut sim = old.sim.clone();
    sim.iccid = Person::new(&world.authority, 5).iccid;
    let by = caller("counter");
    let mut nobody = sim.clone();
    nobody.serving.carrier = "nobody".parse().unwrap();
    let change = sim_change(old.id, &next, nobody);
    let refused = world.engine.replace_sim(&by, &"r1".parse().unwrap(), change).await.unwrap_err();
    let named = "sim.serving.carrier_id";
    assert!(
        matches!(&refused, ServiceError::Invalid { field, .. } if field == named),
        "{refused:?}"
    );
    let other = Person::new(&world.authority, 3);
    other.enrol(&world).await.unwrap();
    let change = sim_change(old.id, &other, sim);
    let refused = world.engine.replace_sim(&by, &"r2".parse().unwrap(), change).await;
    assert!(matches!(refused, Err(ServiceError::Exists(_))), "{refused:?}");
    assert_eq!(world.engine.binding(old.id).await.unwrap().binding, old, "nothing was written");
}

#[tokio::test]
async fn what_becomes_of_an_old_handset_says_nothing_of_the_new_one() {
    let world = World::new().await;
    let person = Person::new(&world.authority, 1);
    let first = person.enrol(&world).await.unwrap().binding.id;
    let two = next(&world, &person, 2);
    let second = renew(&world, "renew-1", renewal(first, &two)).await.unwrap().binding.id;
    let three = next(&world, &person, 3);
    let asked = model_change(&world, second, &three);
    let (by, request) = (caller("counter"), "model-1".parse().unwrap());
    let new = world.engine.replace_handset(&by, &request, asked).await.unwrap().binding.id;
    for old in [first, second] {
        for end in [Why::Disposed, Why::Owner] {
            let over = world.engine.revoke(&by, old, end).await;
            assert!(matches!(over, Err(ServiceError::Refused(_))), "{over:?}");
        }
        assert!(world.engine.hold(&by, old, Why::Lost).await.is_err());
        assert_eq!(world.engine.binding(new).await.unwrap().binding.state, State::Active);
    }
}
