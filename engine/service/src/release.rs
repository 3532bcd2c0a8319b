//! Holds are lifted: by the terms of the packs in service after loss and theft, at once otherwise.

use crate::{
    decisions::chain_by,
    engine::{Engine, Standing},
    error::ServiceError,
    ledger::BindingChange,
    ports::{store::Store, vault::Vault},
};
use simbind_core::{
    binding::{Binding, NotReleased, State},
    ids::{BindingId, CallerId, CarrierId},
    time::Timestamp,
};
use simbind_rules::LifeTerms;

impl From<NotReleased> for ServiceError {
    fn from(error: NotReleased) -> Self {
        match error {
            NotReleased::TooEarly { from } => Self::NotYet { why: error.to_string(), from },
            other => Self::Refused(other.to_string()),
        }
    }
}

impl<S: Store, V: Vault> Engine<S, V> {
    /// What the packs in service say of the life of a binding.
    pub fn life_terms(&self, binding: &Binding) -> LifeTerms {
        let packs = self.packs.current();
        let book = &packs.deciding(&*self.vault, Some(binding.certificate.id)).book;
        let serving = &binding.sim.serving;
        let host = serving.host.as_ref().map(CarrierId::as_str);
        book.life(chain_by(book, Some(serving.carrier.as_str()), host))
    }

    /// From when on a binding's hold can be lifted; `None` where it is not held, or held for good.
    pub fn releasable_from(&self, binding: &Binding) -> Option<Timestamp> {
        binding.releasable_from(&self.life_terms(binding))
    }

    /// Releases a held binding, and the one that it is used side by side with, or asks for it where
    /// two callers have to. The same once more changes nothing.
    ///
    /// # Errors
    /// Where there is none, its state does not allow it, or the cool-down after loss or theft runs.
    pub async fn release(&self, by: &CallerId, id: BindingId) -> Result<Standing, ServiceError> {
        self.lift_both(by, id, &|binding, terms, now| {
            binding.release(by, terms, now)?;
            Ok(match binding.state {
                State::Held { .. } => BindingChange::ReleaseAsked,
                _ => BindingChange::Released,
            })
        })
        .await
    }

    /// Confirms a release after loss or theft that another caller asked for, of both bindings of an
    /// overlap. The same once more changes nothing.
    ///
    /// # Errors
    /// Where there is none, nobody or the same caller asked, or the cool-down runs.
    pub async fn confirm_release(
        &self,
        by: &CallerId,
        id: BindingId,
    ) -> Result<Standing, ServiceError> {
        self.lift_both(by, id, &|binding, terms, now| {
            binding.confirm_release(by, terms, now)?;
            Ok(BindingChange::Released)
        })
        .await
    }
}
