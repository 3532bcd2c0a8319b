use super::field::{bytes, chain, field, instant, present, required, sha256};
use simbind_core::{
    ids::{CallerId, CertificateId, LineRef, RequestId, StepUpId},
    token::{HandsetToken, MAX_TOKEN_BYTES},
    transcript::Audience,
};
use simbind_evidence::{
    apple::MAX_ASSERTION_BYTES, signature::SignatureScheme, status::MAX_OCSP_BYTES,
};
use simbind_proto::v1 as wire;
use simbind_rules::facts::{Channel, Sensitivity};
use simbind_service::{
    ServiceError,
    check::{CertificateClaim, CheckRequest, HandsetWord, ReaderPart, Signed, TokenProof},
    outcome::StepUpProof,
    pin::PinReport,
};

/// The most bytes of a signature.
const MOST_SIGNATURE_BYTES: usize = 1024;
/// A challenge is shorter; a longer one is not worth looking at.
const MOST_CHALLENGE_BYTES: usize = 256;

/// A channel.
pub(in crate::grpc) fn channel(value: i32) -> Result<Channel, ServiceError> {
    match wire::Channel::try_from(value) {
        Ok(wire::Channel::AppLogin) => Ok(Channel::AppLogin),
        Ok(wire::Channel::BrowserLogin) => Ok(Channel::BrowserLogin),
        Ok(wire::Channel::TapBare) => Ok(Channel::TapBare),
        Ok(wire::Channel::TapToken) => Ok(Channel::TapToken),
        Ok(wire::Channel::Unspecified) | Err(_) => {
            Err(ServiceError::invalid("channel", "is not set, or none of its values"))
        }
    }
}

fn scheme(name: &'static str, value: i32) -> Result<SignatureScheme, ServiceError> {
    use wire::SignatureScheme as Wire;
    match Wire::try_from(value) {
        Ok(Wire::RsaPkcs1Sha256) => Ok(SignatureScheme::RsaPkcs1Sha256),
        Ok(Wire::EcdsaP256Sha256) => Ok(SignatureScheme::EcdsaP256Sha256),
        Ok(Wire::EcdsaP384Sha384) => Ok(SignatureScheme::EcdsaP384Sha384),
        Ok(Wire::Unspecified) | Err(_) => {
            Err(ServiceError::invalid(name, "has a scheme that is not set, or none of its values"))
        }
    }
}

pub(super) fn signature(
    name: &'static str,
    signature: Option<wire::Signature>,
) -> Result<Option<Signed>, ServiceError> {
    let Some(wire::Signature { scheme: how, value }) = signature else { return Ok(None) };
    Ok(Some(Signed {
        scheme: scheme(name, how)?,
        value: bytes(name, &value, MOST_SIGNATURE_BYTES)?,
    }))
}

/// What the handset brings: a signature, an assertion or a token.
fn handset_word(
    channel: Channel,
    signed: Option<wire::Signature>,
    assertion: &[u8],
    handed: Option<wire::HandsetToken>,
) -> Result<HandsetWord, ServiceError> {
    const ASSERTION: &str = "evidence.app_attest_assertion";
    let word = match (signature("evidence.handset_signature", signed)?, assertion) {
        (None, []) => HandsetWord::Nothing,
        (Some(signed), []) => HandsetWord::Signature(signed),
        (None, cbor) => HandsetWord::Assertion(bytes(ASSERTION, cbor, MAX_ASSERTION_BYTES)?),
        (Some(_), _) => {
            return Err(ServiceError::invalid(ASSERTION, "is given beside handset_signature"));
        }
    };
    match (handed, word) {
        (None, word) => Ok(word),
        (Some(_), HandsetWord::Signature(_)) => {
            Err(ServiceError::invalid(TOKEN, "is given beside handset_signature"))
        }
        (Some(_), HandsetWord::Assertion(_)) => {
            Err(ServiceError::invalid(TOKEN, "is given beside app_attest_assertion"))
        }
        (Some(_), _) if channel != Channel::TapToken => {
            Err(ServiceError::invalid(TOKEN, "is given on a channel that carries none"))
        }
        (Some(handed), _) => handset_token(handed),
    }
}

const TOKEN: &str = "evidence.handset_token";

/// A token, and what the handset made of it.
fn handset_token(handed: wire::HandsetToken) -> Result<HandsetWord, ServiceError> {
    use wire::handset_token::Proof;
    const BYTES: &str = "evidence.handset_token.token";
    const PROOF: &str = "evidence.handset_token.proof";
    const SIGNATURE: &str = "evidence.handset_token.signature";
    const ASSERTION: &str = "evidence.handset_token.app_attest_assertion";
    let wire::HandsetToken { token, proof } = handed;
    let token = bytes(BYTES, &token, MAX_TOKEN_BYTES)?;
    let token = HandsetToken::parse(&token).map_err(|error| ServiceError::invalid(BYTES, error))?;
    let proof = match required(PROOF, proof)? {
        Proof::Signature(signed) => {
            TokenProof::Signature(required(SIGNATURE, signature(SIGNATURE, Some(signed))?)?)
        }
        Proof::AppAttestAssertion(cbor) => {
            TokenProof::Assertion(bytes(ASSERTION, &cbor, MAX_ASSERTION_BYTES)?)
        }
    };
    Ok(HandsetWord::Token(Box::new(token), proof))
}

/// What the configuration says of who asks.
pub(in crate::grpc) struct Parts {
    pub(in crate::grpc) caller: CallerId,
    pub(in crate::grpc) request: RequestId,
    pub(in crate::grpc) audience: Audience,
    pub(in crate::grpc) channel: Channel,
    pub(in crate::grpc) sensitivity: Sensitivity,
    pub(in crate::grpc) reader: Option<ReaderPart>,
}

/// A check.
pub(in crate::grpc) fn check_request(
    parts: Parts,
    evidence: Option<wire::Evidence>,
) -> Result<CheckRequest, ServiceError> {
    let wire::Evidence {
        challenge,
        certificate_chain,
        certificate_sha256,
        signature: signed,
        handset_signature,
        iccid,
        imei,
        toolkit_imei,
        signature_counter,
        app_id,
        signed_at,
        ui_app_id,
        app_attest_assertion,
        ocsp_response,
        handset_token: handed,
    } = required("evidence", evidence)?;
    let certificate =
        match (chain("evidence.certificate_chain", &certificate_chain)?, &*certificate_sha256) {
            (chain, []) if chain.is_empty() => {
                let why = "is empty, and certificate_sha256 too";
                return Err(ServiceError::invalid("evidence.certificate_chain", why));
            }
            (chain, []) => CertificateClaim::Chain(chain),
            (chain, sha) if chain.is_empty() => {
                let sha = sha256("evidence.certificate_sha256", sha)?;
                CertificateClaim::Known(CertificateId::from_sha256(sha))
            }
            _ => {
                let why = "is given beside certificate_chain";
                return Err(ServiceError::invalid("evidence.certificate_sha256", why));
            }
        };
    let Parts { caller, request, audience, channel, sensitivity, reader } = parts;
    Ok(CheckRequest {
        caller,
        request,
        audience,
        channel,
        sensitivity,
        reader,
        challenge: bytes("evidence.challenge", &challenge, MOST_CHALLENGE_BYTES)?,
        certificate,
        signature: signature("evidence.signature", signed)?,
        handset: handset_word(channel, handset_signature, &app_attest_assertion, handed)?,
        iccid: present("evidence.iccid", iccid.as_deref())?,
        imei: present("evidence.imei", imei.as_deref())?,
        toolkit_imei: present("evidence.toolkit_imei", toolkit_imei.as_deref())?,
        counter: signature_counter,
        app: present("evidence.app_id", app_id.as_deref())?,
        ui_app: present("evidence.ui_app_id", ui_app_id.as_deref())?,
        signed_at: instant("evidence.signed_at", signed_at)?,
        ocsp: ocsp_response
            .map(|der| bytes("evidence.ocsp_response", &der, MAX_OCSP_BYTES))
            .transpose()?,
    })
}

/// What ended.
pub(in crate::grpc) enum Outcome {
    StepUp(StepUpId, StepUpProof),
    Pin(CertificateId, PinReport),
}

/// An outcome.
pub(in crate::grpc) fn outcome(
    outcome: Option<wire::report_outcome_request::Outcome>,
) -> Result<Outcome, ServiceError> {
    use wire::{pin_outcome as pin, report_outcome_request as report, step_up_outcome as step_up};
    match required("outcome", outcome)? {
        report::Outcome::StepUp(wire::StepUpOutcome { step_up_id, result }) => {
            let id = field("step_up.step_up_id", &step_up_id)?;
            let proof = match required("step_up.result", result)? {
                step_up::Result::Failed(wire::StepUpFailed {}) => StepUpProof::Failed,
                step_up::Result::Claimed(wire::StepUpClaimed { method: _ }) => StepUpProof::Claimed,
                step_up::Result::Card(card) => card_proof(card)?,
                step_up::Result::Counter(wire::CounterProof { ticket_ref }) => {
                    let _: LineRef = field("step_up.counter.ticket_ref", &ticket_ref)?;
                    StepUpProof::Counter
                }
            };
            Ok(Outcome::StepUp(id, proof))
        }
        report::Outcome::Pin(wire::PinOutcome { certificate_sha256, result }) => {
            let sha = sha256("pin.certificate_sha256", &certificate_sha256)?;
            let report = match required("pin.result", result)? {
                pin::Result::WrongEntries(entries @ 1..=10) => PinReport::Wrong(entries),
                pin::Result::WrongEntries(_) => {
                    return Err(ServiceError::invalid("pin.wrong_entries", "is not 1 to 10"));
                }
                pin::Result::Accepted(wire::PinAccepted {}) => PinReport::Accepted,
            };
            Ok(Outcome::Pin(CertificateId::from_sha256(sha), report))
        }
    }
}

fn card_proof(card: wire::CardProof) -> Result<StepUpProof, ServiceError> {
    let wire::CardProof { certificate_chain, signature: signed } = card;
    let chain = chain("step_up.card.certificate_chain", &certificate_chain)?;
    let signed = required("step_up.card.signature", signature("step_up.card.signature", signed)?)?;
    Ok(StepUpProof::Card { chain, scheme: signed.scheme, signature: signed.value })
}
