//! A backtest over the decisions ledger of a copy of a data folder, without a server.

use crate::grpc::{backtest_part, backtest_request};
use simbind_proto::v1::{BacktestRequest, BacktestResponse};
use simbind_service::{
    backtest::{Ended, Tried, TriedPacks, run},
    packs::check,
};
use simbind_store::LedgerCopy;
use std::{error::Error, path::Path};
use tokio::sync::mpsc;

/// Decides the decisions of a folder again and hands on what is found.
pub(super) async fn ask(
    data: &Path,
    request: BacktestRequest,
    parts: mpsc::Sender<BacktestResponse>,
) -> Result<(), Box<dyn Error>> {
    let (packs, terms) = backtest_request(request)?;
    let TriedPacks::Sources(sources) = packs else {
        return Err("without a server packs are given by their files".into());
    };
    let book = check(&sources).map_err(|found| {
        let lines: Vec<_> = found.iter().map(ToString::to_string).collect();
        lines.join("\n")
    })?;
    let folder = data.join("store");
    let ledger = LedgerCopy::open(if folder.is_dir() { &folder } else { data })?;
    let (send, mut found) = mpsc::channel(16);
    let running = async move { run(&ledger, Tried::from(book), terms, &send).await };
    let handing = async {
        while let Some(part) = found.recv().await {
            if parts.send(backtest_part(part)).await.is_err() {
                break;
            }
        }
    };
    let (ended, ()) = tokio::join!(running, handing);
    match ended? {
        Ended::Done => Ok(()),
        Ended::Abandoned => Err("the backtest was given up".into()),
    }
}
