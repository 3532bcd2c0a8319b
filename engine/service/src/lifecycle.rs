//! The life of a binding after enrolment: hold, release, revoke, more handsets, a new proof.

use crate::{
    attest::{HandsetRequest, Verified},
    engine::{Engine, Standing, TRIES, contended, engine_caller},
    error::ServiceError,
    ledger::{BindingChange, StateEntry, keys},
    ports::{
        store::{Expected, Store, StoreError},
        vault::Vault,
    },
    sealing,
    succession::together::{Reach, ends_both, holds_both},
};
use simbind_core::{
    binding::{Act, Binding, End, Handset, LifecycleReason, Refused, Source, State},
    ids::{BindingId, CallerId, PersonRef},
    time::Timestamp,
};

impl From<Refused> for ServiceError {
    fn from(refused: Refused) -> Self {
        Self::Refused(refused.to_string())
    }
}

impl<S: Store, V: Vault> Engine<S, V> {
    /// A person's bindings, a page at a time, and where the next page begins.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub async fn bindings_of(
        &self,
        person: &PersonRef,
        after: Option<BindingId>,
        rows: usize,
    ) -> Result<(Vec<Standing>, Option<BindingId>), ServiceError> {
        let vault = &*self.vault;
        let prefix = keys::person(vault, person)?;
        let after = after.map(|id| keys::person_binding(vault, person, id)).transpose()?;
        let direction = crate::ports::store::Direction::Ascending;
        let scan = crate::ports::store::Scan { prefix, after, rows, direction };
        let page = self.store.scan(scan).await?;
        let mut found = Vec::with_capacity(page.rows.len());
        let mut last = None;
        for (key, _) in &page.rows {
            let Some(id) = key.as_bytes().get(17..).and_then(|id| id.try_into().ok()) else {
                continue;
            };
            let id = BindingId::from_bytes(id);
            last = Some(id);
            match self.binding(id).await {
                Ok(standing) => found.push(standing),
                Err(ServiceError::NotFound(_)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok((found, last.filter(|_| page.next.is_some())))
    }

    /// Holds a binding, and the one that it is used side by side with. The same hold once more changes nothing, but for taking back a release that
    /// was asked for.
    ///
    /// # Errors
    /// Where there is none, or its state does not allow it.
    pub async fn hold(
        &self,
        by: &CallerId,
        id: BindingId,
        why: LifecycleReason,
    ) -> Result<Standing, ServiceError> {
        let source = source(by)?;
        let both = holds_both(why);
        self.with_other(by, id, BindingChange::Held, both, |binding, now| {
            Ok(binding.apply(Act::Hold, why, &source, now)?)
        })
        .await
    }

    /// Ends a binding; with its phone, the one that it is used side by side with too. The same end
    /// once more changes nothing.
    ///
    /// # Errors
    /// Where there is none, or it has ended otherwise.
    pub async fn revoke(
        &self,
        by: &CallerId,
        id: BindingId,
        why: LifecycleReason,
    ) -> Result<Standing, ServiceError> {
        let source = source(by)?;
        self.with_other(by, id, BindingChange::Revoked, ends_both(why), |binding, now| {
            let ended = State::Ended { end: End::Revoked, why };
            if binding.state == ended && !binding.driven.ended() {
                return Ok(());
            }
            Ok(binding.apply(Act::Revoke, why, &source, now)?)
        })
        .await
    }

    /// Enrols another handset of the same person. The same handset again changes nothing.
    ///
    /// # Errors
    /// Where the attestation does not hold, there are too many, or the state does not allow it.
    pub async fn add_handset(
        &self,
        by: &CallerId,
        id: BindingId,
        request: HandsetRequest,
    ) -> Result<Standing, ServiceError> {
        let Verified { handset, receipt, .. } = self.handset(request, self.now())?;
        let kept = Beside { handset: &handset, receipt: receipt.as_ref() };
        self.change_beside(by, id, BindingChange::HandsetAdded, Some(kept), |binding, now| {
            takes_handsets(binding, now)?;
            let twin = |other: &Handset| {
                other.imeis == handset.imeis && other.key().spki() == handset.key().spki()
            };
            if binding.handsets.iter().any(twin) {
                return Ok(());
            }
            let before = binding.handsets.count();
            let added = binding.handsets.add(handset.clone());
            added.map_err(|error| ServiceError::Refused(error.to_string()))?;
            self.room_for_handsets(binding, before)
        })
        .await
    }

    /// Puts an iPhone's new key in the place of its old one, which was lost when the app was
    /// installed anew. The same request again changes nothing.
    ///
    /// # Errors
    /// Where the attestation does not hold, the handset at the place is no iPhone that attested the
    /// same app, or the state does not allow it.
    pub async fn reinstall_handset(
        &self,
        by: &CallerId,
        id: BindingId,
        place: usize,
        request: HandsetRequest,
    ) -> Result<Standing, ServiceError> {
        let Verified { handset, receipt, .. } = self.handset(request, self.now())?;
        let kept = Beside { handset: &handset, receipt: receipt.as_ref() };
        self.change_beside(by, id, BindingChange::HandsetReinstalled, Some(kept), |binding, now| {
            takes_handsets(binding, now)?;
            let there = binding.handsets.iter().nth(place);
            if there.is_some_and(|there| there.key().spki() == handset.key().spki()) {
                return Ok(());
            }
            let placed = binding.handsets.reinstall(place, handset.clone());
            placed.map_err(|error| ServiceError::Refused(error.to_string()))
        })
        .await
    }

    pub(crate) async fn latch_foreign_handset(
        &self,
        by: &CallerId,
        id: BindingId,
    ) -> Result<Standing, ServiceError> {
        self.with_other(by, id, BindingChange::ForeignHandset, Reach::Both, |binding, now| {
            binding.foreign_handset_at.get_or_insert(now);
            Ok(())
        })
        .await
    }

    pub(crate) async fn change(
        &self,
        by: &CallerId,
        id: BindingId,
        change: BindingChange,
        apply: impl FnMut(&mut Binding, Timestamp) -> Result<(), ServiceError> + Send,
    ) -> Result<Standing, ServiceError> {
        self.change_beside(by, id, change, None, apply).await
    }

    /// Reads, changes and writes a binding; where another change came first, all over again.
    async fn change_beside(
        &self,
        by: &CallerId,
        id: BindingId,
        change: BindingChange,
        beside: Option<Beside<'_>>,
        mut apply: impl FnMut(&mut Binding, Timestamp) -> Result<(), ServiceError> + Send,
    ) -> Result<Standing, ServiceError> {
        let named = |binding: &mut Binding, now| apply(binding, now).map(|()| change);
        self.change_as(by, id, beside, named).await
    }

    /// The same where the change itself says what it was.
    pub(crate) async fn change_as(
        &self,
        by: &CallerId,
        id: BindingId,
        beside: Option<Beside<'_>>,
        mut apply: impl FnMut(&mut Binding, Timestamp) -> Result<BindingChange, ServiceError> + Send,
    ) -> Result<Standing, ServiceError> {
        for _ in 0..TRIES {
            let mut standing = self.binding(id).await?;
            let before = standing.binding.clone();
            let change = apply(&mut standing.binding, self.now())?;
            // A proof is an event of its own, even where it finds everything as it was.
            if standing.binding == before && change != BindingChange::Reproved {
                return Ok(standing);
            }
            let sealed =
                sealing::seal(&*self.vault, standing.key, sealing::BINDING, &standing.binding)?;
            let receipt = match beside {
                None => None,
                Some(Beside { handset, receipt }) => {
                    self.kept_receipt(id, standing.key, handset, receipt)?
                }
            };
            let by = by.clone();
            let entry = StateEntry::BindingChanged { binding: id, change, by, sealed, receipt };
            let expect = vec![(keys::binding(id)?, Expected::Version(standing.version))];
            match self.append_state(&entry, expect).await {
                Ok(version) => return Ok(Standing { version, ..standing }),
                Err(StoreError::Conflict) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(contended())
    }
}

/// What is kept beside a binding that gets a handset.
#[derive(Clone, Copy)]
pub(crate) struct Beside<'a> {
    handset: &'a Handset,
    receipt: Option<&'a Vec<u8>>,
}

/// On whose word a caller's change is.
pub(crate) fn source(by: &CallerId) -> Result<Source, ServiceError> {
    Ok(if *by == engine_caller()? { Source::Engine } else { Source::Caller(by.clone()) })
}

/// Refuses another handset to what has ended, by itself or by time, and to what is held: whoever
/// has it held is not to find a stranger's phone there at the release.
fn takes_handsets(binding: &Binding, now: Timestamp) -> Result<(), ServiceError> {
    match binding.state_at(now) {
        State::Ended { .. } => Err(Refused::Ended.into()),
        State::Held { .. } => {
            Err(ServiceError::Refused("a binding on hold takes no handset".into()))
        }
        State::Pending | State::Active | State::Suspended { .. } => Ok(()),
    }
}
