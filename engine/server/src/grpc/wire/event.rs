use super::field::{field, instant, optional, required, time};
use simbind_core::{
    ids::IdError,
    line::{Announcement, EventKind, LineName, ReissueCause, SuspensionCause},
    time::Timestamp,
};
use simbind_proto::v1 as wire;
use simbind_service::{
    ServiceError,
    ingest::{Flag, Kept, Message, Receipt, Tidings},
};
use std::time::Duration;

/// The longest loan of a handset.
const LONGEST_LOAN: Duration = Duration::from_secs(90 * 86_400);
/// The farthest horizon, in days.
const FARTHEST_HORIZON: u32 = 3650;

fn line(line: Option<wire::sim_event::Line>) -> Result<LineName, ServiceError> {
    match required("line", line)? {
        wire::sim_event::Line::Iccid(text) => field("iccid", &text).map(LineName::Iccid),
        wire::sim_event::Line::LineRef(text) => field("line_ref", &text).map(LineName::LineRef),
        wire::sim_event::Line::Msisdn(text) => field("msisdn", &text).map(LineName::Msisdn),
    }
}

fn reissued(event: &wire::SimReissued) -> Result<EventKind, ServiceError> {
    let cause = match wire::ReissueCause::try_from(event.cause) {
        Ok(wire::ReissueCause::Unspecified) => ReissueCause::Unsaid,
        Ok(wire::ReissueCause::Lost) => ReissueCause::Lost,
        Ok(wire::ReissueCause::Broken) => ReissueCause::Broken,
        Ok(wire::ReissueCause::Size) => ReissueCause::Size,
        Ok(wire::ReissueCause::Esim) => ReissueCause::Esim,
        Err(_) => return Err(ServiceError::invalid("sim_reissued.cause", "is none of its values")),
    };
    let new_iccid = optional("sim_reissued.new_iccid", &event.new_iccid)?;
    Ok(EventKind::SimReissued { new_iccid, cause })
}

fn suspended(event: wire::LineSuspended) -> Result<EventKind, ServiceError> {
    let cause = match wire::SuspensionCause::try_from(event.cause) {
        Ok(wire::SuspensionCause::Unspecified) => SuspensionCause::Unsaid,
        Ok(wire::SuspensionCause::Lost) => SuspensionCause::Lost,
        Ok(wire::SuspensionCause::Stolen) => SuspensionCause::Stolen,
        Ok(wire::SuspensionCause::Other) => SuspensionCause::Other,
        Err(_) => {
            return Err(ServiceError::invalid("line_suspended.cause", "is none of its values"));
        }
    };
    Ok(EventKind::LineSuspended { cause })
}

fn announced(
    event: wire::ChangeAnnounced,
    occurred_at: Timestamp,
) -> Result<EventKind, ServiceError> {
    let change = required("change_announced.announced", event.announced)?;
    let announcement = super::announce::announcement(change)?;
    let until = announcement.until;
    if until <= occurred_at || until.since(occurred_at) > Announcement::LONGEST {
        let why = "is not within 30 days after occurred_at";
        return Err(ServiceError::invalid("announced.until", why));
    }
    Ok(EventKind::ChangeAnnounced(announcement))
}

/// A carrier's message; that the caller may speak for the carrier is looked at elsewhere.
pub(in crate::grpc) fn message(event: wire::SimEvent) -> Result<Message, ServiceError> {
    use wire::sim_event::Kind;
    let wire::SimEvent { event_id, carrier_id, occurred_at, line: named, kind } = event;
    let id = field("event_id", &event_id)?;
    let carrier = field("carrier_id", &carrier_id)?;
    let occurred_at = instant("occurred_at", occurred_at)?;
    let kind = match required("kind", kind)? {
        Kind::Heartbeat(wire::Heartbeat { horizon_days }) => {
            if horizon_days > FARTHEST_HORIZON {
                return Err(ServiceError::invalid("heartbeat.horizon_days", "is not 0 to 3650"));
            }
            let tidings = Tidings::Heartbeat { horizon_days };
            return Ok(Message { id, carrier, occurred_at, tidings });
        }
        Kind::Correction(wire::Correction { corrected_event_id }) => {
            let corrected = field("correction.corrected_event_id", &corrected_event_id)?;
            return Ok(Message {
                id,
                carrier,
                occurred_at,
                tidings: Tidings::Correction { corrected },
            });
        }
        Kind::SimReissued(event) => reissued(&event)?,
        Kind::ImsiChanged(wire::ImsiChanged {}) => EventKind::ImsiChanged,
        Kind::HandsetChanged(wire::HandsetChanged { imei }) => {
            EventKind::HandsetChanged { imei: field("handset_changed.imei", &imei)? }
        }
        Kind::HandsetObserved(wire::HandsetObserved { imei }) => {
            EventKind::HandsetObserved { imei: field("handset_observed.imei", &imei)? }
        }
        Kind::PortedOut(wire::PortedOut {}) => EventKind::PortedOut,
        Kind::PortedIn(wire::PortedIn {}) => EventKind::PortedIn,
        Kind::LineSuspended(event) => suspended(event)?,
        Kind::LineResumed(wire::LineResumed {}) => EventKind::LineResumed,
        Kind::ContractEnded(wire::ContractEnded {}) => EventKind::ContractEnded,
        Kind::ContractTransferred(wire::ContractTransferred {}) => EventKind::ContractTransferred,
        Kind::ContractInherited(wire::ContractInherited {}) => EventKind::ContractInherited,
        Kind::EsimDownloaded(wire::EsimDownloaded { eid }) => {
            EventKind::EsimDownloaded { eid: optional("esim_downloaded.eid", &eid)? }
        }
        Kind::EsimTransferred(wire::EsimTransferred { eid }) => {
            EventKind::EsimTransferred { eid: optional("esim_transferred.eid", &eid)? }
        }
        Kind::LoanerStarted(wire::LoanerStarted { imei, until }) => {
            let until = instant("loaner_started.until", until)?;
            if until <= occurred_at || until.since(occurred_at) > LONGEST_LOAN {
                let why = "is not within 90 days after occurred_at";
                return Err(ServiceError::invalid("loaner_started.until", why));
            }
            EventKind::LoanerStarted { imei: field("loaner_started.imei", &imei)?, until }
        }
        Kind::LoanerEnded(wire::LoanerEnded {}) => EventKind::LoanerEnded,
        Kind::IccidRecycled(wire::IccidRecycled {}) => EventKind::IccidRecycled,
        Kind::ChangeAnnounced(event) => announced(event, occurred_at)?,
    };
    Ok(Message {
        id,
        carrier,
        occurred_at,
        tidings: Tidings::Happened { line: line(named)?, kind },
    })
}

/// The result of an event that was taken.
pub(in crate::grpc) fn receipt(event_id: String, receipt: &Receipt) -> wire::EventResult {
    let status = match receipt.kept {
        Kept::Applied => wire::EventStatus::Applied,
        Kept::Duplicate => wire::EventStatus::Duplicate,
        Kept::UnknownLine => wire::EventStatus::KeptUnknownLine,
        Kept::IdReused => wire::EventStatus::KeptIdReused,
    };
    let flag = |flag: &Flag| {
        match flag {
            Flag::Late => wire::EventFlag::Late,
            Flag::Future => wire::EventFlag::Future,
            Flag::Ancient => wire::EventFlag::Ancient,
            Flag::Contradicts => wire::EventFlag::Contradicts,
        }
        .into()
    };
    wire::EventResult {
        event_id,
        status: status.into(),
        flags: receipt.flags.iter().map(flag).collect(),
        position: receipt.position.0,
        field: String::new(),
        message: String::new(),
        learned_at: Some(time(receipt.learned_at)),
    }
}

/// The result of an event with a wrong field. The id comes back only where it is one: what else a
/// caller puts there is not repeated.
pub(in crate::grpc) fn refusal(
    event_id: &str,
    field: String,
    message: String,
) -> wire::EventResult {
    let id: Result<simbind_core::ids::EventId, IdError> = event_id.parse();
    wire::EventResult {
        event_id: id.map(String::from).unwrap_or_default(),
        status: wire::EventStatus::Refused.into(),
        field,
        message,
        ..wire::EventResult::default()
    }
}
