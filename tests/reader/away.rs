//! An engine that goes away and comes back.

use super::{
    agent::{Agent, Door},
    relay::Relay,
};
use serde_json::Value;
use sim_sim::card::testing;

#[tokio::test]
async fn nobody_is_let_in_while_the_engine_is_away_and_it_is_used_again_when_it_is_back() {
    let Some(mut door) = Door::open().await else { return };
    let relay = Relay::start(door.scene.server.address()).await;
    door.agent = Agent::start(&door.stack, relay.address(), &[]).await;
    door.works().await;
    for _ in 0..2 {
        relay.switch(None);
        let told = door.agent.hears("engine").await;
        assert!(told["away"].is_string(), "{told}");
        // It is said at once: the card is asked nothing, and the person no PIN.
        door.stack.insert(door.card.path(), &[]).await.unwrap();
        let told = door.agent.hears("tap").await;
        assert_eq!(
            (&told["verdict"], &told["fault"]["code"]),
            (&Value::Null, &"ENGINE_AWAY".into())
        );
        assert_eq!(told["commands"], 0, "{told}");
        door.stack.remove(simbind_tests::Signal::Term).await.unwrap();
        door.scene.server = door.scene.server.kill_and_restart().await.unwrap();
        relay.switch(Some(door.scene.server.address()));
        let told = door.agent.hears("engine").await;
        assert!(told["away"].is_null(), "{told}");
        door.works().await;
    }
}

#[tokio::test]
async fn a_connection_that_breaks_while_a_pin_is_entered_costs_nobody_the_tap() {
    let Some(mut door) = Door::open().await else { return };
    let relay = Relay::start(door.scene.server.address()).await;
    door.agent = Agent::start(&door.stack, relay.address(), &[]).await;
    door.stack.insert(door.card.path(), &[]).await.unwrap();
    let asked = door.agent.hears("pin").await;
    relay.switch(Some(door.scene.server.address()));
    assert!(door.agent.hears("engine").await["away"].is_string());
    assert!(door.agent.hears("engine").await["away"].is_null());
    door.agent.enter(&asked, testing::USER_PIN).await;
    let told = door.agent.hears("tap").await;
    assert!(told["verdict"].is_string(), "{told}");
}
