//! Signatures of a certificate's key and a handset's over one message.

use super::{
    check::signature,
    field::{bytes, required},
};
use simbind_evidence::apple::MAX_ASSERTION_BYTES;
use simbind_proto::v1 as wire;
use simbind_service::{ServiceError, check::HandsetWord, proof::KeysProof};

/// A challenge is shorter; a longer one is not worth looking at.
const MOST_CHALLENGE_BYTES: usize = 256;

/// What a handset says.
enum Said<'a> {
    Nothing,
    Signature(wire::Signature),
    Assertion(&'a [u8]),
}

/// Where a proof stands in its request.
struct Names {
    challenge: &'static str,
    signature: &'static str,
    handset_signature: &'static str,
    assertion: &'static str,
}

const ENROLMENT: Names = Names {
    challenge: "proof.challenge",
    signature: "proof.signature",
    handset_signature: "proof.handset_signature",
    assertion: "proof.app_attest_assertion",
};

const ACTIVATION: Names = Names {
    challenge: "challenge",
    signature: "signature",
    handset_signature: "handset_signature",
    assertion: "app_attest_assertion",
};

/// The proof of an enrolment.
pub(super) fn enrolment(proof: Option<wire::KeysProof>) -> Result<KeysProof, ServiceError> {
    use wire::keys_proof::Handset;
    let wire::KeysProof { challenge, signature, handset } = required("proof", proof)?;
    let said = match &handset {
        None => Said::Nothing,
        Some(Handset::HandsetSignature(signed)) => Said::Signature(signed.clone()),
        Some(Handset::AppAttestAssertion(cbor)) => Said::Assertion(cbor),
    };
    keys(&ENROLMENT, &challenge, signature, said)
}

/// The proof at the end of a ticket.
pub(in crate::grpc) fn activation(
    challenge: &[u8],
    signed: Option<wire::Signature>,
    handset: Option<wire::activate_ticket_request::Handset>,
) -> Result<KeysProof, ServiceError> {
    use wire::activate_ticket_request::Handset;
    let word = required("handset", handset)?;
    let said = match &word {
        Handset::HandsetSignature(signed) => Said::Signature(signed.clone()),
        Handset::AppAttestAssertion(cbor) => Said::Assertion(cbor),
    };
    keys(&ACTIVATION, challenge, signed, said)
}

fn keys(
    names: &Names,
    challenge: &[u8],
    signed: Option<wire::Signature>,
    said: Said<'_>,
) -> Result<KeysProof, ServiceError> {
    let whole = |name, signed| required(name, signature(name, signed)?);
    let handset = match said {
        Said::Nothing => HandsetWord::Nothing,
        Said::Signature(signed) => {
            HandsetWord::Signature(whole(names.handset_signature, Some(signed))?)
        }
        Said::Assertion(cbor) => {
            HandsetWord::Assertion(bytes(names.assertion, cbor, MAX_ASSERTION_BYTES)?)
        }
    };
    Ok(KeysProof {
        challenge: bytes(names.challenge, challenge, MOST_CHALLENGE_BYTES)?,
        signature: whole(names.signature, signed)?,
        handset,
    })
}
