//! Entries about enrolment tickets.

use super::KeptReceipt;
use crate::ports::vault::Sealed;
use serde::{Deserialize, Serialize};
use simbind_core::{
    ids::{BindingId, CallerId, OfficeRef, RequestId, TicketId},
    ticket::Locator,
    time::Timestamp,
};

/// What happened to a ticket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum TicketChange {
    /// It was opened.
    Opened,
    /// Another terminal goes on with it.
    Resumed,
    /// New codes were given out.
    Recoded,
    /// A wrong code was shown.
    WrongCode,
    /// A phone joined.
    Joined,
    /// A step was done, or done anew.
    Step,
    /// Its binding is active.
    Activated,
    /// It was given up.
    GivenUp,
    /// Its time passed.
    Expired,
}

impl TicketChange {
    /// Whether it ends the ticket.
    pub const fn ends(self) -> bool {
        matches!(self, Self::Activated | Self::GivenUp | Self::Expired)
    }
}

/// A binding as a ticket made or changed it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TicketBinding {
    /// Its id.
    pub id: BindingId,
    /// The binding, sealed.
    pub sealed: Sealed,
}

/// A change of a ticket. What finds it in its office's queue stands in plain; all else is sealed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TicketEntry {
    /// The ticket.
    pub ticket: TicketId,
    /// What happened.
    pub change: TicketChange,
    /// Who did it; the engine itself is `simbind`.
    pub by: CallerId,
    /// The caller's number of the request and its SHA-256; none where time did it.
    pub request: Option<(RequestId, [u8; 32])>,
    /// When.
    pub at: Timestamp,
    /// The office that opened it.
    pub office: OfficeRef,
    /// What its codes begin with.
    pub locator: Locator,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// When it ends by itself.
    pub expires_at: Timestamp,
    /// The ticket as it is now, sealed.
    pub sealed: Sealed,
    /// Its bindings, where the change made or changed one: at most two.
    pub bindings: Vec<TicketBinding>,
    /// Apple's receipt, where an iPhone that attested its key was seen.
    pub receipt: Option<(BindingId, KeptReceipt)>,
}
