//! Changes that were announced, and the same without a word.

use crate::support::{Person, World, caller};
use simbind_core::{
    binding::State,
    ids::BindingId,
    line::{Announcement, Awaited, EventKind, ReissueCause, SuspensionCause},
};
use simbind_rules::{Verdict, facts::BindingState};
use simbind_service::{
    ServiceError,
    ingest::{Message, Tidings},
    ports::store::LedgerKind,
};
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

async fn send(world: &World, id: &str, tidings: Tidings) {
    let (id, carrier) = (id.parse().unwrap(), "docomo".parse().unwrap());
    let message = Message { id, carrier, occurred_at: world.engine.now(), tidings };
    world.engine.ingest(&message).await.unwrap();
}

async fn beat(world: &World) {
    send(world, "beat", Tidings::Heartbeat { horizon_days: 0 }).await;
}

#[tokio::test]
async fn the_line_goes_by_the_number_of_a_sim_that_came_as_announced_for_good() {
    let world = World::new().await;
    let by = caller("counter");
    let (person, id) = enrolled(&world, 1).await;
    world.engine.announce_change(&by, id, to_sim(&world, 101)).await.unwrap();
    world.clock.move_on(HOUR);
    world.tell("e1", &person, reissued(&world, 101)).await.unwrap();
    // The announcement runs out; what came by it stays.
    world.clock.move_on(40 * 24 * HOUR);
    beat(&world).await;
    assert_eq!(person.check(&world.engine, "c1").await.verdict, Verdict::Allow);
    let binding = world.engine.binding(id).await.unwrap().binding;
    let new = Person::new(&world.authority, 101).iccid;
    assert_eq!((binding.sim.present(), binding.sim.iccid), (new, person.iccid));

    let lost = EventKind::LineSuspended { cause: SuspensionCause::Stolen };
    world.tell("e2", &Person::new(&world.authority, 101), lost).await.unwrap();
    let binding = world.engine.binding(id).await.unwrap().binding;
    assert_eq!(binding.state.fact(), BindingState::Held, "the theft is told of the new SIM");
}

#[tokio::test]
async fn a_sim_whose_coming_is_taken_back_is_the_persons_no_more() {
    let world = World::new().await;
    let by = caller("counter");
    let (person, id) = enrolled(&world, 1).await;
    world.engine.announce_change(&by, id, to_sim(&world, 101)).await.unwrap();
    world.clock.move_on(HOUR);
    world.tell("e1", &person, reissued(&world, 101)).await.unwrap();
    let corrected = "e1".parse().unwrap();
    send(&world, "k1", Tidings::Correction { corrected }).await;
    let binding = world.engine.binding(id).await.unwrap().binding;
    assert_eq!(binding.sim.present(), person.iccid);
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
