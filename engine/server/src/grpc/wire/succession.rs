//! Renewals, new handsets, new SIMs and loaners.

use super::{
    binding::{counter, handset, key_home},
    field::{chain, field, instant, required, time},
    handset_at, lifecycle,
    owner::{owner, sim},
};
use simbind_core::{
    binding::CardEnd,
    ids::{BindingId, RequestId},
};
use simbind_proto::v1 as wire;
use simbind_service::{
    ServiceError,
    succession::{
        HandsetChange, Lent, LoanRequest, RenewRequest, Renewal, RenewalCursor, SimChange,
    },
};

type Numbered<T> = Result<(RequestId, T), ServiceError>;

/// A renewal.
pub(in crate::grpc) fn renewal_request(
    request: wire::RenewBindingRequest,
) -> Numbered<RenewRequest> {
    let wire::RenewBindingRequest {
        request_id,
        binding_id,
        certificate_chain,
        owner: by,
        card_not_after,
    } = request;
    let id = field("request_id", &request_id)?;
    let asked = RenewRequest {
        binding: super::binding_id(&binding_id)?,
        chain: whole_chain(&certificate_chain)?,
        owner: owner(by)?,
        card_ends: card_end(card_not_after)?,
    };
    Ok((id, asked))
}

/// Another handset.
pub(in crate::grpc) fn handset_change(
    request: wire::ReplaceHandsetRequest,
) -> Numbered<HandsetChange> {
    let wire::ReplaceHandsetRequest {
        request_id,
        binding_id,
        certificate_chain,
        handset: evidence,
        place,
        sim: new_sim,
        key_home: home,
        signature_counter,
        owner: by,
        card_not_after,
    } = request;
    let id = field("request_id", &request_id)?;
    let asked = HandsetChange {
        binding: super::binding_id(&binding_id)?,
        chain: whole_chain(&certificate_chain)?,
        handset: handset(evidence)?,
        place: handset_at("place", place)?,
        sim: new_sim.map(sim).transpose()?,
        key_home: key_home(home)?,
        counter: counter(signature_counter)?,
        owner: owner(by)?,
        card_ends: card_end(card_not_after)?,
    };
    Ok((id, asked))
}

/// Another SIM.
pub(in crate::grpc) fn sim_change(request: wire::ReplaceSimRequest) -> Numbered<SimChange> {
    let wire::ReplaceSimRequest {
        request_id,
        binding_id,
        certificate_chain,
        sim: new_sim,
        signature_counter,
        owner: by,
        card_not_after,
    } = request;
    let id = field("request_id", &request_id)?;
    let asked = SimChange {
        binding: super::binding_id(&binding_id)?,
        chain: whole_chain(&certificate_chain)?,
        sim: sim(required("sim", new_sim)?)?,
        counter: counter(signature_counter)?,
        owner: owner(by)?,
        card_ends: card_end(card_not_after)?,
    };
    Ok((id, asked))
}

/// A loaner that is handed out.
pub(in crate::grpc) fn lending(
    request: wire::LendHandsetRequest,
) -> Numbered<(BindingId, LoanRequest)> {
    let wire::LendHandsetRequest { request_id, binding_id, imei, until } = request;
    let id = field("request_id", &request_id)?;
    let binding = super::binding_id(&binding_id)?;
    let lent = Lent { imei: field("imei", &imei)?, until: instant("until", until)? };
    Ok((id, (binding, LoanRequest::Lend(lent))))
}

/// A binding to renew.
pub(in crate::grpc) fn renewal(found: Renewal) -> wire::Renewal {
    wire::Renewal {
        binding_id: found.binding.to_string(),
        certificate_sha256: found.certificate.as_bytes().to_vec().into(),
        certificate_not_after: Some(time(found.ends)),
        state: lifecycle::state(found.state).0.into(),
    }
}

/// A page's token: the end of its last certificate in milliseconds, a dot, and the binding.
pub(in crate::grpc) fn renewal_token(cursor: RenewalCursor) -> String {
    format!("{}.{}", cursor.ends.as_millis(), cursor.binding)
}

/// Where the page before ended.
pub(in crate::grpc) fn renewal_cursor(token: &str) -> Result<Option<RenewalCursor>, ServiceError> {
    if token.is_empty() {
        return Ok(None);
    }
    let unknown = || ServiceError::invalid("page_token", "is none of ours");
    let (ends, binding) = token.split_once('.').ok_or_else(unknown)?;
    let ends: i64 = ends.parse().map_err(|_| unknown())?;
    let binding = binding.parse().map_err(|_| unknown())?;
    Ok(Some(RenewalCursor { ends: simbind_core::time::Timestamp::from_millis(ends), binding }))
}

fn whole_chain<B: AsRef<[u8]>>(certificates: &[B]) -> Result<Vec<Vec<u8>>, ServiceError> {
    let parsed = chain("certificate_chain", certificates)?;
    if parsed.is_empty() {
        return Err(ServiceError::invalid("certificate_chain", "is empty"));
    }
    Ok(parsed)
}

fn card_end(at: Option<prost_types::Timestamp>) -> Result<CardEnd, ServiceError> {
    match at {
        None => Ok(CardEnd::Unsaid),
        at => instant("card_not_after", at).map(CardEnd::At),
    }
}
