//! The status list of attestation keys, as a file that changes under a running server.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use simbind_tests::{Launch, Server};
use std::{fs, path::Path, time::Duration};

const CHANGED: &str = "the status list of attestation keys changed";
const BROKEN: &str = "the status list of attestation keys cannot be read";
const LONGEST: Duration = Duration::from_secs(30);

/// Waits until the server's log says it so many times.
async fn says(server: &Server, text: &str, times: usize) {
    let waited = tokio::time::timeout(LONGEST, async {
        while server.said().matches(text).count() < times {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    });
    assert!(waited.await.is_ok(), "{text} is not {times} times in {}", server.said());
}

fn write(dir: &Path, name: &str, text: &str) {
    fs::write(dir.join(name), text).unwrap();
}

#[tokio::test]
async fn a_changed_list_is_taken_and_a_broken_one_leaves_the_one_before() {
    let dir = tempfile::tempdir().unwrap();
    let config =
        "[trust]\nattestation_status = \"status.json\"\nattestation_status_every = \"1s\"\n";
    write(dir.path(), "simbind.toml", config);
    write(dir.path(), "status.json", r#"{"entries": {}}"#);
    let launch = Launch::new(dir.path().join("data")).config(&dir.path().join("simbind.toml"));
    let server = launch.start().await.unwrap();
    write(dir.path(), "status.json", r#"{"entries": {"cc66": {"status": "REVOKED"}}}"#);
    says(&server, CHANGED, 1).await;
    write(dir.path(), "status.json", "{");
    says(&server, BROKEN, 1).await;
    write(dir.path(), "status.json", r#"{"entries": {"cc66": {"status": "SUSPENDED"}}}"#);
    says(&server, CHANGED, 2).await;
    assert_eq!(server.said().matches(BROKEN).count(), 1, "{}", server.said());
}

#[tokio::test]
async fn a_list_that_is_broken_at_the_start_is_refused_by_its_file() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), "simbind.toml", "[trust]\nattestation_status = \"status.json\"\n");
    write(dir.path(), "status.json", "{}");
    let launch = Launch::new(dir.path().join("data")).config(&dir.path().join("simbind.toml"));
    let refused = launch.start().await.unwrap_err().to_string();
    assert!(refused.contains("status.json"), "{refused}");
}
