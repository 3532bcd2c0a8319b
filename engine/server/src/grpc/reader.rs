use super::{Api, binding::identity, status::status, wire};
use simbind_core::ids::ReaderId;
use simbind_proto::v1::{reader_service_server::ReaderService, *};
use simbind_service::{
    ports::{store::Store, vault::Vault},
    refusals::ForReader,
};
use tonic::{Request, Response, Status};

#[tonic::async_trait]
impl<S: Store, V: Vault> ReaderService for Api<S, V> {
    async fn get_refusals(
        &self,
        request: Request<GetRefusalsRequest>,
    ) -> Result<Response<GetRefusalsResponse>, Status> {
        let caller = identity(&request)?;
        let GetRefusalsRequest { reader_id } = request.into_inner();
        let list = async {
            let id: ReaderId = wire::field("reader_id", &reader_id)?;
            let reader = self.0.parties.reader(&caller, &id)?;
            let of = ForReader { reader: &id, profile: reader.profile, offline: reader.offline };
            self.engine().refusals(of, &self.0.signer).await
        };
        let list = list.await.map_err(status)?.into();
        Ok(Response::new(GetRefusalsResponse { list }))
    }
}
