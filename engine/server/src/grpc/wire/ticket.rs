use super::{
    binding::{counter, handset, key_home},
    field::{chain, field, optional, required, sha256, time},
};
use simbind_core::{
    binding::{Serving, Sim},
    ids::{CertificateId, TicketId},
    ticket::{Code, CodeKind, State, Step, Steps, Ticket, Variant},
    time::Timestamp,
};
use simbind_proto::v1::{self as wire, record_step_request::Step as WireStep};
use simbind_service::{
    ServiceError,
    ticket::{CertificateRequest, Deed, JoinRequest, PhoneSecret, ShownOrTyped, TicketCodes},
};

/// A ticket's id.
pub(in crate::grpc) fn ticket_id(text: &str) -> Result<TicketId, ServiceError> {
    field("ticket_id", text)
}

/// A variant that is asked for; `None` asks for the office's.
pub(in crate::grpc) fn variant(value: i32) -> Result<Option<Variant>, ServiceError> {
    match wire::CounterVariant::try_from(value) {
        Ok(wire::CounterVariant::Unspecified) => Ok(None),
        Ok(wire::CounterVariant::TwoCodes) => Ok(Some(Variant::TwoCodes)),
        Ok(wire::CounterVariant::OneCode) => Ok(Some(Variant::OneCode)),
        Ok(wire::CounterVariant::Terminal) => Ok(Some(Variant::Terminal)),
        Err(_) => Err(ServiceError::invalid("variant", "is none of its values")),
    }
}

/// The phone's secret, where there is one.
pub(in crate::grpc) fn phone_secret(value: &[u8]) -> Result<Option<PhoneSecret>, ServiceError> {
    match value {
        [] => Ok(None),
        value => sha256("phone_secret", value).map(PhoneSecret::new).map(Some),
    }
}

fn code(name: &'static str, kind: CodeKind, text: &str) -> Result<Code, ServiceError> {
    Code::parse(kind, text).map_err(|error| ServiceError::invalid(name, error))
}

/// A phone that joins.
pub(in crate::grpc) fn join_request(
    shown: Option<wire::join_ticket_request::Code>,
    secret: &[u8],
) -> Result<JoinRequest, ServiceError> {
    use wire::join_ticket_request::Code as Shown;
    let code = match required("code", shown)? {
        Shown::Codes(wire::TicketCodes { access_code, password }) => {
            let access = Code::parse_access(&access_code)
                .map_err(|error| ServiceError::invalid("codes.access_code", error))?;
            let password = match &*password {
                "" => None,
                text => Some(self::code("codes.password", CodeKind::Password, text)?),
            };
            ShownOrTyped::Typed { access, password }
        }
        Shown::ShownCode(text) => {
            ShownOrTyped::Shown(self::code("shown_code", CodeKind::Shown, &text)?)
        }
    };
    let missing = || ServiceError::invalid("phone_secret", "is empty");
    Ok(JoinRequest { code, secret: phone_secret(secret)?.ok_or_else(missing)? })
}

/// A step.
pub(in crate::grpc) fn deed(step: Option<WireStep>) -> Result<Deed, ServiceError> {
    match required("step", step)? {
        WireStep::Loaded(wire::AppletLoaded {}) => Ok(Deed::Loaded),
        WireStep::PinSet(wire::PinSet {}) => Ok(Deed::PinSet),
        WireStep::Sim(seen) => sim(seen).map(Deed::Sim),
        WireStep::Certificate(written) => certificate(written).map(Deed::Certificate),
        WireStep::Handset(evidence) => handset(Some(evidence)).map(Deed::Handset),
    }
}

fn sim(seen: wire::SeenSim) -> Result<Sim, ServiceError> {
    let wire::SeenSim { iccid, eid, serving, line_ref, msisdn } = seen;
    let wire::Serving { carrier_id, host_carrier_id } = required("sim.serving", serving)?;
    Ok(Sim {
        arrived: Vec::new(),
        iccid: field("sim.iccid", &iccid)?,
        eid: optional("sim.eid", &eid)?,
        serving: Serving {
            carrier: field("sim.serving.carrier_id", &carrier_id)?,
            host: optional("sim.serving.host_carrier_id", &host_carrier_id)?,
        },
        line_ref: optional("sim.line_ref", &line_ref)?,
        msisdn: optional("sim.msisdn", &msisdn)?,
    })
}

fn certificate(written: wire::WrittenCertificate) -> Result<CertificateRequest, ServiceError> {
    let wire::WrittenCertificate {
        certificate_chain,
        key_home: home,
        signature_counter,
        card_certificate_sha256,
        shown_code,
    } = written;
    let chain = chain("certificate.certificate_chain", &certificate_chain)?;
    if chain.is_empty() {
        return Err(ServiceError::invalid("certificate.certificate_chain", "is empty"));
    }
    let card = match &*card_certificate_sha256 {
        [] => None,
        sha => Some(sha256("certificate.card_certificate_sha256", sha)?),
    };
    let shown = match &*shown_code {
        "" => None,
        text => Some(code("certificate.shown_code", CodeKind::Shown, text)?),
    };
    Ok(CertificateRequest {
        chain,
        key_home: key_home(home).map_err(of_certificate)?,
        counter: counter(signature_counter).map_err(of_certificate)?,
        card: card.map(CertificateId::from_sha256),
        shown,
    })
}

/// The same fault, of a field within the certificate.
fn of_certificate(error: ServiceError) -> ServiceError {
    match error {
        ServiceError::Invalid { field, why } => {
            ServiceError::invalid(format!("certificate.{field}"), why)
        }
        other => other,
    }
}

const fn step(step: Step) -> wire::TicketStep {
    match step {
        Step::Joined => wire::TicketStep::Joined,
        Step::Sim => wire::TicketStep::Sim,
        Step::Loaded => wire::TicketStep::Loaded,
        Step::Certificate => wire::TicketStep::Certificate,
        Step::Pin => wire::TicketStep::Pin,
        Step::Handset => wire::TicketStep::Handset,
    }
}

fn steps(steps: Steps) -> Vec<i32> {
    steps.iter().map(|each| step(each).into()).collect()
}

/// A ticket for an answer.
pub(in crate::grpc) fn ticket(ticket: &Ticket, now: Timestamp) -> wire::Ticket {
    let state = match ticket.state_at(now) {
        State::Open => wire::TicketState::Open,
        State::Activated => wire::TicketState::Activated,
        State::GivenUp(_) => wire::TicketState::GivenUp,
        State::Expired => wire::TicketState::Expired,
    };
    let variant = match ticket.variant {
        Variant::TwoCodes => wire::CounterVariant::TwoCodes,
        Variant::OneCode => wire::CounterVariant::OneCode,
        Variant::Terminal => wire::CounterVariant::Terminal,
    };
    let bound = ticket.bound(now).is_some();
    wire::Ticket {
        ticket_id: ticket.id.to_string(),
        office: ticket.office.to_string(),
        variant: variant.into(),
        state: state.into(),
        done: steps(ticket.progress.done),
        opened_at: Some(time(ticket.opened_at)),
        expires_at: Some(time(ticket.expires_at)),
        terminal: ticket.held_by.to_string(),
        wrong_codes: ticket.wrong_codes.into(),
        binding_id: if bound { ticket.binding.to_string() } else { String::new() },
    }
}

/// Codes to hand over.
pub(in crate::grpc) fn codes(codes: &TicketCodes) -> wire::TicketCodes {
    let text = |code: &Code| code.to_text().as_str().to_owned();
    wire::TicketCodes {
        access_code: text(&codes.access),
        password: codes.password.as_ref().map(text).unwrap_or_default(),
    }
}

/// A ticket of a queue.
pub(in crate::grpc) fn queued(one: &Ticket, now: Timestamp) -> wire::QueuedTicket {
    let missing = Steps::of(&Step::ALL).without(one.progress.done);
    wire::QueuedTicket {
        ticket: Some(ticket(one, now)),
        age_seconds: now.since(one.opened_at).as_secs(),
        missing: steps(missing),
    }
}

/// A place in a queue: milliseconds and a ticket's id.
pub(in crate::grpc) fn page_place(
    token: &str,
) -> Result<Option<(Timestamp, TicketId)>, ServiceError> {
    if token.is_empty() {
        return Ok(None);
    }
    let wrong = || ServiceError::invalid("page_token", "is none that was given");
    let (millis, id) = token.split_once('.').ok_or_else(wrong)?;
    let millis: i64 = millis.parse().map_err(|_| wrong())?;
    let id = id.parse().map_err(|_| wrong())?;
    Ok(Some((Timestamp::from_millis(millis), id)))
}
