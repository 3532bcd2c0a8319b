//! Changes that were announced, and the same without a word.

use crate::support::{Person, World, caller};
use simbind_core::{
    binding::State,
    ids::BindingId,
    line::{Announcement, Awaited, EventKind, ReissueCause},
};
use simbind_rules::{Verdict, facts::BindingState};
use simbind_service::{ServiceError, ports::store::LedgerKind};
use std::time::Duration;

const HOUR: Duration = Duration::from_secs(3600);

async fn enrolled(world: &World, serial: u32) -> (Person, BindingId) {
    let person = Person::new(&world.authority, serial);
    let id = person.enrol(world).await.unwrap().binding.id;
    world.clock.move_on(HOUR);
    (person, id)
}

fn to_sim(world: &World, serial: u32) -> Announcement {
    let iccid = Some(Person::new(&world.authority, serial).iccid);
    let until = world.engine.now().plus(24 * HOUR);
    Announcement { what: Awaited::Sim { iccid, eid: None }, until }
}

fn reissued(world: &World, serial: u32) -> EventKind {
    let new_iccid = Some(Person::new(&world.authority, serial).iccid);
    EventKind::SimReissued { new_iccid, cause: ReissueCause::Broken }
}

#[tokio::test]
async fn a_reissue_as_a_counter_announced_it_suspends_nothing_and_any_other_does() {
    let world = World::new().await;
    let by = caller("counter");
    let mut states = Vec::new();
    for serial in 1..=5 {
        let (person, id) = enrolled(&world, serial).await;
        let announcement = to_sim(&world, 100 + serial);
        match serial {
            // At a counter, as it comes; and for another SIM.
            1 | 2 => {
                world.engine.announce_change(&by, id, announcement).await.unwrap();
            }
            // By the shop, through the carrier.
            3 => {
                let kind = EventKind::ChangeAnnounced(announcement);
                world.tell("a3", &person, kind).await.unwrap();
            }
            // By nobody, and after it was learned.
            _ => {}
        }
        world.clock.move_on(HOUR);
        let new = if serial == 2 { 999 } else { 100 + serial };
        world.tell(&format!("e{serial}"), &person, reissued(&world, new)).await.unwrap();
        if serial == 5 {
            world.engine.announce_change(&by, id, announcement).await.unwrap();
        }
        let check = person.check(&world.engine, &format!("c{serial}")).await;
        let state = world.engine.binding(id).await.unwrap().binding.state.fact();
        states.push((state, check.verdict == Verdict::Allow));
    }
    use BindingState::{Active, Suspended};
    let suspended = (Suspended, false);
    assert_eq!(states, [(Active, true), suspended, suspended, suspended, suspended]);
}

#[tokio::test]
async fn an_announcement_comes_twice_is_bounded_and_outlives_a_restart() {
    let world = World::new().await;
    let (person, id) = enrolled(&world, 1).await;
    let by = caller("counter");
    let announcement = to_sim(&world, 101);
    let first = world.engine.announce_change(&by, id, announcement).await.unwrap();
    let written = world.store.all(LedgerKind::State).await.len();
    let again = world.engine.announce_change(&by, id, announcement).await.unwrap();
    assert_eq!((first.version, first.binding), (again.version, again.binding));
    assert_eq!(world.store.all(LedgerKind::State).await.len(), written);
    let too_long = Announcement { until: world.engine.now().plus(31 * 24 * HOUR), ..announcement };
    let refused = world.engine.announce_change(&by, id, too_long).await.unwrap_err();
    assert!(matches!(refused, ServiceError::Invalid { .. }), "{refused:?}");
    for serial in 102..=108 {
        world.engine.announce_change(&by, id, to_sim(&world, serial)).await.unwrap();
    }
    let many = world.engine.announce_change(&by, id, to_sim(&world, 109)).await.unwrap_err();
    assert!(matches!(many, ServiceError::Refused(_)), "{many:?}");
    let restarted = world.restarted(crate::support::PACK).await;
    world.clock.move_on(HOUR);
    let message = world.message("docomo", "e1", &person, reissued(&world, 101));
    restarted.ingest(&message).await.unwrap();
    assert_eq!(restarted.binding(id).await.unwrap().binding.state, State::Active);
}

#[tokio::test]
async fn an_ended_binding_awaits_nothing() {
    let world = World::new().await;
    let (person, id) = enrolled(&world, 1).await;
    world.tell("e1", &person, EventKind::ContractEnded).await.unwrap();
    let announcement = to_sim(&world, 101);
    let refused = world.engine.announce_change(&caller("counter"), id, announcement).await;
    assert!(matches!(refused, Err(ServiceError::Refused(_))), "{refused:?}");
}
