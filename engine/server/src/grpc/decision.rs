use super::{Api, binding::identity, status::status, wire};
use crate::callers::{Identity, Role};
use simbind_core::ids::DecisionId;
use simbind_proto::v1::{decision_service_server::DecisionService, *};
use simbind_service::{
    ServiceError,
    decisions::Replayed,
    help::Recording,
    ledger::DecisionEntry,
    ports::{store::Store, vault::Vault},
    reopened::Sees,
};
use tonic::{Request, Response, Status};

impl<S: Store, V: Vault> Api<S, V> {
    pub(super) fn answer_decision(&self, entry: &DecisionEntry) -> Decision {
        wire::decision(entry, self.engine().step_up_lifetime())
    }

    /// A relying party and a reader's host see their own decisions only; another's is not there.
    /// What followed from a decision by a step-up is its caller's too, whoever reported it.
    async fn may_see(
        &self,
        identity: &Identity,
        entry: &DecisionEntry,
    ) -> Result<(), ServiceError> {
        let caller = self.0.parties.caller(identity);
        if sees_all(identity) || entry.caller == caller {
            return Ok(());
        }
        if let Some(parent) = entry.parent
            && self.engine().decision(parent).await?.caller == caller
        {
            return Ok(());
        }
        Err(ServiceError::NotFound("decision"))
    }

    /// The newest decision of a code that the caller may see. A party asks for its own; the
    /// look-up of anyone else is recorded.
    async fn decision_of_code(
        &self,
        identity: &Identity,
        code: &str,
    ) -> Result<GetDecisionResponse, ServiceError> {
        let recording = if sees_all(identity) { Recording::Kept } else { Recording::Own };
        let by = self.0.parties.caller(identity);
        let code = wire::field("support_code", code)?;
        for entry in self.engine().of_code(&by, code, recording).await? {
            match self.may_see(identity, &entry).await {
                Ok(()) => {
                    let decision = Some(self.answer_decision(&entry));
                    return Ok(GetDecisionResponse { decision });
                }
                Err(ServiceError::NotFound(_)) => {}
                Err(error) => return Err(error),
            }
        }
        Err(ServiceError::NotFound("decision"))
    }
}

fn sees_all(identity: &Identity) -> bool {
    identity.has(Role::HelpDesk) || identity.has(Role::Auditor)
}

#[tonic::async_trait]
impl<S: Store, V: Vault> DecisionService for Api<S, V> {
    async fn get_decision(
        &self,
        request: Request<GetDecisionRequest>,
    ) -> Result<Response<GetDecisionResponse>, Status> {
        use get_decision_request::By;
        let identity = identity(&request)?;
        let GetDecisionRequest { by } = request.into_inner();
        let found = async {
            let entry = match wire::required("by", by)? {
                By::DecisionId(id) => {
                    self.engine().decision(wire::field("decision_id", &id)?).await?
                }
                By::SupportCode(code) => {
                    return self.decision_of_code(&identity, &code).await;
                }
            };
            self.may_see(&identity, &entry).await?;
            Ok(GetDecisionResponse { decision: Some(self.answer_decision(&entry)) })
        };
        found.await.map(Response::new).map_err(status)
    }

    async fn list_decisions(
        &self,
        request: Request<ListDecisionsRequest>,
    ) -> Result<Response<ListDecisionsResponse>, Status> {
        let ListDecisionsRequest { binding_id, page_size, page_token } = request.into_inner();
        let found = async {
            let binding = match &*binding_id {
                "" => None,
                id => Some(wire::binding_id(id)?),
            };
            let after: Option<DecisionId> = match &*page_token {
                "" => None,
                token => Some(wire::field("page_token", token)?),
            };
            let rows = wire::page(page_size)?;
            let (found, next) = self.engine().decisions(binding, after, rows).await?;
            Ok(ListDecisionsResponse {
                decisions: found.iter().map(|entry| self.answer_decision(entry)).collect(),
                next_page_token: next.map(|id| id.to_string()).unwrap_or_default(),
            })
        };
        found.await.map(Response::new).map_err(status)
    }

    async fn explain_decision(
        &self,
        request: Request<ExplainDecisionRequest>,
    ) -> Result<Response<ExplainDecisionResponse>, Status> {
        let ExplainDecisionRequest { decision_id } = request.into_inner();
        let found = async {
            let explained =
                self.engine().explain(wire::field("decision_id", &decision_id)?).await?;
            Ok(ExplainDecisionResponse {
                decision: Some(self.answer_decision(&explained.decision)),
                rules: explained.rules.into_iter().map(wire::rule_trace).collect(),
                facts: wire::facts(&explained.facts),
                milder: explained.milder.map(wire::milder),
            })
        };
        found.await.map(Response::new).map_err(status)
    }

    async fn replay_decision(
        &self,
        request: Request<ReplayDecisionRequest>,
    ) -> Result<Response<ReplayDecisionResponse>, Status> {
        let ReplayDecisionRequest { decision_id } = request.into_inner();
        let found = async {
            let id = wire::field("decision_id", &decision_id)?;
            let (replayed, verdict) = self.engine().replay(id).await?;
            let result = match replayed {
                Replayed::Same => ReplayResult::Same,
                Replayed::Different => ReplayResult::Different,
                Replayed::PacksMissing => ReplayResult::PacksMissing,
            };
            let verdict = wire::severity(verdict).to_owned();
            Ok(ReplayDecisionResponse { result: result.into(), verdict })
        };
        found.await.map(Response::new).map_err(status)
    }

    async fn list_reopened(
        &self,
        request: Request<ListReopenedRequest>,
    ) -> Result<Response<ListReopenedResponse>, Status> {
        let identity = identity(&request)?;
        let all = [Role::HelpDesk, Role::Analyst, Role::Auditor];
        let sees = match all.into_iter().any(|role| identity.has(role)) {
            true => Sees::All,
            false => Sees::Own(self.0.parties.caller(&identity)),
        };
        let request = request.into_inner();
        let found = async {
            let asked = wire::reopened_asked(&request, sees)?;
            let page = self.engine().reopened(&asked).await?;
            Ok(ListReopenedResponse {
                reopened: page.rows.iter().map(wire::reopened).collect(),
                next_page_token: page.next.map(|place| place.to_string()).unwrap_or_default(),
            })
        };
        found.await.map(Response::new).map_err(status)
    }
}
