//! An OCSP answer, and whether the lists beside it leave its responder standing.

use simbind_core::time::Timestamp;
use simbind_evidence::{
    certificate::{Authority, VerifiedPath},
    status::{
        Freshness, Listing, Nonce, Responder, Serial, StatusError, StatusRules, VerifiedOcsp,
        verify_crl_of_any_age, verify_ocsp,
    },
};
use thiserror::Error;

/// Why an answer is not taken.
#[derive(Debug, Error)]
pub(super) enum AnswerFault {
    #[error("{0}")]
    Status(#[from] StatusError),
    #[error("the responder's own certificate is on a list of the issuer's")]
    ListedResponder,
    #[error("no current list of the issuer speaks for the responder's own certificate")]
    UnknownResponder,
}

/// Verifies an answer about the person's certificate. A responder whose certificate does not say
/// that nobody need ask for its status is looked up in the lists, where there are any.
pub(super) fn verified(
    path: &VerifiedPath,
    answer: &[u8],
    lists: &[Vec<u8>],
    at: Timestamp,
) -> Result<VerifiedOcsp, AnswerFault> {
    let issuer = path.authorities().next().ok_or(StatusError::OtherIssuer)?;
    let serial = path.certificate().serial_number();
    let answer = verify_ocsp(answer, &issuer, serial, Nonce::NotAsked, at)?;
    if let Responder::DelegateToCheck { serial, .. } = answer.responder()
        && !lists.is_empty()
    {
        check_responder(serial, &issuer, lists, at)?;
    }
    Ok(answer)
}

fn check_responder(
    serial: &Serial,
    issuer: &Authority,
    lists: &[Vec<u8>],
    at: Timestamp,
) -> Result<(), AnswerFault> {
    let mut spoken_for = false;
    for list in lists {
        let read = verify_crl_of_any_age(list, issuer, StatusRules::default(), at);
        let Ok(list) = read else { continue };
        match list.of_serial(serial.as_der()) {
            Listing::Held { .. } | Listing::Revoked { .. } | Listing::Removed { .. } => {
                return Err(AnswerFault::ListedResponder);
            }
            Listing::Unlisted => spoken_for |= list.freshness(at) == Freshness::Current,
            Listing::NotCovered => {}
        }
    }
    if spoken_for { Ok(()) } else { Err(AnswerFault::UnknownResponder) }
}
