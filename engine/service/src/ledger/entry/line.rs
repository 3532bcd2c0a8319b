//! What carriers tell, as it is kept, and what it does to bindings.

use super::BindingChange;
use crate::ports::vault::Sealed;
use serde::{Deserialize, Serialize};
use simbind_core::{
    binding::State,
    ids::{BindingId, CarrierId, EventId},
    line::{EventKind, LineName, Reopening},
    time::Timestamp,
};

/// The line of an event, with the carrier whose word it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineText {
    /// The carrier.
    pub carrier: CarrierId,
    /// The line.
    pub line: LineName,
}

/// The sealed part of an event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventText {
    /// The line.
    pub line: LineText,
    /// What happened.
    pub kind: EventKind,
}

/// A SIM event as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventEntry {
    /// Who speaks.
    pub carrier: CarrierId,
    /// The carrier's number.
    pub id: EventId,
    /// SHA-256 of the content.
    pub digest: [u8; 32],
    /// When it happened.
    pub occurred_at: Timestamp,
    /// When it was learned.
    pub learned_at: Timestamp,
    /// What is odd about it, by the numbers of the contract's flags.
    pub flags: Vec<u8>,
    /// [`EventText`], sealed.
    pub text: Sealed,
}

/// A correction as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CorrectionEntry {
    /// Who speaks.
    pub carrier: CarrierId,
    /// The correction's own number.
    pub id: EventId,
    /// SHA-256 of the content.
    pub digest: [u8; 32],
    /// The event that was wrong.
    pub corrected: EventId,
    /// Its line, sealed, where the event is here already.
    pub line: Option<Sealed>,
    /// When it was learned.
    pub learned_at: Timestamp,
}

/// What an event, or its correction, did to one binding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Drove {
    /// The binding.
    pub binding: BindingId,
    /// How it changed.
    pub change: BindingChange,
    /// The binding as it is now, sealed.
    pub sealed: Sealed,
}

/// The decisions of a binding that an event, or its correction, asks to look at again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reopens {
    /// The binding.
    pub binding: BindingId,
    /// From when on, and until when.
    pub open: Reopening,
    /// How the binding stands where what was taken back never was; `None` for an event.
    pub without: Option<State>,
}

/// What an event, or its correction, does beside the line's history.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Effects {
    /// The bindings that changed.
    pub drove: Vec<Drove>,
    /// The decisions that are to be looked at again.
    pub reopens: Vec<Reopens>,
}

impl Effects {
    /// Whether there are none.
    pub const fn is_empty(&self) -> bool {
        self.drove.is_empty() && self.reopens.is_empty()
    }
}
