//! What the bytes of a check prove.

use super::request::{CertificateClaim, CheckRequest, Signed};
use crate::{
    engine::Engine,
    hot::Loaded,
    ports::{store::Store, vault::Vault},
};
use simbind_core::{
    check::{Claims, HandsetFinding, NamedApps, named_apps},
    time::Timestamp,
};
use simbind_evidence::{
    certificate::ChainError,
    signature::{self, PublicKey},
};
use simbind_rules::facts::{ChainState, SignatureState};

/// What was found of the certificate and the two signatures.
#[derive(Clone, Copy, Debug)]
pub(super) struct Proofs {
    pub(super) chain: ChainState,
    pub(super) signature: SignatureState,
    pub(super) handset: HandsetFinding,
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
            (Some(loaded), _) => Proofs {
                chain: bound_chain(loaded, now),
                signature: signed(check.signature.as_ref(), &loaded.public_key, transcript),
                handset: handset(check.handset_signature.as_ref(), loaded, transcript),
            },
            (None, CertificateClaim::Chain(chain)) => {
                let (chain, signature) = match self.chain(chain, now) {
                    Ok(certificate) => {
                        let key = certificate.public_key();
                        (ChainState::Valid, signed(check.signature.as_ref(), key, transcript))
                    }
                    Err(error) => (chain_state(&error), SignatureState::Invalid),
                };
                Proofs { chain, signature, handset: HandsetFinding::Absent }
            }
            (None, CertificateClaim::Known(_)) => Proofs {
                chain: ChainState::Untrusted,
                signature: SignatureState::Invalid,
                handset: HandsetFinding::Absent,
            },
        }
    }

    /// What the transcript claims. Configuration can have changed since the enrolment: an app that
    /// was taken off the list, or whose signer was, carries no login any more.
    pub(super) fn claims(
        &self,
        check: &CheckRequest,
        proofs: &Proofs,
        loaded: Option<&Loaded>,
    ) -> Claims {
        let named = NamedApps { business: check.app.as_ref(), ui: check.ui_app.as_ref() };
        let binding = loaded.map(|loaded| &loaded.binding);
        Claims {
            iccid: check.iccid,
            imei: check.imei,
            toolkit_imei: check.toolkit_imei,
            counter: check.counter,
            apps: named_apps(&self.settings.trust.apps, named, proofs.handset, binding),
            signed_at: check.signed_at,
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

fn handset(signed: Option<&Signed>, loaded: &Loaded, transcript: &[u8]) -> HandsetFinding {
    let Some(Signed { scheme, value }) = signed else { return HandsetFinding::Absent };
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
