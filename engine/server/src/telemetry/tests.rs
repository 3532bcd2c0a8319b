use super::{Check, Event, LedgerCommit, Limit, Metrics, Queue, StagedPacks, serve_metrics};
use std::time::Duration;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    sync::oneshot,
};

#[tokio::test]
async fn the_endpoint_shows_what_was_counted_and_stops_when_told() {
    let metrics = Metrics::new();
    metrics.decided(&Check { kind: "login", verdict: "deny" }, Duration::from_millis(2));
    metrics.event(&Event { status: "applied" });
    metrics.committed(&LedgerCommit { ledger: "state", result: "ok" }, 3);
    metrics.queue(&Queue { queue: "checks" }, 7);
    metrics.limited(&Limit { per: "certificate" });
    metrics.store_healthy(false);
    metrics.packs_changed("staged");
    let staged = StagedPacks { stage: 2, share_permille: 125, checks: 9, differ: 4 };
    metrics.staged_packs(staged);
    metrics.attestation_list_read(true);
    metrics.attestation_list_age(Duration::from_secs(90));

    let (stop, stopped) = oneshot::channel::<()>();
    let (address, serving) =
        serve_metrics("127.0.0.1:0".parse().unwrap(), metrics, async { stopped.await.unwrap() })
            .await
            .unwrap();
    let serving = tokio::spawn(serving);
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream
        .write_all(b"GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        .await
        .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    for line in [
        "simbind_checks_total{kind=\"login\",verdict=\"deny\"} 1",
        "simbind_events_total{status=\"applied\"} 1",
        "simbind_decision_duration_seconds_count 1",
        "simbind_ledger_commit_entries_sum{ledger=\"state\"} 3",
        "simbind_queue_length{queue=\"checks\"} 7",
        "simbind_limit_hits_total{per=\"certificate\"} 1",
        "simbind_store_healthy 0",
        "simbind_pack_changes_total{change=\"staged\"} 1",
        "simbind_staged_packs_stage 2",
        "simbind_staged_packs_share_permille 125",
        "simbind_staged_packs_checks 9",
        "simbind_staged_packs_differences 4",
        "simbind_attestation_list_readings_total{result=\"ok\"} 1",
        "simbind_attestation_list_age_seconds 90",
    ] {
        assert!(answer.contains(line), "{line} is not in {answer}");
    }
    stop.send(()).unwrap();
    serving.await.unwrap().unwrap();
}
