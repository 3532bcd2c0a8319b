use super::{answer::CertStatus, cert_id::CertId};
use crate::{
    der::{DerError, Reader, SEQUENCE},
    status::{
        Reason, StatusError, crl::read_reason, extension, point::context, reason::Code, time,
    },
};
use simbind_core::time::Timestamp;

const FIELD: &str = "singleResponse";

/// The answer about one certificate.
pub(super) struct Single<'d> {
    pub(super) certificate: CertId<'d>,
    pub(super) status: CertStatus,
    pub(super) this_update: Timestamp,
    pub(super) next_update: Option<Timestamp>,
}

impl<'d> Single<'d> {
    pub(super) fn read(list: &mut Reader<'d>) -> Result<Self, StatusError> {
        let mut parts = list.enter(FIELD, SEQUENCE)?;
        let certificate = CertId::read(&mut parts)?;
        let (tag, content) = parts.any()?;
        let status = match (tag.class, tag.constructed, tag.number, content) {
            (2, false, 0, []) => CertStatus::Good,
            (2, true, 1, _) => read_revoked(Reader::new("certStatus", content))?,
            (2, false, 2, []) => CertStatus::Unknown,
            _ => return Err(DerError::Type { field: "certStatus" }.into()),
        };
        let this_update = time::generalized(&mut parts, "thisUpdate")?;
        let next_update = optional(&mut parts, 0)?
            .map(|mut next| {
                let read = time::generalized(&mut next, "nextUpdate")?;
                next.finish()?;
                Ok::<_, DerError>(read)
            })
            .transpose()?;
        if let Some(extensions) = optional(&mut parts, 1)? {
            extension::each(extensions, |found| found.pass_over())?;
        }
        parts.finish()?;
        Ok(Self { certificate, status, this_update, next_update })
    }
}

/// The content of an explicit context tag, where it comes next.
pub(super) fn optional<'d>(
    parts: &mut Reader<'d>,
    number: u32,
) -> Result<Option<Reader<'d>>, DerError> {
    let mut ahead = *parts;
    if ahead.is_empty() || ahead.any()?.0 != context(number, true) {
        return Ok(None);
    }
    parts.enter(FIELD, context(number, true)).map(Some)
}

/// A `RevokedInfo`. A hold since 1970 says that the certificate was never issued (RFC 6960 section
/// 2.2): nobody will lift it.
fn read_revoked(mut info: Reader<'_>) -> Result<CertStatus, StatusError> {
    let since = time::generalized(&mut info, "revocationTime")?;
    let code = match optional(&mut info, 0)? {
        Some(reason) => read_reason(reason.rest())?,
        None => Code::Revoked(Reason::Unspecified),
    };
    info.finish()?;
    Ok(match code {
        Code::Hold if since != Timestamp::EPOCH => CertStatus::Held { since },
        Code::Revoked(reason) => CertStatus::Revoked { since, reason },
        Code::Hold | Code::RemoveFromCrl => {
            CertStatus::Revoked { since, reason: Reason::Unspecified }
        }
    })
}
