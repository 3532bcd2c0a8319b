//! The message that keys sign to be bound.

use super::WorldError;
use simbind_core::{
    binding::{CounterPolicy, KeyHome, Serving, Sim},
    ids::{CertificateId, Imei, ImeiSet},
    transcript::Enrolment,
};
use simbind_proto::v1;
use std::str::FromStr;

/// What the certificate's key, and the handset's where it has an attested one, sign of an enrolment
/// with a challenge of the server's. `handset_key` is the SHA-256 of the attested key.
///
/// # Errors
/// Where a field of the request does not parse.
pub fn enrolment_message(
    request: &v1::EnrolBindingRequest,
    challenge: &[u8],
    handset_key: Option<[u8; 32]>,
) -> Result<Vec<u8>, WorldError> {
    let leaf = request.certificate_chain.first().ok_or(WorldError::Number)?;
    let serving = request.serving.as_ref().ok_or(WorldError::Number)?;
    let imeis = request.handset.as_ref().map(|handset| handset.imeis.as_slice());
    let imeis: Result<Vec<Imei>, _> =
        imeis.unwrap_or_default().iter().map(|imei| parsed(imei)).collect();
    let sim = Sim {
        iccid: parsed(&request.iccid)?,
        arrived: Vec::new(),
        eid: optional(&request.eid)?,
        serving: Serving { carrier: parsed(&serving.carrier_id)?, host: None },
        line_ref: optional(&request.line_ref)?,
        msisdn: optional(&request.msisdn)?,
    };
    let card = match &*request.card_certificate_sha256 {
        [] => None,
        sha => Some(CertificateId::from_sha256(sha.try_into().map_err(|_| WorldError::Number)?)),
    };
    let message = Enrolment {
        challenge,
        person: &parsed(&request.person_ref)?,
        certificate: &CertificateId::of_der(leaf),
        sim: &sim,
        key_home: key_home(request.key_home()),
        counter: counter(request.signature_counter()),
        imeis: &ImeiSet::new(imeis?).map_err(|_| WorldError::Number)?,
        handset_key,
        card: card.as_ref(),
    };
    Ok(message.encode())
}

const fn key_home(home: v1::KeyHome) -> KeyHome {
    match home {
        v1::KeyHome::Unspecified | v1::KeyHome::Sim => KeyHome::Sim,
        v1::KeyHome::SecureElement => KeyHome::SecureElement,
        v1::KeyHome::Keychain => KeyHome::Keychain,
    }
}

const fn counter(counter: v1::SignatureCounter) -> CounterPolicy {
    match counter {
        v1::SignatureCounter::Present => CounterPolicy::Present,
        v1::SignatureCounter::Unspecified | v1::SignatureCounter::None => CounterPolicy::None,
    }
}

fn parsed<T: FromStr>(text: &str) -> Result<T, WorldError> {
    text.parse().map_err(|_| WorldError::Number)
}

fn optional<T: FromStr>(text: &str) -> Result<Option<T>, WorldError> {
    if text.is_empty() { Ok(None) } else { parsed(text).map(Some) }
}
