//! The registry of handsets and readers by the command line: the sample files, on a server and
//! without one.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use serde_json::Value;
use sim_sim::trials;
use simbind_tests::{Launch, Server, simbind_binary};
use std::{
    path::{Path, PathBuf},
    process::Output,
};
use tokio::process::Command;

fn samples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../engine/server/samples/registry")
}

async fn simbind(args: &[&str]) -> Output {
    Command::new(simbind_binary().unwrap()).arg("admin").args(args).output().await.unwrap()
}

/// What a command prints as JSON.
async fn json(args: &[&str]) -> Value {
    let output = simbind(&[args, &["--json"]].concat()).await;
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{args:?}: {told}");
    serde_json::from_slice(&output.stdout).unwrap()
}

async fn on(server: &Server, args: &[&str]) -> Value {
    let target = server.address().to_string();
    json(&[args, &["--target", &target]].concat()).await
}

#[tokio::test]
async fn the_samples_are_imported_shown_and_there_after_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let server = Launch::new(dir.path().join("data")).start().await.unwrap();
    let samples = samples();
    let samples = samples.to_str().unwrap();
    let read = json(&["registry", "import", samples, "--check"]).await;
    let none = on(&server, &["registry", "show"]).await;
    assert_eq!(none["version"], Value::Null);
    let import = ["registry", "import", samples, "--why", "a first list"];
    let imported = on(&server, &import).await;
    assert_eq!(imported["outcome"], "imported");
    assert_eq!(imported["version"]["hash"], read["hash"]);
    assert_eq!(on(&server, &import).await["outcome"], "unchanged");
    let server = server.kill_and_restart().await.unwrap();
    let shown = on(&server, &["registry", "show"]).await;
    assert_eq!(shown["version"]["hash"], read["hash"]);
    assert_eq!(shown["handsets"], read["handsets"]);
    let model = on(&server, &["registry", "show", "--tac", "00000100"]).await;
    assert_eq!(model["model"], "kitakaze-k1");
    let online = on(&server, &["compat", "--criterion", "certified"]).await;
    let offline = json(&["compat", "--dir", samples]).await;
    assert_eq!(online["handsets"], offline["handsets"]);
    // Nobody is enrolled, and of nobody no number is told.
    assert_eq!(online["criteria"][0]["people"], Value::Null);
}

#[tokio::test]
async fn what_trials_of_the_virtual_sim_come_to_is_imported_and_shown() {
    let dir = tempfile::tempdir().unwrap();
    let files = dir.path().join("registry");
    std::fs::create_dir(&files).unwrap();
    let sorts = trials::Sorts::shipped().unwrap();
    let played = trials::play(&sorts, 1).unwrap();
    std::fs::write(files.join("handsets.csv"), trials::handsets_csv(&sorts)).unwrap();
    std::fs::write(files.join("readers.csv"), trials::readers_csv(&sorts)).unwrap();
    std::fs::write(files.join("trials.csv"), trials::trials_csv(&sorts, &played)).unwrap();
    let server = Launch::new(dir.path().join("data")).start().await.unwrap();
    let import = ["registry", "import", files.to_str().unwrap(), "--why", "trials of sim-sim"];
    assert_eq!(on(&server, &import).await["outcome"], "imported");
    let shown = on(&server, &["registry", "show"]).await;
    assert_eq!(shown["handsets"], sorts.handset.len());
    assert_eq!(shown["readers"], sorts.reader.len());
    assert_eq!(shown["trials"], played.len());
    let matrix = on(&server, &["compat"]).await;
    assert_eq!(matrix["handsets"].as_array().unwrap().len(), sorts.handset.len());
    let text = matrix["handsets"].to_string();
    for outcome in ["passed", "partial", "failed"] {
        assert!(text.contains(outcome), "{outcome}: {text}");
    }
}

#[tokio::test]
async fn a_criterion_tells_whom_it_leaves_out_without_a_server() {
    let samples = samples();
    let people = samples.join("people.csv");
    let args = ["compat", "--dir", samples.to_str().unwrap(), "--people", people.to_str().unwrap()];
    let with = |more: &[&'static str]| [&args[..], more].concat();
    let found =
        json(&with(&["--criterion", "listed", "--criterion", "certified,nfc=type_b"])).await;
    let number = |place: usize, what: &str| found["criteria"][place][what].as_u64().unwrap();
    assert!(number(0, "left_out") > 0, "two models are withdrawn");
    assert!(number(1, "left_out") > number(0, "left_out"));
    for place in [0, 1] {
        let parts = ["served", "left_out", "unlisted", "nameless"].map(|what| number(place, what));
        assert_eq!(parts.into_iter().sum::<u64>(), number(place, "people"));
    }
    let trial = json(&with(&["--criterion", "trial=passed", "--reader", "sato-door"])).await;
    assert_eq!(trial["criteria"][0]["criterion"], "trial=passed@sato-door");
    for wrong in [&["--criterion", "nfc=b"][..], &["--reader", "gate-9"]] {
        let output = simbind(&with(wrong)).await;
        assert!(!output.status.success(), "{wrong:?}");
    }
}

#[tokio::test]
async fn wrong_files_are_told_by_line_before_a_server_is_asked() {
    let dir = tempfile::tempdir().unwrap();
    for file in ["handsets.csv", "readers.csv", "trials.csv"] {
        let text = std::fs::read_to_string(samples().join(file)).unwrap();
        let text = text.replace("certified", "certfied");
        std::fs::write(dir.path().join(file), text).unwrap();
    }
    // No server is there.
    let folder = dir.path().to_str().unwrap();
    let import = ["registry", "import", folder, "--why", "x", "--target", "127.0.0.1:1"];
    let output = simbind(&import).await;
    assert_eq!(output.status.code(), Some(1));
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(told.contains("column 8 (listing): is none of certified, listed, withdrawn"), "{told}");
    assert!(told.lines().any(|line| line.starts_with("readers.csv:3: column 5")), "{told}");
}
