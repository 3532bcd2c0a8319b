//! The agent over mutual TLS: its client certificate says whose readers it may speak for.

use super::agent::{CardFolder, stack};
use sim_sim::{
    World,
    card::{Algorithm, State, testing},
};
use simbind_tests::{Launch, dev_certs, simbind_binary};
use std::process::Stdio;
use tokio::io::AsyncWriteExt as _;

#[tokio::test]
async fn a_reader_is_its_owners_alone() {
    let Some(mut stack) = stack().await else { return };
    let dir = tempfile::tempdir().unwrap();
    dev_certs(dir.path()).await.unwrap();
    let world = World::new(1, 1).unwrap();
    let anchors = dir.path().join("anchors.pem");
    std::fs::write(&anchors, world.anchors_pem()).unwrap();
    let config = dir.path().join("simbind.toml");
    let launch = Launch::new(dir.path().join("data")).config(&config).trust(&anchors);
    let server = launch.start().await.unwrap();
    let card = State::personalised(testing::profile(&world, Algorithm::P256)).unwrap();
    let card = CardFolder::new(&card);
    stack.insert(card.path(), &[]).await.unwrap();
    // Nobody bound the card. The shop has a reader, another one; the analyst has none.
    for (caller, status, said) in [
        ("doors", 1, "NOT_BOUND"),
        ("shop", 3, "応答なし / no answer"),
        ("analyst", 3, "the engine is away: it does not serve this caller"),
    ] {
        let mut once = stack.program(simbind_binary().unwrap());
        once.args(["reader", "--once", "--pin", "stdin", "--id", "door-1", "--as", caller]);
        once.arg("--engine").arg(server.address().to_string()).arg("--certs").arg(dir.path());
        once.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut once = once.spawn().unwrap();
        once.stdin.take().unwrap().write_all(b"1234\n").await.unwrap();
        let ended = once.wait_with_output().await.unwrap();
        let told = String::from_utf8_lossy(&ended.stdout);
        assert_eq!(ended.status.code(), Some(status), "{caller}: {told}");
        assert!(told.contains(said), "{caller}: {told}");
    }
}
