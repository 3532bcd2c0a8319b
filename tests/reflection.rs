//! A client of another language, which knows nothing but the server's reflection.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test fails by panicking, and says so"
)]

use simbind_tests::{Launch, python, workspace_root};
use std::path::Path;
use tokio::process::Command;

async fn client(python: &Path, args: &[&std::ffi::OsStr]) {
    let script = workspace_root().join("tests/python/reflection_client.py");
    let output = Command::new(python).arg(script).args(args).output().await.unwrap();
    let out = String::from_utf8_lossy(&output.stdout);
    let err = String::from_utf8_lossy(&output.stderr);
    println!("{out}{err}");
    assert!(output.status.success(), "{}: {out}{err}", output.status);
}

#[tokio::test]
async fn the_published_transcript_vectors_can_be_reproduced_in_python() {
    let Some(python) = python() else {
        println!("skipped: there is no Python with gRPC; `cargo xtask test` makes it");
        return;
    };
    let vectors = workspace_root().join("proto/TRANSCRIPT.md");
    client(&python, &["--vectors".as_ref(), vectors.as_ref()]).await;
}

#[tokio::test]
async fn a_python_client_with_only_reflection_enrols_pushes_events_and_checks() {
    let Some(python) = python() else {
        println!("skipped: there is no Python with gRPC; `cargo xtask test` makes it");
        return;
    };
    let dir = tempfile::tempdir().unwrap();
    client(&python, &["--make-ca".as_ref(), dir.path().as_ref()]).await;
    let launch = Launch::new(dir.path().join("data")).trust(&dir.path().join("ca.pem"));
    let server = launch.start().await.unwrap();
    let address = server.address().to_string();
    let target = ["--target".as_ref(), address.as_ref(), "--dir".as_ref(), dir.path().as_ref()];
    client(&python, &target).await;
}
