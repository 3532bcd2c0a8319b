use super::{Manner, PlayedPlatform};
use simbind_proto::v1::{
    OrderAppletRequest, OrderRefusal, applet_platform_service_client::AppletPlatformServiceClient,
    order_applet_response::Standing,
};
use tonic::Code;

#[tokio::test]
async fn each_sim_is_met_as_was_said_of_it_last_and_any_other_is_accepted() {
    let platform = PlayedPlatform::start().await.unwrap();
    let url = format!("http://{}", platform.address());
    let mut client = AppletPlatformServiceClient::connect(url).await.unwrap();
    let mut order = async |iccid: &str| {
        let request = OrderAppletRequest { iccid: iccid.into(), ..Default::default() };
        client.order_applet(request).await.map(|answer| answer.into_inner().standing.unwrap())
    };
    platform.behaves("one", Manner::Silent);
    platform.behaves("two", Manner::Refuses(OrderRefusal::Unsupported));
    assert_eq!(order("one").await.unwrap_err().code(), Code::Unavailable);
    let refused = order("two").await.unwrap();
    assert_eq!(refused, Standing::Refused(OrderRefusal::Unsupported.into()));
    platform.behaves("one", Manner::Confirms);
    assert!(matches!(order("one").await, Ok(Standing::Confirmed(_))));
    assert!(matches!(order("three").await, Ok(Standing::Accepted(_))));
}
