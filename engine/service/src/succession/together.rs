//! While an old and a new certificate are used side by side they are one phone: what holds, ends or
//! latches the one does the other.

use crate::{
    engine::{Engine, Standing},
    error::ServiceError,
    ledger::BindingChange,
    ports::{store::Store, vault::Vault},
};
use simbind_core::{
    binding::{Binding, LifecycleReason, State},
    ids::{BindingId, CallerId},
    time::Timestamp,
};

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
