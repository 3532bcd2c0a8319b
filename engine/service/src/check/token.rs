//! The token that a handset hands over in a tap.

use super::{
    evidence::HandsetProof,
    request::{CheckRequest, HandsetWord, Signed, TokenProof},
    run::Taken,
};
use crate::{
    digest::sha256,
    engine::Engine,
    error::ServiceError,
    hot::Loaded,
    ports::{store::Store, vault::Vault},
    tokens::{TokenMark, TokenUse},
};
use simbind_core::{
    check::{Asserted, HandsetFinding, Tapped, token_finding},
    time::Timestamp,
    token::HandsetToken,
};
use simbind_evidence::{
    apple::{AssertionError, verify_assertion},
    signature,
};
use std::time::Duration;

impl<S: Store, V: Vault> Engine<S, V> {
    /// What a token is worth under the keys of the binding, its use aside.
    pub(super) fn handed(
        &self,
        token: &HandsetToken,
        proof: &TokenProof,
        check: &CheckRequest,
        loaded: &Loaded,
        now: Timestamp,
    ) -> HandsetProof {
        let skew = self.settings.bounds.token_skew;
        let tapped = Tapped { certificate: check.certificate.id(), iccid: check.iccid, now, skew };
        let mut keys = loaded.binding.handsets.iter().enumerate();
        let own = keys.find(|(_, handset)| {
            handset.key().spki().is_some_and(|spki| sha256(spki) == token.handset_key)
        });
        let Some((place, _)) = own else { return HandsetProof::Found(HandsetFinding::Foreign) };
        let invalid = HandsetProof::Found(HandsetFinding::Invalid);
        let bytes = token.encode();
        let proved = match proof {
            TokenProof::Signature(signed) => signs(signed, loaded, place, &bytes)
                .then_some(HandsetProof::Found(HandsetFinding::Valid(place))),
            TokenProof::Assertion(assertion) => {
                self.asserted_at(assertion, loaded, place, &bytes).map(HandsetProof::Asserted)
            }
        };
        let Some(proved) = proved else { return invalid };
        match token_finding(token, place, &tapped) {
            HandsetFinding::Valid(_) => proved,
            worthless => HandsetProof::Found(worthless),
        }
    }

    /// An assertion over a token, by the iPhone's key of a place, whose app is still on the list.
    fn asserted_at(
        &self,
        assertion: &[u8],
        loaded: &Loaded,
        place: usize,
        token: &[u8],
    ) -> Option<Asserted> {
        let own = loaded.asserting_key(place)?;
        if !self.settings.trust.apps.vouched_for(&own.key, &own.key.app) {
            return None;
        }
        let (key, hash) = (&own.public_key, sha256(token));
        match verify_assertion(assertion, key, &hash, own.key.app.as_str(), 0) {
            Ok(verified) => Some(Asserted { place, counter: verified.counter() }),
            Err(AssertionError::Counter { counter, .. }) => Some(Asserted { place, counter }),
            Err(_) => None,
        }
    }

    /// Uses a token that proves its handset, for the check that uses its challenge: at most once,
    /// whatever becomes of other checks.
    pub(super) fn use_token<'a>(
        &'a self,
        check: &CheckRequest,
        finding: HandsetFinding,
        taken: &mut Taken<'a>,
        now: Timestamp,
    ) -> Result<(HandsetFinding, Option<TokenMark>), ServiceError> {
        let (HandsetWord::Token(token, _), HandsetFinding::Valid(place)) =
            (&check.handset, finding)
        else {
            return Ok((finding, None));
        };
        // A check that used no challenge is refused for that, and takes no token from its owner.
        let Some(owner) = taken.id() else { return Ok((finding, None)) };
        let mark = TokenMark::of(token);
        let skew = self.settings.bounds.token_skew;
        let ends = token.issued_at.plus(token.life.as_duration()).plus(skew);
        match self.used_tokens.take(mark, owner, ends, now) {
            TokenUse::Own => {
                if let Taken::Held(hold) = taken {
                    hold.with_token(&self.used_tokens, mark);
                }
                Ok((finding, Some(mark)))
            }
            TokenUse::Other => Ok((HandsetFinding::Replayed(place), None)),
            TokenUse::Full => Err(ServiceError::Busy { retry_after: Duration::from_secs(1) }),
        }
    }
}

fn signs(signed: &Signed, loaded: &Loaded, place: usize, token: &[u8]) -> bool {
    let key = loaded.handset_keys.iter().find(|(at, _)| *at == place);
    key.is_some_and(|(_, key)| signature::verify(key, signed.scheme, token, &signed.value).is_ok())
}
