//! Signatures that show that keys are there: the certificate's, and the handset's where it has one.

use crate::{
    challenge::{Purpose, Returned},
    check::{HandsetWord, Signed},
    digest::sha256,
    engine::Engine,
    error::ServiceError,
    ledger::keys,
    ports::{
        store::{Expected, Key, Store},
        vault::Vault,
    },
};
use serde::{Deserialize, Serialize};
use simbind_core::{binding::HandsetKey, time::Timestamp};
use simbind_evidence::{
    apple::verify_assertion,
    signature::{self, PublicKey},
};
use simbind_rules::facts::ChallengeState;

/// What the certificate's key and the handset's key say of one message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeysProof {
    /// The challenge in the message.
    pub challenge: Vec<u8>,
    /// The certificate key's signature.
    pub signature: Signed,
    /// The handset's word; nothing where it has no attested key.
    pub handset: HandsetWord,
}

/// The fields of a request that a proof came in.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ProofFields {
    pub(crate) signature: &'static str,
    pub(crate) handset: &'static str,
    pub(crate) handset_signature: &'static str,
    pub(crate) assertion: &'static str,
}

impl KeysProof {
    /// Whether both keys signed the message.
    pub(crate) fn holds(
        &self,
        certificate_spki: &[u8],
        handset: &HandsetKey,
        message: &[u8],
        fields: ProofFields,
    ) -> Result<(), ServiceError> {
        let certificate = PublicKey::from_spki_der(certificate_spki).map_err(|_| unreadable())?;
        let Signed { scheme, value } = &self.signature;
        signature::verify(&certificate, *scheme, message, value)
            .map_err(|error| ServiceError::invalid(fields.signature, error))?;
        match (handset, &self.handset) {
            (HandsetKey::None, HandsetWord::Nothing) => Ok(()),
            (HandsetKey::Attested(own), HandsetWord::Signature(Signed { scheme, value })) => {
                let key = PublicKey::from_spki_der(&own.spki).map_err(|_| unreadable())?;
                signature::verify(&key, *scheme, message, value)
                    .map_err(|error| ServiceError::invalid(fields.handset_signature, error))
            }
            (HandsetKey::AppAttest(own), HandsetWord::Assertion(assertion)) => {
                let key = PublicKey::from_spki_der(&own.spki).map_err(|_| unreadable())?;
                verify_assertion(assertion, &key, &sha256(message), own.app.as_str(), 0)
                    .map(|_| ())
                    .map_err(|error| ServiceError::invalid(fields.assertion, error))
            }
            _ => {
                let why = "is not what the handset that was seen gives";
                Err(ServiceError::invalid(fields.handset, why))
            }
        }
    }
}

fn unreadable() -> ServiceError {
    ServiceError::unavailable("a key of a binding cannot be read")
}

impl<S: Store, V: Vault> Engine<S, V> {
    /// The id of a challenge that was drawn for this purpose and is in time.
    pub(crate) fn challenge_stands(
        &self,
        field: &'static str,
        challenge: &[u8],
        purpose: &Purpose,
        now: Timestamp,
    ) -> Result<[u8; 16], ServiceError> {
        match self.enrolment.recognise(challenge, purpose, now) {
            Returned::Good { id, .. } => Ok(*id.as_bytes()),
            Returned::Bad(ChallengeState::Expired) => {
                Err(ServiceError::invalid(field, "has ended"))
            }
            Returned::Bad(_) => Err(ServiceError::invalid(field, "was not issued for this")),
        }
    }

    /// A challenge is good for one entry: this is what the entry must expect.
    pub(crate) async fn unused(
        &self,
        field: &'static str,
        challenge: &[u8; 16],
    ) -> Result<(Key, Expected), ServiceError> {
        let key = keys::used_challenge(challenge)?;
        let snapshot = self.store.read(std::slice::from_ref(&key)).await?;
        match snapshot.values.first() {
            Some(Some(_)) => Err(ServiceError::invalid(field, "was used before")),
            _ => Ok((key, Expected::Absent)),
        }
    }
}

/// A scheme in the digest of a request.
pub(crate) mod scheme_number {
    use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};
    use simbind_evidence::signature::SignatureScheme;

    pub(crate) fn serialize<S: Serializer>(
        scheme: &SignatureScheme,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        to.serialize_u8(match scheme {
            SignatureScheme::RsaPkcs1Sha256 => 1,
            SignatureScheme::EcdsaP256Sha256 => 2,
            SignatureScheme::EcdsaP384Sha384 => 3,
        })
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<SignatureScheme, D::Error> {
        match u8::deserialize(from)? {
            1 => Ok(SignatureScheme::RsaPkcs1Sha256),
            2 => Ok(SignatureScheme::EcdsaP256Sha256),
            3 => Ok(SignatureScheme::EcdsaP384Sha384),
            _ => Err(D::Error::custom("no scheme of signatures")),
        }
    }
}
