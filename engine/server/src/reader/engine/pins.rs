//! What became of PINs is told to the engine, later where it is away.

use simbind_proto::v1::{
    PinOutcome, ReportOutcomeRequest, check_service_client::CheckServiceClient,
    report_outcome_request::Outcome,
};
use std::time::Duration;
use tokio::sync::{mpsc, watch};
use tonic::{Code, transport::Channel};

/// How long it takes until the same is told again.
const AGAIN: Duration = Duration::from_millis(500);

/// Tells what comes, one after the other, until nothing more can come.
pub(super) async fn tell(
    mut outcomes: mpsc::Receiver<PinOutcome>,
    mut connection: watch::Receiver<Option<Channel>>,
    patience: Duration,
) {
    while let Some(outcome) = outcomes.recv().await {
        // One number for all tries, so that it counts once.
        let request_id = super::super::tap::request_id("pin");
        let request = ReportOutcomeRequest { request_id, outcome: Some(Outcome::Pin(outcome)) };
        while !told(&mut connection, &request, patience).await {
            tokio::time::sleep(AGAIN).await;
        }
    }
}

/// Whether nothing more is to be done about it.
async fn told(
    connection: &mut watch::Receiver<Option<Channel>>,
    request: &ReportOutcomeRequest,
    patience: Duration,
) -> bool {
    let channel = match connection.wait_for(Option::is_some).await {
        Ok(channel) => channel.clone(),
        // The stream's task is over: nobody connects any more.
        Err(_) => return true,
    };
    let Some(channel) = channel else { return false };
    let mut client = CheckServiceClient::new(channel);
    let answer = tokio::time::timeout(patience, client.report_outcome(request.clone())).await;
    let status = match answer {
        Err(_) => return false,
        Ok(Ok(_)) => return true,
        Ok(Err(status)) => status,
    };
    match status.code() {
        Code::Unavailable | Code::DeadlineExceeded | Code::ResourceExhausted => false,
        // A certificate that is not bound has no PIN that counts.
        Code::NotFound => true,
        code => {
            tracing::warn!(%code, "the engine does not take what became of a PIN");
            true
        }
    }
}
