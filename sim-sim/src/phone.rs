//! A handset around a SIM at a reader: its app answers beside the SIM, over the same contactless
//! interface, and hands over a token (`proto/TRANSCRIPT.md`, "The handset's token").

#[cfg(test)]
mod tests;

use crate::{
    World, WorldError,
    card::{Changed, Response, State, Status},
    world::handset::{Handset, Model, Proof},
};
use rand::RngCore;
use simbind_core::{
    ids::{CertificateId, Iccid},
    time::Timestamp,
    token::{HandsetToken, TokenLife},
};
use simbind_proto::v1;
use zeroize::Zeroizing;

/// What a reader selects to speak to the handset's app.
pub const AID: &[u8] = b"\xF0simbind\x01";
/// How long the app says that a token lives, in milliseconds.
const LIFE: u32 = 10_000;
/// The most octets of one answer.
const PART: usize = 256;

/// Who answers a command at the reader.
#[derive(Debug)]
pub enum Routed {
    /// The handset's app, this.
    App(Response),
    /// The SIM.
    Sim,
}

/// A handset with an app that is enrolled with a SIM.
pub struct Phone {
    handset: Handset,
    certificate: CertificateId,
    iccid: Iccid,
    selected: bool,
    /// What is left to fetch of an answer.
    rest: Vec<u8>,
}

impl Phone {
    /// The Android handset with a number in the world, whose app says that it is enrolled with this
    /// certificate on this SIM.
    ///
    /// # Errors
    /// Where its key cannot be made.
    pub fn android(
        world: &World,
        number: u64,
        certificate: CertificateId,
        iccid: Iccid,
    ) -> Result<Self, WorldError> {
        let handset = Handset::make(world, number, Model::android(1))?;
        Ok(Self::of(handset, certificate, iccid))
    }

    /// The iPhone with a number in the world, as [`Self::android`].
    ///
    /// # Errors
    /// Where its key cannot be made.
    pub fn iphone(
        world: &World,
        number: u64,
        certificate: CertificateId,
        iccid: Iccid,
    ) -> Result<Self, WorldError> {
        let handset = Handset::make(world, number, Model::IPHONE)?;
        Ok(Self::of(handset, certificate, iccid))
    }

    const fn of(handset: Handset, certificate: CertificateId, iccid: Iccid) -> Self {
        Self { handset, certificate, iccid, selected: false, rest: Vec::new() }
    }

    /// What the handset proves of itself at a counter.
    ///
    /// # Errors
    /// Where an attestation cannot be made.
    pub fn evidence(
        &self,
        world: &World,
        challenge: &[u8],
        now: Timestamp,
    ) -> Result<v1::HandsetEvidence, WorldError> {
        self.handset.evidence(world, challenge, now)
    }

    /// SHA-256 of the public key that [`Self::evidence`] attests, as SubjectPublicKeyInfo.
    pub fn key_sha256(&self) -> [u8; 32] {
        self.handset.key_sha256()
    }

    /// What the handset's key says of an enrolment.
    ///
    /// # Errors
    /// Where it cannot sign.
    pub fn word(&mut self, message: &[u8]) -> Result<v1::keys_proof::Handset, WorldError> {
        Ok(match self.handset.prove(message)? {
            Proof::Signature(signature) => v1::keys_proof::Handset::HandsetSignature(signature),
            Proof::Assertion(cbor) => v1::keys_proof::Handset::AppAttestAssertion(cbor),
        })
    }

    /// The reader's field went, or came.
    pub fn reset(&mut self) {
        self.selected = false;
        self.rest.clear();
    }

    /// Takes a command that came over the field, with this SIM in the handset. To a SIM that the app
    /// is not enrolled with it does not answer at all.
    ///
    /// # Errors
    /// Where a token cannot be signed.
    pub fn command(
        &mut self,
        command: &[u8],
        inside: &State,
        now: Timestamp,
        random: &mut dyn RngCore,
    ) -> Result<Routed, WorldError> {
        let rest = std::mem::take(&mut self.rest);
        if let Some(name) = selected_name(command) {
            self.selected = name == AID && inside.iccid() == Some(self.iccid);
            return Ok(match (name == AID, self.selected) {
                (false, _) => Routed::Sim,
                (true, true) => self.answer(Vec::new()),
                (true, false) => failed(Status::NOT_FOUND),
            });
        }
        if !self.selected {
            return Ok(Routed::Sim);
        }
        Ok(match command {
            [0x80, 0xCA, 0x9F, 0x80, 0x00] => {
                let token = self.token(now, random)?;
                self.answer(token)
            }
            [0x80, 0xCA, 0x9F, 0x80, ..] => failed(Status::WRONG_LENGTH),
            [0x00, 0xC0, 0x00, 0x00, _] if !rest.is_empty() => self.answer(rest),
            _ => failed(Status::WRONG_INSTRUCTION),
        })
    }

    /// A token of now, with what proves it, as it goes over the field.
    fn token(&mut self, now: Timestamp, random: &mut dyn RngCore) -> Result<Vec<u8>, WorldError> {
        let mut nonce = [0; 16];
        random.fill_bytes(&mut nonce);
        // No app on an iPhone can read an IMEI.
        let imei = self.handset.imei(0).filter(|_| !self.handset.model.is_iphone());
        let token = HandsetToken {
            certificate: self.certificate,
            iccid: self.iccid,
            imei: imei.map(str::parse).transpose().map_err(|_| WorldError::Number)?,
            issued_at: now,
            life: TokenLife::from_millis(LIFE).map_err(|_| WorldError::Number)?,
            nonce,
            handset_key: self.handset.key_sha256(),
        }
        .encode();
        let (kind, proof) = match self.handset.prove(&token)? {
            Proof::Signature(signature) => (0x02, signature.value),
            Proof::Assertion(assertion) => (0x04, assertion),
        };
        let length = u16::try_from(token.len()).map_err(|_| WorldError::Number)?;
        Ok([&length.to_be_bytes()[..], &token, &[kind], &proof].concat())
    }

    /// So much as goes into one answer; the rest waits to be fetched.
    fn answer(&mut self, mut data: Vec<u8>) -> Routed {
        self.rest = data.split_off(data.len().min(PART));
        let left = u16::try_from(self.rest.len()).unwrap_or(u16::MAX);
        let status = match left {
            0 => Status::OK,
            // 00 says that there are 256 octets or more.
            256.. => Status::from_word(0x6100),
            left => Status::from_word(0x6100 | left),
        };
        Routed::App(response(data, status))
    }
}

impl std::fmt::Debug for Phone {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Phone({:?})", self.handset.model.platform)
    }
}

/// The name that a SELECT by name gives (ISO/IEC 7816-4 clause 11.2.2).
fn selected_name(command: &[u8]) -> Option<&[u8]> {
    match command {
        [0x00, 0xA4, 0x04, _, length, rest @ ..] => rest.get(..usize::from(*length)),
        _ => None,
    }
}

fn failed(status: Status) -> Routed {
    Routed::App(response(Vec::new(), status))
}

fn response(data: Vec<u8>, status: Status) -> Response {
    Response { data: Zeroizing::new(data), status, changed: Changed::No }
}
