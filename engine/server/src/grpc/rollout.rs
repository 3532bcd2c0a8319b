use super::{Api, binding::identity, status::status, wire};
use simbind_core::{ids::CallerId, rollout::ApprovalStanding};
use simbind_proto::v1::{rollout_service_server::RolloutService, *};
use simbind_rules::PacksHash;
use simbind_service::{
    ServiceError,
    ports::{
        store::{Position, Store},
        vault::Vault,
    },
    rollout::{BackTo, Deed, Offer, StagingOutcome},
};
use std::future::Future;
use tonic::{Request, Response, Status};

impl<S: Store, V: Vault> Api<S, V> {
    pub(super) fn caller_of<T>(&self, request: &Request<T>) -> Result<CallerId, Status> {
        Ok(self.0.parties.caller(&identity(request)?))
    }
}

/// Does the work to its end, also where the caller goes away: a change that is on disk is in force.
pub(super) async fn to_the_end<T: Send + 'static>(
    work: impl Future<Output = Result<T, ServiceError>> + Send + 'static,
) -> Result<Response<T>, Status> {
    let done = tokio::spawn(work).await;
    let fault = || ServiceError::Unavailable { why: "the work on packs panicked".into() };
    done.unwrap_or_else(|_| Err(fault())).map(Response::new).map_err(status)
}

fn hash(value: &[u8]) -> Result<PacksHash, ServiceError> {
    wire::sha256("packs_hash", value).map(PacksHash)
}

fn offer(packs: Option<stage_packs_request::Packs>) -> Result<Offer, ServiceError> {
    use stage_packs_request::Packs;
    match wire::required("packs", packs)? {
        Packs::Sources(PackSources { packs }) => {
            wire::sources("sources.packs", packs).map(Offer::Texts)
        }
        Packs::Bundle(bytes) => Ok(Offer::Bundle(bytes.into())),
    }
}

fn staged(outcome: StagingOutcome) -> StagePacksResponse {
    let (found, packs_hash, approval_needed) = match outcome {
        StagingOutcome::NotGood(found) => (found, Vec::new(), false),
        StagingOutcome::Staged { packs, approval, warnings } => {
            (warnings, packs.0.to_vec(), approval == ApprovalStanding::Missing)
        }
    };
    let diagnostics = found.into_iter().map(wire::diagnostic).collect();
    StagePacksResponse { diagnostics, packs_hash: packs_hash.into(), approval_needed }
}

#[tonic::async_trait]
impl<S: Store, V: Vault> RolloutService for Api<S, V> {
    async fn stage_packs(
        &self,
        request: Request<StagePacksRequest>,
    ) -> Result<Response<StagePacksResponse>, Status> {
        let (api, by) = (self.clone(), self.caller_of(&request)?);
        let StagePacksRequest { packs, why } = request.into_inner();
        to_the_end(async move {
            let (offer, why) = (offer(packs)?, wire::why(&why)?);
            let deed = Deed { by: &by, why: &why };
            let outcome = api.engine().stage_packs(deed, offer).await?;
            if let StagingOutcome::Staged { .. } = outcome {
                api.0.metrics.packs_changed("staged");
            }
            Ok(staged(outcome))
        })
        .await
    }

    async fn get_rollout(
        &self,
        _request: Request<GetRolloutRequest>,
    ) -> Result<Response<GetRolloutResponse>, Status> {
        let view = self.engine().rollout().await.map_err(status)?;
        Ok(Response::new(wire::rollout(&view)))
    }

    async fn approve_packs(
        &self,
        request: Request<ApprovePacksRequest>,
    ) -> Result<Response<ApprovePacksResponse>, Status> {
        let (api, by) = (self.clone(), self.caller_of(&request)?);
        let ApprovePacksRequest { packs_hash, why } = request.into_inner();
        to_the_end(async move {
            let (packs, why) = (hash(&packs_hash)?, wire::why(&why)?);
            api.engine().approve_packs(Deed { by: &by, why: &why }, packs).await?;
            api.0.metrics.packs_changed("approved");
            Ok(ApprovePacksResponse {})
        })
        .await
    }

    async fn advance_rollout(
        &self,
        request: Request<AdvanceRolloutRequest>,
    ) -> Result<Response<AdvanceRolloutResponse>, Status> {
        let (api, by) = (self.clone(), self.caller_of(&request)?);
        let AdvanceRolloutRequest { packs_hash, stage, share_permille, why } = request.into_inner();
        to_the_end(async move {
            let to = wire::advance(stage, share_permille)?;
            let (packs, why) = (hash(&packs_hash)?, wire::why(&why)?);
            let deed = Deed { by: &by, why: &why };
            let live = api.engine().advance_packs(deed, packs, to).await?;
            api.0.metrics.packs_changed("advanced");
            Ok(AdvanceRolloutResponse { live_packs_hash: live.0.to_vec().into() })
        })
        .await
    }

    async fn withdraw_packs(
        &self,
        request: Request<WithdrawPacksRequest>,
    ) -> Result<Response<WithdrawPacksResponse>, Status> {
        let (api, by) = (self.clone(), self.caller_of(&request)?);
        let WithdrawPacksRequest { packs_hash, why } = request.into_inner();
        to_the_end(async move {
            let (packs, why) = (hash(&packs_hash)?, wire::why(&why)?);
            api.engine().withdraw_packs(Deed { by: &by, why: &why }, packs).await?;
            api.0.metrics.packs_changed("withdrawn");
            Ok(WithdrawPacksResponse {})
        })
        .await
    }

    async fn roll_back_packs(
        &self,
        request: Request<RollBackPacksRequest>,
    ) -> Result<Response<RollBackPacksResponse>, Status> {
        let (api, by) = (self.clone(), self.caller_of(&request)?);
        let RollBackPacksRequest { packs_hash, why, live_packs_hash } = request.into_inner();
        to_the_end(async move {
            let to = match &*packs_hash {
                [] => BackTo::Before,
                named => BackTo::Packs(hash(named)?),
            };
            let leaving = PacksHash(wire::sha256("live_packs_hash", &live_packs_hash)?);
            let why = wire::why(&why)?;
            let deed = Deed { by: &by, why: &why };
            let live = api.engine().roll_back_packs(deed, leaving, to).await?;
            api.0.metrics.packs_changed("rolled_back");
            Ok(RollBackPacksResponse { live_packs_hash: live.0.to_vec().into() })
        })
        .await
    }

    async fn list_pack_changes(
        &self,
        request: Request<ListPackChangesRequest>,
    ) -> Result<Response<ListPackChangesResponse>, Status> {
        let ListPackChangesRequest { page_size, page_token } = request.into_inner();
        let found = async {
            let after = match &*page_token {
                "" => None,
                token => Some(Position(wire::field("page_token", token)?)),
            };
            let page = self.engine().pack_changes(after, wire::page(page_size)?).await?;
            Ok(ListPackChangesResponse {
                changes: page.changes.iter().map(wire::change).collect(),
                next_page_token: page.next.map(|at| at.0.to_string()).unwrap_or_default(),
            })
        };
        found.await.map(Response::new).map_err(status)
    }

    async fn snooze_rule(
        &self,
        request: Request<SnoozeRuleRequest>,
    ) -> Result<Response<SnoozeRuleResponse>, Status> {
        let by = self.caller_of(&request)?;
        let found = async {
            let (request, why) = wire::snooze_request(request.into_inner())?;
            let deed = Deed { by: &by, why: &why };
            let binding = request.binding;
            let snooze = self.engine().snooze_rule(deed, request).await?;
            self.0.metrics.packs_changed("snoozed");
            Ok(SnoozeRuleResponse { snooze: Some(wire::snooze(binding, &snooze)) })
        };
        found.await.map(Response::new).map_err(status)
    }

    async fn end_snooze(
        &self,
        request: Request<EndSnoozeRequest>,
    ) -> Result<Response<EndSnoozeResponse>, Status> {
        let by = self.caller_of(&request)?;
        let EndSnoozeRequest { binding_id, snooze_id, why } = request.into_inner();
        let found = async {
            let binding = wire::binding_id(&binding_id)?;
            let snooze = wire::field("snooze_id", &snooze_id)?;
            let why = wire::why(&why)?;
            self.engine().end_snooze(Deed { by: &by, why: &why }, binding, snooze).await?;
            self.0.metrics.packs_changed("snooze_ended");
            Ok(EndSnoozeResponse {})
        };
        found.await.map(Response::new).map_err(status)
    }

    async fn list_snoozes(
        &self,
        request: Request<ListSnoozesRequest>,
    ) -> Result<Response<ListSnoozesResponse>, Status> {
        let found = async {
            let binding = wire::binding_id(&request.into_inner().binding_id)?;
            let snoozes = self.engine().snoozes(binding).await?;
            let snoozes = snoozes.iter().map(|snooze| wire::snooze(binding, snooze)).collect();
            Ok(ListSnoozesResponse { snoozes })
        };
        found.await.map(Response::new).map_err(status)
    }
}
