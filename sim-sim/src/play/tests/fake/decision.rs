use super::{Answer, Fake};
use simbind_proto::v1::{self, decision_service_server::DecisionService};
use tonic::{Request, Response, Status};

#[tonic::async_trait]
impl DecisionService for Fake {
    async fn get_decision(
        &self,
        _: Request<v1::GetDecisionRequest>,
    ) -> Answer<v1::GetDecisionResponse> {
        Err(Status::unimplemented("not played"))
    }

    async fn list_decisions(
        &self,
        _: Request<v1::ListDecisionsRequest>,
    ) -> Answer<v1::ListDecisionsResponse> {
        Err(Status::unimplemented("not played"))
    }

    async fn explain_decision(
        &self,
        _: Request<v1::ExplainDecisionRequest>,
    ) -> Answer<v1::ExplainDecisionResponse> {
        Err(Status::unimplemented("not played"))
    }

    async fn replay_decision(
        &self,
        _: Request<v1::ReplayDecisionRequest>,
    ) -> Answer<v1::ReplayDecisionResponse> {
        Err(Status::unimplemented("not played"))
    }

    async fn list_reopened(
        &self,
        request: Request<v1::ListReopenedRequest>,
    ) -> Answer<v1::ListReopenedResponse> {
        assert!(request.get_ref().learned_from.is_some(), "all of the past");
        let decided = self.0.lock().unwrap().decided.clone();
        let again = |decision_id| v1::ReopenedDecision { decision_id, ..Default::default() };
        let reopened = decided.into_iter().map(again).collect();
        Ok(Response::new(v1::ListReopenedResponse { reopened, ..Default::default() }))
    }
}
