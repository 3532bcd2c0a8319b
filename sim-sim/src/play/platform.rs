//! Steps of the carriers' platforms.

use super::{
    actor::{ActError, Actor, Shared},
    calls::patiently,
};
use crate::{platform::Manner, story::platform::Act};
use simbind_proto::v1::{self, AppletStanding, OrderStage, report_order_request::Outcome};
use std::time::Duration;
use tokio::time::Instant;
use tonic::Status;

/// How long an order may take from here to the platform and back, in the machine's time.
const PATIENCE: Duration = Duration::from_secs(60);
const LOOK: Duration = Duration::from_millis(25);

/// Does one step.
pub(super) async fn act(actor: &Actor, shared: &Shared<'_>, act: Act) -> Result<(), ActError> {
    match act {
        Act::Behave(manner) => {
            let none = || Status::internal("a run without a platform");
            let platform = shared.platform.ok_or_else(none)?;
            platform.behaves(&actor.person.sim.iccid, manner);
            Ok(())
        }
        Act::Met(manner) => met(actor, shared, manner).await,
        Act::Report => report(actor, shared).await,
    }
}

/// How the applet stands, as a counter is told.
async fn standing(actor: &Actor, shared: &Shared<'_>) -> Result<AppletStanding, ActError> {
    let binding_id = actor.binding_id.clone();
    let request = v1::ListOrdersRequest { binding_id, ..Default::default() };
    let listed = patiently(|| {
        let (mut client, request) = (shared.calls.orders.clone(), request.clone());
        async move { client.list_orders(request).await }
    });
    Ok(listed.await?.applets.into_iter().next().unwrap_or_default())
}

/// Waits until the platform has met the order as it was to.
async fn met(actor: &Actor, shared: &Shared<'_>, manner: Manner) -> Result<(), ActError> {
    let until = Instant::now() + PATIENCE;
    loop {
        let standing = standing(actor, shared).await?;
        let open = !standing.order_id.is_empty();
        let met = match (manner, standing.stage()) {
            (Manner::Confirms, _) => !open && standing.confirmed_at.is_some(),
            (Manner::Accepts, OrderStage::Accepted)
            | (Manner::Refuses(_), OrderStage::Refused)
            | (Manner::Silent, OrderStage::Sent) => open,
            _ => false,
        };
        if met {
            return Ok(());
        }
        if Instant::now() > until {
            let stands = format!("an order to a platform stands otherwise: {:?}", standing.stage());
            return Err(Status::deadline_exceeded(stands).into());
        }
        tokio::time::sleep(LOOK).await;
    }
}

/// The carrier tells that the open order is done.
async fn report(actor: &Actor, shared: &Shared<'_>) -> Result<(), ActError> {
    let order_id = standing(actor, shared).await?.order_id;
    let outcome = Some(Outcome::Confirmed(v1::OrderConfirmed {}));
    let request = v1::ReportOrderRequest { order_id, outcome };
    let gateway = shared.calls.gateway(actor.person.carrier)?;
    let reported = patiently(|| {
        let (mut client, request) = (gateway.clone(), request.clone());
        async move { client.report_order(request).await }
    });
    match reported.await?.outcome() {
        v1::ReportOutcome::Taken => Ok(()),
        other => Err(Status::internal(format!("a report of an order came to {other:?}")).into()),
    }
}
