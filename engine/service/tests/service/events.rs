use crate::support::{Person, World, imei};
use simbind_core::{
    binding::Serving,
    line::{EventKind, LineName, ReissueCause},
};
use simbind_rules::facts::{HandsetLatch, LineLatch, SimLatch};
use simbind_service::{
    ServiceError,
    ingest::{Flag, Kept, Message, Tidings},
    ledger::EventRow,
    ports::store::LedgerKind,
};
use std::time::Duration;

const REISSUED: EventKind = EventKind::SimReissued { new_iccid: None, cause: ReissueCause::Unsaid };
const HOUR: Duration = Duration::from_secs(3600);

fn correction(id: &str, of: &str, world: &World) -> Message {
    Message {
        id: id.parse().unwrap(),
        carrier: "docomo".parse().unwrap(),
        occurred_at: world.engine.now(),
        tidings: Tidings::Correction { corrected: of.parse().unwrap() },
    }
}

#[tokio::test]
async fn an_event_is_applied_once_and_again_is_a_duplicate() {
    let world = World::new().await;
    let person = Person::new(&world.authority, 1);
    let id = person.enrol(&world).await.unwrap().binding.id;
    world.clock.move_on(HOUR);
    let message = world.message("docomo", "e1", &person, REISSUED);
    let first = world.engine.ingest(&message).await.unwrap();
    assert_eq!((first.kept, first.flags.as_slice()), (Kept::Applied, [].as_slice()));
    let written = world.store.all(LedgerKind::State).await.len();
    for engine in [world.engine.clone(), world.restarted(crate::support::PACK).await] {
        let again = engine.ingest(&message).await.unwrap();
        assert_eq!((again.kept, again.position), (Kept::Duplicate, first.position));
    }
    assert_eq!(world.store.all(LedgerKind::State).await.len(), written);
    assert_eq!(world.view(id).await.sim_latch, SimLatch::Reissued);
}

#[tokio::test]
async fn the_same_number_with_another_content_is_kept_flagged_and_without_effect() {
    let world = World::new().await;
    let person = Person::new(&world.authority, 1);
    let id = person.enrol(&world).await.unwrap().binding.id;
    world.clock.move_on(HOUR);
    world.tell("e1", &person, REISSUED).await.unwrap();
    let before = world.view(id).await;
    let reused = world.tell("e1", &person, EventKind::PortedOut).await.unwrap();
    assert_eq!(reused.kept, Kept::IdReused);
    assert_eq!(world.view(id).await, before);
    let again = world.tell("e1", &person, EventKind::PortedOut).await.unwrap();
    assert_eq!((again.kept, again.position), (Kept::IdReused, reused.position), "written once");
}

#[tokio::test]
async fn many_contents_under_one_number_are_refused_in_the_end() {
    let world = World::new().await;
    let person = Person::new(&world.authority, 1);
    world.tell("e1", &person, REISSUED).await.unwrap();
    for _ in 0..EventRow::MOST_REUSED {
        world.clock.move_on(Duration::from_secs(1));
        let reused = world.tell("e1", &person, EventKind::PortedOut).await.unwrap();
        assert_eq!(reused.kept, Kept::IdReused);
    }
    world.clock.move_on(Duration::from_secs(1));
    let refused = world.tell("e1", &person, EventKind::PortedOut).await;
    assert!(matches!(refused, Err(ServiceError::Invalid { .. })), "{refused:?}");
}

#[tokio::test]
async fn an_event_at_once_from_two_streams_is_applied_once() {
    let world = World::new().await;
    let person = Person::new(&world.authority, 1);
    let message = world.message("docomo", "e1", &person, REISSUED);
    let (one, two) = tokio::join!(world.engine.ingest(&message), world.engine.ingest(&message));
    let mut kept = [one.unwrap().kept, two.unwrap().kept];
    kept.sort_by_key(|kept| *kept == Kept::Duplicate);
    assert_eq!(kept, [Kept::UnknownLine, Kept::Duplicate]);
}

#[tokio::test]
async fn an_event_of_an_unknown_line_is_kept_and_seen_by_a_binding_that_comes_later() {
    let world = World::new().await;
    let person = Person::new(&world.authority, 1);
    let mut message = world.message("docomo", "e1", &person, REISSUED);
    message.occurred_at = world.engine.now().plus(Duration::from_secs(200));
    assert_eq!(world.engine.ingest(&message).await.unwrap().kept, Kept::UnknownLine);
    let id = person.enrol(&world).await.unwrap().binding.id;
    assert_eq!(world.view(id).await.sim_latch, SimLatch::Reissued, "it happened after the proof");
    // What happened before the person was proved does not count.
    let other = Person::new(&world.authority, 2);
    world.tell("e2", &other, REISSUED).await.unwrap();
    world.clock.move_on(HOUR);
    let id = other.enrol(&world).await.unwrap().binding.id;
    assert_eq!(world.view(id).await.sim_latch, SimLatch::Clear);
}

#[tokio::test]
async fn a_correction_takes_an_event_back_whichever_comes_first() {
    let world = World::new().await;
    for (serial, correction_first) in [(1, false), (2, true)] {
        let person = Person::new(&world.authority, serial);
        let id = person.enrol(&world).await.unwrap().binding.id;
        world.clock.move_on(HOUR);
        let event = world.message("docomo", &format!("e{serial}"), &person, REISSUED);
        let taken_back = correction(&format!("c{serial}"), &format!("e{serial}"), &world);
        let (first, second) =
            if correction_first { (&taken_back, &event) } else { (&event, &taken_back) };
        world.engine.ingest(first).await.unwrap();
        let latch = if correction_first { SimLatch::Clear } else { SimLatch::Reissued };
        assert_eq!(world.view(id).await.sim_latch, latch);
        world.engine.ingest(second).await.unwrap();
        assert_eq!(world.view(id).await.sim_latch, SimLatch::Clear, "{correction_first}");
    }
}

#[tokio::test]
async fn a_late_event_lands_in_its_place_and_odd_ones_are_flagged() {
    let world = World::new().await;
    let person = Person::new(&world.authority, 1);
    let id = person.enrol(&world).await.unwrap().binding.id;
    let suspended_at = world.engine.now().plus(HOUR);
    world.clock.move_on(3 * HOUR);
    world.tell("e1", &person, EventKind::LineResumed).await.unwrap();
    let mut late = world.message(
        "docomo",
        "e2",
        &person,
        EventKind::LineSuspended { cause: simbind_core::line::SuspensionCause::Lost },
    );
    late.occurred_at = suspended_at;
    let receipt = world.engine.ingest(&late).await.unwrap();
    assert_eq!(receipt.flags, [Flag::Late]);
    let view = world.view(id).await;
    assert_eq!(view.sim_state, simbind_rules::facts::SimState::Active, "resumed after it");
    let mut future = world.message("docomo", "e3", &person, EventKind::ImsiChanged);
    future.occurred_at = world.engine.now().plus(HOUR);
    assert_eq!(world.engine.ingest(&future).await.unwrap().flags, [Flag::Future]);
    let mut ancient = world.message("docomo", "e4", &person, EventKind::ImsiChanged);
    ancient.occurred_at = simbind_core::time::Timestamp::EPOCH;
    let flags = world.engine.ingest(&ancient).await.unwrap().flags;
    assert_eq!(flags, [Flag::Late, Flag::Ancient]);
}

#[tokio::test]
async fn a_carrier_speaks_only_for_the_lines_that_it_serves() {
    let world = World::new().await;
    let person = Person::new(&world.authority, 1);
    let id = person.enrol(&world).await.unwrap().binding.id;
    world.clock.move_on(HOUR);
    let foreign = world.message("kddi", "e1", &person, EventKind::PortedOut);
    assert_eq!(world.engine.ingest(&foreign).await.unwrap().kept, Kept::UnknownLine);
    let taken_back = Message { carrier: "kddi".parse().unwrap(), ..correction("c1", "e2", &world) };
    world.engine.ingest(&taken_back).await.unwrap();
    world.tell("e2", &person, EventKind::HandsetChanged { imei: imei(77) }).await.unwrap();
    let view = world.view(id).await;
    assert_eq!((view.line_latch, view.handset_latch), (LineLatch::Clear, HandsetLatch::Foreign));
    let nobody = world.message("nobody", "e1", &person, EventKind::PortedOut);
    let refused = world.engine.ingest(&nobody).await.unwrap_err();
    assert!(matches!(refused, ServiceError::Invalid { .. }));
}

#[tokio::test]
async fn a_light_mvnos_host_speaks_for_the_line_too() {
    let world = World::new().await;
    let person = Person::new(&world.authority, 1);
    let mut asked = person.asked(&world.engine, &world.authority);
    let by = crate::support::caller("counter");
    let kddi = Some("kddi".parse().unwrap());
    asked.sim.serving = Serving { carrier: "aqua-mobile".parse().unwrap(), host: kddi };
    let mistyped = world.engine.enrol(&by, &"r0".parse().unwrap(), asked.clone()).await;
    assert!(matches!(mistyped, Err(ServiceError::Invalid { .. })), "{mistyped:?}");
    asked.sim.serving.host = None;
    let asked = person.proves(asked);
    let id = world.engine.enrol(&by, &"r1".parse().unwrap(), asked).await.unwrap().binding.id;
    world.clock.move_on(HOUR);
    let told = world.tell("e1", &person, EventKind::ImsiChanged).await.unwrap();
    assert_eq!(told.kept, Kept::Applied);
    assert_eq!(world.view(id).await.sim_latch, SimLatch::ImsiChanged);
}

#[tokio::test]
async fn a_heartbeat_makes_a_feed_healthy_and_says_how_far_it_sees() {
    use simbind_rules::facts::FeedHealth;
    let world = World::new().await;
    let carrier = "docomo".parse().unwrap();
    let health = |engine: &crate::support::TestEngine| engine.feed(&carrier).unwrap().health;
    assert_eq!(health(&world.engine), FeedHealth::Silent);
    let heartbeat = Message {
        tidings: Tidings::Heartbeat { horizon_days: 30 },
        ..correction("h1", "x", &world)
    };
    world.engine.ingest(&heartbeat).await.unwrap();
    assert_eq!(health(&world.engine), FeedHealth::Healthy);
    let restarted = world.restarted(crate::support::PACK).await;
    let feed = restarted.feed(&carrier).unwrap();
    assert_eq!((feed.health, feed.horizon), (FeedHealth::Healthy, 30 * 24 * HOUR));
    world.clock.move_on(2 * HOUR);
    assert_eq!(health(&world.engine), FeedHealth::Lagging);
    world.clock.move_on(24 * HOUR);
    assert_eq!(health(&world.engine), FeedHealth::Silent);
}

#[tokio::test]
async fn an_event_by_the_carriers_own_reference_or_number_reaches_the_binding() {
    let world = World::new().await;
    let names = [
        LineName::LineRef("L-1".parse().unwrap()),
        LineName::Msisdn("+819012345678".parse().unwrap()),
    ];
    for (serial, name) in (1..).zip(names) {
        let person = Person::new(&world.authority, serial);
        let mut asked = person.asked(&world.engine, &world.authority);
        match &name {
            LineName::LineRef(line) => asked.sim.line_ref = Some(line.clone()),
            LineName::Msisdn(msisdn) => asked.sim.msisdn = Some(*msisdn),
            LineName::Iccid(_) => {}
        }
        let asked = person.proves(asked);
        let request = format!("r{serial}").parse().unwrap();
        let by = crate::support::caller("counter");
        let id = world.engine.enrol(&by, &request, asked).await.unwrap().binding.id;
        world.clock.move_on(HOUR);
        let message = Message {
            tidings: Tidings::Happened { line: name, kind: EventKind::ContractEnded },
            ..correction(&format!("e{serial}"), "x", &world)
        };
        assert_eq!(world.engine.ingest(&message).await.unwrap().kept, Kept::Applied);
        assert_eq!(world.view(id).await.line_latch, LineLatch::Ended);
    }
}

#[tokio::test]
async fn events_of_one_used_number_about_a_line_that_nobody_knows_take_one_key() {
    use simbind_service::ledger::{StateEntry, decode_state};
    let world = World::new().await;
    let (person, stranger) = (Person::new(&world.authority, 1), Person::new(&world.authority, 2));
    world.tell("e1", &person, REISSUED).await.unwrap();
    for _ in 0..3 {
        let reused = world.tell("e1", &stranger, EventKind::PortedOut).await.unwrap();
        assert_eq!(reused.kept, Kept::IdReused);
        world.clock.move_on(Duration::from_secs(1));
    }
    let written = world.store.all(LedgerKind::State).await;
    let keys: std::collections::HashSet<_> = written
        .iter()
        .filter_map(|entry| match decode_state(&entry.entry).unwrap() {
            StateEntry::EventReused(event) => Some(event.text.key),
            _ => None,
        })
        .collect();
    assert_eq!(keys.len(), 1);
    // What was kept without effect has none when the line is enrolled.
    let id = stranger.enrol(&world).await.unwrap().binding.id;
    assert_eq!(world.view(id).await.line_latch, LineLatch::Clear);
}
