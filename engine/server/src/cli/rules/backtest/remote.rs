//! A backtest at a server.

use crate::cli::remote::{MOST_BYTES, RemoteArgs, RemoteError};
use simbind_proto::v1::{
    BacktestRequest, BacktestResponse, GetPacksRequest, PackSource,
    rule_service_client::RuleServiceClient,
};
use std::error::Error;
use tokio::sync::mpsc;

/// Asks a server and hands on what it tells.
pub(super) async fn ask(
    server: &RemoteArgs,
    request: BacktestRequest,
    parts: mpsc::Sender<BacktestResponse>,
) -> Result<(), Box<dyn Error>> {
    let client = RuleServiceClient::new(server.connect().await?);
    let mut client = client.max_decoding_message_size(MOST_BYTES);
    let mut stream = client.backtest(request).await.map_err(RemoteError::from)?.into_inner();
    while let Some(part) = stream.message().await.map_err(RemoteError::from)? {
        parts.send(part).await?;
    }
    Ok(())
}

/// The packs in service.
pub(super) async fn packs(
    server: &RemoteArgs,
) -> Result<Vec<simbind_rules::PackSource>, RemoteError> {
    let client = RuleServiceClient::new(server.connect().await?);
    let mut client = client.max_decoding_message_size(MOST_BYTES);
    let request = GetPacksRequest { packs_hash: Vec::new().into() };
    let packs = client.get_packs(request).await?.into_inner().packs.into_iter();
    let source = |PackSource { name, text }| simbind_rules::PackSource { name, text };
    Ok(packs.map(source).collect())
}
