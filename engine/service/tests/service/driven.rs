//! What carriers tell drives the bindings of the line, in the entry that keeps the event.

use crate::support::{PACK, Person, World, caller, imei, reproved};
use simbind_core::{
    binding::{LifecycleReason as Why, State},
    ids::{BindingId, RequestId},
    line::{EventKind, LineName, ReissueCause, SuspensionCause},
};
use simbind_rules::{Verdict, facts::BindingState};
use simbind_service::{
    ingest::{Kept, Message, Tidings},
    ledger::{IndexProjection, LineRow, StateEntry, decode_state},
    ports::store::{Append, LedgerKind, Projection, Store as _},
};
use simbind_store::MemoryStore;
use std::{sync::Arc, time::Duration};

const HOUR: Duration = Duration::from_secs(3600);
const REISSUED: EventKind = EventKind::SimReissued { new_iccid: None, cause: ReissueCause::Unsaid };
const STOLEN: EventKind = EventKind::LineSuspended { cause: SuspensionCause::Stolen };

async fn fact(world: &World, id: BindingId) -> BindingState {
    world.engine.binding(id).await.unwrap().binding.state.fact()
}

fn correction(world: &World, id: &str, of: &str) -> Message {
    Message {
        id: id.parse().unwrap(),
        carrier: "docomo".parse().unwrap(),
        occurred_at: world.engine.now(),
        tidings: Tidings::Correction { corrected: of.parse().unwrap() },
    }
}

async fn enrolled(world: &World, serial: u32) -> (Person, BindingId) {
    let person = Person::new(&world.authority, serial);
    let id = person.enrol(world).await.unwrap().binding.id;
    world.clock.move_on(HOUR);
    (person, id)
}

#[tokio::test]
async fn a_loss_holds_an_end_ends_and_a_reissue_suspends_in_the_entry_that_keeps_the_event() {
    let world = World::new().await;
    let table = [
        (STOLEN, BindingState::Held, "BINDING_HELD"),
        (EventKind::ContractEnded, BindingState::Revoked, "BINDING_REVOKED"),
        (EventKind::IccidRecycled, BindingState::Revoked, "BINDING_REVOKED"),
        (REISSUED, BindingState::Suspended, "BINDING_SUSPENDED"),
        (EventKind::PortedOut, BindingState::Suspended, "BINDING_SUSPENDED"),
    ];
    for (serial, (kind, state, reason)) in (1..).zip(table) {
        let (person, id) = enrolled(&world, serial).await;
        let written = world.store.all(LedgerKind::State).await.len();
        world.tell(&format!("e{serial}"), &person, kind.clone()).await.unwrap();
        assert_eq!(fact(&world, id).await, state, "{kind:?}");
        assert_eq!(world.store.all(LedgerKind::State).await.len(), written + 1, "one entry");
        let check = person.check(&world.engine, &format!("c{serial}")).await;
        assert_eq!(check.reasons[0], reason, "{kind:?}");
        match state {
            BindingState::Suspended => assert!(matches!(check.verdict, Verdict::StepUp(_))),
            _ => assert_eq!(check.verdict, Verdict::Deny),
        }
    }
}

/// An entry is whole on disk or not there. So after each entry, and whatever was killed between two of
/// them, the line's history and the binding say the same.
#[tokio::test]
async fn no_end_of_the_ledger_has_an_event_without_what_it_did() {
    let world = World::new().await;
    let (person, id) = enrolled(&world, 1).await;
    world.tell("e1", &person, REISSUED).await.unwrap();
    world.tell("e2", &person, STOLEN).await.unwrap();
    world.engine.ingest(&correction(&world, "c1", "e2")).await.unwrap();
    world.tell("e3", &person, EventKind::ContractEnded).await.unwrap();
    world.engine.ingest(&correction(&world, "c2", "e3")).await.unwrap();
    world.engine.ingest(&correction(&world, "c3", "e1")).await.unwrap();
    let entries = world.store.all(LedgerKind::State).await;
    let told = entries.iter().filter(|entry| {
        matches!(
            decode_state(&entry.entry).unwrap(),
            StateEntry::EventDrove { .. } | StateEntry::CorrectionDrove { .. }
        )
    });
    assert_eq!(told.count(), 6);
    let projection: Arc<dyn Projection> = Arc::new(IndexProjection::new(world.shared_vault()));
    let mut seen = Vec::new();
    for end in 1..=entries.len() {
        let now = world.engine.now();
        let store = MemoryStore::new(Arc::clone(&projection), Arc::new(move || now));
        for entry in &entries[..end] {
            let append = Append { entry: entry.entry[..].into(), expect: Vec::new() };
            store.append(LedgerKind::State, append).await.unwrap();
        }
        let engine = world.over(store).await;
        let Ok(standing) = engine.binding(id).await else { continue };
        let view = engine.line_view(&standing.binding).await.unwrap();
        let suspended = view.sim_state == simbind_rules::facts::SimState::Suspended;
        let ended = view.sim_state == simbind_rules::facts::SimState::Ended;
        let reissued = view.sim_latch == simbind_rules::facts::SimLatch::Reissued;
        let expected = match (ended, suspended, reissued) {
            (true, _, _) => BindingState::Revoked,
            (_, true, _) => BindingState::Held,
            (_, _, true) => BindingState::Suspended,
            _ => BindingState::Active,
        };
        assert_eq!(standing.binding.state.fact(), expected, "after {end} entries");
        seen.push(expected);
    }
    use BindingState::{Active, Held, Revoked, Suspended};
    seen.dedup();
    assert_eq!(seen, [Active, Suspended, Held, Suspended, Revoked, Suspended, Active]);
    // What serves and what is made anew from the ledger are the same.
    assert_eq!(fact(&world, id).await, Active);
}

#[tokio::test]
async fn an_event_and_its_correction_come_twice_and_in_either_order_and_leave_what_was() {
    let world = World::new().await;
    for (serial, kind) in (1..).zip([STOLEN, REISSUED, EventKind::ContractEnded]) {
        let (person, id) = enrolled(&world, serial).await;
        let before = world.engine.binding(id).await.unwrap().binding;
        let event = world.message("docomo", &format!("e{serial}"), &person, kind.clone());
        let back = correction(&world, &format!("c{serial}"), &format!("e{serial}"));
        for message in [&event, &event, &back, &back, &event] {
            world.engine.ingest(message).await.unwrap();
        }
        assert_eq!(world.engine.binding(id).await.unwrap().binding, before, "{kind:?}");
        // The correction first.
        let late = world.message("docomo", &format!("l{serial}"), &person, kind);
        let first = correction(&world, &format!("k{serial}"), &format!("l{serial}"));
        world.engine.ingest(&first).await.unwrap();
        world.engine.ingest(&late).await.unwrap();
        assert_eq!(world.engine.binding(id).await.unwrap().binding, before);
        let login = person.check(&world.engine, &format!("g{serial}")).await;
        assert_eq!(login.verdict, Verdict::Allow);
    }
}

#[tokio::test]
async fn all_living_bindings_of_a_line_are_driven_and_nobody_elses() {
    let world = World::new().await;
    let (person, first) = enrolled(&world, 1).await;
    let second = Person::new(&world.authority, 2);
    let mut asked = second.asked(&world.engine, &world.authority);
    asked.sim.iccid = person.iccid;
    let asked = second.proves(asked);
    let request: RequestId = "r2".parse().unwrap();
    let by = caller("counter");
    let second = world.engine.enrol(&by, &request, asked).await.unwrap().binding.id;
    let (_, other) = enrolled(&world, 3).await;
    world.tell("e1", &person, EventKind::ContractEnded).await.unwrap();
    for (id, state) in [
        (first, BindingState::Revoked),
        (second, BindingState::Revoked),
        (other, BindingState::Active),
    ] {
        assert_eq!(fact(&world, id).await, state);
    }
    world.engine.ingest(&correction(&world, "c1", "e1")).await.unwrap();
    for id in [first, second] {
        assert_eq!(fact(&world, id).await, BindingState::Active);
    }
    // Both are still the line's.
    world.tell("e2", &person, STOLEN).await.unwrap();
    for id in [first, second] {
        assert_eq!(fact(&world, id).await, BindingState::Held);
    }
}

#[tokio::test]
async fn a_carrier_without_authority_and_a_reused_number_do_nothing() {
    let world = World::new().await;
    let (person, id) = enrolled(&world, 1).await;
    let foreign = world.message("kddi", "e1", &person, EventKind::ContractEnded);
    assert_eq!(world.engine.ingest(&foreign).await.unwrap().kept, Kept::UnknownLine);
    world.tell("e1", &person, EventKind::LineResumed).await.unwrap();
    let reused = world.tell("e1", &person, EventKind::ContractEnded).await.unwrap();
    assert_eq!(reused.kept, Kept::IdReused);
    // A SIM that a counter has put another in the place of is not the line's any more.
    let new = Person::new(&world.authority, 9).iccid;
    world.reprove("reprove-1", id, new).await.unwrap();
    world.clock.move_on(HOUR);
    world.tell("e3", &person, EventKind::IccidRecycled).await.unwrap();
    assert_eq!(fact(&world, id).await, BindingState::Active);
    let told = Message {
        id: "e4".parse().unwrap(),
        carrier: "docomo".parse().unwrap(),
        occurred_at: world.engine.now(),
        tidings: Tidings::Happened { line: LineName::Iccid(new), kind: STOLEN },
    };
    world.engine.ingest(&told).await.unwrap();
    assert_eq!(fact(&world, id).await, BindingState::Held);
}

#[tokio::test]
async fn a_clerk_who_comes_first_is_not_overwritten_and_a_correction_leaves_what_they_did() {
    let world = World::new().await;
    let (person, id) = enrolled(&world, 1).await;
    let engine = Arc::clone(&world.engine);
    world.store.before_state(async move {
        engine.hold(&caller("counter"), id, Why::Owner).await.unwrap();
    });
    world.tell("e1", &person, STOLEN).await.unwrap();
    let held = world.engine.binding(id).await.unwrap().binding;
    assert_eq!(held.state, State::held(Why::Stolen), "both are there");
    world.engine.ingest(&correction(&world, "c1", "e1")).await.unwrap();
    assert_eq!(fact(&world, id).await, BindingState::Held, "the clerk's hold stays");
    // A proof that comes between is later than the event.
    let (person, id) = enrolled(&world, 2).await;
    let engine = Arc::clone(&world.engine);
    let (iccid, clock) = (person.iccid, Arc::clone(&world.clock));
    let message = world.message("docomo", "e2", &person, REISSUED);
    world.store.before_state(async move {
        clock.move_on(HOUR);
        reproved(&engine, "reprove-2", id, iccid).await.unwrap();
    });
    world.engine.ingest(&message).await.unwrap();
    assert_eq!(fact(&world, id).await, BindingState::Active);
}

#[tokio::test]
async fn a_binding_whose_certificate_was_bound_anew_does_not_come_back() {
    let world = World::new().await;
    let (person, old) = enrolled(&world, 1).await;
    world.tell("e1", &person, EventKind::ContractEnded).await.unwrap();
    let asked = person.asked(&world.engine, &world.authority);
    let request: RequestId = "again".parse().unwrap();
    let new = world.engine.enrol(&caller("counter"), &request, asked).await.unwrap().binding.id;
    world.engine.ingest(&correction(&world, "c1", "e1")).await.unwrap();
    assert_eq!(fact(&world, old).await, BindingState::Revoked);
    assert_eq!(fact(&world, new).await, BindingState::Active);
    let decision = person.check(&world.engine, "g1").await;
    assert_eq!((decision.verdict, decision.binding), (Verdict::Allow, Some(new)));
}

#[tokio::test]
async fn resuming_a_line_lifts_no_hold_for_loss() {
    let world = World::new().await;
    let (person, id) = enrolled(&world, 1).await;
    world.tell("e1", &person, STOLEN).await.unwrap();
    world.clock.move_on(HOUR);
    world.tell("e2", &person, EventKind::LineResumed).await.unwrap();
    assert_eq!(fact(&world, id).await, BindingState::Held);
}

#[tokio::test]
async fn what_most_carriers_tell_most_is_kept_as_it_was() {
    let world = World::new().await;
    let (person, id) = enrolled(&world, 1).await;
    let before = world.engine.binding(id).await.unwrap().version;
    let own = person.phone.imei;
    let kinds = [
        EventKind::HandsetObserved { imei: own },
        EventKind::HandsetObserved { imei: imei(77) },
        EventKind::HandsetChanged { imei: own },
        EventKind::LineResumed,
    ];
    for (number, kind) in kinds.into_iter().enumerate() {
        world.tell(&format!("e{number}"), &person, kind).await.unwrap();
    }
    let written = world.store.all(LedgerKind::State).await;
    let plain = written
        .iter()
        .filter(|entry| matches!(decode_state(&entry.entry).unwrap(), StateEntry::Event(_)));
    assert_eq!(plain.count(), 4);
    assert_eq!(world.engine.binding(id).await.unwrap().version, before);
    let again = world.restarted(PACK).await;
    assert_eq!(again.binding(id).await.unwrap().version, before);
}

#[test]
fn a_line_keeps_so_many_bindings_and_those_that_are_over_give_way() {
    use simbind_service::{ledger::Stand, ports::vault::KeyId};
    let mut row = LineRow::unbound(KeyId([1; 16]));
    let id = |number: u8| BindingId::from_bytes([number; 16]);
    for number in 0..32 {
        row.note(id(number), Stand::Living);
    }
    row.note(id(7), Stand::Over);
    row.note(id(32), Stand::Living);
    assert_eq!(row.bindings.len(), LineRow::MOST_BINDINGS);
    assert!(row.bindings.iter().all(|known| known.id != id(7)));
    row.note(id(33), Stand::Living);
    assert!(row.bindings.iter().all(|known| known.id != id(0)), "the oldest");
    assert_eq!(row.bindings.len(), LineRow::MOST_BINDINGS);
}

#[tokio::test]
async fn no_more_bindings_come_back_by_a_correction_than_a_person_may_have() {
    let world = World::with(&format!("{PACK}\n[life]\ndevices = 2\n"), |_| {}).await;
    let (person, first) = enrolled(&world, 1).await;
    let again = async |serial: u32| {
        let mut device = Person::new(&world.authority, serial);
        (device.name, device.iccid) = (person.name.clone(), person.iccid);
        let asked = device.asked(&world.engine, &world.authority);
        let request = format!("again-{serial}").parse().unwrap();
        world.engine.enrol(&caller("counter"), &request, asked).await.unwrap().binding.id
    };
    let second = again(2).await;
    world.clock.move_on(HOUR);
    world.tell("e1", &person, EventKind::ContractEnded).await.unwrap();
    world.clock.move_on(HOUR);
    let third = again(3).await;
    world.engine.ingest(&correction(&world, "c1", "e1")).await.unwrap();
    let mut states = vec![fact(&world, first).await, fact(&world, second).await];
    states.sort_by_key(|state| format!("{state:?}"));
    assert_eq!(states, [BindingState::Active, BindingState::Revoked]);
    assert_eq!(fact(&world, third).await, BindingState::Active);
}
