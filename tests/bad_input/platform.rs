use super::{start, table::Table};
use crate::table::wrong_tokens;
use simbind_proto::v1::{
    platform_service_client::PlatformServiceClient, report_order_request::Outcome, *,
};
use tonic::Code;

fn report() -> ReportOrderRequest {
    ReportOrderRequest {
        order_id: format!("ord_{}", "0".repeat(32)),
        outcome: Some(Outcome::Confirmed(OrderConfirmed {})),
    }
}

#[tokio::test]
async fn every_wrong_field_about_orders_is_named() {
    let (server, _dir, _authority) = start().await;
    let client = PlatformServiceClient::new(server.channel().await.unwrap());
    let ids = [
        "",
        "ord_",
        "bnd_00000000000000000000000000000000",
        "ord_0000000000000000000000000000000G",
    ];
    let mut ids: Vec<String> = ids.iter().map(|id| (*id).to_owned()).collect();
    ids.push("o".repeat(100_000));
    let refused = [0, 6, -1, i32::MAX].map(|why| Some(Outcome::Refused(why)));
    let wrong = ids
        .into_iter()
        .map(|order_id| ("order_id", ReportOrderRequest { order_id, ..report() }))
        .chain([("outcome", ReportOrderRequest { outcome: None, ..report() })])
        .chain(refused.map(|outcome| ("refused", ReportOrderRequest { outcome, ..report() })));
    for (field, request) in wrong {
        let status = client.clone().report_order(request).await.unwrap_err();
        let named = status.metadata().get("simbind-field").map(|named| named.to_str().unwrap());
        assert_eq!((status.code(), named), (Code::InvalidArgument, Some(field)), "{status}");
    }
    let bindings = ["bnd_", "ord_00000000000000000000000000000000"].map(str::to_owned);
    Table::of(ListOrdersRequest::default())
        .values("binding_id", &bindings, |r, v| r.binding_id = v)
        .values("page_size", &[201, u32::MAX], |r, v| r.page_size = v)
        .values("page_token", &wrong_tokens(), |r, v| r.page_token = v)
        .row("page_token", "half", |r| r.page_token = "17.".into())
        .each_is_refused(async |request| client.clone().list_orders(request).await)
        .await;
    let unknown = client.clone().report_order(report()).await.unwrap_err();
    assert_eq!(unknown.code(), Code::NotFound);
    let binding_id = format!("bnd_{}", "0".repeat(32));
    let asked = ListOrdersRequest { binding_id, ..Default::default() };
    assert_eq!(client.clone().list_orders(asked).await.unwrap_err().code(), Code::NotFound);
}
