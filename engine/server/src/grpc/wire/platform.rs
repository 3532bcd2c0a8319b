use super::field::{field, required, time};
use simbind_core::{
    applet::{Action, Confirmed, LastAnswer, Refusal, Stage, Taken, Wish},
    ids::{BindingId, OrderId},
    time::Timestamp,
};
use simbind_proto::v1 as wire;
use simbind_service::{
    ServiceError,
    platform::{OrderState, Report},
    ports::platform::{Instruction, Said},
};

/// What a platform tells of an order.
pub(in crate::grpc) fn order_report(
    request: wire::ReportOrderRequest,
) -> Result<(OrderId, Report), ServiceError> {
    use wire::report_order_request::Outcome;
    let wire::ReportOrderRequest { order_id, outcome } = request;
    let order = field("order_id", &order_id)?;
    let report = match required("outcome", outcome)? {
        Outcome::Confirmed(wire::OrderConfirmed {}) => Report::Confirmed,
        Outcome::Refused(why) => {
            let why = refusal(why);
            let none = || ServiceError::invalid("refused", "is not set, or none of its values");
            Report::Refused(why.ok_or_else(none)?)
        }
    };
    Ok((order, report))
}

fn refusal(why: i32) -> Option<Refusal> {
    use wire::OrderRefusal as Wire;
    match Wire::try_from(why).ok()? {
        Wire::Unspecified => None,
        Wire::UnknownSim => Some(Refusal::UnknownSim),
        Wire::Unsupported => Some(Refusal::Unsupported),
        Wire::NotPermitted => Some(Refusal::NotPermitted),
        Wire::NoApplet => Some(Refusal::NoApplet),
        Wire::Other => Some(Refusal::Other),
    }
}

const fn refused(why: Refusal) -> wire::OrderRefusal {
    use wire::OrderRefusal as Wire;
    match why {
        Refusal::UnknownSim => Wire::UnknownSim,
        Refusal::Unsupported => Wire::Unsupported,
        Refusal::NotPermitted => Wire::NotPermitted,
        Refusal::NoApplet => Wire::NoApplet,
        Refusal::Other => Wire::Other,
    }
}

const fn action(action: Action) -> wire::AppletAction {
    match action {
        Action::Load => wire::AppletAction::Load,
        Action::Lock => wire::AppletAction::Lock,
        Action::Unlock => wire::AppletAction::Unlock,
        Action::Delete => wire::AppletAction::Delete,
    }
}

/// What a report came to.
pub(in crate::grpc) const fn report_outcome(taken: Taken) -> wire::ReportOutcome {
    match taken {
        Taken::Taken => wire::ReportOutcome::Taken,
        Taken::Known => wire::ReportOutcome::Known,
        Taken::Overtaken => wire::ReportOutcome::Overtaken,
        Taken::Settled => wire::ReportOutcome::Settled,
    }
}

/// How an applet stands.
pub(in crate::grpc) fn applet(state: OrderState) -> wire::AppletStanding {
    use wire::AppletConfirmed as Told;
    let OrderState { binding, carrier, open, confirmed } = state;
    let (confirmed, confirmed_at) = match confirmed {
        Confirmed::Never => (Told::Unspecified, None),
        Confirmed::Was { wish, at } => {
            let told = match wish {
                Wish::Nothing => Told::Unspecified,
                Wish::Loaded => Told::Loaded,
                Wish::Locked => Told::Locked,
                Wish::Deleted => Told::Deleted,
            };
            (told, Some(time(at)))
        }
    };
    let standing = wire::AppletStanding {
        binding_id: binding.to_string(),
        carrier_id: carrier.to_string(),
        confirmed: confirmed.into(),
        confirmed_at,
        ..Default::default()
    };
    let Some((id, order)) = open else { return standing };
    let (stage, refusal) = match order.stage {
        Stage::Due => (wire::OrderStage::Due, wire::OrderRefusal::Unspecified),
        Stage::Sent => (wire::OrderStage::Sent, wire::OrderRefusal::Unspecified),
        Stage::Accepted => (wire::OrderStage::Accepted, wire::OrderRefusal::Unspecified),
        Stage::Refused(why) => (wire::OrderStage::Refused, refused(why)),
    };
    let last_answer_at = match order.last {
        LastAnswer::None => None,
        LastAnswer::At(at) => Some(time(at)),
    };
    wire::AppletStanding {
        order_id: id.to_string(),
        action: action(order.action).into(),
        ordered_at: Some(time(order.since)),
        stage: stage.into(),
        tries: order.tries,
        due_at: order.due().map(time),
        last_answer_at,
        refusal: refusal.into(),
        ..standing
    }
}

/// Where a page of open orders begins.
pub(in crate::grpc) fn order_place(
    token: &str,
) -> Result<Option<(Timestamp, BindingId)>, ServiceError> {
    if token.is_empty() {
        return Ok(None);
    }
    let parts = token
        .split_once('.')
        .and_then(|(at, id)| Some((Timestamp::from_millis(at.parse().ok()?), id.parse().ok()?)));
    let wrong = || ServiceError::invalid("page_token", "is none that an answer gave");
    parts.map(Some).ok_or_else(wrong)
}

/// The token of a page that begins behind an order.
pub(in crate::grpc) fn order_token((since, id): (Timestamp, BindingId)) -> String {
    format!("{}.{id}", since.as_millis())
}

/// An order as a platform is told it.
pub(crate) fn instruction(order: &Instruction) -> wire::OrderAppletRequest {
    wire::OrderAppletRequest {
        order_id: order.id.to_string(),
        sequence: order.sequence.0,
        action: action(order.action).into(),
        carrier_id: order.carrier.to_string(),
        iccid: order.iccid.to_digits(),
        eid: order.eid.map(String::from).unwrap_or_default(),
        given_at: Some(time(order.given_at)),
    }
}

/// What a platform answers; `None` where it says nothing.
pub(crate) fn said(answer: &wire::OrderAppletResponse) -> Option<Said> {
    use wire::order_applet_response::Standing;
    match answer.standing.as_ref()? {
        Standing::Accepted(wire::OrderAccepted {}) => Some(Said::Accepted),
        Standing::Confirmed(wire::OrderConfirmed {}) => Some(Said::Confirmed),
        Standing::Refused(why) => refusal(*why).map(Said::Refused),
    }
}
