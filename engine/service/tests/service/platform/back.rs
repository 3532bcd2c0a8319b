//! A contract that its carrier ended by mistake, whose applet may be deleted when that is seen.

use super::{FIRST, Played, SILENT, open, work, world};
use crate::{
    succession::{next, renew, renewal},
    support::{Person, TestEngine, World, reproved},
};
use simbind_core::{
    applet::{Action, Stage},
    ids::BindingId,
    line::EventKind,
};
use simbind_rules::facts::{AppletOrder, AppletState, BindingState};
use simbind_service::{
    ingest::{Message, Tidings},
    ports::platform::Said,
};
use std::time::Duration;

type Seen = (Option<AppletOrder>, Option<AppletState>);

async fn ended_by_mistake(world: &World, person: &Person) {
    world.clock.move_on(Duration::from_secs(3600));
    world.tell("e1", person, EventKind::ContractEnded).await.unwrap();
}

async fn taken_back(world: &World, id: BindingId) {
    let correction = Message {
        id: "c1".parse().unwrap(),
        carrier: "docomo".parse().unwrap(),
        occurred_at: world.engine.now(),
        tidings: Tidings::Correction { corrected: "e1".parse().unwrap() },
    };
    world.engine.ingest(&correction).await.unwrap();
    let state = world.engine.binding(id).await.unwrap().binding.state;
    assert_eq!(state.fact(), BindingState::Active);
}

async fn seen(engine: &TestEngine, person: &Person, request: &str) -> Seen {
    let decision = engine.check(&person.login(engine, request)).await.unwrap();
    let facts = simbind_rules::Facts::from_bytes(&decision.facts).unwrap();
    (facts.applet_order(), facts.applet_state())
}

#[tokio::test]
async fn an_end_that_is_taken_back_before_its_delete_was_sent_orders_nothing() {
    let (world, person, id) = world().await;
    ended_by_mistake(&world, &person).await;
    taken_back(&world, id).await;
    let played = Played::answering(Ok(Said::Confirmed));
    assert_eq!(work(&world.engine, &played).await, 0);
    assert_eq!(seen(&world.engine, &person, "c1").await, (Some(AppletOrder::None), None));
}

#[tokio::test]
async fn an_applet_that_was_deleted_by_mistake_is_loaded_and_its_key_is_gone_until_a_new_one_comes()
{
    let (world, person, id) = world().await;
    let (engine, played) = (&world.engine, Played::answering(Ok(Said::Confirmed)));
    ended_by_mistake(&world, &person).await;
    assert_eq!(work(engine, &played).await, 1);
    taken_back(&world, id).await;
    assert_eq!(open(engine, id).await.map(|(_, order)| order.action), Some(Action::Load));
    let deleted = Some(AppletState::Deleted);
    assert_eq!(seen(engine, &person, "c1").await, (Some(AppletOrder::Load), deleted));
    assert_eq!(work(engine, &played).await, 1);
    assert_eq!(played.actions(), [Action::Delete, Action::Load]);
    let none = Some(AppletOrder::None);
    assert_eq!(seen(engine, &person, "c2").await, (none, deleted), "loaded without the key");
    let renewed = next(&world, &person, 2);
    renew(&world, "r1", renewal(id, &renewed)).await.unwrap();
    assert_eq!(seen(engine, &renewed, "c3").await, (none, Some(AppletState::Loaded)));
    assert_eq!(seen(engine, &person, "c4").await, (none, deleted), "a copy of the old key");
}

#[tokio::test]
async fn a_delete_that_nobody_answered_stays_a_fact_until_the_owner_was_seen_with_the_sim() {
    let (world, person, id) = world().await;
    let (engine, played) = (&world.engine, Played::answering(SILENT));
    ended_by_mistake(&world, &person).await;
    assert_eq!(work(engine, &played).await, 1);
    taken_back(&world, id).await;
    *played.answer.lock() = Ok(Said::Confirmed);
    world.clock.move_on(FIRST);
    assert_eq!(work(engine, &played).await, 1);
    assert_eq!(played.actions(), [Action::Delete, Action::Load]);
    let loaded = Some(AppletState::Loaded);
    assert_eq!(seen(engine, &person, "c1").await, (Some(AppletOrder::Delete), loaded));
    let restarted = world.restarted_with_platforms(super::terms()).await;
    assert_eq!(seen(&restarted, &person, "c2").await, (Some(AppletOrder::Delete), loaded));
    reproved(&restarted, "r1", id, person.iccid).await.unwrap();
    assert_eq!(seen(&restarted, &person, "c3").await, (Some(AppletOrder::None), loaded));
    assert!(open(&restarted, id).await.is_none_or(|(_, order)| order.stage != Stage::Due));
}
