use super::{Api, backtest, status::status, wire};
use simbind_proto::v1::{rule_service_server::RuleService, *};
use simbind_rules::PacksHash;
use simbind_service::{
    ServiceError,
    backtest::TriedPacks,
    explain::Question,
    packs::Named,
    ports::{store::Store, vault::Vault},
};
use tonic::{Request, Response, Status};

fn count(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
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
        let sources = wire::sources("packs", request.into_inner().packs).map_err(status)?;
        let (found, packs_hash) = match self.engine().try_packs(sources).await.map_err(status)? {
            Ok((warnings, hash)) => (warnings, hash.0.to_vec()),
            Err(found) => (found, Vec::new()),
        };
        let diagnostics = found.into_iter().map(wire::diagnostic).collect();
        Ok(Response::new(CheckPacksResponse { diagnostics, packs_hash: packs_hash.into() }))
    }

    async fn explain_facts(
        &self,
        request: Request<ExplainFactsRequest>,
    ) -> Result<Response<ExplainFactsResponse>, Status> {
        let ExplainFactsRequest { packs, pack_id, kind, facts } = request.into_inner();
        let answer = async {
            let packs = packs.map(backtest::pack_set).transpose()?;
            let kind = wire::check_kind(kind)?;
            let facts = wire::known_facts(kind, &facts)?;
            let packs = packs.unwrap_or(TriedPacks::InService);
            let pack = Some(pack_id).filter(|id| !id.is_empty());
            self.engine().explain_facts(Question { packs, pack, kind, facts }).await
        };
        answer.await.map(wire::explained_facts).map(Response::new).map_err(status)
    }

    async fn backtest(
        &self,
        request: Request<BacktestRequest>,
    ) -> Result<Response<Self::BacktestStream>, Status> {
        let begun = backtest::begin(self.clone(), request.into_inner()).await;
        begun.map(Response::new).map_err(status)
    }
}
