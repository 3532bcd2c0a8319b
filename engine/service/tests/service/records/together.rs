//! Entries of bindings that change together.

use super::{caller, sealed};
use simbind_core::ids::BindingId;
use simbind_service::ledger::{BindingChange, ChangedBinding, StateEntry, TogetherEntry};

pub(super) fn states() -> Vec<(&'static str, StateEntry)> {
    let one = |byte, change| ChangedBinding {
        binding: BindingId::from_bytes([byte; 16]),
        change,
        sealed: sealed(byte),
    };
    let changed = [one(1, BindingChange::Released), one(2, BindingChange::ReleaseAsked)];
    let entry = TogetherEntry { by: caller("counter"), changed };
    vec![("changed-together", StateEntry::ChangedTogether(entry))]
}
