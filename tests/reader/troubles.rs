//! Cards that are pulled out or hang at each command in turn, and a pcscd that goes.

use super::agent::Door;
use serde_json::Value;
use sim_sim::card::testing;
use simbind_tests::Signal;
use std::collections::BTreeSet;

#[tokio::test]
async fn a_card_pulled_out_at_each_command_in_turn_is_told_and_the_agent_works_on() {
    let Some(mut door) = Door::open().await else { return };
    let whole = door.tap(testing::USER_PIN).await;
    let commands = whole["commands"].as_u64().unwrap();
    let mut steps = BTreeSet::new();
    for count in 0..commands {
        let after = count.to_string();
        // It may be gone before anybody else has seen it.
        let _ = door.stack.insert(door.card.path(), &["--pull-after", &after]).await;
        let told = door.agent.tap(testing::USER_PIN).await;
        assert_eq!((&told["verdict"], &told["fault"]["code"]), (&Value::Null, &"CARD".into()));
        steps.insert(told["fault"]["step"].as_str().unwrap().to_owned());
        door.stack.gone().await.unwrap();
    }
    let all = ["applet", "certificate", "counter", "identity", "number", "pin", "signature"];
    let all = all.into_iter().chain(["terminal", "tries"]).map(str::to_owned);
    assert_eq!(steps, all.collect());
    door.works().await;
}

#[tokio::test]
async fn a_card_that_hangs_is_given_up_again_and_again() {
    let Some(mut door) = Door::open().await else { return };
    // More often than threads may hang: each one returns when its card is gone.
    for count in [0, 4, 9, 1, 17, 3] {
        let after = count.to_string();
        door.stack.insert(door.card.path(), &["--hang-after", &after]).await.unwrap();
        let told = door.agent.tap(testing::USER_PIN).await;
        let text = told["fault"]["text_en"].as_str().unwrap();
        assert!(text.starts_with("the card did not answer in time"), "{told}");
        door.stack.remove(Signal::Kill).await.unwrap();
        door.works().await;
    }
}

#[tokio::test]
async fn a_pcscd_that_ends_and_comes_back_is_told_and_used_again() {
    let Some(mut door) = Door::open().await else { return };
    door.works().await;
    for signal in [Signal::Term, Signal::Kill] {
        door.stack.stop_pcscd(signal).await.unwrap();
        let told = door.agent.hears("reader").await;
        assert_eq!(told["fault"], "the PC/SC service is not running", "{told}");
        door.stack.start_pcscd().await.unwrap();
        door.agent.hears("ready").await;
        door.works().await;
    }
    // With the card in: it is gone for the agent, and comes back as a tap of its own.
    door.stack.insert(door.card.path(), &[]).await.unwrap();
    door.agent.hears("pin").await;
    door.stack.restart_pcscd(Signal::Kill).await.unwrap();
    let told = door.agent.hears("tap").await;
    assert_eq!(told["verdict"], Value::Null, "{told}");
    let told = door.agent.tap(testing::USER_PIN).await;
    assert!(told["verdict"].is_string(), "{told}");
}
