//! What changed of a line, and how much it weighs.

use simbind_rules::facts::{ChangeCause, ChangeExpectation};

/// What changed, by what carriers say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    /// What.
    pub cause: ChangeCause,
    /// Whether it was announced before.
    pub expected: ChangeExpectation,
}

/// How much a change weighs against another.
pub(crate) const fn gravity(cause: ChangeCause) -> u8 {
    match cause {
        ChangeCause::None => 0,
        ChangeCause::Renewed => 1,
        ChangeCause::SlotChanged => 2,
        ChangeCause::Loaner => 3,
        ChangeCause::SimMoved => 4,
        ChangeCause::Unsaid => 5,
        ChangeCause::SimReissued => 6,
        ChangeCause::EsimTransferred => 7,
        ChangeCause::Ported => 8,
        ChangeCause::LineTransferred => 9,
        ChangeCause::LineEnded => 10,
        ChangeCause::Recycled => 11,
    }
}
