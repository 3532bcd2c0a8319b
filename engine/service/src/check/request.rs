//! What a caller asks, parsed.

use serde::{Deserialize, Serialize};
use simbind_core::{
    ids::{AppId, CallerId, CertificateId, Iccid, Imei, RequestId},
    time::Timestamp,
    token::HandsetToken,
    transcript::{Audience, Transcript},
};
use simbind_evidence::signature::SignatureScheme;
use simbind_rules::{
    CheckKind,
    facts::{Channel, ReaderProfile, Sensitivity},
};
use std::time::Duration;

/// The certificate of a check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CertificateClaim {
    /// Its chain, leaf first, DER.
    Chain(Vec<Vec<u8>>),
    /// Its SHA-256, for one that is enrolled.
    Known(CertificateId),
}

impl CertificateClaim {
    /// The certificate's id; `None` for an empty chain.
    pub fn id(&self) -> Option<CertificateId> {
        match self {
            Self::Chain(chain) => chain.first().map(|leaf| CertificateId::of_der(leaf)),
            Self::Known(id) => Some(*id),
        }
    }
}

/// A signature over the transcript, or over another message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signed {
    /// How it was made.
    #[serde(with = "crate::proof::scheme_number")]
    pub scheme: SignatureScheme,
    /// The signature.
    pub value: Vec<u8>,
}

/// What a handset brings to prove itself: one thing, or nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum HandsetWord {
    /// Nothing.
    Nothing,
    /// A signature over the transcript, with the key that was attested.
    Signature(Signed),
    /// An App Attest assertion over the transcript, CBOR.
    Assertion(Vec<u8>),
    /// A token that it handed over, with what was made of it with the key that was attested. It is
    /// for taps: the proofs that are kept in requests have none.
    #[serde(skip)]
    Token(Box<HandsetToken>, TokenProof),
}

/// What a handset made of its token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TokenProof {
    /// A signature over it.
    Signature(Signed),
    /// An App Attest assertion over it, CBOR.
    Assertion(Vec<u8>),
}

/// A reader's part of a tap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReaderPart {
    /// What the reader is used for.
    pub profile: ReaderProfile,
    /// The round trip that it measured.
    pub round_trip: Option<Duration>,
    /// The ICCID that it read itself.
    pub iccid: Option<Iccid>,
}

/// A check. Who asks and how sensitive it is come from configuration.
#[derive(Clone, Debug)]
pub struct CheckRequest {
    /// Who asks.
    pub caller: CallerId,
    /// The caller's number of the request.
    pub request: RequestId,
    /// The relying party or the reader.
    pub audience: Audience,
    /// How it reached us.
    pub channel: Channel,
    /// How sensitive the operation is.
    pub sensitivity: Sensitivity,
    /// The reader's part, for a tap.
    pub reader: Option<ReaderPart>,
    /// The challenge.
    pub challenge: Vec<u8>,
    /// The certificate.
    pub certificate: CertificateClaim,
    /// The signature with the certificate's key; `None` where none was sent.
    pub signature: Option<Signed>,
    /// What the handset brings.
    pub handset: HandsetWord,
    /// The claimed ICCID.
    pub iccid: Option<Iccid>,
    /// The IMEI that the handset claims.
    pub imei: Option<Imei>,
    /// The IMEI that the SIM learned.
    pub toolkit_imei: Option<Imei>,
    /// The signature counter.
    pub counter: Option<u64>,
    /// The app that the person logs in to.
    pub app: Option<AppId>,
    /// The app that holds the applet, where that is another.
    pub ui_app: Option<AppId>,
    /// When the transcript was signed.
    pub signed_at: Timestamp,
    /// A responder's answer about the certificate (RFC 6960), DER.
    pub ocsp: Option<Vec<u8>>,
}

/// What makes two requests the same, for the digest.
#[derive(Serialize, Deserialize)]
struct Same {
    transcript: Vec<u8>,
    certificate: Option<CertificateId>,
    signature: Option<Vec<u8>>,
    handset_signature: Option<Vec<u8>>,
    handset_assertion: Option<Vec<u8>>,
    handset_token: Option<Vec<u8>>,
    sensitivity: Sensitivity,
    round_trip: Option<Duration>,
    read_iccid: Option<Iccid>,
    ocsp: Option<[u8; 32]>,
}

impl CheckRequest {
    /// Login or tap.
    pub fn kind(&self) -> CheckKind {
        match self.channel {
            Channel::AppLogin | Channel::BrowserLogin => CheckKind::Login,
            Channel::TapBare | Channel::TapToken => CheckKind::Tap,
        }
    }

    /// The bytes that were signed.
    pub fn transcript(&self) -> Vec<u8> {
        Transcript {
            challenge: &self.challenge,
            audience: &self.audience,
            channel: self.channel,
            iccid: self.iccid,
            imei: self.imei,
            toolkit_imei: self.toolkit_imei,
            counter: self.counter,
            app: self.app.as_ref(),
            signed_at: self.signed_at,
            ui_app: self.ui_app.as_ref(),
        }
        .encode()
    }

    pub(crate) fn digest(&self, transcript: &[u8]) -> Result<[u8; 32], crate::ServiceError> {
        let mut handset_token = None;
        let (handset_signature, handset_assertion) = match &self.handset {
            HandsetWord::Nothing => (None, None),
            HandsetWord::Signature(signed) => (Some(signed.value.clone()), None),
            HandsetWord::Assertion(assertion) => (None, Some(assertion.clone())),
            HandsetWord::Token(token, proof) => {
                handset_token = Some(token.encode());
                match proof {
                    TokenProof::Signature(signed) => (Some(signed.value.clone()), None),
                    TokenProof::Assertion(assertion) => (None, Some(assertion.clone())),
                }
            }
        };
        crate::digest::of(&Same {
            transcript: transcript.to_vec(),
            certificate: self.certificate.id(),
            signature: self.signature.as_ref().map(|signed| signed.value.clone()),
            handset_signature,
            handset_assertion,
            handset_token,
            sensitivity: self.sensitivity,
            round_trip: self.reader.and_then(|reader| reader.round_trip),
            read_iccid: self.reader.and_then(|reader| reader.iccid),
            ocsp: self.ocsp.as_deref().map(crate::digest::sha256),
        })
    }
}
