use super::Authority;
use crate::HarnessError;
use prost::bytes::Bytes;
use rcgen::KeyPair;
use ring::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair},
};
use sha2::{Digest as _, Sha256};
use simbind_core::{
    ids::Imei,
    time::Timestamp,
    transcript::{Audience, Transcript},
};
use simbind_proto::v1::{self, binding_service_client::BindingServiceClient};
use simbind_rules::facts::Channel;
use tonic::{Status, transport::Channel as GrpcChannel};

/// The app that a server without configuration knows.
const APP: &str = "jp.simbind.demo";

/// A person with one SIM, one handset without attested key, and one line of the carrier `docomo`.
pub struct Person {
    /// The SIM.
    pub iccid: String,
    /// The handset.
    pub imei: String,
    /// The line by the carrier's reference.
    pub line_ref: String,
    /// The line's number.
    pub msisdn: String,
    /// The certificate's DER.
    pub certificate: Bytes,
    /// Its SHA-256.
    pub certificate_sha256: Bytes,
    key: EcdsaKeyPair,
    number: u64,
}

/// What a check says of the handset.
#[derive(Default)]
struct Said<'a> {
    imei: Option<String>,
    app: Option<&'a str>,
}

impl Person {
    /// Makes the person with a number below 10^8. Numbers tell people apart.
    ///
    /// # Errors
    /// Where no key can be drawn.
    pub fn make(authority: &Authority, number: u64) -> Result<Self, HarnessError> {
        let pair = KeyPair::generate()?;
        let der = authority.issue(&pair)?;
        let key = EcdsaKeyPair::from_pkcs8(
            &ECDSA_P256_SHA256_ASN1_SIGNING,
            pair.serialized_der(),
            &SystemRandom::new(),
        );
        let imei: Imei = format!("35{number:012}").parse()?;
        let body = format!("898110{number:012}");
        Ok(Self {
            iccid: format!("{body}{}", check_digit(&body)),
            imei: imei.to_digits_with_check(),
            line_ref: format!("line-{number}"),
            msisdn: format!("+8190{number:08}"),
            certificate_sha256: Bytes::copy_from_slice(&Sha256::digest(&der)),
            certificate: der.into(),
            key: key.map_err(|_| HarnessError::Key)?,
            number,
        })
    }

    /// The person as the counter calls it.
    pub fn reference(&self) -> String {
        format!("prs-{}", self.number)
    }

    /// A good enrolment, which nobody has signed yet.
    pub fn enrolment(&self) -> v1::EnrolBindingRequest {
        v1::EnrolBindingRequest {
            request_id: format!("enrol-{}", self.number),
            person_ref: self.reference(),
            certificate_chain: vec![self.certificate.clone()],
            iccid: self.iccid.clone(),
            serving: Some(v1::Serving {
                carrier_id: "docomo".to_owned(),
                host_carrier_id: String::new(),
            }),
            line_ref: self.line_ref.clone(),
            msisdn: self.msisdn.clone(),
            key_home: v1::KeyHome::Sim.into(),
            signature_counter: v1::SignatureCounter::None.into(),
            handset: Some(v1::HandsetEvidence {
                imeis: vec![self.imei.clone()],
                platform: v1::Platform::Other.into(),
                ..v1::HandsetEvidence::default()
            }),
            ..v1::EnrolBindingRequest::default()
        }
    }

    /// A good enrolment, signed.
    ///
    /// # Errors
    /// Where the server draws no challenge.
    pub async fn signed_enrolment(
        &self,
        counter: &mut BindingServiceClient<GrpcChannel>,
    ) -> Result<v1::EnrolBindingRequest, Status> {
        let mut request = self.enrolment();
        let drawn = counter.issue_enrolment_challenge(v1::IssueEnrolmentChallengeRequest {});
        self.sign_enrolment(&mut request, drawn.await?.into_inner().challenge, None)
            .map_err(|error| Status::internal(error.to_string()))?;
        Ok(request)
    }

    /// Binds the person's certificate.
    ///
    /// # Errors
    /// Where the server refuses it.
    pub async fn enrol(
        &self,
        counter: &mut BindingServiceClient<GrpcChannel>,
    ) -> Result<v1::Binding, Status> {
        let request = self.signed_enrolment(counter).await?;
        let made = counter.enrol_binding(request).await?.into_inner();
        made.binding.ok_or_else(|| Status::internal("an enrolment without a binding"))
    }

    /// Signs an enrolment with the certificate's key, and gives the message, which a handset with an
    /// attested key has yet to sign. `handset_key` is the SHA-256 of that key.
    ///
    /// # Errors
    /// Where a field does not parse.
    pub fn sign_enrolment(
        &self,
        request: &mut v1::EnrolBindingRequest,
        challenge: Bytes,
        handset_key: Option<[u8; 32]>,
    ) -> Result<Vec<u8>, HarnessError> {
        let message = sim_sim::enrolment_message(request, &challenge, handset_key)
            .map_err(|error| HarnessError::Command(error.to_string()))?;
        let signature = Some(self.sign(&message)?);
        request.proof = Some(v1::KeysProof { challenge, signature, handset: None });
        Ok(message)
    }

    fn sign(&self, message: &[u8]) -> Result<v1::Signature, HarnessError> {
        let signature = self.key.sign(&SystemRandom::new(), message);
        Ok(v1::Signature {
            scheme: v1::SignatureScheme::EcdsaP256Sha256.into(),
            value: signature.map_err(|_| HarnessError::Key)?.as_ref().to_vec().into(),
        })
    }

    /// A good login in the app, signed now.
    ///
    /// # Errors
    /// Where the challenge names no audience.
    pub fn login(
        &self,
        request_id: &str,
        challenge: &v1::IssueChallengeResponse,
    ) -> Result<v1::CheckLoginRequest, HarnessError> {
        let said = Said { imei: Some(self.imei.clone()), app: Some(APP) };
        Ok(self.login_saying(request_id, challenge, said)?.0)
    }

    /// A login in an app for iPhones, signed now, and the transcript, which the iPhone has yet to
    /// assert.
    ///
    /// # Errors
    /// Where the challenge names no audience, or the app is none.
    pub fn login_by_iphone(
        &self,
        request_id: &str,
        challenge: &v1::IssueChallengeResponse,
        app: &str,
    ) -> Result<(v1::CheckLoginRequest, Vec<u8>), HarnessError> {
        self.login_saying(request_id, challenge, Said { imei: None, app: Some(app) })
    }

    fn login_saying(
        &self,
        request_id: &str,
        challenge: &v1::IssueChallengeResponse,
        said: Said<'_>,
    ) -> Result<(v1::CheckLoginRequest, Vec<u8>), HarnessError> {
        let (evidence, transcript) = self.evidence(challenge, Channel::AppLogin, said)?;
        let request = v1::CheckLoginRequest {
            request_id: request_id.to_owned(),
            channel: v1::Channel::AppLogin.into(),
            operation: "view".to_owned(),
            evidence: Some(evidence),
        };
        Ok((request, transcript))
    }

    /// A good bare tap on a reader, signed now.
    ///
    /// # Errors
    /// Where the challenge names no audience.
    pub fn tap(
        &self,
        request_id: &str,
        reader: &str,
        challenge: &v1::IssueChallengeResponse,
    ) -> Result<v1::CheckTapRequest, HarnessError> {
        Ok(v1::CheckTapRequest {
            request_id: request_id.to_owned(),
            channel: v1::Channel::TapBare.into(),
            reader_id: reader.to_owned(),
            evidence: Some(self.evidence(challenge, Channel::TapBare, Said::default())?.0),
            round_trip_micros: Some(900),
            read_iccid: None,
        })
    }

    fn evidence(
        &self,
        challenge: &v1::IssueChallengeResponse,
        channel: Channel,
        Said { imei, app }: Said<'_>,
    ) -> Result<(v1::Evidence, Vec<u8>), HarnessError> {
        let signed_at = now();
        let parsed = app.map(str::parse).transpose()?;
        let transcript = Transcript {
            challenge: &challenge.challenge,
            audience: &audience(&challenge.audience)?,
            channel,
            iccid: Some(self.iccid.parse()?),
            imei: imei.as_deref().map(str::parse).transpose()?,
            toolkit_imei: None,
            counter: None,
            app: parsed.as_ref(),
            signed_at,
            ui_app: None,
        }
        .encode();
        let signature = self.sign(&transcript)?;
        let evidence = v1::Evidence {
            challenge: challenge.challenge.clone(),
            certificate_chain: vec![self.certificate.clone()],
            signature: Some(signature),
            iccid: Some(self.iccid.clone()),
            imei,
            app_id: app.map(str::to_owned),
            signed_at: Some(to_proto(signed_at)),
            ..v1::Evidence::default()
        };
        Ok((evidence, transcript))
    }

    /// An event of the carrier about the line, by its SIM, that happened now.
    pub fn event(&self, event_id: &str, kind: v1::sim_event::Kind) -> v1::SimEvent {
        v1::SimEvent {
            event_id: event_id.to_owned(),
            carrier_id: "docomo".to_owned(),
            occurred_at: Some(to_proto(now())),
            line: Some(v1::sim_event::Line::Iccid(self.iccid.clone())),
            kind: Some(kind),
        }
    }
}

/// The audience as the engine wrote it.
fn audience(text: &str) -> Result<Audience, HarnessError> {
    match text.split_once(':') {
        Some(("rp", name)) => Ok(Audience::RelyingParty(name.parse()?)),
        Some(("reader", name)) => Ok(Audience::Reader(name.parse()?)),
        _ => Err(HarnessError::Command(format!("`{text}` is no audience"))),
    }
}

/// The Luhn check digit (ISO/IEC 7812-1 annex B).
fn check_digit(digits: &str) -> u32 {
    let sum = digits.bytes().rev().enumerate().fold(0, |sum, (place, byte)| {
        let digit = u32::from(byte.wrapping_sub(b'0'));
        let weighted = if place % 2 == 0 { digit * 2 } else { digit };
        sum + weighted / 10 + weighted % 10
    });
    (10 - sum % 10) % 10
}

/// The system's time, in milliseconds.
#[expect(clippy::disallowed_methods, reason = "tests play people, who have clocks")]
pub fn now() -> Timestamp {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let millis = since.map_or(0, |since| i64::try_from(since.as_millis()).unwrap_or(i64::MAX));
    Timestamp::from_millis(millis)
}

/// The wire form of an instant.
pub fn to_proto(at: Timestamp) -> prost_types::Timestamp {
    let nanos = at.as_millis().rem_euclid(1000) * 1_000_000;
    prost_types::Timestamp { seconds: at.as_secs(), nanos: i32::try_from(nanos).unwrap_or(0) }
}
