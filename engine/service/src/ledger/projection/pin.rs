//! Rows of PINs.

use super::{IndexProjection, put};
use crate::{
    ledger::{PinAct, PinEntry, keys},
    ports::{
        store::{Key, ProjectionError, Recorded, Stored, Write},
        vault::Vault,
    },
};

impl<V: Vault> IndexProjection<V> {
    pub(super) fn pin_reads(&self, entry: &PinEntry) -> Result<Vec<Key>, ProjectionError> {
        entry
            .act
            .sealed()
            .map_or_else(|| Ok(Vec::new()), |sealed| self.binding_reads(entry.binding, sealed))
    }

    /// Nothing counts any more, and the request is answered as it was.
    pub(super) fn pin_writes(
        &self,
        entry: PinEntry,
        values: &[Option<Stored>],
        recorded: Recorded,
    ) -> Result<Vec<Write>, ProjectionError> {
        let PinEntry { binding, act, by, request, digest } = entry;
        let mut writes = vec![
            put(keys::pin(binding), &0_u32)?,
            put(keys::pin_report(&by, &request), &(digest, 0_u32))?,
        ];
        if let PinAct::ResetByCard { challenge, .. } = &act {
            writes.push(put(keys::used_challenge(challenge), &())?);
        }
        if let PinAct::ResetAtCounter { sealed } | PinAct::ResetByCard { sealed, .. } = act {
            writes.extend(self.bound_writes(binding, sealed, values, recorded)?);
        }
        Ok(writes)
    }
}
