use super::{Api, binding::identity, rollout::to_the_end, status::status, wire};
use crate::callers::{Identity, Role};
use simbind_core::ids::AuthorityId;
use simbind_proto::v1::{status_service_server::StatusService, *};
use simbind_service::{
    ServiceError,
    ports::{store::Store, vault::Vault},
};
use tonic::{Request, Response, Status};

#[tonic::async_trait]
impl<S: Store, V: Vault> StatusService for Api<S, V> {
    async fn push_status(
        &self,
        request: Request<PushStatusRequest>,
    ) -> Result<Response<PushStatusResponse>, Status> {
        let by = self.caller_of(&request)?;
        let told = wire::told(request.into_inner()).map_err(status)?;
        let api = self.clone();
        // To its end, also where the caller goes away: what is on disk is to count.
        to_the_end(async move {
            let taken = api.engine().push_status(&by, told).await?;
            Ok(PushStatusResponse { outcome: wire::push_outcome(taken).into() })
        })
        .await
    }

    async fn get_certificate_status(
        &self,
        request: Request<GetCertificateStatusRequest>,
    ) -> Result<Response<GetCertificateStatusResponse>, Status> {
        let identity = identity(&request)?;
        let GetCertificateStatusRequest { certificate } = request.into_inner();
        let certificate = wire::certificate(certificate).map_err(status)?;
        let known = self.engine().certificate_status(certificate).await;
        let (name, answer) = known.map_err(status)?;
        if !self.sees_issuer(&identity, &name.issuer) {
            // Not told apart from one that there is not: who may not see it may not find it.
            return Err(status(ServiceError::NotFound("certificate")));
        }
        Ok(Response::new(wire::standing(&name, answer)))
    }

    async fn list_status_sources(
        &self,
        request: Request<ListStatusSourcesRequest>,
    ) -> Result<Response<ListStatusSourcesResponse>, Status> {
        let ListStatusSourcesRequest {} = request.into_inner();
        let issuers = self.engine().issuers().into_iter().map(wire::state).collect();
        Ok(Response::new(ListStatusSourcesResponse { issuers }))
    }
}

impl<S: Store, V: Vault> Api<S, V> {
    /// Whether the caller sees all certificates, or speaks for the issuer.
    fn sees_issuer(&self, identity: &Identity, issuer: &AuthorityId) -> bool {
        let all = [Role::Counter, Role::HelpDesk, Role::Auditor];
        all.into_iter().any(|role| identity.has(role))
            || identity.name().is_some_and(|name| self.engine().speaks_for_issuer(name, issuer))
    }
}
