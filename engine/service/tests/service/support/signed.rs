//! What SIM and phone sign to be bound.

use super::Person;
use simbind_core::{ids::CertificateId, transcript::Enrolment};
use simbind_service::{attest::AttestationRequest, check::HandsetWord, enrol::EnrolRequest};

impl Person {
    /// The same, signed as it is now.
    pub(crate) fn proves(&self, mut asked: EnrolRequest) -> EnrolRequest {
        let handset_key = match (&asked.handset.attestation, &self.iphone) {
            (AttestationRequest::None, _) => None,
            (_, Some(iphone)) => Some(iphone.key_hash()),
            (_, None) => Some(self.phone.key_hash()),
        };
        let message = Enrolment {
            challenge: &asked.proof.challenge,
            person: &asked.person,
            certificate: &CertificateId::of_der(&asked.chain[0]),
            sim: &asked.sim,
            key_home: asked.key_home,
            counter: asked.counter,
            imeis: &asked.handset.imeis,
            handset_key,
            card: asked.card.as_ref(),
        };
        let message = message.encode();
        asked.proof.signature = self.signs(&message);
        asked.proof.handset = match (handset_key, &self.iphone) {
            (None, _) => HandsetWord::Nothing,
            // Its own counter begins with the first check.
            (_, Some(iphone)) => HandsetWord::Assertion(iphone.assert_at(&message, 1)),
            (_, None) => self.phone.prove(&message),
        };
        asked
    }
}
