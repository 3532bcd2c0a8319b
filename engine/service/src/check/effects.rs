//! What a check proves beyond its own verdict.

use super::request::CheckRequest;
use crate::{
    engine::{Engine, engine_caller},
    error::ServiceError,
    hot::Loaded,
    ledger::{StateEntry, keys},
    ports::{
        store::{Expected, Store, StoreError},
        vault::Vault,
    },
};
use simbind_core::{
    binding::{LifecycleReason, State},
    check::Counter,
    ids::ChallengeId,
};
use simbind_rules::{
    Facts,
    facts::{ChallengeState, CounterState, HandsetLatch, Match, SignatureState},
};
use std::sync::Arc;

/// A check whose facts were gathered.
pub(super) struct Effects<'a> {
    pub(super) check: &'a CheckRequest,
    pub(super) challenge: Option<ChallengeId>,
    pub(super) counter: Counter,
    pub(super) facts: &'a Facts,
}

/// What to decide by, where an effect changed it.
type Changed = Option<Option<Arc<Loaded>>>;

impl<S: Store, V: Vault> Engine<S, V> {
    /// Writes what a check proves before its decision is written: a SIM that signed in a foreign
    /// handset, a counter that went back, a counter that went on. Answers the state to decide by
    /// where that changed it. Each happens once to a binding, but for the counter's conflicts.
    pub(super) async fn effects(
        &self,
        loaded: Option<&Loaded>,
        effects: &Effects<'_>,
    ) -> Result<Changed, ServiceError> {
        let Effects { check, challenge, counter, facts } = *effects;
        let (Some(loaded), Some(challenge)) = (loaded, challenge) else { return Ok(None) };
        let proved = facts.transcript_signature() == Some(SignatureState::Valid)
            && facts.challenge_state() == Some(ChallengeState::Fresh);
        if !proved || matches!(loaded.binding.state, State::Ended { .. }) {
            return Ok(None);
        }
        let binding = &loaded.binding;
        let foreign = facts.handset_match() == Some(Match::No)
            && facts.handset_latch() == Some(HandsetLatch::Clear)
            && binding.foreign_handset_at.is_none();
        if foreign {
            self.latch_foreign_handset(&engine_caller()?, binding.id).await?;
            return Ok(Some(self.load(binding.certificate.id).await?));
        }
        let cloned = State::Held { why: LifecycleReason::CounterRegressed };
        if facts.counter_state() == Some(CounterState::Regressed) && binding.state != cloned {
            let why = LifecycleReason::CounterRegressed;
            return match self.hold(&engine_caller()?, binding.id, why).await {
                // Where it could not be held it is held or over already: that is what to decide by.
                Ok(_) | Err(ServiceError::Refused(_)) => {
                    Ok(Some(self.load(binding.certificate.id).await?))
                }
                Err(error) => Err(error),
            };
        }
        match (check.counter, facts.counter_state()) {
            (Some(claimed), Some(CounterState::Advanced))
                if counter != Counter::SeenInThisCheck =>
            {
                self.count_signature(loaded, claimed, challenge).await
            }
            _ => Ok(None),
        }
    }

    /// Writes a counter that went on. Two checks with one counter cannot both be first.
    async fn count_signature(
        &self,
        loaded: &Loaded,
        counter: u64,
        challenge: ChallengeId,
    ) -> Result<Changed, ServiceError> {
        let binding = loaded.binding.id;
        let expected = loaded.counter_version.map_or(Expected::Absent, Expected::Version);
        let entry = StateEntry::CounterSeen { binding, counter, challenge: *challenge.as_bytes() };
        match self.append_state(&entry, vec![(keys::counter(binding)?, expected)]).await {
            Ok(_) => Ok(None),
            Err(StoreError::Conflict) => Ok(Some(self.load(loaded.binding.certificate.id).await?)),
            Err(error) => Err(error.into()),
        }
    }
}
