//! While an old and a new certificate are used side by side they are one phone: what holds, ends or
//! latches the one does the other.

use crate::{
    engine::{Engine, Standing, TRIES, contended},
    error::ServiceError,
    ledger::{BindingChange, ChangedBinding, StateEntry, TogetherEntry, keys},
    ports::{
        store::{Expected, Key, Store, StoreError},
        vault::Vault,
    },
    sealing,
};
use simbind_core::{
    binding::{Binding, LifecycleReason, NotReleased, State},
    ids::{BindingId, CallerId},
    time::Timestamp,
};
use simbind_rules::LifeTerms;

/// Lifts a binding's hold, or asks for it, and says which.
type Lift<'a> = &'a (
        dyn Fn(&mut Binding, &LifeTerms, Timestamp) -> Result<BindingChange, NotReleased>
            + Send
            + Sync
    );

/// Whom a change concerns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reach {
    /// The one binding.
    One,
    /// Both of an overlap.
    Both,
}

/// A key that was copied is one certificate's; what else holds it holds the phone.
pub(crate) const fn holds_both(why: LifecycleReason) -> Reach {
    match why {
        LifecycleReason::CounterRegressed => Reach::One,
        _ => Reach::Both,
    }
}

/// An issuer or a clerk that ends what was renewed ends that alone; any other end is the phone's.
pub(crate) const fn ends_both(why: LifecycleReason) -> Reach {
    match why {
        LifecycleReason::Clerical | LifecycleReason::Issuer | LifecycleReason::Renewed => {
            Reach::One
        }
        _ => Reach::Both,
    }
}

/// A binding whose hold is lifted, or asked to be, and that is to be written.
struct Lifted {
    standing: Standing,
    change: BindingChange,
}

impl Lifted {
    /// That nothing else has changed it.
    fn unmoved(&self) -> Result<(Key, Expected), ServiceError> {
        let Standing { binding, version, .. } = &self.standing;
        Ok((keys::binding(binding.id)?, Expected::Version(*version)))
    }
}

impl<S: Store, V: Vault> Engine<S, V> {
    /// Changes a binding, and the other one of its overlap before it is answered. The same change
    /// once more does what a fault left undone, also where the first binding is changed already.
    pub(crate) async fn with_other(
        &self,
        by: &CallerId,
        id: BindingId,
        change: BindingChange,
        reach: Reach,
        mut apply: impl FnMut(&mut Binding, Timestamp) -> Result<(), ServiceError> + Send,
    ) -> Result<Standing, ServiceError> {
        let changed = self.change(by, id, change, &mut apply).await;
        if reach == Reach::One || matches!(changed, Err(ServiceError::NotFound(_))) {
            return changed;
        }
        let binding = self.binding(id).await?.binding;
        if let Some(other) = self.beside(&binding).await? {
            match self.change(by, other, change, &mut apply).await {
                Ok(_) | Err(ServiceError::Refused(_) | ServiceError::NotFound(_)) => {}
                Err(error) => return Err(error),
            }
        }
        changed
    }

    /// Lifts the hold of a binding, and of the other one of its overlap with it, each by its own
    /// terms, in one entry. While the other one may not be lifted yet, neither is; where it is not
    /// held, or held for good, it stays as it is.
    pub(crate) async fn lift_both(
        &self,
        by: &CallerId,
        id: BindingId,
        lift: Lift<'_>,
    ) -> Result<Standing, ServiceError> {
        for _ in 0..TRIES {
            let standing = self.binding(id).await?;
            let other = match self.beside(&standing.binding).await? {
                Some(other) => Some(self.binding(other).await?),
                None => None,
            };
            let now = self.now();
            let (one, first) = self.lifted(standing, lift, now)?;
            let second = match other.map(|other| self.lifted(other, lift, now)) {
                Some(Err(error @ NotReleased::TooEarly { .. })) => return Err(error.into()),
                Some(Ok((_, changed))) => changed,
                Some(Err(_)) | None => None,
            };
            let (entry, expect) = match (first, second) {
                (None, None) => return Ok(one),
                (Some(first), Some(second)) => {
                    let expect = vec![first.unmoved()?, second.unmoved()?];
                    let changed = [self.changed(first)?, self.changed(second)?];
                    let entry = TogetherEntry { by: by.clone(), changed };
                    (StateEntry::ChangedTogether(entry), expect)
                }
                (Some(alone), None) | (None, Some(alone)) => {
                    let expect = vec![alone.unmoved()?];
                    let ChangedBinding { binding, change, sealed } = self.changed(alone)?;
                    let by = by.clone();
                    let receipt = None;
                    (StateEntry::BindingChanged { binding, change, by, sealed, receipt }, expect)
                }
            };
            match self.append_state(&entry, expect).await {
                Ok(_) => return self.binding(id).await,
                Err(StoreError::Conflict) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(contended())
    }

    /// A binding as it is once its hold is lifted, and what is to be written, if it changed.
    fn lifted(
        &self,
        mut standing: Standing,
        lift: Lift<'_>,
        now: Timestamp,
    ) -> Result<(Standing, Option<Lifted>), NotReleased> {
        let before = standing.binding.clone();
        let terms = self.life_terms(&before);
        let change = lift(&mut standing.binding, &terms, now)?;
        let changed = standing.binding != before;
        let lifted = changed.then(|| Lifted { standing: standing.clone(), change });
        Ok((standing, lifted))
    }

    fn changed(&self, lifted: Lifted) -> Result<ChangedBinding, ServiceError> {
        let Lifted { standing: Standing { binding, key, .. }, change } = lifted;
        let sealed = sealing::seal(&*self.vault, key, sealing::BINDING, &binding)?;
        Ok(ChangedBinding { binding: binding.id, change, sealed })
    }

    /// The other binding of an overlap, where there is one that is not over. Another handset or SIM
    /// leaves no overlap: what becomes of the old one says nothing of the new.
    pub(crate) async fn beside(
        &self,
        binding: &Binding,
    ) -> Result<Option<BindingId>, ServiceError> {
        let renewed = binding.succeeded.filter(|by| by.why == LifecycleReason::Renewed);
        let others = renewed.map(|by| by.binding).into_iter().chain(binding.succeeds);
        for other in others {
            match self.binding(other).await {
                Ok(Standing { binding, .. })
                    if !matches!(binding.state_at(self.now()), State::Ended { .. }) =>
                {
                    return Ok(Some(other));
                }
                Ok(_) | Err(ServiceError::NotFound(_)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(None)
    }
}
