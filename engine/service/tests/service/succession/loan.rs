use crate::support::{Person, World, caller, imei};
use simbind_core::{ids::BindingId, line::EventKind, time::Timestamp};
use simbind_rules::facts::HandsetLatch;
use simbind_service::{
    ServiceError, Standing,
    ports::store::LedgerKind,
    succession::{Lent, LoanRequest},
};
use std::time::Duration;

const DAY: Duration = Duration::from_secs(86_400);

async fn enrolled(world: &World) -> (Person, BindingId) {
    let person = Person::new(&world.authority, 1);
    let id = person.enrol(world).await.unwrap().binding.id;
    world.clock.move_on(DAY);
    (person, id)
}

async fn lend(
    world: &World,
    request: &str,
    id: BindingId,
    until: Timestamp,
) -> Result<Standing, ServiceError> {
    let lent = LoanRequest::Lend(Lent { imei: imei(77), until });
    world.engine.loan(&caller("counter"), &request.parse().unwrap(), id, lent).await
}

async fn seen(world: &World, person: &Person, id: &str) {
    world.clock.move_on(Duration::from_secs(60));
    let kind = EventKind::HandsetObserved { imei: imei(77) };
    world.tell(id, person, kind).await.unwrap();
}

#[tokio::test]
async fn a_loaner_of_the_counter_counts_as_announced_and_is_over_by_itself() {
    let world = World::new().await;
    let (person, id) = enrolled(&world).await;
    let until = world.engine.now().plus(7 * DAY);
    lend(&world, "lend-1", id, until).await.unwrap();
    let written = world.store.all(LedgerKind::State).await.len();
    lend(&world, "lend-1", id, until).await.unwrap();
    assert_eq!(world.store.all(LedgerKind::State).await.len(), written, "once");
    seen(&world, &person, "e1").await;
    let view = world.view(id).await;
    assert_eq!(
        (view.handset_latch, view.loaner.map(|l| l.imei)),
        (HandsetLatch::Clear, Some(imei(77)))
    );
    world.clock.move_on(7 * DAY);
    let view = world.view(id).await;
    assert_eq!(
        (view.handset_latch, view.loaner),
        (HandsetLatch::Clear, None),
        "nobody did anything"
    );
    // Kept past its time, it is somebody else's handset.
    seen(&world, &person, "e2").await;
    assert_eq!(world.view(id).await.handset_latch, HandsetLatch::Foreign);
}

#[tokio::test]
async fn a_loaner_that_came_back_is_over_before_its_time() {
    let world = World::new().await;
    let (person, id) = enrolled(&world).await;
    lend(&world, "lend-1", id, world.engine.now().plus(7 * DAY)).await.unwrap();
    seen(&world, &person, "e1").await;
    world.clock.move_on(DAY);
    let (by, request) = (caller("counter"), "return-1".parse().unwrap());
    world.engine.loan(&by, &request, id, LoanRequest::Return).await.unwrap();
    assert_eq!(world.view(id).await.loaner, None);
    seen(&world, &person, "e2").await;
    assert_eq!(world.view(id).await.handset_latch, HandsetLatch::Foreign);
}

#[tokio::test]
async fn a_loaner_that_nobody_announced_latches_and_a_later_word_does_not_help() {
    let world = World::new().await;
    let (person, id) = enrolled(&world).await;
    seen(&world, &person, "e1").await;
    lend(&world, "lend-1", id, world.engine.now().plus(7 * DAY)).await.unwrap();
    assert_eq!(world.view(id).await.handset_latch, HandsetLatch::Foreign);
}

#[tokio::test]
async fn a_loaner_is_lent_for_as_long_as_packs_say_at_most() {
    let world = World::new().await;
    let (_, id) = enrolled(&world).await;
    let now = world.engine.now();
    for (request, until) in [("r1", now), ("r2", now.minus(DAY)), ("r3", now.plus(31 * DAY))] {
        let refused = lend(&world, request, id, until).await.unwrap_err();
        assert!(matches!(&refused, ServiceError::Invalid { field, .. } if field == "until"));
    }
    lend(&world, "r4", id, now.plus(30 * DAY)).await.unwrap();
}
