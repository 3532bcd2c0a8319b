use super::{Api, binding::identity, status::status, wire};
use simbind_core::ids::BindingId;
use simbind_proto::v1::{platform_service_server::PlatformService, *};
use simbind_service::ports::{store::Store, vault::Vault};
use tonic::{Request, Response, Status};

#[tonic::async_trait]
impl<S: Store, V: Vault> PlatformService for Api<S, V> {
    async fn report_order(
        &self,
        request: Request<ReportOrderRequest>,
    ) -> Result<Response<ReportOrderResponse>, Status> {
        let identity = identity(&request)?;
        let by = self.0.parties.caller(&identity);
        let (order, report) = wire::order_report(request.into_inner()).map_err(status)?;
        let speaks = |carrier: &_| self.0.parties.speaks_for(&identity, carrier).is_ok();
        let taken = self.engine().report_order(&by, speaks, order, report).await;
        let outcome = wire::report_outcome(taken.map_err(status)?).into();
        Ok(Response::new(ReportOrderResponse { outcome }))
    }

    async fn list_orders(
        &self,
        request: Request<ListOrdersRequest>,
    ) -> Result<Response<ListOrdersResponse>, Status> {
        let ListOrdersRequest { binding_id, page_size, page_token } = request.into_inner();
        let found = async {
            let rows = wire::page(page_size)?;
            let after = wire::order_place(&page_token)?;
            if !binding_id.is_empty() {
                let id: BindingId = wire::field("binding_id", &binding_id)?;
                self.engine().binding(id).await?;
                let applets = self.engine().order_of(id).await?.map(wire::applet);
                let applets = applets.into_iter().collect();
                return Ok(ListOrdersResponse { applets, next_page_token: String::new() });
            }
            let page = self.engine().open_orders(after, rows).await?;
            let applets = page.orders.into_iter().map(wire::applet).collect();
            let next_page_token = page.next.map(wire::order_token).unwrap_or_default();
            Ok(ListOrdersResponse { applets, next_page_token })
        };
        found.await.map(Response::new).map_err(status)
    }
}
