use super::{Api, rollout::to_the_end, status::status, wire};
use simbind_core::{
    ids::HandsetModelId,
    registry::{Registry, Tac},
};
use simbind_proto::v1::{registry_service_server::RegistryService, *};
use simbind_service::{
    ServiceError,
    ports::{store::Store, vault::Vault},
    rollout::Deed,
};
use tonic::{Request, Response, Status};

/// The most handsets of a page, and how many where none is said.
const PAGE: (usize, usize) = (1000, 200);

#[tonic::async_trait]
impl<S: Store, V: Vault> RegistryService for Api<S, V> {
    async fn import_registry(
        &self,
        request: Request<ImportRegistryRequest>,
    ) -> Result<Response<ImportRegistryResponse>, Status> {
        let (api, by) = (self.clone(), self.caller_of(&request)?);
        let (files, why) = wire::files(request.into_inner()).map_err(status)?;
        to_the_end(async move {
            let deed = Deed { by: &by, why: &why };
            let outcome = api.engine().import_registry(deed, files).await?;
            Ok(wire::import_outcome(outcome))
        })
        .await
    }

    async fn get_registry(
        &self,
        request: Request<GetRegistryRequest>,
    ) -> Result<Response<GetRegistryResponse>, Status> {
        let GetRegistryRequest {} = request.into_inner();
        Ok(Response::new(wire::in_force(&self.engine().registry())))
    }

    async fn get_handset_model(
        &self,
        request: Request<GetHandsetModelRequest>,
    ) -> Result<Response<GetHandsetModelResponse>, Status> {
        let GetHandsetModelRequest { tac } = request.into_inner();
        let whole = || ServiceError::invalid("tac", "has more than 8 digits: send no whole IMEI");
        if tac.len() > 8 {
            return Err(status(whole()));
        }
        let tac: Tac = wire::field("tac", &tac).map_err(status)?;
        let standing = self.engine().registry();
        let model = standing.registry().handset(tac);
        let model = model.ok_or(ServiceError::NotFound("handset model")).map_err(status)?;
        Ok(Response::new(wire::handset_model(model)))
    }

    async fn get_compatibility(
        &self,
        request: Request<GetCompatibilityRequest>,
    ) -> Result<Response<GetCompatibilityResponse>, Status> {
        let standing = self.engine().registry();
        let page = compatibility(standing.registry(), &request.into_inner());
        page.map(Response::new).map_err(status)
    }

    async fn count_left_out(
        &self,
        request: Request<CountLeftOutRequest>,
    ) -> Result<Response<CountLeftOutResponse>, Status> {
        let CountLeftOutRequest { criteria } = request.into_inner();
        let parsed = wire::criteria(&criteria, self.engine().registry().registry());
        let parsed = parsed.map_err(status)?;
        let counted = self.engine().people_by_handset().await.map_err(status)?;
        let standing = self.engine().registry();
        let found = parsed.iter().map(|each| counted.people.left_out(standing.registry(), each));
        Ok(Response::new(wire::counted(criteria, found, counted.extent)))
    }
}

fn compatibility(
    registry: &Registry,
    request: &GetCompatibilityRequest,
) -> Result<GetCompatibilityResponse, ServiceError> {
    let readers = wire::readers_asked(registry, &request.readers)?;
    let size = match usize::try_from(request.page_size).unwrap_or(usize::MAX) {
        0 => PAGE.1,
        size if size <= PAGE.0 => size,
        size => {
            let why = format!("is {size}; at most {} are given", PAGE.0);
            return Err(ServiceError::invalid("page_size", why));
        }
    };
    let after: Option<HandsetModelId> = match request.page_token.as_str() {
        "" => None,
        token => Some(wire::field("page_token", token)?),
    };
    let all = registry.handsets();
    let first = after.map_or(0, |after| all.partition_point(|model| *model.id() <= after));
    let rest = all.get(first..).unwrap_or_default();
    let page = rest.get(..size.min(rest.len())).unwrap_or_default();
    let last = page.last().filter(|_| page.len() < rest.len());
    Ok(GetCompatibilityResponse {
        rows: page.iter().map(|model| wire::compatibility_row(registry, &readers, model)).collect(),
        readers: readers.iter().map(ToString::to_string).collect(),
        next_page_token: last.map(|model| model.id().to_string()).unwrap_or_default(),
    })
}
