//! A line that goes to another person takes nothing along: the binding ends for its own reason, and
//! a new binding on the same SIM begins without anything of the old one.

use crate::support::{PACK, Person, World, caller, imei, in_person};
use simbind_core::{
    binding::{End, LifecycleReason as Why, State},
    ids::BindingId,
    line::{EventKind, ReissueCause},
    rollout::Why as Reason,
};
use simbind_rules::{
    Facts, Verdict,
    facts::{CounterState, HandsetLatch, LineLatch, Match, SimLatch},
};
use simbind_service::{
    ServiceError,
    outcome::step_up_of,
    pin::{PinReport, Witness},
    rollout::Deed,
    snooze::SnoozeRequest,
};
use std::time::Duration;

const HOUR: Duration = Duration::from_secs(3600);
const REISSUED: EventKind = EventKind::SimReissued { new_iccid: None, cause: ReissueCause::Unsaid };
const TURNED: &str = "[[rule]]\nid = \"reissued\"\non = [\"login\", \"tap\"]\n";

fn packs() -> String {
    PACK.replace(TURNED, &format!("{TURNED}floor = \"allow\"\n"))
}

/// A person whose binding has everything that could stay behind: a card, a PIN that was locked, reset
/// and entered wrongly again, a counter, a lifted hold, a snoozed rule, and all latches.
async fn burdened(world: &World) -> (Person, BindingId) {
    let old = Person::new(&world.authority, 1).counting().with_card(&world.authority);
    let id = old.enrol(world).await.unwrap().binding.id;
    let (engine, by) = (&world.engine, caller("counter"));
    engine.hold(&by, id, Why::Clerical).await.unwrap();
    engine.release(&by, id).await.unwrap();
    world.clock.move_on(HOUR);
    world.tell("e1", &old, REISSUED).await.unwrap();
    let asked = old.login_with(engine, "c1", |check| check.counter = Some(900));
    let asked = engine.check(&asked).await.unwrap();
    assert!(matches!(asked.verdict, Verdict::StepUp(_)), "{asked:?}");
    let (until, why) = (engine.now().plus(24 * HOUR), "the shop did it".parse::<Reason>().unwrap());
    let rule = "nation/reissued".parse().unwrap();
    let snooze = SnoozeRequest { binding: id, rule, until, decision: asked.id };
    engine.snooze_rule(Deed { by: &caller("ann"), why: &why }, snooze).await.unwrap();
    let request = |number: &str| number.parse().unwrap();
    let wrong = PinReport::Wrong(3);
    let certificate = old.certificate();
    engine.report_pin(&by, Witness::Counter, &request("p1"), certificate, wrong).await.unwrap();
    engine.reset_pin(&by, &request("p2"), id, &in_person()).await.unwrap();
    engine.report_pin(&by, Witness::Counter, &request("p3"), certificate, wrong).await.unwrap();
    world.tell("e2", &old, EventKind::HandsetChanged { imei: imei(77) }).await.unwrap();
    world.tell("e3", &old, EventKind::PortedOut).await.unwrap();
    world.clock.move_on(HOUR);
    (old, id)
}

#[tokio::test]
async fn nothing_of_a_persons_binding_passes_to_the_next_person_on_the_same_sim() {
    for why in [Why::LineTransferred, Why::LineInherited, Why::LineEnded, Why::Disposed] {
        let world = World::with(&packs(), |_| {}).await;
        let (old, ended) = burdened(&world).await;
        let by = caller("counter");
        world.engine.revoke(&by, ended, why).await.unwrap();
        let mut heir = Person::new(&world.authority, 2).counting();
        heir.iccid = old.iccid;
        let made = heir.enrol(&world).await.unwrap().binding;
        assert_eq!((made.card, made.succeeds, made.released_at), (None, None, None));
        assert_eq!((made.pin_reset_at, made.foreign_handset_at), (None, None));
        let first = heir.login_with(&world.engine, "h1", |check| check.counter = Some(1));
        let first = world.engine.check(&first).await.unwrap();
        assert_eq!((first.verdict, first.binding), (Verdict::Allow, Some(made.id)), "{why:?}");
        let facts = Facts::from_bytes(&first.facts).unwrap();
        assert_eq!(facts.handset_latch(), Some(HandsetLatch::Clear));
        assert_eq!(facts.sim_latch(), Some(SimLatch::Clear));
        assert_eq!(facts.line_latch(), Some(LineLatch::Clear));
        assert_eq!(facts.counter_state(), Some(CounterState::Advanced));
        assert_eq!(facts.pin_failures(), Some(0));
        assert_eq!((facts.pin_reset_age(), facts.binding_released_age()), (None, None));
        assert_eq!(facts.binding_age(), Some(Duration::ZERO));
        assert_ne!(facts.handset_match(), Some(Match::No));
        assert_eq!(world.engine.snoozes(made.id).await.unwrap(), []);
        // What asks for a step-up asks the new person, and the old person's card proves nothing.
        world.clock.move_on(HOUR);
        world.tell("e9", &heir, REISSUED).await.unwrap();
        let asked = heir.login_with(&world.engine, "h2", |check| check.counter = Some(2));
        let asked = world.engine.check(&asked).await.unwrap();
        assert!(matches!(asked.verdict, Verdict::StepUp(_)), "the snooze stayed behind");
        let id = step_up_of(asked.id);
        let card = old.card_proof(id);
        let proved = world.engine.end_step_up(&by, &"s1".parse().unwrap(), id, card).await;
        assert!(matches!(proved, Err(ServiceError::Invalid { .. })), "{proved:?}");
        // The old one is over, for its own reason, and listed for the old person alone.
        let over = world.engine.binding(ended).await.unwrap().binding;
        assert_eq!(over.state, State::Ended { end: End::Revoked, why });
        let denied = old.login_with(&world.engine, "c9", |check| check.counter = Some(901));
        let denied = world.engine.check(&denied).await.unwrap();
        assert_eq!((denied.verdict, &*denied.reasons[0]), (Verdict::Deny, "BINDING_REVOKED"));
        let listed = world.engine.bindings_of(&heir.name.parse().unwrap(), None, 9).await.unwrap();
        let listed: Vec<_> = listed.0.iter().map(|standing| standing.binding.id).collect();
        assert_eq!(listed, [made.id]);
    }
}
