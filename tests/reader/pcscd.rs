//! The agent at a real pcscd with the virtual SIM in it, against a real server.

use super::{
    agent::{Agent, CardFolder, Door, stack},
    scene::{DOOR, Scene},
};
use serde_json::{Value, json};
use sim_sim::card::{Algorithm, testing};
use simbind_tests::{ReaderStack, Signal, simbind_binary, workspace_root};
use std::{fs, process::Stdio};
use tempfile::TempDir;
use tokio::io::AsyncWriteExt as _;

fn codes(told: &Value) -> Vec<&str> {
    told["reasons"]
        .as_array()
        .unwrap()
        .iter()
        .map(|reason| reason["code"].as_str().unwrap())
        .collect()
}

/// A carrier whose doors are stricter than the nation, for which a SIM in another handset may be in
/// its owner's new one.
const STRICT_DOORS: &str = r#"
[[rule]]
id = "moved-sim-at-a-door"
on = ["tap"]
when = "reader.profile == 'door' && handset.match == 'no'"
verdict = "deny"
unknown = "ignore"
reason = "HANDSET_MISMATCH"
"#;

/// The packs that ship, with that carrier's rule.
fn strict_packs() -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    for pack in fs::read_dir(workspace_root().join("rules/packs")).unwrap() {
        let pack = pack.unwrap();
        let mut text = fs::read_to_string(pack.path()).unwrap();
        if pack.file_name() == "docomo.toml" {
            text.push_str(STRICT_DOORS);
        }
        fs::write(dir.path().join(pack.file_name()), text).unwrap();
    }
    dir
}

#[tokio::test]
async fn a_card_is_let_in_until_its_sim_came_into_another_handset() {
    let Some(mut door) = Door::open().await else { return };
    for _ in 0..2 {
        let told = door.tap(testing::USER_PIN).await;
        assert_eq!(told["verdict"], "allow", "{told}");
        let micros = |name: &str| told["micros"][name].as_u64().unwrap();
        assert!(micros("own") + micros("engine") < 300_000, "beside the card's time: {told}");
        assert!(micros("round_trip") <= micros("card"), "{told}");
    }
    door.scene.moved().await;
    let told = door.tap(testing::USER_PIN).await;
    assert_eq!(told["verdict"], "step_up", "{told}");
    assert!(codes(&told).contains(&"HANDSET_MISMATCH"), "{told}");
    assert_eq!(told["methods"], json!(["card", "counter"]));
    assert!(told["reasons"][0]["next_ja"].as_str().is_some_and(|next| !next.is_empty()), "{told}");
    let Door { agent, .. } = door;
    let (status, wrote) = agent.stop().await;
    assert!(status.success(), "it ends when it is told to: {wrote}");
    assert!(wrote.contains("HANDSET_MISMATCH"));
    for secret in [testing::ICCID, "4901542032375", "3520990017614", "1234\""] {
        assert!(!wrote.contains(secret), "{secret} in {wrote}");
    }
}

#[tokio::test]
async fn the_same_card_is_refused_with_the_reason_where_doors_are_stricter() {
    let packs = strict_packs();
    let config = format!("[packs]\ndir = {:?}\n", packs.path());
    let Some(mut door) = Door::configured(Some(&config)).await else { return };
    door.works().await;
    door.scene.moved().await;
    let told = door.tap(testing::USER_PIN).await;
    assert_eq!(told["verdict"], "deny", "{told}");
    assert_eq!(codes(&told)[0], "HANDSET_MISMATCH", "{told}");
    assert!(told["support_code"].as_str().is_some_and(|code| !code.is_empty()), "{told}");
}

#[tokio::test]
async fn the_same_card_is_refused_after_its_phone_was_stolen() {
    let Some(mut door) = Door::open().await else { return };
    door.works().await;
    door.scene.stolen().await;
    let told = door.tap(testing::USER_PIN).await;
    assert_eq!((&told["verdict"], codes(&told)[0]), (&json!("deny"), "BINDING_HELD"), "{told}");
}

#[tokio::test]
async fn a_wrong_pin_is_told_each_time_until_it_is_blocked_and_the_engine_knows() {
    let Some(mut door) = Door::open().await else { return };
    // The engine believes who has seen the person's signature.
    door.works().await;
    for (left, code) in [(2, "PIN_WRONG"), (1, "PIN_WRONG"), (0, "PIN_BLOCKED")] {
        let told = door.tap(b"9999").await;
        assert_eq!(told["fault"]["tries_left"], json!(left), "{told}");
        assert_eq!((&told["verdict"], &told["fault"]["code"]), (&Value::Null, &json!(code)));
    }
    // Also the right one does not help, and nobody is asked for it.
    door.stack.insert(door.card.path(), &[]).await.unwrap();
    let told = door.agent.hears("tap").await;
    assert_eq!(told["fault"]["code"], "PIN_BLOCKED", "{told}");
    assert!(told["fault"]["text_en"].as_str().unwrap().contains("a counter can reset it"));
    door.stack.remove(Signal::Term).await.unwrap();
    // Another card of the same person, whose own counter is fresh: the engine counted too.
    door.card = CardFolder::new(&door.scene.card());
    let told = door.tap(testing::USER_PIN).await;
    assert!(codes(&told).contains(&"PIN_LOCKED"), "{told}");
}

#[tokio::test]
async fn one_tap_ends_with_a_status_that_says_the_verdict() {
    let Some(mut stack) = stack().await else { return };
    let scene = Scene::new(Algorithm::Rsa2048).await;
    let engine = scene.server.address().to_string();
    let card = CardFolder::new(&scene.card());
    stack.insert(card.path(), &[]).await.unwrap();
    // Nobody bound it; then somebody did, and no carrier says where it is; then nobody is asked.
    for (pin, expected, bind) in [("1234\n", 1, true), ("1234\n", 2, false), ("", 5, false)] {
        let mut once = stack.program(simbind_binary().unwrap());
        once.args(["reader", "--once", "--pin", "stdin", "--id", DOOR, "--engine", &engine]);
        let mut once = once.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut pins = once.stdin.take().unwrap();
        pins.write_all(pin.as_bytes()).await.unwrap();
        drop(pins);
        let ended = once.wait_with_output().await.unwrap();
        let said = String::from_utf8_lossy(&ended.stdout);
        assert_eq!(ended.status.code(), Some(expected), "{said}");
        if bind {
            scene.bind().await;
        }
    }
}

#[tokio::test]
async fn a_card_that_comes_while_another_is_checked_is_a_tap_of_its_own() {
    let Some(mut door) = Door::open().await else { return };
    door.stack.insert(door.card.path(), &[]).await.unwrap();
    let first = door.agent.hears("pin").await;
    door.stack.remove(Signal::Kill).await.unwrap();
    let other = CardFolder::new(&door.scene.other_card());
    door.stack.insert(other.path(), &[]).await.unwrap();
    let told = door.agent.hears("tap").await;
    assert_eq!(told["verdict"], Value::Null, "{told}");
    let second = door.agent.hears("pin").await;
    // Somebody was slow: this PIN was meant for the card that is gone.
    door.agent.enter(&first, b"9999").await;
    door.agent.enter(&second, testing::USER_PIN).await;
    let told = door.agent.hears("tap").await;
    // Nobody bound that one: the PIN was right, and the engine was asked.
    assert_eq!(codes(&told)[0], "NOT_BOUND", "{told}");
    assert_eq!(second["tries_left"], json!(3));
    door.stack.remove(Signal::Term).await.unwrap();
    door.works().await;
}

#[tokio::test]
async fn the_agent_says_which_reader_it_waits_for() {
    let Some(stack) = stack().await else { return };
    let scene = Scene::new(Algorithm::P256).await;
    let agent = Agent::start(&stack, scene.server.address(), &[]).await;
    let (status, wrote) = agent.stop().await;
    assert!(status.success() && wrote.contains(ReaderStack::READER), "{wrote}");
}
