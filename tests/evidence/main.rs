//! `simbind evidence`, as a person or a script meets it: by its statuses, its JSON and its tree.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod android_key;
mod app_attest;
mod chain;
mod made;
mod samples;

use serde_json::Value;
use simbind_tests::{Exit, command};
use std::path::Path;

/// Runs a command of `simbind evidence` in a folder.
async fn evidence(folder: &Path, args: &[&str]) -> Exit {
    command(folder, &[&["evidence"], args].concat()).await.unwrap()
}

/// Its one JSON object, and its status.
async fn told(folder: &Path, args: &[&str]) -> (Value, i32) {
    let exit = evidence(folder, &[args, &["--json"]].concat()).await;
    assert_eq!(exit.stdout.lines().count(), 1, "{} {}", exit.stdout, exit.stderr);
    (serde_json::from_str(&exit.stdout).unwrap(), exit.status.code().unwrap())
}
