use super::{Answer, Fake};
use simbind_proto::v1::{
    self, import_registry_response::Outcome, registry_service_server::RegistryService,
};
use tonic::{Request, Response, Status};

#[tonic::async_trait]
impl RegistryService for Fake {
    async fn import_registry(
        &self,
        request: Request<v1::ImportRegistryRequest>,
    ) -> Answer<v1::ImportRegistryResponse> {
        let request = request.into_inner();
        self.note(&request);
        assert!(!request.handsets.is_empty() && !request.why.is_empty());
        let outcome = Some(Outcome::Imported(v1::RegistryVersion::default()));
        Ok(Response::new(v1::ImportRegistryResponse { outcome }))
    }

    async fn get_registry(
        &self,
        _: Request<v1::GetRegistryRequest>,
    ) -> Answer<v1::GetRegistryResponse> {
        Err(Status::unimplemented("not played"))
    }

    async fn get_handset_model(
        &self,
        _: Request<v1::GetHandsetModelRequest>,
    ) -> Answer<v1::GetHandsetModelResponse> {
        Err(Status::unimplemented("not played"))
    }

    async fn get_compatibility(
        &self,
        _: Request<v1::GetCompatibilityRequest>,
    ) -> Answer<v1::GetCompatibilityResponse> {
        Err(Status::unimplemented("not played"))
    }

    async fn count_left_out(
        &self,
        _: Request<v1::CountLeftOutRequest>,
    ) -> Answer<v1::CountLeftOutResponse> {
        Err(Status::unimplemented("not played"))
    }
}
