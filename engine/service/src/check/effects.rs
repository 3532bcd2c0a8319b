//! What a check proves beyond its own verdict.

use super::request::CheckRequest;
use crate::{
    engine::{Engine, engine_caller},
    error::ServiceError,
    hot::Loaded,
    ledger::{StateEntry, keys},
    ports::{
        store::{Expected, Key, Position, Store, StoreError},
        vault::Vault,
    },
    status::CertificateName,
};
use simbind_core::{
    binding::{LifecycleReason, State},
    check::{Asserted, Counter},
    ids::ChallengeId,
    status::{Answer, Taken},
};
use simbind_rules::{
    Facts,
    facts::{ChallengeState, CounterState, HandsetLatch, Match, SignatureState},
};
use std::{sync::Arc, time::Duration};

/// How much newer than the one that is known a stapled answer must be to be kept: one that says what
/// is known already is not worth a write.
const NEWER: Duration = Duration::from_secs(3600);

/// A check whose facts were gathered.
pub(super) struct Effects<'a> {
    pub(super) check: &'a CheckRequest,
    pub(super) challenge: Option<ChallengeId>,
    pub(super) counter: Counter,
    /// An assertion whose counter went on.
    pub(super) raised: Option<Asserted>,
    pub(super) facts: &'a Facts,
    /// What the check brought of the certificate's status.
    pub(super) brought: Option<Answer>,
}

/// What became of a counter that went on.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Counted {
    /// It is kept, or there was none.
    Done,
    /// Another check's was kept first.
    Conflict,
}

/// What to decide by, where an effect changed it.
type Changed = Option<Option<Arc<Loaded>>>;

impl<S: Store, V: Vault> Engine<S, V> {
    /// Writes what a check proves before its decision is written: a SIM that signed in a foreign
    /// handset, a counter that went back, counters that went on. Answers the state to decide by
    /// where that changed it. Each happens once to a binding, but for the counters' conflicts.
    pub(super) async fn effects(
        &self,
        loaded: Option<&Loaded>,
        effects: &Effects<'_>,
    ) -> Result<Changed, ServiceError> {
        let Effects { check, challenge, counter, raised, facts, brought } = *effects;
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
        if let Some(answer) = brought.filter(|answer| self.worth_keeping(loaded, answer)) {
            let name = CertificateName::of(&binding.certificate);
            if self.learn(&engine_caller()?, &name, answer).await? == Taken::Taken {
                return Ok(Some(self.load(binding.certificate.id).await?));
            }
        }
        let why = LifecycleReason::CounterRegressed;
        let cloned = matches!(binding.state, State::Held { why: known, .. } if known == why);
        if facts.counter_state() == Some(CounterState::Regressed) && !cloned {
            return match self.hold(&engine_caller()?, binding.id, why).await {
                // Where it could not be held it is held or over already: that is what to decide by.
                Ok(_) | Err(ServiceError::Refused(_)) => {
                    Ok(Some(self.load(binding.certificate.id).await?))
                }
                Err(error) => Err(error),
            };
        }
        let claimed = check.counter.filter(|_| {
            facts.counter_state() == Some(CounterState::Advanced)
                && counter != Counter::SeenInThisCheck
        });
        // Both at once, so that they share a group commit.
        let (signed, asserted) = tokio::join!(
            self.count_signature(loaded, claimed, challenge),
            self.count_assertion(loaded, raised, challenge),
        );
        if signed? == Counted::Conflict || asserted? == Counted::Conflict {
            return Ok(Some(self.load(binding.certificate.id).await?));
        }
        Ok(None)
    }

    /// Writes a signature counter that went on. Two checks with one counter cannot both be first.
    async fn count_signature(
        &self,
        loaded: &Loaded,
        counter: Option<u64>,
        challenge: ChallengeId,
    ) -> Result<Counted, ServiceError> {
        let Some(counter) = counter else { return Ok(Counted::Done) };
        let binding = loaded.binding.id;
        let entry = StateEntry::CounterSeen { binding, counter, challenge: *challenge.as_bytes() };
        self.count(&entry, keys::counter(binding)?, loaded.counter_version).await
    }

    /// Writes the counter of an assertion that went on, as it does for the applet's.
    async fn count_assertion(
        &self,
        loaded: &Loaded,
        raised: Option<Asserted>,
        challenge: ChallengeId,
    ) -> Result<Counted, ServiceError> {
        let Some(Asserted { place, counter }) = raised else { return Ok(Counted::Done) };
        let Some(own) = loaded.asserting_key(place) else { return Ok(Counted::Done) };
        let binding = loaded.binding.id;
        let (key, challenge) = (own.mark.0, *challenge.as_bytes());
        let entry = StateEntry::AssertionSeen { binding, key, counter, challenge };
        self.count(&entry, keys::assertion(binding, own.mark)?, own.version()).await
    }

    async fn count(
        &self,
        entry: &StateEntry,
        row: Key,
        version: Option<Position>,
    ) -> Result<Counted, ServiceError> {
        let expected = version.map_or(Expected::Absent, Expected::Version);
        match self.append_state(entry, vec![(row, expected)]).await {
            Ok(_) => Ok(Counted::Done),
            Err(StoreError::Conflict) => Ok(Counted::Conflict),
            Err(error) => Err(error.into()),
        }
    }

    /// Whether a stapled answer is to be known beyond its check: where it changes how the
    /// certificate stands, or is well newer than one that said the same.
    fn worth_keeping(&self, loaded: &Loaded, answer: &Answer) -> bool {
        let mut known = loaded.known;
        if known.take(*answer) != Taken::Taken {
            return false;
        }
        let severity = |brought| {
            let word = self.issuer_word(loaded, brought, self.now());
            word.map(|word| word.standing.severity())
        };
        match loaded.known.responder() {
            Some(before) if before.standing.severity() == answer.standing.severity() => {
                answer.as_of.since(before.as_of) >= NEWER
                    || severity(Some(*answer)) != severity(None)
            }
            _ => true,
        }
    }
}
