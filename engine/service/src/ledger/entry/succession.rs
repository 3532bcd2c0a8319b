//! Entries of bindings that follow one another, and of what keeps one whole.

use super::{BindingChange, KeptReceipt};
use crate::ports::vault::Sealed;
use serde::{Deserialize, Serialize};
use simbind_core::{
    ids::{BindingId, CallerId, EventId, RequestId},
    time::Timestamp,
};

/// How a binding took another's place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SuccessionKind {
    /// A new certificate on the same SIM and handsets.
    Renewed,
    /// Another handset.
    HandsetReplaced,
    /// Another SIM.
    SimReplaced,
}

/// A binding that took the place of another, and what became of that one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SuccessionEntry {
    /// How.
    pub kind: SuccessionKind,
    /// The new binding's id.
    pub binding: BindingId,
    /// Who asked.
    pub by: CallerId,
    /// The caller's number of the request.
    pub request: RequestId,
    /// SHA-256 of the request.
    pub digest: [u8; 32],
    /// The new binding, sealed.
    pub sealed: Sealed,
    /// Apple's receipt, where an iPhone that attested its key came.
    pub receipt: Option<KeptReceipt>,
    /// The one whose place it took, as it is now, sealed; behind it one whose overlap was not over.
    pub earlier: Vec<(BindingId, Sealed)>,
    /// The challenge that the person's card signed, where it did.
    pub card: Option<[u8; 16]>,
    /// The challenge that a new handset's key was attested for, where one was.
    pub attested: Option<[u8; 16]>,
}

/// A binding that was proved again, on whose word.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReproofEntry {
    /// The binding's id.
    pub binding: BindingId,
    /// Who asked.
    pub by: CallerId,
    /// The caller's number of the request.
    pub request: RequestId,
    /// SHA-256 of the request.
    pub digest: [u8; 32],
    /// The binding as it is now, sealed.
    pub sealed: Sealed,
    /// The challenge that the person's card signed; `None` where a counter saw the person.
    pub card: Option<[u8; 16]>,
}

/// A counter handed out a loaner, or took it back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoanEntry {
    /// The binding's id.
    pub binding: BindingId,
    /// Who did.
    pub by: CallerId,
    /// The caller's number of the request.
    pub request: RequestId,
    /// SHA-256 of the request.
    pub digest: [u8; 32],
    /// What stands for it in the line's history.
    pub event: EventId,
    /// When.
    pub at: Timestamp,
    /// [`EventText`](super::EventText), sealed.
    pub text: Sealed,
}

/// One of the bindings that one entry changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangedBinding {
    /// Its id.
    pub binding: BindingId,
    /// How it changed.
    pub change: BindingChange,
    /// The binding as it is now, sealed.
    pub sealed: Sealed,
}

/// Bindings that are used side by side changed at once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TogetherEntry {
    /// Who asked.
    pub by: CallerId,
    /// The binding that was asked for, and the other one of its overlap.
    pub changed: [ChangedBinding; 2],
}
