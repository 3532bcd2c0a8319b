use super::{
    Responder,
    read::{Basic, Data},
    responder::{self, Asked},
    single::Single,
};
use crate::{
    certificate::Authority,
    der::{OCTET_STRING, Reader},
    status::{Freshness, Reason, Serial, StatusError, StatusRules},
};
use simbind_core::{ids::AuthorityId, time::Timestamp};
use std::fmt;

/// What a responder says of a certificate. Unknown is never good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CertStatus {
    /// Not revoked, as far as the responder knows.
    Good,
    /// On hold: it does not count, and may come back.
    Held {
        /// Since when.
        since: Timestamp,
    },
    /// Revoked for good, or never issued.
    Revoked {
        /// Since when.
        since: Timestamp,
        /// Why.
        reason: Reason,
    },
    /// The responder does not know the certificate.
    Unknown,
}

/// The nonce of the question that an answer is to.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Nonce<'n> {
    /// There was none, as for an answer that was pushed or stapled. One in the answer says nothing.
    NotAsked,
    /// The answer must repeat these octets.
    Asked(&'n [u8]),
}

/// An answer about one certificate, signed by who may answer for its issuer. Only verifying makes
/// one.
///
/// ```compile_fail
/// fn forge(mut genuine: simbind_evidence::status::VerifiedOcsp) {
///     genuine.status = simbind_evidence::status::CertStatus::Good;
/// }
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct VerifiedOcsp {
    authority: AuthorityId,
    status: CertStatus,
    responder: Responder,
    this_update: Timestamp,
    next_update: Option<Timestamp>,
    produced_at: Timestamp,
    valid_until: Timestamp,
}

/// Verifies an OCSP answer about the certificate of this issuer with this serial. An answer that is
/// overdue is refused.
///
/// # Errors
/// [`StatusError`] names the first fault. Sizes are looked at before anything is parsed.
pub fn verify_ocsp(
    der: &[u8],
    issuer: &Authority,
    serial: &Serial,
    nonce: Nonce<'_>,
    at: Timestamp,
) -> Result<VerifiedOcsp, StatusError> {
    let rules = StatusRules::default();
    let answer = verify_ocsp_of_any_age(der, issuer, serial, nonce, rules, at)?;
    answer.freshness(at).strict()?;
    Ok(answer)
}

/// As [`verify_ocsp`], but an answer that is overdue is read for what it says; its
/// [`VerifiedOcsp::freshness`] tells for how long.
///
/// # Errors
/// As [`verify_ocsp`], but for [`StatusError::Stale`].
pub fn verify_ocsp_of_any_age(
    der: &[u8],
    issuer: &Authority,
    serial: &Serial,
    nonce: Nonce<'_>,
    rules: StatusRules,
    at: Timestamp,
) -> Result<VerifiedOcsp, StatusError> {
    let basic = Basic::read(der)?;
    let data = basic.data()?;
    let asked = Asked { issuer, serial, at };
    let responder = responder::find(&basic, &data.responder, data.produced_at, &asked)?;
    check_nonce(data.nonce, nonce)?;
    let single = the_one(&data, &asked)?;
    let (this_update, next_update) = (single.this_update, single.next_update);
    rules.check_times(this_update, next_update, at)?;
    let counts_until = rules.valid_until(this_update, next_update);
    Ok(VerifiedOcsp {
        authority: issuer.id(),
        status: single.status,
        this_update,
        next_update,
        produced_at: data.produced_at,
        valid_until: responder.not_after().map_or(counts_until, |end| counts_until.min(end)),
        responder,
    })
}

fn check_nonce(said: Option<&[u8]>, asked: Nonce<'_>) -> Result<(), StatusError> {
    let Nonce::Asked(asked) = asked else {
        return Ok(());
    };
    let mut value = Reader::new("nonce", said.ok_or(StatusError::NonceMissing)?);
    let nonce = value.expect("nonce", OCTET_STRING)?;
    value.finish()?;
    if nonce == asked { Ok(()) } else { Err(StatusError::NonceDifferent) }
}

/// The answer about the certificate that was asked about; of several that agree, the newest.
fn the_one<'a, 'd>(data: &'a Data<'d>, asked: &Asked<'_>) -> Result<&'a Single<'d>, StatusError> {
    let mut of_issuer =
        data.singles.iter().filter(|it| it.certificate.is_of(asked.issuer)).peekable();
    if of_issuer.peek().is_none() {
        return Err(StatusError::OtherIssuer);
    }
    let about = of_issuer.filter(|it| it.certificate.serial == asked.serial.as_der());
    let mut about = about.collect::<Vec<_>>();
    about.sort_by_key(|it| it.this_update);
    let newest = about.last().ok_or(StatusError::OtherSerial)?;
    if about.iter().any(|it| it.status != newest.status) {
        return Err(StatusError::Contradiction);
    }
    Ok(newest)
}

impl VerifiedOcsp {
    /// Whose certificate it is about.
    pub fn issuer_id(&self) -> AuthorityId {
        self.authority
    }

    /// What the responder says.
    pub fn status(&self) -> CertStatus {
        self.status
    }

    /// Who signed.
    pub fn responder(&self) -> &Responder {
        &self.responder
    }

    /// When what it says was known to be so.
    pub fn this_update(&self) -> Timestamp {
        self.this_update
    }

    /// When newer words will be there. `None`: they are there at all times.
    pub fn next_update(&self) -> Option<Timestamp> {
        self.next_update
    }

    /// When the responder signed, by its own clock. RFC 6960 section 3.2 does not have it compared
    /// with now, and answers that are made beforehand may say a later time.
    pub fn produced_at(&self) -> Timestamp {
        self.produced_at
    }

    /// The last instant at which the answer counts: its nextUpdate, or the bound on its age where
    /// it has none, or the end of the responder's certificate before that.
    pub fn valid_until(&self) -> Timestamp {
        self.valid_until
    }

    /// Whether a newer answer is due.
    pub fn freshness(&self, at: Timestamp) -> Freshness {
        Freshness::of(self.valid_until, at)
    }
}

impl fmt::Debug for VerifiedOcsp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerifiedOcsp")
            .field("issuer", &self.authority)
            .field("status", &self.status)
            .field("this_update", &self.this_update)
            .field("valid_until", &self.valid_until)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Nonce<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotAsked => "NotAsked",
            Self::Asked(_) => "Asked(…)",
        })
    }
}
