use super::{Api, binding::identity, status::status, wire};
use crate::callers::{Identity, Role};
use simbind_core::ids::CertificateId;
use simbind_proto::v1::{pin_service_server::PinService, *};
use simbind_service::{
    ServiceError,
    pin::Witness,
    ports::{store::Store, vault::Vault},
    succession::OwnerProof,
};
use tonic::{Request, Response, Status};

/// Who speaks of a PIN.
pub(super) fn witness(identity: &Identity) -> Witness {
    if identity.has(Role::Counter) { Witness::Counter } else { Witness::Party }
}

/// Only a counter sees people.
fn seen(identity: &Identity, proof: &OwnerProof) -> Result<(), ServiceError> {
    match proof {
        OwnerProof::Ticket { .. } if !identity.has(Role::Counter) => {
            let why = "only a counter can say that it saw the person";
            Err(ServiceError::Forbidden(why.into()))
        }
        OwnerProof::Ticket { .. } | OwnerProof::Card(_) => Ok(()),
    }
}

#[tonic::async_trait]
impl<S: Store, V: Vault> PinService for Api<S, V> {
    async fn record_pin_change(
        &self,
        request: Request<RecordPinChangeRequest>,
    ) -> Result<Response<RecordPinChangeResponse>, Status> {
        let identity = identity(&request)?;
        let by = self.0.parties.caller(&identity);
        let RecordPinChangeRequest { request_id, certificate_sha256 } = request.into_inner();
        let changed = async {
            let request = wire::field("request_id", &request_id)?;
            let sha = wire::sha256("certificate_sha256", &certificate_sha256)?;
            let certificate = CertificateId::from_sha256(sha);
            self.engine().pin_changed(&by, witness(&identity), &request, certificate).await
        };
        changed.await.map_err(status)?;
        Ok(Response::new(RecordPinChangeResponse {}))
    }

    async fn reset_pin(
        &self,
        request: Request<ResetPinRequest>,
    ) -> Result<Response<ResetPinResponse>, Status> {
        let identity = identity(&request)?;
        let by = self.0.parties.caller(&identity);
        let ResetPinRequest { request_id, binding_id, owner } = request.into_inner();
        let reset = async {
            let request = wire::field("request_id", &request_id)?;
            let id = wire::binding_id(&binding_id)?;
            let proof = wire::owner(owner)?;
            seen(&identity, &proof)?;
            self.answer(self.engine().reset_pin(&by, &request, id, &proof).await?).await
        };
        let binding = reset.await.map_err(status)?;
        Ok(Response::new(ResetPinResponse { binding: Some(binding) }))
    }
}
