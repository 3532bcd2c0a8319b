use super::field::{instant, required, sha256, time};
use simbind_core::{
    ids::{AuthorityId, CertificateId, SerialNumber},
    status::{Answer, RevocationReason, Source, Standing, Taken},
    time::Timestamp,
};
use simbind_proto::v1 as wire;
use simbind_service::{
    ServiceError,
    status::{
        CertificateName, CertificateRef, IssuerState, ListState, SourceFigures, SourceKind, Told,
        Word,
    },
};

/// The fields of a certificate's name within a field.
struct Names {
    whole: &'static str,
    sha256: &'static str,
    issuer: &'static str,
    serial: &'static str,
}

macro_rules! names {
    ($whole:literal) => {
        Names {
            whole: $whole,
            sha256: concat!($whole, ".sha256"),
            issuer: concat!($whole, ".issuer_and_serial.issuer_id"),
            serial: concat!($whole, ".issuer_and_serial.serial"),
        }
    };
}

/// A certificate that a request is about.
pub(in crate::grpc) fn certificate(
    certificate: Option<wire::CertificateRef>,
) -> Result<CertificateRef, ServiceError> {
    certificate_at(&names!("certificate"), certificate)
}

fn certificate_at(
    names: &Names,
    certificate: Option<wire::CertificateRef>,
) -> Result<CertificateRef, ServiceError> {
    use wire::certificate_ref::By;
    let wire::CertificateRef { by } = required(names.whole, certificate)?;
    match required(names.whole, by)? {
        By::Sha256(sha) => {
            let sha = sha256(names.sha256, &sha)?;
            Ok(CertificateRef::Sha256(CertificateId::from_sha256(sha)))
        }
        By::IssuerAndSerial(wire::IssuerAndSerial { issuer_id, serial }) => {
            let issuer = AuthorityId::from_sha256(sha256(names.issuer, &issuer_id)?);
            let serial = SerialNumber::new(&serial);
            let serial = serial.map_err(|error| ServiceError::invalid(names.serial, error))?;
            Ok(CertificateRef::Named(CertificateName { issuer, serial }))
        }
    }
}

/// What an issuer tells.
pub(in crate::grpc) fn told(request: wire::PushStatusRequest) -> Result<Told, ServiceError> {
    use wire::push_status_request::Status;
    let wire::PushStatusRequest { status } = request;
    match required("status", status)? {
        Status::Crl(der) => Ok(Told::List(der.into())),
        Status::Ocsp(wire::ResponderAnswer { certificate, response }) => {
            let certificate = certificate_at(&names!("ocsp.certificate"), certificate)?;
            Ok(Told::Answer(certificate, response.into()))
        }
        Status::Word(wire::IssuerWord { certificate, standing, as_of, reason }) => {
            let certificate = certificate_at(&names!("word.certificate"), certificate)?;
            let as_of = instant("word.as_of", as_of)?;
            let standing = told_standing(standing, reason, as_of)?;
            Ok(Told::Word(certificate, Word { standing, as_of }))
        }
    }
}

fn told_standing(value: i32, reason: u32, since: Timestamp) -> Result<Standing, ServiceError> {
    use wire::CertificateStanding as Wire;
    let reason = match u8::try_from(reason) {
        Ok(number @ (0..=5 | 9 | 10)) => RevocationReason::of(number),
        _ => {
            let why = "is no reason of a revocation: 0 to 10 without 6, 7 and 8";
            return Err(ServiceError::invalid("word.reason", why));
        }
    };
    match Wire::try_from(value) {
        Ok(Wire::Good) => Ok(Standing::Good),
        Ok(Wire::Held) => Ok(Standing::Held { since }),
        Ok(Wire::Revoked) => Ok(Standing::Revoked { since, reason }),
        Ok(Wire::Unspecified) | Err(_) => {
            Err(ServiceError::invalid("word.standing", "is not set, or none of its values"))
        }
    }
}

/// What became of what was told.
pub(in crate::grpc) const fn outcome(taken: Taken) -> wire::PushOutcome {
    match taken {
        Taken::Taken => wire::PushOutcome::Taken,
        Taken::Known => wire::PushOutcome::Known,
        Taken::Overtaken => wire::PushOutcome::Overtaken,
    }
}

/// How a certificate stands.
pub(in crate::grpc) fn standing(
    name: &CertificateName,
    answer: Option<Answer>,
) -> wire::GetCertificateStatusResponse {
    use wire::CertificateStanding as Wire;
    let issuer_id = name.issuer.as_bytes().to_vec().into();
    let Some(Answer { standing, source, as_of, next, learned_at }) = answer else {
        return wire::GetCertificateStatusResponse { issuer_id, ..Default::default() };
    };
    let (standing, since, reason) = match standing {
        Standing::Good => (Wire::Good, None, RevocationReason::UNSPECIFIED),
        Standing::Held { since } => (Wire::Held, Some(since), RevocationReason::UNSPECIFIED),
        Standing::Revoked { since, reason } => (Wire::Revoked, Some(since), reason),
    };
    let source = match source {
        Source::List => wire::StatusSource::List,
        Source::Responder => wire::StatusSource::Responder,
        Source::Stapled => wire::StatusSource::Stapled,
        Source::Word => wire::StatusSource::Word,
    };
    wire::GetCertificateStatusResponse {
        standing: standing.into(),
        source: source.into(),
        as_of: Some(time(as_of)),
        next_update: next.map(time),
        learned_at: Some(time(learned_at)),
        since: since.map(time),
        reason: u32::from(reason.number()),
        issuer_id,
    }
}

/// How an issuer stands.
pub(in crate::grpc) fn state(state: IssuerState) -> wire::StatusIssuer {
    let IssuerState { issuer, lists, sources } = state;
    let (whole, parts): (Vec<_>, _) = lists.into_iter().partition(|list| list.scope.is_whole());
    let list = whole.into_iter().next().map(listed);
    let parts = parts.into_iter().map(listed).collect();
    let feeds = sources.into_iter().map(feed).collect();
    wire::StatusIssuer { issuer_id: issuer.as_bytes().to_vec().into(), list, feeds, parts }
}

fn listed(list: ListState) -> wire::IssuerList {
    let ListState { scope, this_update, next_update, learned_at, entries } = list;
    let scope = if scope.is_whole() { Vec::new() } else { scope.as_bytes().to_vec() };
    wire::IssuerList {
        this_update: Some(time(this_update)),
        next_update: Some(time(next_update)),
        learned_at: Some(time(learned_at)),
        entries: u64::try_from(entries).unwrap_or(u64::MAX),
        scope: scope.into(),
    }
}

fn feed(figures: SourceFigures) -> wire::StatusFeed {
    let SourceFigures { kind, place, last_success, last_error, failures, answers, faults } =
        figures;
    let kind = match kind {
        SourceKind::List => wire::StatusSource::List,
        SourceKind::Responder => wire::StatusSource::Responder,
    };
    wire::StatusFeed {
        kind: kind.into(),
        place: place.map(|place| place.to_string()).unwrap_or_default(),
        last_success: last_success.map(time),
        last_error: last_error.unwrap_or_default(),
        failures,
        answers,
        faults,
    }
}
