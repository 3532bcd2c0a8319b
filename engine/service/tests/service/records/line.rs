//! Events and corrections, and what they did.

use super::{event, sealed};
use simbind_core::{
    binding::{LifecycleReason as Why, State},
    ids::BindingId,
    line::Reopening,
    time::Timestamp,
};
use simbind_service::{
    ledger::{BindingChange, CorrectionEntry, Drove, Effects, Reopens, StateEntry},
    ports::vault::Sealed,
};

pub(super) fn correction(line: Option<Sealed>) -> CorrectionEntry {
    CorrectionEntry {
        carrier: "docomo".parse().unwrap(),
        id: "c-1".parse().unwrap(),
        digest: [5; 32],
        corrected: "e-1".parse().unwrap(),
        line,
        learned_at: Timestamp::from_millis(7),
    }
}

pub(super) fn states() -> Vec<(&'static str, StateEntry)> {
    vec![
        (
            "event-drove",
            StateEntry::EventDrove { event: event(), effects: effects(BindingChange::Suspended) },
        ),
        (
            "correction-drove",
            StateEntry::CorrectionDrove {
                correction: correction(Some(sealed(8))),
                occurred_at: Timestamp::from_millis(-5),
                text: sealed(4),
                effects: effects(BindingChange::Undone),
            },
        ),
    ]
}

fn effects(change: BindingChange) -> Effects {
    let binding = BindingId::from_bytes([1; 16]);
    let open = Reopening {
        from: Timestamp::from_millis(5),
        until: Timestamp::from_millis(1_790_000_000_123),
        proven_at: Timestamp::from_millis(3),
    };
    let without = (change == BindingChange::Undone).then(|| State::held(Why::Lost));
    Effects {
        drove: vec![Drove { binding, change, sealed: sealed(6) }],
        reopens: vec![Reopens { binding, open, without }],
    }
}
