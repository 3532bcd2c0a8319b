//! What carriers say about a person's line.

use super::{
    actor::{ActError, Actor, Shared},
    calls::patiently,
};
use crate::{
    clock::to_proto,
    story::{EventPlan, Happening, LineBy, Slot, Speaker},
    world::carrier::Carrier,
};
use simbind_proto::v1::{
    self,
    sim_event::{Kind, Line},
};
use std::time::Duration;
use tonic::{Code, Status};

/// How long a loaner may be kept.
const LOAN: Duration = Duration::from_secs(14 * 86_400);

/// Sends an event as planned. A stranger's may be refused: that is how it should be.
pub(super) async fn send(
    actor: &mut Actor,
    shared: &Shared<'_>,
    plan: &EventPlan,
) -> Result<(), ActError> {
    let serving = actor.person.carrier;
    let (by, named) = match plan.speaker {
        Speaker::Serving => (serving, serving),
        Speaker::Stranger => (serving.stranger(), serving.stranger()),
        Speaker::Impostor => (serving.stranger(), serving),
    };
    let occurred = shared.clock.now().minus(plan.ago);
    let event = v1::SimEvent {
        event_id: actor.next_event(),
        carrier_id: named.id().to_owned(),
        occurred_at: Some(to_proto(occurred)),
        line: line(actor, plan),
        kind: Some(kind(actor, plan.happening, to_proto(occurred.plus(LOAN)))),
    };
    for _ in 0..plan.copies {
        match publish(shared, by, vec![event.clone()]).await {
            Err(status) if by != serving && status.code() == Code::PermissionDenied => {}
            other => other?,
        }
    }
    if by == serving {
        actor.sent.push(event);
    }
    Ok(())
}

/// Sends all events of the serving carrier again.
pub(super) async fn resend(actor: &mut Actor, shared: &Shared<'_>) -> Result<(), ActError> {
    Ok(publish(shared, actor.person.carrier, actor.sent.clone()).await?)
}

/// Publishes events as a carrier.
pub(super) async fn publish(
    shared: &Shared<'_>,
    by: Carrier,
    events: Vec<v1::SimEvent>,
) -> Result<(), Status> {
    let client = shared.calls.feed(by)?;
    let answer = patiently(|| {
        let (mut client, events) = (client.clone(), events.clone());
        async move { client.publish_events(v1::PublishEventsRequest { events }).await }
    });
    let results = answer.await?.results;
    match results.into_iter().find(|result| result.status() == v1::EventStatus::Refused) {
        Some(refused) => {
            let (field, message) = (refused.field, refused.message);
            Err(Status::permission_denied(format!("an event was refused: {field} {message}")))
        }
        None => Ok(()),
    }
}

fn line(actor: &Actor, plan: &EventPlan) -> Option<Line> {
    if matches!(plan.happening, Happening::Correction) {
        return None;
    }
    Some(match plan.line {
        LineBy::Iccid => Line::Iccid(actor.person.sim.iccid.clone()),
        LineBy::LineRef => Line::LineRef(actor.person.line_ref.clone()),
        LineBy::Msisdn => Line::Msisdn(actor.person.msisdn.clone()),
    })
}

fn kind(actor: &Actor, happening: Happening, loan_ends: prost_types::Timestamp) -> Kind {
    let imei =
        |slot: Slot| actor.handset(slot.0).imei(slot.1).map(str::to_owned).unwrap_or_default();
    match happening {
        Happening::Observed(slot) => {
            Kind::HandsetObserved(v1::HandsetObserved { imei: imei(slot) })
        }
        Happening::Changed(slot) => Kind::HandsetChanged(v1::HandsetChanged { imei: imei(slot) }),
        Happening::LoanerStarted(hand) => Kind::LoanerStarted(v1::LoanerStarted {
            imei: imei(Slot(hand, 0)),
            until: Some(loan_ends),
        }),
        Happening::LoanerEnded => Kind::LoanerEnded(v1::LoanerEnded {}),
        Happening::Reissued { cause, tells_new } => {
            let new_iccid =
                if tells_new { actor.person.next_sim.iccid.clone() } else { String::new() };
            Kind::SimReissued(v1::SimReissued { new_iccid, cause: cause.into() })
        }
        Happening::EsimDownloaded => {
            Kind::EsimDownloaded(v1::EsimDownloaded { eid: String::new() })
        }
        Happening::PortedOut => Kind::PortedOut(v1::PortedOut {}),
        Happening::Suspended(cause) => {
            Kind::LineSuspended(v1::LineSuspended { cause: cause.into() })
        }
        Happening::Resumed => Kind::LineResumed(v1::LineResumed {}),
        Happening::ContractEnded => Kind::ContractEnded(v1::ContractEnded {}),
        Happening::Transferred => Kind::ContractTransferred(v1::ContractTransferred {}),
        Happening::Inherited => Kind::ContractInherited(v1::ContractInherited {}),
        Happening::Recycled => Kind::IccidRecycled(v1::IccidRecycled {}),
        Happening::Announced(hand) => {
            let handset = v1::AnnouncedHandset { imei: imei(Slot(hand, 0)) };
            let announced = v1::AnnouncedChange {
                change: Some(v1::announced_change::Change::Handset(handset)),
                until: Some(loan_ends),
            };
            Kind::ChangeAnnounced(v1::ChangeAnnounced { announced: Some(announced) })
        }
        Happening::Correction => Kind::Correction(v1::Correction {
            corrected_event_id: actor.sent.last().map(|e| e.event_id.clone()).unwrap_or_default(),
        }),
    }
}
