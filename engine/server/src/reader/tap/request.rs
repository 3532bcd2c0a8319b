//! What is signed, and what is sent to the engine.

use super::{Chain, EngineFault, micros};
use crate::reader::{Challenge, KeyKind, Token, TokenProof};
use bytes::Bytes;
use simbind_core::{
    ids::{Iccid, Imei, ReaderId},
    time::Timestamp,
    transcript::{Audience, Transcript},
};
use simbind_proto::v1::{
    Channel, CheckTapRequest, Evidence, HandsetToken, Signature, SignatureScheme,
    handset_token::Proof,
};
use simbind_rules::facts;
use std::time::Duration;

/// What is claimed of the card.
pub(super) struct Claims {
    pub(super) iccid: Option<Iccid>,
    pub(super) toolkit_imei: Option<Imei>,
    /// The signatures before this one.
    pub(super) counter: Option<u64>,
    pub(super) signed_at: Timestamp,
}

impl Claims {
    /// The counter as this signature makes it.
    fn counted(&self) -> Option<u64> {
        self.counter.and_then(|counter| counter.checked_add(1))
    }
}

/// What the card made of it.
pub(super) struct Signed<'a> {
    pub(super) chain: &'a Chain,
    pub(super) signature: Vec<u8>,
    pub(super) round_trip: Duration,
    pub(super) token: Option<Token>,
}

/// The transcript's bytes.
pub(super) fn message(
    challenge: &Challenge,
    reader: &ReaderId,
    channel: Channel,
    claims: &Claims,
) -> Result<Vec<u8>, EngineFault> {
    let audience = Audience::Reader(reader.clone());
    // A challenge for somebody else is not signed here.
    if challenge.audience != audience.to_text() {
        return Err(EngineFault::Malformed("a challenge for another reader"));
    }
    let channel = match channel {
        Channel::TapToken => facts::Channel::TapToken,
        _ => facts::Channel::TapBare,
    };
    let transcript = Transcript {
        challenge: &challenge.bytes,
        audience: &audience,
        channel,
        iccid: claims.iccid,
        imei: None,
        toolkit_imei: claims.toolkit_imei,
        counter: claims.counted(),
        app: None,
        signed_at: claims.signed_at,
        ui_app: None,
    };
    Ok(transcript.encode())
}

/// The tap as the engine is asked it.
pub(super) fn tap(
    request_id: String,
    reader: &ReaderId,
    channel: Channel,
    challenge: Challenge,
    claims: &Claims,
    signed: Signed<'_>,
) -> CheckTapRequest {
    let scheme = scheme(signed.chain.key());
    let iccid = claims.iccid.map(Iccid::to_digits);
    let evidence = Evidence {
        challenge: challenge.bytes,
        certificate_chain: signed.chain.certificates().to_vec(),
        certificate_sha256: Bytes::new(),
        signature: Some(Signature { scheme: scheme.into(), value: signed.signature.into() }),
        handset_signature: None,
        iccid: iccid.clone(),
        imei: None,
        toolkit_imei: claims.toolkit_imei.map(Imei::to_digits_with_check),
        signature_counter: claims.counted(),
        app_id: None,
        signed_at: Some(wire(claims.signed_at)),
        app_attest_assertion: Bytes::new(),
        ui_app_id: None,
        ocsp_response: None,
        handset_token: signed.token.map(wire_token),
    };
    CheckTapRequest {
        request_id,
        channel: channel.into(),
        reader_id: reader.to_string(),
        evidence: Some(evidence),
        round_trip_micros: Some(micros(signed.round_trip)),
        read_iccid: iccid,
    }
}

fn scheme(key: KeyKind) -> SignatureScheme {
    match key {
        KeyKind::Rsa => SignatureScheme::RsaPkcs1Sha256,
        KeyKind::P256 => SignatureScheme::EcdsaP256Sha256,
        KeyKind::P384 => SignatureScheme::EcdsaP384Sha384,
    }
}

fn wire_token(token: Token) -> HandsetToken {
    let proof = match token.proof {
        TokenProof::Signature(key, value) => {
            Proof::Signature(Signature { scheme: scheme(key).into(), value: value.into() })
        }
        TokenProof::Assertion(cbor) => Proof::AppAttestAssertion(cbor.into()),
    };
    HandsetToken { token: token.token.into(), proof: Some(proof) }
}

fn wire(at: Timestamp) -> prost_types::Timestamp {
    let nanos = at.as_millis().rem_euclid(1000).saturating_mul(1_000_000);
    prost_types::Timestamp { seconds: at.as_secs(), nanos: i32::try_from(nanos).unwrap_or(0) }
}
