//! The carrier's platform, played.

mod back;

use crate::support::{PACK, Person, TestEngine, World, caller};
use parking_lot::Mutex;
use simbind_core::{
    applet::{Action, Backoff, Confirmed, Order, Refusal, Stage, Taken, Wish},
    binding::{LifecycleReason as Why, State},
    ids::{BindingId, CarrierId, OrderId, SupportCode},
};
use simbind_rules::{
    Verdict,
    facts::{AppletOrder, AppletState},
};
use simbind_service::{
    ServiceError,
    platform::{PlatformTerms, Report},
    ports::platform::{Instruction, Platform, PlatformFault, Said},
};
use std::time::Duration;

const FIRST: Duration = Duration::from_secs(30);
const PATIENCE: Duration = Duration::from_secs(3600);
const SILENT: Result<Said, PlatformFault> = Err(PlatformFault::Timeout(FIRST));

/// A platform that answers as it is told to, and notes what it heard.
struct Played {
    answer: Mutex<Result<Said, PlatformFault>>,
    heard: Mutex<Vec<Instruction>>,
}

impl Played {
    fn answering(answer: Result<Said, PlatformFault>) -> Self {
        Self { answer: Mutex::new(answer), heard: Mutex::default() }
    }

    fn actions(&self) -> Vec<Action> {
        self.heard.lock().iter().map(|heard| heard.action).collect()
    }
}

impl Platform for Played {
    async fn instruct(&self, instruction: &Instruction) -> Result<Said, PlatformFault> {
        self.heard.lock().push(instruction.clone());
        self.answer.lock().clone()
    }
}

fn terms() -> Vec<PlatformTerms> {
    vec![PlatformTerms {
        carrier: "docomo".parse().unwrap(),
        timeout: Duration::from_secs(5),
        retry: Backoff { first: FIRST, longest: Duration::from_secs(3600) },
        patience: PATIENCE,
        at_once: 4,
    }]
}

async fn world() -> (World, Person, BindingId) {
    let world = World::with_platforms(PACK, terms()).await;
    let person = Person::new(&world.authority, 1).with_card(&world.authority);
    let id = person.enrol(&world).await.unwrap().binding.id;
    (world, person, id)
}

/// Sends what is due, and says how much that was.
async fn work(engine: &TestEngine, played: &Played) -> usize {
    let jobs = engine.platform_jobs(32).await.unwrap();
    let number = jobs.len();
    for job in jobs {
        engine.run_platform_job(job, played).await;
    }
    number
}

async fn open(engine: &TestEngine, id: BindingId) -> Option<(OrderId, Order)> {
    engine.order_of(id).await.unwrap().and_then(|state| state.open)
}

async fn report(
    engine: &TestEngine,
    order: OrderId,
    report: Report,
) -> Result<Taken, ServiceError> {
    let docomo: CarrierId = "docomo".parse().unwrap();
    engine.report_order(&caller("docomo"), |carrier| *carrier == docomo, order, report).await
}

#[tokio::test]
async fn a_hold_orders_a_lock_by_itself_and_its_release_the_unlock_and_the_end_the_delete() {
    let (world, person, id) = world().await;
    let (engine, played) = (&world.engine, Played::answering(Ok(Said::Confirmed)));
    assert_eq!(work(engine, &played).await, 0, "a binding orders nothing");
    let by = caller("counter");
    engine.hold(&by, id, Why::Owner).await.unwrap();
    assert_eq!(work(engine, &played).await, 1);
    assert_eq!(open(engine, id).await, None);
    engine.release(&by, id).await.unwrap();
    assert_eq!(work(engine, &played).await, 1);
    engine.revoke(&by, id, Why::Owner).await.unwrap();
    assert_eq!(work(engine, &played).await, 1);
    assert_eq!(played.actions(), [Action::Lock, Action::Unlock, Action::Delete]);
    let heard = played.heard.lock().clone();
    assert!(heard.iter().all(|heard| heard.iccid == person.iccid));
    assert!(heard.windows(2).all(|two| two[0].sequence < two[1].sequence));
    let state = engine.order_of(id).await.unwrap().unwrap();
    assert!(matches!(state.confirmed, Confirmed::Was { wish: Wish::Deleted, .. }));
}

#[tokio::test]
async fn a_silent_platform_is_asked_again_later_and_later_and_after_a_restart() {
    let (world, _, id) = world().await;
    let played = Played::answering(SILENT);
    world.engine.hold(&caller("counter"), id, Why::Lost).await.unwrap();
    assert_eq!(work(&world.engine, &played).await, 1);
    assert_eq!(work(&world.engine, &played).await, 0, "not at once");
    world.clock.move_on(FIRST);
    assert_eq!(work(&world.engine, &played).await, 1);
    world.clock.move_on(FIRST);
    assert_eq!(work(&world.engine, &played).await, 0, "the pause has doubled");
    let restarted = world.restarted_with_platforms(terms()).await;
    world.clock.move_on(FIRST);
    assert_eq!(work(&restarted, &played).await, 1);
    let (order, state) = open(&restarted, id).await.unwrap();
    assert_eq!((state.tries, state.stage), (3, Stage::Sent));
    assert!(played.heard.lock().iter().all(|heard| heard.id == order), "the same order");
    *played.answer.lock() = Ok(Said::Confirmed);
    world.clock.move_on(Duration::from_secs(3600));
    assert_eq!(work(&restarted, &played).await, 1);
    assert_eq!(open(&restarted, id).await, None);
}

#[tokio::test]
async fn an_accepted_order_is_confirmed_by_a_report_and_the_same_report_again_changes_nothing() {
    let (world, _, id) = world().await;
    let (engine, played) = (&world.engine, Played::answering(Ok(Said::Accepted)));
    engine.hold(&caller("counter"), id, Why::Lost).await.unwrap();
    work(engine, &played).await;
    let (order, state) = open(engine, id).await.unwrap();
    assert_eq!(state.stage, Stage::Accepted);
    world.clock.move_on(FIRST * 2);
    assert_eq!(work(engine, &played).await, 0, "the platform has it");
    assert_eq!(report(engine, order, Report::Confirmed).await, Ok(Taken::Taken));
    assert_eq!(report(engine, order, Report::Confirmed).await, Ok(Taken::Known));
    let refused = Report::Refused(Refusal::Other);
    assert_eq!(report(engine, order, refused).await, Ok(Taken::Settled));
    assert_eq!(open(engine, id).await, None);
}

#[tokio::test]
async fn a_platform_that_took_an_order_and_stays_silent_is_asked_again() {
    let (world, _, id) = world().await;
    let played = Played::answering(Ok(Said::Accepted));
    world.engine.hold(&caller("counter"), id, Why::Lost).await.unwrap();
    work(&world.engine, &played).await;
    world.clock.move_on(PATIENCE);
    assert_eq!(work(&world.engine, &played).await, 1);
}

#[tokio::test]
async fn a_refused_order_is_not_sent_again_and_stays_visible() {
    let (world, _, id) = world().await;
    let (engine, played) =
        (&world.engine, Played::answering(Ok(Said::Refused(Refusal::UnknownSim))));
    engine.hold(&caller("counter"), id, Why::Lost).await.unwrap();
    work(engine, &played).await;
    world.clock.move_on(Duration::from_secs(86_400));
    assert_eq!(work(engine, &played).await, 0);
    let page = engine.open_orders(None, 10).await.unwrap();
    let (_, order) = page.orders[0].open.unwrap();
    assert_eq!((order.stage, page.next), (Stage::Refused(Refusal::UnknownSim), None));
    let figures = engine.platform_figures().await.unwrap();
    let docomo = figures.iter().find(|of| of.carrier.as_str() == "docomo").unwrap();
    assert_eq!((docomo.open, docomo.oldest), (1, Duration::from_secs(86_400)));
}

#[tokio::test]
async fn a_late_confirmation_of_an_overtaken_lock_leaves_the_unlock_open() {
    let (world, _, id) = world().await;
    let (engine, played) = (&world.engine, Played::answering(Ok(Said::Accepted)));
    engine.hold(&caller("counter"), id, Why::Owner).await.unwrap();
    work(engine, &played).await;
    let (lock, _) = open(engine, id).await.unwrap();
    engine.release(&caller("counter"), id).await.unwrap();
    let (unlock, _) = open(engine, id).await.unwrap();
    assert_eq!(report(engine, lock, Report::Confirmed).await, Ok(Taken::Overtaken));
    assert_eq!(open(engine, id).await.unwrap().0, unlock);
    assert_eq!(report(engine, unlock, Report::Confirmed).await, Ok(Taken::Taken));
}

#[tokio::test]
async fn a_carrier_reports_on_its_own_orders_alone() {
    let (world, _, id) = world().await;
    world.engine.hold(&caller("counter"), id, Why::Lost).await.unwrap();
    let (order, _) = open(&world.engine, id).await.unwrap();
    let none = Err(ServiceError::NotFound("order of this carrier's"));
    let kddi = |carrier: &CarrierId| carrier.as_str() == "kddi";
    let other = world.engine.report_order(&caller("kddi"), kddi, order, Report::Confirmed).await;
    assert_eq!(other, none);
    let unknown = OrderId::from_bytes([9; 16]);
    assert_eq!(report(&world.engine, unknown, Report::Confirmed).await, none);
    assert!(open(&world.engine, id).await.is_some());
}

#[tokio::test]
async fn without_a_platform_nothing_is_sent_seen_or_a_fact() {
    let world = World::new().await;
    let person = Person::new(&world.authority, 1);
    let id = person.enrol(&world).await.unwrap().binding.id;
    world.engine.hold(&caller("counter"), id, Why::Lost).await.unwrap();
    assert_eq!(work(&world.engine, &Played::answering(Ok(Said::Confirmed))).await, 0);
    assert_eq!(world.engine.order_of(id).await.unwrap(), None);
    let decision = world.engine.check(&person.login(&world.engine, "c1")).await.unwrap();
    let facts = simbind_rules::Facts::from_bytes(&decision.facts).unwrap();
    assert_eq!(facts.applet_order(), Some(AppletOrder::None));
}

#[tokio::test]
async fn a_check_sees_the_open_order_with_its_age_and_then_what_was_confirmed() {
    let (world, person, id) = world().await;
    let engine = &world.engine;
    let seen = async |request: &str| {
        let decision = engine.check(&person.login(engine, request)).await.unwrap();
        let facts = simbind_rules::Facts::from_bytes(&decision.facts).unwrap();
        (decision.verdict, facts.applet_order(), facts.applet_order_age(), facts.applet_state())
    };
    assert_eq!(seen("c0").await, (Verdict::Allow, Some(AppletOrder::None), None, None));
    engine.hold(&caller("counter"), id, Why::Owner).await.unwrap();
    world.clock.move_on(Duration::from_secs(60));
    let age = Some(Duration::from_secs(60));
    assert_eq!(seen("c1").await, (Verdict::Deny, Some(AppletOrder::Lock), age, None));
    work(engine, &Played::answering(Ok(Said::Confirmed))).await;
    let locked = Some(AppletState::Locked);
    assert_eq!(seen("c2").await, (Verdict::Deny, Some(AppletOrder::None), None, locked));
}

#[tokio::test]
async fn the_applet_is_not_deleted_while_the_sim_serves_another_binding() {
    let (world, person, id) = world().await;
    let engine = &world.engine;
    let mut renewed = Person::new(&world.authority, 2);
    (renewed.name, renewed.iccid) = (person.name.clone(), person.iccid);
    let asked = renewed.asked(engine, &world.authority);
    engine.enrol(&caller("counter"), &"e2".parse().unwrap(), asked).await.unwrap();
    engine.revoke(&caller("counter"), id, Why::Owner).await.unwrap();
    let played = Played::answering(Ok(Said::Confirmed));
    work(engine, &played).await;
    assert_eq!(played.actions(), []);
    assert_eq!(open(engine, id).await, None);
}

#[tokio::test]
async fn what_ends_for_one_person_deletes_nothing_on_a_sim_that_serves_another() {
    let (world, person, id) = world().await;
    let engine = &world.engine;
    let mut other = Person::new(&world.authority, 2);
    other.iccid = person.iccid;
    let named = other.enrol(&world).await.unwrap().binding.id;
    let played = Played::answering(Ok(Said::Confirmed));
    engine.revoke(&caller("counter"), named, Why::Owner).await.unwrap();
    work(engine, &played).await;
    assert_eq!((played.actions(), open(engine, named).await), (vec![], None));
    engine.revoke(&caller("counter"), id, Why::Owner).await.unwrap();
    work(engine, &played).await;
    assert_eq!(played.actions(), [Action::Delete], "nobody uses it any more");
}

#[tokio::test]
async fn a_help_desk_sees_the_order_that_is_open_now() {
    let (world, person, id) = world().await;
    let allowed = world.engine.check(&person.login(&world.engine, "c1")).await.unwrap();
    let code = SupportCode::of(allowed.id);
    let desk = caller("desk");
    let before = world.engine.inquire(&desk, code).await.unwrap();
    assert_eq!(before[0].order, None);
    world.engine.hold(&caller("counter"), id, Why::Lost).await.unwrap();
    let after = world.engine.inquire(&desk, code).await.unwrap();
    assert_eq!(
        after[0].order.map(|order| (order.action, order.stage)),
        Some((Action::Lock, Stage::Due))
    );
    assert!(matches!(after[0].state, Some(State::Held { .. })));
}

#[tokio::test]
async fn a_new_certificate_on_the_same_sim_keeps_its_applet_and_one_on_another_deletes_the_old() {
    use crate::succession::{model_change, next, sim_change};
    let (world, person, id) = world().await;
    let (engine, played) = (&world.engine, Played::answering(Ok(Said::Confirmed)));
    let by = caller("counter");
    engine.hold(&by, id, Why::Lost).await.unwrap();
    work(engine, &played).await;
    let two = next(&world, &person, 2);
    let asked = model_change(&world, id, &two);
    let second = engine.replace_handset(&by, &"r1".parse().unwrap(), asked).await.unwrap().binding;
    work(engine, &played).await;
    assert_eq!(played.actions(), [Action::Lock, Action::Unlock]);
    let three = next(&world, &person, 3);
    let mut sim = second.sim.clone();
    sim.iccid = crate::support::Person::new(&world.authority, 9).iccid;
    let asked = sim_change(second.id, &three, sim);
    engine.replace_sim(&by, &"r2".parse().unwrap(), asked).await.unwrap();
    work(engine, &played).await;
    assert_eq!(played.actions(), [Action::Lock, Action::Unlock, Action::Delete]);
}
