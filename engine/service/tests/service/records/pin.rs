//! Entries of PINs, but for reports of wrong ones.

use super::{caller, sealed};
use simbind_core::ids::BindingId;
use simbind_service::ledger::{PinAct, PinEntry, PinWord, StateEntry};

pub(super) fn states() -> Vec<(&'static str, StateEntry)> {
    vec![
        ("pin-changed", pin(PinAct::Changed)),
        ("pin-reset", pin(PinAct::ResetAtCounter { sealed: sealed(6) })),
        ("pin-reset-card", pin(PinAct::ResetByCard { sealed: sealed(6), challenge: [9; 16] })),
        ("pin-said", pin(PinAct::Said { word: PinWord::Changed, failures: 2 })),
        ("pin-shown", pin(PinAct::Shown { challenge: [9; 16] })),
    ]
}

fn pin(act: PinAct) -> StateEntry {
    StateEntry::Pin(PinEntry {
        binding: BindingId::from_bytes([1; 16]),
        act,
        by: caller("counter"),
        request: "r-1".parse().unwrap(),
        digest: [3; 32],
        beside: Some(BindingId::from_bytes([8; 16])),
    })
}
