use super::{Api, binding::identity, status::status, wire};
use crate::callers::{Identity, Role};
use simbind_core::ids::{CertificateId, LineRef};
use simbind_proto::v1::{pin_service_server::PinService, reset_pin_request::Proof, *};
use simbind_service::{
    ServiceError,
    pin::{ResetProof, Witness},
    ports::{store::Store, vault::Vault},
};
use tonic::{Request, Response, Status};

/// Who speaks of a PIN.
pub(super) fn witness(identity: &Identity) -> Witness {
    if identity.has(Role::Counter) { Witness::Counter } else { Witness::Party }
}

fn proof(identity: &Identity, proof: Option<Proof>) -> Result<ResetProof, ServiceError> {
    match wire::required("proof", proof)? {
        Proof::Counter(CounterProof { ticket_ref }) => {
            let _: LineRef = wire::field("counter.ticket_ref", &ticket_ref)?;
            if !identity.has(Role::Counter) {
                let why = "only a counter can say that it saw the person";
                return Err(ServiceError::Forbidden(why.into()));
            }
            Ok(ResetProof::Counter)
        }
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
        let ResetPinRequest { request_id, binding_id, proof: shown } = request.into_inner();
        let reset = async {
            let request = wire::field("request_id", &request_id)?;
            let id = wire::binding_id(&binding_id)?;
            let proof = proof(&identity, shown)?;
            self.answer(self.engine().reset_pin(&by, &request, id, proof).await?).await
        };
        let binding = reset.await.map_err(status)?;
        Ok(Response::new(ResetPinResponse { binding: Some(binding) }))
    }
}
