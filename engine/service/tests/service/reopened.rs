//! Decisions that were made before what had happened was known.

use crate::support::{Person, World, caller, imei};
use simbind_core::{
    ids::BindingId,
    line::{EventKind, ReissueCause, SuspensionCause},
};
use simbind_rules::{Severity, Verdict};
use simbind_service::{
    ingest::{Message, Tidings},
    ports::store::LedgerKind,
    reopened::{Asked, Page, Place, Reopened, Sees, Which, Why},
};
use std::time::Duration;

const HOUR: Duration = Duration::from_secs(3600);
const REISSUED: EventKind = EventKind::SimReissued { new_iccid: None, cause: ReissueCause::Unsaid };
const STOLEN: EventKind = EventKind::LineSuspended { cause: SuspensionCause::Stolen };

fn asked(sees: Sees) -> Asked {
    Asked { sees, which: Which::All, learned_from: None, after: None, rows: 100 }
}

async fn all(world: &World) -> Vec<Reopened> {
    world.engine.reopened(&asked(Sees::All)).await.unwrap().rows
}

fn shifts(rows: &[Reopened]) -> Vec<(Severity, Severity)> {
    let shift =
        |row: &Reopened| (row.decision.verdict.severity(), row.now.answer.verdict().severity());
    rows.iter().map(shift).collect()
}

async fn enrolled(world: &World, serial: u32) -> (Person, BindingId) {
    let person = Person::new(&world.authority, serial);
    let id = person.enrol(world).await.unwrap().binding.id;
    world.clock.move_on(HOUR);
    (person, id)
}

/// A check each hour, so many.
async fn checks(world: &World, person: &Person, name: &str, count: u32) {
    for number in 0..count {
        world.clock.move_on(HOUR);
        person.check(&world.engine, &format!("{name}{number}")).await;
    }
}

/// An event that happened so long ago.
fn late(world: &World, id: &str, person: &Person, kind: EventKind, ago: Duration) -> Message {
    let message = world.message("docomo", id, person, kind);
    Message { occurred_at: message.occurred_at.minus(ago), ..message }
}

fn correction(world: &World, id: &str, of: &str) -> Message {
    Message {
        id: id.parse().unwrap(),
        carrier: "docomo".parse().unwrap(),
        occurred_at: world.engine.now(),
        tidings: Tidings::Correction { corrected: of.parse().unwrap() },
    }
}

#[tokio::test]
async fn a_late_event_lists_what_was_decided_between_it_and_its_learning_and_no_more() {
    use Severity::{Allow, Deny, StepUp};
    let world = World::new().await;
    let table = [
        (STOLEN, Deny),
        (EventKind::ContractEnded, Deny),
        (REISSUED, StepUp),
        (EventKind::HandsetChanged { imei: imei(77) }, Deny),
        (EventKind::HandsetObserved { imei: imei(77) }, Deny),
    ];
    for (serial, (kind, now)) in (1..).zip(table) {
        let (person, _) = enrolled(&world, serial).await;
        checks(&world, &person, &format!("c{serial}-"), 4).await;
        let written = world.store.all(LedgerKind::Decisions).await.len();
        // Between the second check and the third.
        let ago = HOUR + HOUR / 2;
        let message = late(&world, &format!("e{serial}"), &person, kind.clone(), ago);
        world.engine.ingest(&message).await.unwrap();
        let asked = Asked { learned_from: Some(world.engine.now()), ..asked(Sees::All) };
        let found = world.engine.reopened(&asked).await.unwrap().rows;
        assert_eq!(shifts(&found), [(Allow, now); 2], "{kind:?}");
        assert!(found.iter().all(|row| row.kind == kind && row.why == Why::Learned));
        assert!(found[0].decision.decided_at > found[1].decision.decided_at, "newest first");
        assert_eq!(found[0].happened_at, message.occurred_at);
        assert_eq!(world.store.all(LedgerKind::Decisions).await.len(), written, "no effect");
        world.clock.move_on(HOUR);
    }
}

#[tokio::test]
async fn what_comes_in_time_changes_nothing_or_was_before_the_proof_lists_nothing() {
    let world = World::new().await;
    let (person, id) = enrolled(&world, 1).await;
    checks(&world, &person, "c", 3).await;
    world
        .engine
        .ingest(&late(&world, "e1", &person, EventKind::LineResumed, 2 * HOUR))
        .await
        .unwrap();
    let own = EventKind::HandsetChanged { imei: person.phone.imei };
    world.engine.ingest(&late(&world, "e2", &person, own, 2 * HOUR)).await.unwrap();
    let seen = EventKind::HandsetObserved { imei: person.phone.imei };
    world.engine.ingest(&late(&world, "e3", &person, seen, 2 * HOUR)).await.unwrap();
    world.tell("e4", &person, EventKind::ImsiChanged).await.unwrap();
    assert!(all(&world).await.is_empty());
    // A proof in between: what was decided after it stands.
    let (person, other) = enrolled(&world, 2).await;
    checks(&world, &person, "d", 2).await;
    world.reprove("reprove-1", other, person.iccid).await.unwrap();
    checks(&world, &person, "f", 2).await;
    world.engine.ingest(&late(&world, "e5", &person, REISSUED, 4 * HOUR)).await.unwrap();
    let found = all(&world).await;
    assert_eq!(shifts(&found), [(Severity::Allow, Severity::StepUp); 2]);
    let proven = world.engine.binding(other).await.unwrap().binding.proven_at;
    assert!(found.iter().all(|row| row.decision.decided_at <= proven));
    assert_ne!(id, other);
}

#[tokio::test]
async fn a_correction_lists_what_was_decided_while_the_mistake_counted() {
    use Severity::{Allow, Deny, StepUp};
    let world = World::new().await;
    let table = [
        (STOLEN, Deny),
        (EventKind::ContractEnded, Deny),
        (REISSUED, StepUp),
        (EventKind::HandsetChanged { imei: imei(77) }, Deny),
    ];
    for (serial, (kind, then)) in (1..).zip(table) {
        let (person, _) = enrolled(&world, serial).await;
        world.tell(&format!("e{serial}"), &person, kind.clone()).await.unwrap();
        checks(&world, &person, &format!("c{serial}-"), 2).await;
        world.clock.move_on(HOUR);
        let back = correction(&world, &format!("k{serial}"), &format!("e{serial}"));
        world.engine.ingest(&back).await.unwrap();
        let asked = Asked { learned_from: Some(world.engine.now()), ..asked(Sees::All) };
        let found = world.engine.reopened(&asked).await.unwrap().rows;
        assert_eq!(shifts(&found), [(then, Allow); 2], "{kind:?}");
        assert!(found.iter().all(|row| row.kind == kind && row.why == Why::TakenBack));
        world.clock.move_on(HOUR);
    }
}

#[tokio::test]
async fn a_relying_party_sees_its_own_and_only_the_changed_where_it_asks() {
    let world = World::new().await;
    let (person, _) = enrolled(&world, 1).await;
    checks(&world, &person, "c", 2).await;
    let mut check = person.login(&world.engine, "x");
    world.engine.check(&check).await.unwrap();
    // The challenge is used.
    check.request = "y".parse().unwrap();
    assert_eq!(world.engine.check(&check).await.unwrap().verdict, Verdict::Deny);
    world.clock.move_on(HOUR);
    world.engine.ingest(&late(&world, "e1", &person, STOLEN, 4 * HOUR)).await.unwrap();
    let own = |name: &str| asked(Sees::Own(caller(name)));
    let all = all(&world).await;
    let bank = all[0].decision.caller.clone();
    let seen = world.engine.reopened(&asked(Sees::Own(bank))).await.unwrap().rows;
    assert_eq!(seen.len(), all.len());
    assert!(world.engine.reopened(&own("another")).await.unwrap().rows.is_empty());
    let changed = Asked { which: Which::Changed, ..asked(Sees::All) };
    let changed = world.engine.reopened(&changed).await.unwrap().rows;
    assert_eq!((all.len(), changed.len()), (4, 3), "what was denied is denied");
}

#[tokio::test]
async fn pages_give_each_decision_once_and_go_on_after_a_restart() {
    let world = World::new().await;
    let (first, _) = enrolled(&world, 1).await;
    let (second, _) = enrolled(&world, 2).await;
    checks(&world, &first, "c", 5).await;
    checks(&world, &second, "d", 4).await;
    world.engine.ingest(&late(&world, "e1", &first, STOLEN, 8 * HOUR)).await.unwrap();
    world.engine.ingest(&late(&world, "e2", &second, STOLEN, 8 * HOUR)).await.unwrap();
    let whole = all(&world).await;
    assert_eq!(whole.len(), 9);
    for rows in [1, 2, 4, 9, 100] {
        let (mut seen, mut after) = (Vec::new(), None);
        let engine = world.restarted(crate::support::PACK).await;
        loop {
            let page = engine.reopened(&Asked { after, rows, ..asked(Sees::All) }).await.unwrap();
            assert!(page.rows.len() <= rows);
            seen.extend(page.rows.iter().map(|row| row.decision.id));
            let Page { next: Some(next), .. } = page else { break };
            let again: Place = next.to_string().parse().unwrap();
            assert_eq!(again, next);
            after = Some(again);
        }
        let expected: Vec<_> = whole.iter().map(|row| row.decision.id).collect();
        assert_eq!(seen, expected, "{rows} a page");
    }
    for wrong in ["", "1", "1.256", "1.1.", "x.1", "01.1", "1.1.dec_", "-1.0", "1.1.dec_0.2"] {
        assert!(wrong.parse::<Place>().is_err(), "{wrong}");
    }
}

#[tokio::test]
async fn a_page_looks_at_so_many_decisions_and_says_where_it_stopped() {
    let world = World::new().await;
    let (person, _) = enrolled(&world, 1).await;
    let check = person.check(&world.engine, "c").await;
    // More decisions than one page looks at, of somebody else's.
    for number in 0_u32..1100 {
        let mut id = *check.id.as_bytes();
        id[12..].copy_from_slice(&number.to_be_bytes());
        let entry = simbind_service::ledger::DecisionEntry {
            id: simbind_core::ids::DecisionId::from_bytes(id),
            ..(*check).clone()
        };
        let entry = simbind_service::ledger::encode_decision(&entry).unwrap().into();
        let append = simbind_service::ports::store::Append { entry, expect: Vec::new() };
        use simbind_service::ports::store::Store as _;
        world.store.append(LedgerKind::Decisions, append).await.unwrap();
    }
    world.clock.move_on(HOUR);
    world.engine.ingest(&late(&world, "e1", &person, STOLEN, 2 * HOUR)).await.unwrap();
    let stranger = asked(Sees::Own(caller("another")));
    let page = world.engine.reopened(&stranger).await.unwrap();
    assert!(page.rows.is_empty() && page.next.is_some());
    let rest = world.engine.reopened(&Asked { after: page.next, ..stranger }).await.unwrap();
    assert!(rest.rows.is_empty() && rest.next.is_none());
}
