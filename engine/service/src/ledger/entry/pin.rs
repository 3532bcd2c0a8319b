use crate::ports::vault::Sealed;
use serde::{Deserialize, Serialize};
use simbind_core::ids::{BindingId, CallerId, RequestId};

/// What happened to the PIN of a binding, beside reports of entries.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PinEntry {
    /// The binding.
    pub binding: BindingId,
    /// What.
    pub act: PinAct,
    /// Who said so.
    pub by: CallerId,
    /// The caller's number of the request.
    pub request: RequestId,
    /// SHA-256 of the request.
    pub digest: [u8; 32],
    /// The other binding of an overlap, which has the same PIN, where there is one.
    pub beside: Option<BindingId>,
}

/// What happened to a PIN.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PinAct {
    /// Its owner, who knew it, changed it.
    Changed,
    /// A counter reset it.
    ResetAtCounter {
        /// The binding as it is now, sealed.
        sealed: Sealed,
    },
    /// It was reset with the person's card.
    ResetByCard {
        /// The binding as it is now, sealed.
        sealed: Sealed,
        /// The challenge that the card signed, which is used up.
        challenge: [u8; 16],
    },
    /// A caller says that the right one was entered or that it was changed, and no signature shows
    /// it yet: the count stays.
    Said {
        /// What it says.
        word: PinWord,
        /// How many wrong entries count.
        failures: u32,
    },
    /// The key signed after the last wrong entry, in a check of the caller that had said so: nothing
    /// counts any more.
    Shown {
        /// The challenge that was signed.
        challenge: [u8; 16],
    },
}

/// What a caller says of a PIN that is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PinWord {
    /// The right one was entered.
    Accepted,
    /// Its owner changed it.
    Changed,
}

impl PinAct {
    /// The binding that it changed.
    pub(crate) const fn sealed(&self) -> Option<&Sealed> {
        match self {
            Self::Changed | Self::Said { .. } | Self::Shown { .. } => None,
            Self::ResetAtCounter { sealed } | Self::ResetByCard { sealed, .. } => Some(sealed),
        }
    }
}
