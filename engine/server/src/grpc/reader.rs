use super::{Api, binding::identity, status::status, wire};
use parking_lot::Mutex;
use simbind_core::ids::ReaderId;
use simbind_proto::v1::{reader_service_server::ReaderService, *};
use simbind_service::{
    ServiceError,
    ports::{store::Store, vault::Vault},
    refusals::{ForReader, ListSigner},
};
use std::{
    collections::HashMap,
    time::{Duration, Instant},
};
use tonic::{Request, Response, Status};

/// The least time between two lists for one reader: each is a message of up to 8 MB.
const PACE: Duration = Duration::from_millis(100);

/// Signs lists of refusals, and gives each reader one at a time.
pub struct Lists {
    signer: ListSigner,
    /// Of readers that configuration names.
    given: Mutex<HashMap<ReaderId, Instant>>,
}

impl Lists {
    /// Signed by this key.
    pub fn new(signer: ListSigner) -> Self {
        Self { signer, given: Mutex::new(HashMap::new()) }
    }

    fn pace(&self, reader: &ReaderId) -> Result<(), ServiceError> {
        let (mut given, now) = (self.given.lock(), Instant::now());
        let next = given.get(reader).map(|last| *last + PACE).filter(|next| *next > now);
        if let Some(next) = next {
            return Err(ServiceError::Busy { retry_after: next - now });
        }
        given.insert(reader.clone(), now);
        Ok(())
    }
}

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
            self.0.lists.pace(&id)?;
            let of = ForReader { reader: &id, profile: reader.profile, offline: reader.offline };
            self.engine().refusals(of, &self.0.lists.signer).await
        };
        let list = list.await.map_err(status)?.into();
        Ok(Response::new(GetRefusalsResponse { list }))
    }
}
