use super::{Api, backtest, status::status};
use simbind_proto::v1::{rule_service_server::RuleService, *};
use simbind_rules::PacksHash;
use simbind_service::{
    ServiceError,
    packs::{Named, check},
    ports::{store::Store, vault::Vault},
};
use tonic::{Request, Response, Status};

/// The most packs that are compiled at once.
const MOST_PACKS: usize = 64;
/// The longest pack, in bytes.
const MOST_PACK_BYTES: usize = 512 << 10;

fn count(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

pub(super) fn sources(
    packs: Vec<PackSource>,
) -> Result<Vec<simbind_rules::PackSource>, ServiceError> {
    if packs.is_empty() || packs.len() > MOST_PACKS {
        let why = format!("has {} packs, not 1 to {MOST_PACKS}", packs.len());
        return Err(ServiceError::invalid("packs", why));
    }
    let source = |PackSource { name, text }| {
        if name.is_empty() || name.len() > 128 {
            return Err(ServiceError::invalid("packs.name", "does not have 1 to 128 bytes"));
        }
        if text.len() > MOST_PACK_BYTES {
            return Err(ServiceError::invalid("packs.text", "has more than 512 KiB"));
        }
        Ok(simbind_rules::PackSource { name, text })
    };
    packs.into_iter().map(source).collect()
}

fn named_packs(hash: &[u8]) -> Result<Named, ServiceError> {
    match hash {
        [] => Ok(Named::InService),
        hash => hash
            .try_into()
            .map(|hash| Named::Packs(PacksHash(hash)))
            .map_err(|_| ServiceError::invalid("packs_hash", "has not 32 bytes")),
    }
}

#[tonic::async_trait]
impl<S: Store, V: Vault> RuleService for Api<S, V> {
    type BacktestStream = backtest::Parts;

    async fn list_packs(
        &self,
        _request: Request<ListPacksRequest>,
    ) -> Result<Response<ListPacksResponse>, Status> {
        let (packs, hash) = self.engine().packs();
        let pack = |pack: simbind_rules::PackInfo| Pack {
            pack_id: pack.id,
            extends: pack.extends.unwrap_or_default(),
            rules: count(pack.rules),
            tests: count(pack.tests),
        };
        let packs = packs.into_iter().map(pack).collect();
        Ok(Response::new(ListPacksResponse { packs, packs_hash: hash.to_vec().into() }))
    }

    async fn get_packs(
        &self,
        request: Request<GetPacksRequest>,
    ) -> Result<Response<GetPacksResponse>, Status> {
        let named = named_packs(&request.into_inner().packs_hash).map_err(status)?;
        let (packs, hash) = self.engine().pack_texts(named).await.map_err(status)?;
        let source = |s: simbind_rules::PackSource| PackSource { name: s.name, text: s.text };
        let packs = packs.into_iter().map(source).collect();
        Ok(Response::new(GetPacksResponse { packs, packs_hash: hash.0.to_vec().into() }))
    }

    async fn check_packs(
        &self,
        request: Request<CheckPacksRequest>,
    ) -> Result<Response<CheckPacksResponse>, Status> {
        let sources = sources(request.into_inner().packs).map_err(status)?;
        let checked = tokio::task::spawn_blocking(move || check(&sources)).await;
        let checked = checked.map_err(|_| {
            status(ServiceError::Unavailable { why: "the compiler of packs panicked".into() })
        })?;
        let diagnostic = |found: simbind_rules::Diagnostic| Diagnostic {
            name: found.pack,
            line: found.line,
            column: found.column,
            message: found.message,
            suggestion: found.suggestion.unwrap_or_default(),
        };
        Ok(Response::new(match checked {
            Ok(book) => CheckPacksResponse {
                diagnostics: Vec::new(),
                packs_hash: book.hash().0.to_vec().into(),
            },
            Err(found) => CheckPacksResponse {
                diagnostics: found.into_iter().map(diagnostic).collect(),
                packs_hash: Vec::new().into(),
            },
        }))
    }

    async fn backtest(
        &self,
        request: Request<BacktestRequest>,
    ) -> Result<Response<Self::BacktestStream>, Status> {
        let begun = backtest::begin(self.clone(), request.into_inner()).await;
        begun.map(Response::new).map_err(status)
    }
}
