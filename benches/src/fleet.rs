//! Bindings: SIMs with their certificates, in handsets with or without an attested key.

use crate::{
    authority::{APP, Authority},
    keys::Keys,
};
use futures::{StreamExt as _, stream};
use prost::bytes::Bytes;
use simbind_core::ids::{CertificateId, Imei};
use sim_sim::enrolment_message;
use simbind_proto::v1::{
    self, binding_service_client::BindingServiceClient, keys_proof::Handset as Word,
};
use std::ops::Range;
use tonic::transport::Channel;

/// The carrier of all lines.
pub const CARRIER: &str = "docomo";

/// Enrolments under way at once.
const ENROLLING: usize = 256;

/// A binding, or what is to become one.
pub struct Member {
    number: u64,
    /// The SIM.
    pub iccid: String,
    /// The handset.
    pub imei: String,
    /// The certificate.
    pub certificate_sha256: Bytes,
    /// The certificate's key.
    pub key: Keys,
    /// The handset's attested key.
    pub handset: Option<Keys>,
    chain: Bytes,
}

impl Member {
    fn make(authority: &Authority, number: u64, handset: bool) -> Self {
        let key = Keys::draw();
        let chain = authority.issue(&key, number);
        let id = CertificateId::of_der(&chain);
        let imei: Imei = format!("35{number:012}").parse().expect("an IMEI");
        Self {
            number,
            iccid: iccid(number),
            imei: imei.to_digits_with_check(),
            certificate_sha256: Bytes::copy_from_slice(id.as_bytes()),
            key,
            handset: handset.then(Keys::draw),
            chain,
        }
    }

    /// The app that carries its logins.
    pub const fn app(&self) -> &'static str {
        APP
    }

    async fn enrol(&self, authority: &Authority, channel: Channel) {
        let mut client = BindingServiceClient::new(channel);
        let mut handset = v1::HandsetEvidence {
            imeis: vec![self.imei.clone()],
            platform: v1::Platform::Other.into(),
            ..v1::HandsetEvidence::default()
        };
        let drawn = client.issue_enrolment_challenge(v1::IssueEnrolmentChallengeRequest {});
        let challenge = drawn.await.expect("a challenge").into_inner().challenge;
        if let Some(key) = &self.handset {
            handset.platform = v1::Platform::Android.into();
            handset.key_attestation_chain = authority.attest(key, &challenge, &self.imei);
            handset.challenge = challenge.clone();
        }
        let mut request = v1::EnrolBindingRequest {
            request_id: format!("bench-{}", self.number),
            person_ref: format!("prs-{:032x}", self.number),
            certificate_chain: vec![self.chain.clone()],
            iccid: self.iccid.clone(),
            serving: Some(v1::Serving { carrier_id: CARRIER.into(), ..v1::Serving::default() }),
            msisdn: format!("+8190{:08}", self.number),
            key_home: v1::KeyHome::Sim.into(),
            signature_counter: v1::SignatureCounter::None.into(),
            handset: Some(handset),
            ..v1::EnrolBindingRequest::default()
        };
        let hash = |key: &Keys| *CertificateId::of_der(&key.spki()).as_bytes();
        let message = enrolment_message(&request, &challenge, self.handset.as_ref().map(hash))
            .expect("an enrolment");
        let handset =
            self.handset.as_ref().map(|key| Word::HandsetSignature(key.signature(&message)));
        let signature = Some(self.key.signature(&message));
        request.proof = Some(v1::KeysProof { challenge, signature, handset });
        client.enrol_binding(request).await.expect("a binding is enrolled");
    }
}

/// Makes those of these numbers, on all processors.
pub fn make(authority: &Authority, numbers: Range<u64>, handset: bool) -> Vec<Member> {
    let parts = std::thread::available_parallelism().map_or(1, std::num::NonZero::get) as u64;
    let size = (numbers.end - numbers.start).div_ceil(parts).max(1);
    std::thread::scope(|scope| {
        let part = |begin: u64| begin..(begin + size).min(numbers.end);
        let making: Vec<_> = numbers
            .clone()
            .step_by(size as usize)
            .map(|begin| {
                let make = move |number| Member::make(authority, number, handset);
                scope.spawn(move || part(begin).map(make).collect::<Vec<_>>())
            })
            .collect();
        making.into_iter().flat_map(|part| part.join().expect("keys are made")).collect()
    })
}

/// Enrols them.
pub async fn enrol(authority: &Authority, channels: &[Channel], members: &[Member]) {
    stream::iter(members.iter().zip(channels.iter().cycle()))
        .map(|(member, channel)| member.enrol(authority, channel.clone()))
        .buffer_unordered(ENROLLING)
        .for_each(|()| std::future::ready(()))
        .await;
}

/// 19 digits, the last one by ISO/IEC 7812-1 annex B.
fn iccid(number: u64) -> String {
    let body = format!("898110{number:012}");
    let sum = body.bytes().rev().enumerate().fold(0, |sum, (place, byte)| {
        let digit = u32::from(byte - b'0');
        let weighted = if place % 2 == 0 { digit * 2 } else { digit };
        sum + weighted / 10 + weighted % 10
    });
    format!("{body}{}", (10 - sum % 10) % 10)
}
