//! How many bindings a person may have, and how many handsets a binding.

use crate::{
    engine::Engine,
    error::ServiceError,
    ledger::{DeviceRow, decode_row, keys},
    ports::{
        store::{Direction, Scan, Store},
        vault::Vault,
    },
};
use simbind_core::{
    binding::{Binding, Serving},
    ids::PersonRef,
};
use simbind_rules::LifeTerms;

impl<S: Store, V: Vault> Engine<S, V> {
    /// What the packs in service say of the life of bindings of a line.
    pub(crate) fn life(&self, serving: &Serving) -> LifeTerms {
        let force = self.packs.current();
        let packs = force.deciding(&*self.vault, None);
        packs.book.life(packs.chain(Some(serving)))
    }

    /// Refuses one more binding of a person who has as many as the packs of its line allow. What is
    /// over, and what has a successor, does not count. That nothing is bound between this and the
    /// entry is for the entry to expect of the person's row.
    pub(crate) async fn room_for_binding(
        &self,
        person: &PersonRef,
        serving: &Serving,
    ) -> Result<(), ServiceError> {
        self.room_beside(person, serving, 0).await
    }

    /// The same beside so many that come in the same entry.
    pub(crate) async fn room_beside(
        &self,
        person: &PersonRef,
        serving: &Serving,
        coming: usize,
    ) -> Result<(), ServiceError> {
        let most = usize::try_from(self.life(serving).devices).unwrap_or(usize::MAX);
        let (prefix, now) = (keys::devices(&*self.vault, person)?, self.now());
        let scan =
            Scan { prefix, after: None, rows: Scan::MAX_ROWS, direction: Direction::Ascending };
        let mut present = coming;
        for (_, row) in self.store.scan(scan).await?.rows {
            let DeviceRow { until } = decode_row(&row.value)?;
            present += usize::from(until > now);
        }
        if present < most {
            return Ok(());
        }
        let why = format!("the person has {present} bindings and may have {most}: end one first");
        Err(ServiceError::Refused(why))
    }

    /// Refuses a binding that got more handsets than the packs of its line allow.
    pub(crate) fn room_for_handsets(
        &self,
        binding: &Binding,
        before: usize,
    ) -> Result<(), ServiceError> {
        let most = usize::try_from(self.life_terms(binding).handsets).unwrap_or(usize::MAX);
        let count = binding.handsets.count();
        if count <= before || count <= most {
            return Ok(());
        }
        let why = format!("the binding has {before} handsets and may have {most}: replace one");
        Err(ServiceError::Refused(why))
    }
}
