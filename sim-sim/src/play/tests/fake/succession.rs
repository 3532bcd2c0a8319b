use super::{Answer, Fake, bound};
use simbind_core::ids::{Iccid, Imei};
use simbind_proto::v1::{self, succession_service_server::SuccessionService};
use tonic::{Request, Response, Status};

#[tonic::async_trait]
impl SuccessionService for Fake {
    async fn issue_owner_challenge(
        &self,
        request: Request<v1::IssueOwnerChallengeRequest>,
    ) -> Answer<v1::IssueOwnerChallengeResponse> {
        self.note(request.get_ref());
        let challenge = vec![0xE0; 50].into();
        Ok(Response::new(v1::IssueOwnerChallengeResponse { challenge, expires_at: None }))
    }

    async fn list_renewals(
        &self,
        request: Request<v1::ListRenewalsRequest>,
    ) -> Answer<v1::ListRenewalsResponse> {
        self.note(request.get_ref());
        Err(Status::unimplemented("no"))
    }

    async fn renew_binding(
        &self,
        request: Request<v1::RenewBindingRequest>,
    ) -> Answer<v1::RenewBindingResponse> {
        let request = request.into_inner();
        self.note(&request);
        assert!(request.owner.is_some() && !request.certificate_chain.is_empty());
        let binding = bound(&request.request_id);
        Ok(Response::new(v1::RenewBindingResponse { binding, ..Default::default() }))
    }

    async fn replace_handset(
        &self,
        request: Request<v1::ReplaceHandsetRequest>,
    ) -> Answer<v1::ReplaceHandsetResponse> {
        let request = request.into_inner();
        self.note(&request);
        assert!(request.owner.is_some() && !request.certificate_chain.is_empty());
        assert!(request.handset.is_some());
        let binding = bound(&request.request_id);
        Ok(Response::new(v1::ReplaceHandsetResponse { binding }))
    }

    async fn replace_sim(
        &self,
        request: Request<v1::ReplaceSimRequest>,
    ) -> Answer<v1::ReplaceSimResponse> {
        let request = request.into_inner();
        self.note(&request);
        assert!(request.owner.is_some() && !request.certificate_chain.is_empty());
        request.sim.unwrap().iccid.parse::<Iccid>().unwrap();
        let binding = bound(&request.request_id);
        Ok(Response::new(v1::ReplaceSimResponse { binding }))
    }

    async fn lend_handset(
        &self,
        request: Request<v1::LendHandsetRequest>,
    ) -> Answer<v1::LendHandsetResponse> {
        let request = request.into_inner();
        self.note(&request);
        request.imei.parse::<Imei>().unwrap();
        let binding = bound(&request.binding_id);
        Ok(Response::new(v1::LendHandsetResponse { binding, ..Default::default() }))
    }

    async fn return_handset(
        &self,
        request: Request<v1::ReturnHandsetRequest>,
    ) -> Answer<v1::ReturnHandsetResponse> {
        let request = request.into_inner();
        self.note(&request);
        let binding = bound(&request.binding_id);
        Ok(Response::new(v1::ReturnHandsetResponse { binding }))
    }
}
