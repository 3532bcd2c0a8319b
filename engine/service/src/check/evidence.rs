//! What the bytes of a check prove.

use super::request::{CertificateClaim, CheckRequest, HandsetWord, Signed};
use crate::{
    digest::sha256,
    engine::Engine,
    hot::{AssertingKey, Loaded},
    ports::{store::Store, vault::Vault},
};
use simbind_core::{
    check::{Asserted, Claims, Counter, HandsetFinding, NamedApps, named_apps},
    status::Answer,
    time::Timestamp,
};
use simbind_evidence::{
    apple::{AssertionError, verify_assertion},
    certificate::ChainError,
    signature::{self, PublicKey},
};
use simbind_rules::facts::{ChainState, SignatureState};

/// What was found of the certificate and the two signatures.
#[derive(Clone, Copy, Debug)]
pub(super) struct Proofs {
    pub(super) chain: ChainState,
    pub(super) signature: SignatureState,
    pub(super) handset: HandsetProof,
    /// What the check brought of the certificate's status.
    pub(super) brought: Option<Answer>,
}

impl Proofs {
    /// Whether the certificate's key signed the transcript.
    pub(super) fn signed(&self) -> bool {
        self.signature == SignatureState::Valid
    }
}

/// What was found of what the handset brought, the counter of an assertion aside.
#[derive(Clone, Copy, Debug)]
pub(super) enum HandsetProof {
    /// This, whatever was seen before.
    Found(HandsetFinding),
    /// An assertion that verifies; what it is worth, its counter says.
    Asserted(Asserted),
}

impl HandsetProof {
    /// What it is worth beside the last counter of its key.
    pub(super) fn against(self, last: Counter) -> HandsetFinding {
        match self {
            Self::Found(finding) => finding,
            Self::Asserted(asserted) => asserted.against(last),
        }
    }

    /// An assertion whose counter went on, where it is not kept already.
    pub(super) fn raised(self, last: Counter) -> Option<Asserted> {
        match self {
            Self::Asserted(asserted)
                if last != Counter::SeenInThisCheck
                    && asserted.against(last) == HandsetFinding::Valid(asserted.place) =>
            {
                Some(asserted)
            }
            Self::Found(_) | Self::Asserted(_) => None,
        }
    }
}

impl<S: Store, V: Vault> Engine<S, V> {
    /// Verifies a check's signatures. The chain of a bound certificate was verified when it was
    /// enrolled, for the time until which that holds; a repeated check verifies signatures only.
    pub(super) fn proofs(
        &self,
        check: &CheckRequest,
        transcript: &[u8],
        loaded: Option<&Loaded>,
        now: Timestamp,
    ) -> Proofs {
        match (loaded, &check.certificate) {
            (Some(loaded), _) => {
                let signature = signed(check.signature.as_ref(), &loaded.public_key, transcript);
                // Verifying a staple is work that only the certificate's holder may ask for.
                let staple = check.ocsp.as_deref().filter(|_| signature == SignatureState::Valid);
                Proofs {
                    chain: bound_chain(loaded, now),
                    signature,
                    handset: self.handset_proof(check, loaded, transcript, now),
                    brought: staple.and_then(|der| self.stapled(loaded, der)),
                }
            }
            (None, CertificateClaim::Chain(chain)) => {
                let (chain, signature) = match self.chain(chain, now) {
                    Ok(certificate) => {
                        let key = certificate.public_key();
                        (ChainState::Valid, signed(check.signature.as_ref(), key, transcript))
                    }
                    Err(error) => (chain_state(&error), SignatureState::Invalid),
                };
                let handset = HandsetProof::Found(HandsetFinding::Absent);
                Proofs { chain, signature, handset, brought: None }
            }
            (None, CertificateClaim::Known(_)) => Proofs {
                chain: ChainState::Untrusted,
                signature: SignatureState::Invalid,
                handset: HandsetProof::Found(HandsetFinding::Absent),
                brought: None,
            },
        }
    }

    /// What the handset's word is worth under the keys of the binding as it was read.
    pub(super) fn handset_proof(
        &self,
        check: &CheckRequest,
        loaded: &Loaded,
        transcript: &[u8],
        now: Timestamp,
    ) -> HandsetProof {
        match &check.handset {
            HandsetWord::Nothing => HandsetProof::Found(HandsetFinding::Absent),
            HandsetWord::Signature(signed) => {
                HandsetProof::Found(handset(signed, loaded, transcript))
            }
            HandsetWord::Assertion(assertion) => self
                .asserted(assertion, check, loaded, transcript)
                .map_or(HandsetProof::Found(HandsetFinding::Invalid), HandsetProof::Asserted),
            HandsetWord::Token(token, proof) => self.handed(token, proof, check, loaded, now),
        }
    }

    /// An assertion that verifies under one of the binding's keys: of an app that the transcript
    /// names, and that is on the list.
    fn asserted(
        &self,
        assertion: &[u8],
        check: &CheckRequest,
        loaded: &Loaded,
        transcript: &[u8],
    ) -> Option<Asserted> {
        let hash = sha256(transcript);
        let listed = &self.settings.trust.apps;
        let speaks = |own: &&AssertingKey| {
            let mut named = [&check.app, &check.ui_app].into_iter().flatten();
            named.any(|app| listed.vouched_for(&own.key, app))
        };
        loaded.asserting_keys.iter().filter(speaks).find_map(|own| {
            let place = own.place;
            match verify_assertion(assertion, &own.public_key, &hash, own.key.app.as_str(), 0) {
                Ok(verified) => Some(Asserted { place, counter: verified.counter() }),
                Err(AssertionError::Counter { counter, .. }) => Some(Asserted { place, counter }),
                Err(_) => None,
            }
        })
    }

    /// What the transcript claims. Configuration can have changed since the enrolment: an app that
    /// was taken off the list, or whose signer was, carries no login any more.
    pub(super) fn claims(
        &self,
        check: &CheckRequest,
        handset: HandsetFinding,
        loaded: Option<&Loaded>,
    ) -> Claims {
        let named = NamedApps { business: check.app.as_ref(), ui: check.ui_app.as_ref() };
        let binding = loaded.map(|loaded| &loaded.binding);
        Claims {
            iccid: check.iccid,
            imei: check.imei,
            toolkit_imei: check.toolkit_imei,
            counter: check.counter,
            apps: named_apps(&self.settings.trust.apps, named, handset, binding),
            signed_at: check.signed_at,
            token: match &check.handset {
                HandsetWord::Token(token, _) => Some(**token),
                _ => None,
            },
        }
    }
}

fn bound_chain(loaded: &Loaded, now: Timestamp) -> ChainState {
    let certificate = &loaded.binding.certificate;
    if now < certificate.not_before {
        ChainState::NotYetValid
    } else if now >= certificate.not_after {
        ChainState::Expired
    } else {
        ChainState::Valid
    }
}

fn signed(signed: Option<&Signed>, key: &PublicKey, transcript: &[u8]) -> SignatureState {
    match signed {
        None => SignatureState::Withheld,
        Some(Signed { scheme, value }) => {
            match signature::verify(key, *scheme, transcript, value) {
                Ok(()) => SignatureState::Valid,
                Err(_) => SignatureState::Invalid,
            }
        }
    }
}

fn handset(signed: &Signed, loaded: &Loaded, transcript: &[u8]) -> HandsetFinding {
    let Signed { scheme, value } = signed;
    loaded
        .handset_keys
        .iter()
        .find(|(_, key)| signature::verify(key, *scheme, transcript, value).is_ok())
        .map_or(HandsetFinding::Invalid, |(place, _)| HandsetFinding::Valid(*place))
}

const fn chain_state(error: &ChainError) -> ChainState {
    match error {
        ChainError::Expired => ChainState::Expired,
        ChainError::NotYetValid => ChainState::NotYetValid,
        ChainError::KeyUsage => ChainState::WrongUsage,
        ChainError::Policy { .. } => ChainState::WrongPolicy,
        ChainError::Empty
        | ChainError::TooMany { .. }
        | ChainError::TooLarge { .. }
        | ChainError::Malformed { .. } => ChainState::Malformed,
        _ => ChainState::Untrusted,
    }
}
