use super::{Api, binding::identity, status::status, wire};
use crate::callers::{Identity, Role};
use simbind_core::ids::CallerId;
use simbind_proto::v1::{succession_service_server::SuccessionService, *};
use simbind_service::{
    ports::{store::Store, vault::Vault},
    succession::{Lister, LoanRequest, OwnerProof},
};
use tonic::{Request, Response, Status};

/// Who was seen in person is for counters to say.
pub(super) fn may_prove(caller: &Identity, owner: &OwnerProof) -> Result<(), Status> {
    match owner {
        OwnerProof::Ticket { .. } => caller.require(Role::Counter),
        OwnerProof::Card(_) => Ok(()),
    }
}

impl<S: Store, V: Vault> Api<S, V> {
    fn called_by<T>(&self, request: &Request<T>) -> Result<(Identity, CallerId), Status> {
        let caller = identity(request)?;
        let by = self.0.parties.caller(&caller);
        Ok((caller, by))
    }
}

#[tonic::async_trait]
impl<S: Store, V: Vault> SuccessionService for Api<S, V> {
    async fn issue_owner_challenge(
        &self,
        request: Request<IssueOwnerChallengeRequest>,
    ) -> Result<Response<IssueOwnerChallengeResponse>, Status> {
        let (_, by) = self.called_by(&request)?;
        let issued = self.engine().owner_challenge(&by).map_err(status)?;
        Ok(Response::new(IssueOwnerChallengeResponse {
            challenge: issued.bytes.to_vec().into(),
            expires_at: Some(wire::time(issued.expires_at)),
        }))
    }

    async fn list_renewals(
        &self,
        request: Request<ListRenewalsRequest>,
    ) -> Result<Response<ListRenewalsResponse>, Status> {
        let (caller, by) = self.called_by(&request)?;
        let ListRenewalsRequest { page_size, page_token } = request.into_inner();
        let desk = caller.has(Role::Counter) || caller.has(Role::HelpDesk);
        let found = async {
            let rows = wire::page(page_size)?;
            let after = wire::renewal_cursor(&page_token)?;
            let lister = if desk { Lister::Desk } else { Lister::Issuer(&by) };
            self.engine().renewals(lister, after, rows).await
        };
        let (found, next) = found.await.map_err(status)?;
        Ok(Response::new(ListRenewalsResponse {
            renewals: found.into_iter().map(wire::renewal).collect(),
            next_page_token: next.map(wire::renewal_token).unwrap_or_default(),
        }))
    }

    async fn renew_binding(
        &self,
        request: Request<RenewBindingRequest>,
    ) -> Result<Response<RenewBindingResponse>, Status> {
        let (caller, by) = self.called_by(&request)?;
        let (id, asked) = wire::renewal_request(request.into_inner()).map_err(status)?;
        may_prove(&caller, &asked.owner)?;
        let old = asked.binding;
        let renewed = async {
            let new = self.engine().renew(&by, &id, asked).await?;
            let old = self.engine().binding(old).await?.binding;
            Ok((self.answer(new).await?, old.ends_at()))
        };
        let (binding, until) = renewed.await.map_err(status)?;
        let old_until = Some(wire::time(until));
        Ok(Response::new(RenewBindingResponse { binding: Some(binding), old_until }))
    }

    async fn replace_handset(
        &self,
        request: Request<ReplaceHandsetRequest>,
    ) -> Result<Response<ReplaceHandsetResponse>, Status> {
        let (caller, by) = self.called_by(&request)?;
        let (id, asked) = wire::handset_change(request.into_inner()).map_err(status)?;
        may_prove(&caller, &asked.owner)?;
        let replaced = async {
            let new = self.engine().replace_handset(&by, &id, asked).await?;
            self.answer(new).await
        };
        let binding = replaced.await.map_err(status)?;
        Ok(Response::new(ReplaceHandsetResponse { binding: Some(binding) }))
    }

    async fn replace_sim(
        &self,
        request: Request<ReplaceSimRequest>,
    ) -> Result<Response<ReplaceSimResponse>, Status> {
        let (caller, by) = self.called_by(&request)?;
        let (id, asked) = wire::sim_change(request.into_inner()).map_err(status)?;
        may_prove(&caller, &asked.owner)?;
        let replaced = async {
            let new = self.engine().replace_sim(&by, &id, asked).await?;
            self.answer(new).await
        };
        let binding = replaced.await.map_err(status)?;
        Ok(Response::new(ReplaceSimResponse { binding: Some(binding) }))
    }

    async fn lend_handset(
        &self,
        request: Request<LendHandsetRequest>,
    ) -> Result<Response<LendHandsetResponse>, Status> {
        let (_, by) = self.called_by(&request)?;
        let asked = request.into_inner();
        let until = asked.until;
        let lent = async {
            let (id, (binding, loan)) = wire::lending(asked)?;
            self.answer(self.engine().loan(&by, &id, binding, loan).await?).await
        };
        let binding = lent.await.map_err(status)?;
        Ok(Response::new(LendHandsetResponse { binding: Some(binding), until }))
    }

    async fn return_handset(
        &self,
        request: Request<ReturnHandsetRequest>,
    ) -> Result<Response<ReturnHandsetResponse>, Status> {
        let (_, by) = self.called_by(&request)?;
        let ReturnHandsetRequest { request_id, binding_id } = request.into_inner();
        let returned = async {
            let id = wire::field("request_id", &request_id)?;
            let binding = wire::binding_id(&binding_id)?;
            let loan = LoanRequest::Return;
            self.answer(self.engine().loan(&by, &id, binding, loan).await?).await
        };
        let binding = returned.await.map_err(status)?;
        Ok(Response::new(ReturnHandsetResponse { binding: Some(binding) }))
    }
}
