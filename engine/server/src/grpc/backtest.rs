//! Backtests: parts go to the caller as they are found.

use super::{Api, status::status, wire};
use futures::{
    StreamExt as _,
    stream::{self, BoxStream},
};
use simbind_proto::v1::{BacktestRequest, BacktestResponse, PackSet, PackSources, pack_set::By};
use simbind_service::{
    ServiceError,
    backtest::{Terms, TriedPacks},
    ports::{store::Store, vault::Vault},
};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::Status;

/// Parts that wait for the caller to take them.
const WAITING: usize = 16;

/// What a handler answers with.
pub(super) type Parts = BoxStream<'static, Result<BacktestResponse, Status>>;

/// Begins a backtest. It ends by itself, or when the stream is dropped.
pub(super) async fn begin<S: Store, V: Vault>(
    api: Api<S, V>,
    request: BacktestRequest,
) -> Result<Parts, ServiceError> {
    let BacktestRequest { packs, from, to, most_changes } = request;
    let packs = tried_packs(packs)?;
    let instant =
        |name, value: Option<_>| value.map(|value| wire::instant(name, Some(value))).transpose();
    let terms = Terms { from: instant("from", from)?, to: instant("to", to)?, most_changes };
    let backtest = api.engine().prepare_backtest(packs, terms).await?;
    let (send, receive) = mpsc::channel(WAITING);
    let running = tokio::spawn(async move { api.engine().backtest(backtest, &send).await });
    let fault = async {
        match running.await {
            Ok(Ok(_)) => None,
            Ok(Err(error)) => Some(Err(status(error))),
            Err(_) => Some(Err(Status::unavailable("the backtest was given up"))),
        }
    };
    let parts = ReceiverStream::new(receive).map(|part| Ok(wire::backtest_part(part)));
    Ok(parts.chain(stream::once(fault).filter_map(std::future::ready)).boxed())
}

/// What a request asks for.
pub(crate) fn backtest_request(
    request: BacktestRequest,
) -> Result<(TriedPacks, Terms), ServiceError> {
    let BacktestRequest { packs, from, to, most_changes } = request;
    let packs = tried_packs(packs)?;
    let instant =
        |name, value: Option<_>| value.map(|value| wire::instant(name, Some(value))).transpose();
    let terms = Terms { from: instant("from", from)?, to: instant("to", to)?, most_changes };
    Ok((packs, terms))
}

fn tried_packs(packs: Option<PackSet>) -> Result<TriedPacks, ServiceError> {
    pack_set(wire::required("packs", packs)?)
}

/// The packs that a request names.
pub(super) fn pack_set(PackSet { by }: PackSet) -> Result<TriedPacks, ServiceError> {
    Ok(match wire::required("packs.by", by)? {
        By::PacksHash(hash) if hash.is_empty() => TriedPacks::InService,
        By::PacksHash(hash) => TriedPacks::Hash(wire::sha256("packs.packs_hash", &hash)?),
        By::Sources(PackSources { packs }) => TriedPacks::Sources(wire::sources("packs", packs)?),
    })
}
