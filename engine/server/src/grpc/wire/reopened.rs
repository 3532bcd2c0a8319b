use super::{
    decision::{reason, severity},
    field::{field, instant, page, time},
};
use simbind_core::line::EventKind;
use simbind_proto::v1 as wire;
use simbind_service::{
    ServiceError,
    reopened::{Asked, Reopened, Sees, Which, Why},
};

/// What is asked for.
pub(in crate::grpc) fn reopened_asked(
    request: &wire::ListReopenedRequest,
    sees: Sees,
) -> Result<Asked, ServiceError> {
    use wire::ReopenedFilter as Filter;
    let which = match Filter::try_from(request.filter) {
        Ok(Filter::Unspecified | Filter::All) => Which::All,
        Ok(Filter::Changed) => Which::Changed,
        Err(_) => return Err(ServiceError::invalid("filter", "is none of its values")),
    };
    let learned_from = match request.learned_from {
        None => None,
        from => Some(instant("learned_from", from)?),
    };
    let after = match &*request.page_token {
        "" => None,
        token => Some(field("page_token", token)?),
    };
    Ok(Asked { sees, which, learned_from, after, rows: page(request.page_size)? })
}

/// A decision that is to be looked at again.
pub(in crate::grpc) fn reopened(found: &Reopened) -> wire::ReopenedDecision {
    let Reopened { decision, now, why, carrier, kind, happened_at, learned_at } = found;
    let by = match why {
        Why::Learned => wire::ReopenedBy::Learned,
        Why::TakenBack => wire::ReopenedBy::TakenBack,
    };
    wire::ReopenedDecision {
        decision_id: decision.id.to_string(),
        decided_at: Some(time(decision.decided_at)),
        audience: decision.audience.clone(),
        binding_id: decision.binding.map(|id| id.to_string()).unwrap_or_default(),
        verdict_then: severity(decision.verdict).to_owned(),
        verdict_now: severity(now.answer.verdict()).to_owned(),
        reasons_now: now.reasons.iter().map(|code| reason(code.as_str())).collect(),
        by: by.into(),
        event_kind: kind_name(kind).to_owned(),
        carrier_id: carrier.as_str().to_owned(),
        happened_at: Some(time(*happened_at)),
        learned_at: Some(time(*learned_at)),
    }
}

/// The name of an event's kind in the contract.
const fn kind_name(kind: &EventKind) -> &'static str {
    match kind {
        EventKind::SimReissued { .. } => "sim_reissued",
        EventKind::ImsiChanged => "imsi_changed",
        EventKind::HandsetChanged { .. } => "handset_changed",
        EventKind::HandsetObserved { .. } => "handset_observed",
        EventKind::PortedOut => "ported_out",
        EventKind::PortedIn => "ported_in",
        EventKind::LineSuspended { .. } => "line_suspended",
        EventKind::LineResumed => "line_resumed",
        EventKind::ContractEnded => "contract_ended",
        EventKind::ContractTransferred => "contract_transferred",
        EventKind::ContractInherited => "contract_inherited",
        EventKind::EsimDownloaded { .. } => "esim_downloaded",
        EventKind::EsimTransferred { .. } => "esim_transferred",
        EventKind::LoanerStarted { .. } => "loaner_started",
        EventKind::LoanerEnded => "loaner_ended",
        EventKind::IccidRecycled => "iccid_recycled",
        EventKind::ChangeAnnounced(_) => "change_announced",
    }
}
