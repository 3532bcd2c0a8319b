//! What shows that a PIN is known: the applet signs only once the right one was entered.

use super::LOCKED;
use crate::{
    check::CheckRequest,
    engine::Engine,
    error::ServiceError,
    hot::Loaded,
    ledger::{DecisionEntry, PinAct, PinEntry, StateEntry, keys},
    ports::{
        store::{Expected, Position, Store, StoreError},
        vault::Vault,
    },
};
use simbind_core::{
    binding::State,
    ids::{BindingId, CallerId, ChallengeId, DecisionId},
};
use std::{sync::Arc, time::Duration};

/// The newest decisions of a binding.
pub(super) struct View<'a> {
    pub(super) decisions: &'a [Arc<DecisionEntry>],
    /// Where there are older ones.
    pub(super) older: Option<DecisionId>,
    /// How long a challenge lives.
    pub(super) lifetime: Duration,
}

impl View<'_> {
    /// Whether a decision's signature first came once the wrong entries of a position were known. A
    /// check that is repeated, and decided again, was signed before: what first used its challenge
    /// must be in view, or be too old to have been of the same challenge.
    pub(super) fn signed_after(&self, wrong_at: Position, decision: &DecisionEntry) -> bool {
        let whole = self.older.is_none()
            || self
                .decisions
                .last()
                .is_some_and(|oldest| decision.decided_at.since(oldest.decided_at) > self.lifetime);
        let mut same = self.decisions.iter().filter(|one| one.challenge == decision.challenge);
        whole && same.all(|one| Position(one.position) >= wrong_at)
    }
}

impl<S: Store, V: Vault> Engine<S, V> {
    /// When the count of a binding was last written.
    pub(super) async fn pin_version(
        &self,
        binding: BindingId,
    ) -> Result<Option<Position>, ServiceError> {
        let snapshot = self.store.read(&[keys::pin(binding)?]).await?;
        Ok(snapshot.values.first().and_then(Option::as_ref).map(|row| row.version))
    }

    /// The count's version, where the caller has said since it was written that the PIN is known.
    pub(super) async fn said(
        &self,
        binding: BindingId,
        by: &CallerId,
    ) -> Result<Option<Position>, ServiceError> {
        let rows = [keys::pin(binding)?, keys::pin_word(binding, by)?];
        let snapshot = self.store.read(&rows).await?;
        let [Some(count), Some(word)] = &*snapshot.values else { return Ok(None) };
        Ok((word.version > count.version).then_some(count.version))
    }

    /// Gives wrong entries back where the caller of a check had said that the PIN is known, and the
    /// key now signed a challenge that nothing used before. A lock stays. Answers the state to
    /// decide by.
    pub(crate) async fn tries_given_back(
        &self,
        check: &CheckRequest,
        challenge: ChallengeId,
        loaded: Arc<Loaded>,
    ) -> Result<Option<Arc<Loaded>>, ServiceError> {
        let ended = matches!(loaded.binding.state_at(self.now()), State::Ended { .. });
        if ended || !(1..LOCKED).contains(&loaded.pin.failures) {
            return Ok(Some(loaded));
        }
        let (binding, by) = (loaded.binding.id, &check.caller);
        let Some(count) = self.said(binding, by).await? else { return Ok(Some(loaded)) };
        let beside = self.beside_now(&loaded).await?;
        let mut expect = vec![(keys::pin(binding)?, Expected::Version(count))];
        if let Some(other) = beside {
            expect.push(self.pin_as_read(other).await?);
        }
        if self.is_current(&loaded).await? {
            let entry = StateEntry::Pin(PinEntry {
                binding,
                act: PinAct::Shown { challenge: *challenge.as_bytes() },
                by: by.clone(),
                request: check.request.clone(),
                digest: check.digest(&check.transcript())?,
                beside,
            });
            match self.append_state(&entry, expect).await {
                // Where the count was changed meanwhile, a later check gives back what counts then.
                Ok(_) | Err(StoreError::Conflict) => {}
                Err(error) => return Err(error.into()),
            }
        }
        self.load(loaded.binding.certificate.id).await
    }
}
