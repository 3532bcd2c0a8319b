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

    /// Nothing counts any more, but for a mere word, and the request is answered as it was.
    pub(super) fn pin_writes(
        &self,
        entry: PinEntry,
        values: &[Option<Stored>],
        recorded: Recorded,
    ) -> Result<Vec<Write>, ProjectionError> {
        let PinEntry { binding, act, by, request, digest, beside } = entry;
        let bindings = || std::iter::once(binding).chain(beside);
        let report = |failures: u32| put(keys::pin_report(&by, &request), &(digest, failures));
        if let PinAct::Said { failures, .. } = act {
            let words = bindings().map(|one| put(keys::pin_word(one, &by), &()));
            return words.chain(std::iter::once(report(failures))).collect();
        }
        let counts = bindings().map(|one| put(keys::pin(one), &0_u32));
        let mut writes = counts.collect::<Result<Vec<_>, _>>()?;
        // A check is no report, and its number is one of another kind.
        if !matches!(act, PinAct::Shown { .. }) {
            writes.push(report(0)?);
        }
        if let PinAct::ResetByCard { challenge, .. } = &act {
            writes.push(put(keys::used_challenge(challenge), &())?);
        }
        if let PinAct::ResetAtCounter { sealed } | PinAct::ResetByCard { sealed, .. } = act {
            writes.extend(self.bound_writes(binding, sealed, values, recorded)?);
        }
        Ok(writes)
    }
}
