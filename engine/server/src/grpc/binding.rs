use super::{Api, status::status, succession::may_prove, wire};
use crate::callers::{Identity, Role};
use simbind_core::ids::BindingId;
use simbind_proto::v1::{binding_service_server::BindingService, *};
use simbind_service::{
    ServiceError, Standing,
    ports::{store::Store, vault::Vault},
};
use tonic::{Request, Response, Status};

/// The caller of a request, as the layer of callers found it.
pub(super) fn identity<T>(request: &Request<T>) -> Result<Identity, Status> {
    let found = request.extensions().get::<Identity>().cloned();
    found.ok_or_else(|| Status::unauthenticated("the caller was not identified"))
}

impl<S: Store, V: Vault> Api<S, V> {
    pub(super) async fn answer(&self, standing: Standing) -> Result<Binding, ServiceError> {
        let mut standing = self.engine().as_it_stands(standing).await?;
        let line = self.engine().line_view(&standing.binding).await?;
        // What is over by time is so before anything has written it.
        standing.binding.state = standing.binding.state_at(self.engine().now());
        let releasable_from = self.engine().releasable_from(&standing.binding).map(wire::time);
        Ok(Binding { releasable_from, ..wire::binding(standing, Some(&line)) })
    }
}

#[tonic::async_trait]
impl<S: Store, V: Vault> BindingService for Api<S, V> {
    async fn issue_enrolment_challenge(
        &self,
        request: Request<IssueEnrolmentChallengeRequest>,
    ) -> Result<Response<IssueEnrolmentChallengeResponse>, Status> {
        identity(&request)?.require(Role::Counter)?;
        let issued = self.engine().enrolment_challenge().map_err(status)?;
        Ok(Response::new(IssueEnrolmentChallengeResponse {
            challenge: issued.bytes.to_vec().into(),
            expires_at: Some(wire::time(issued.expires_at)),
        }))
    }

    async fn enrol_binding(
        &self,
        request: Request<EnrolBindingRequest>,
    ) -> Result<Response<EnrolBindingResponse>, Status> {
        let by = self.0.parties.caller(&identity(&request)?);
        let request = request.into_inner();
        let made = async {
            let id = wire::field("request_id", &request.request_id)?;
            let asked = wire::enrol_request(request)?;
            self.answer(self.engine().enrol(&by, &id, asked).await?).await
        };
        let binding = made.await.map_err(status)?;
        Ok(Response::new(EnrolBindingResponse { binding: Some(binding) }))
    }

    async fn add_handset(
        &self,
        request: Request<AddHandsetRequest>,
    ) -> Result<Response<AddHandsetResponse>, Status> {
        let by = self.0.parties.caller(&identity(&request)?);
        let AddHandsetRequest { request_id, binding_id, handset, reinstalled } =
            request.into_inner();
        let changed = async {
            let _: simbind_core::ids::RequestId = wire::field("request_id", &request_id)?;
            let id = wire::binding_id(&binding_id)?;
            let handset = wire::handset(handset)?;
            let place = reinstalled.map(wire::handset_place).transpose()?;
            let changed = match place {
                None => self.engine().add_handset(&by, id, handset).await?,
                Some(place) => self.engine().reinstall_handset(&by, id, place, handset).await?,
            };
            self.answer(changed).await
        };
        let binding = changed.await.map_err(status)?;
        Ok(Response::new(AddHandsetResponse { binding: Some(binding) }))
    }

    async fn get_binding(
        &self,
        request: Request<GetBindingRequest>,
    ) -> Result<Response<GetBindingResponse>, Status> {
        let GetBindingRequest { binding_id } = request.into_inner();
        let found = async {
            let id = wire::binding_id(&binding_id)?;
            self.answer(self.engine().binding(id).await?).await
        };
        let binding = found.await.map_err(status)?;
        Ok(Response::new(GetBindingResponse { binding: Some(binding) }))
    }

    async fn list_bindings(
        &self,
        request: Request<ListBindingsRequest>,
    ) -> Result<Response<ListBindingsResponse>, Status> {
        let ListBindingsRequest { person_ref, page_size, page_token } = request.into_inner();
        let found = async {
            let person = wire::field("person_ref", &person_ref)?;
            let rows = wire::page(page_size)?;
            let after: Option<BindingId> = match &*page_token {
                "" => None,
                token => Some(wire::field("page_token", token)?),
            };
            let (found, next) = self.engine().bindings_of(&person, after, rows).await?;
            let mut bindings = Vec::with_capacity(found.len());
            for standing in found {
                bindings.push(self.answer(standing).await?);
            }
            let next_page_token = next.map(|id| id.to_string()).unwrap_or_default();
            Ok(ListBindingsResponse { bindings, next_page_token })
        };
        found.await.map(Response::new).map_err(status)
    }

    async fn hold_binding(
        &self,
        request: Request<HoldBindingRequest>,
    ) -> Result<Response<HoldBindingResponse>, Status> {
        let by = self.0.parties.caller(&identity(&request)?);
        let HoldBindingRequest { binding_id, reason } = request.into_inner();
        let changed = async {
            let id = wire::binding_id(&binding_id)?;
            let why = wire::hold_reason(reason)?;
            self.answer(self.engine().hold(&by, id, why).await?).await
        };
        let binding = changed.await.map_err(status)?;
        Ok(Response::new(HoldBindingResponse { binding: Some(binding) }))
    }

    async fn release_binding(
        &self,
        request: Request<ReleaseBindingRequest>,
    ) -> Result<Response<ReleaseBindingResponse>, Status> {
        let by = self.0.parties.caller(&identity(&request)?);
        let ReleaseBindingRequest { binding_id, reason } = request.into_inner();
        let changed = async {
            let id = wire::binding_id(&binding_id)?;
            wire::release_reason(reason)?;
            self.answer(self.engine().release(&by, id).await?).await
        };
        let binding = changed.await.map_err(status)?;
        Ok(Response::new(ReleaseBindingResponse { binding: Some(binding) }))
    }

    async fn confirm_release(
        &self,
        request: Request<ConfirmReleaseRequest>,
    ) -> Result<Response<ConfirmReleaseResponse>, Status> {
        let by = self.0.parties.caller(&identity(&request)?);
        let ConfirmReleaseRequest { binding_id } = request.into_inner();
        let changed = async {
            let id = wire::binding_id(&binding_id)?;
            self.answer(self.engine().confirm_release(&by, id).await?).await
        };
        let binding = changed.await.map_err(status)?;
        Ok(Response::new(ConfirmReleaseResponse { binding: Some(binding) }))
    }

    async fn revoke_binding(
        &self,
        request: Request<RevokeBindingRequest>,
    ) -> Result<Response<RevokeBindingResponse>, Status> {
        let by = self.0.parties.caller(&identity(&request)?);
        let RevokeBindingRequest { binding_id, reason } = request.into_inner();
        let changed = async {
            let id = wire::binding_id(&binding_id)?;
            let why = wire::end_reason(reason)?;
            self.answer(self.engine().revoke(&by, id, why).await?).await
        };
        let binding = changed.await.map_err(status)?;
        Ok(Response::new(RevokeBindingResponse { binding: Some(binding) }))
    }

    async fn reprove_binding(
        &self,
        request: Request<ReproveBindingRequest>,
    ) -> Result<Response<ReproveBindingResponse>, Status> {
        let caller = identity(&request)?;
        let by = self.0.parties.caller(&caller);
        let (id, asked) = wire::reproof(request.into_inner()).map_err(status)?;
        may_prove(&caller, &asked.owner)?;
        let changed = async { self.answer(self.engine().reprove(&by, &id, asked).await?).await };
        let binding = changed.await.map_err(status)?;
        Ok(Response::new(ReproveBindingResponse { binding: Some(binding) }))
    }

    async fn announce_change(
        &self,
        request: Request<AnnounceChangeRequest>,
    ) -> Result<Response<AnnounceChangeResponse>, Status> {
        let by = self.0.parties.caller(&identity(&request)?);
        let AnnounceChangeRequest { binding_id, announced } = request.into_inner();
        let changed = async {
            let id = wire::binding_id(&binding_id)?;
            let announced = wire::required("announced", announced)?;
            let announcement = wire::announcement(announced)?;
            self.answer(self.engine().announce_change(&by, id, announcement).await?).await
        };
        let binding = changed.await.map_err(status)?;
        Ok(Response::new(AnnounceChangeResponse { binding: Some(binding) }))
    }
}
