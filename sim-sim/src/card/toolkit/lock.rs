//! The lock of the applet to the handsets that it was issued for.

use super::Terminal;
use crate::card::status::Status;
use serde::{Deserialize, Serialize};
use simbind_core::ids::Imei;

/// The most IMEIs that a lock names: two handsets with two slots each.
const MOST: usize = 4;

/// What a locked applet does while it does not know its terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Strictness {
    /// It signs: a card reader tells no IMEI.
    Lenient,
    /// It does not sign.
    Strict,
}

/// Where the applet signs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::card) enum Lock {
    /// In any terminal.
    Open,
    /// In the terminals with these IMEIs.
    To {
        /// At most four. While there are none, the lock is armed: it shuts to the next IMEI that
        /// is told.
        imeis: Vec<Imei>,
        /// And where none was told since the card was powered on.
        strictness: Strictness,
    },
}

impl Lock {
    /// A lock to terminals, or an armed one.
    ///
    /// # Errors
    /// 6A80 for more than four.
    pub(in crate::card) fn to(imeis: &[Imei], strictness: Strictness) -> Result<Self, Status> {
        if imeis.len() > MOST {
            return Err(Status::WRONG_DATA);
        }
        Ok(Self::To { imeis: imeis.to_vec(), strictness })
    }

    /// Whether the next IMEI that is told is the lock's.
    pub(super) const fn is_armed(&self) -> bool {
        matches!(self, Self::To { imeis, .. } if imeis.is_empty())
    }

    pub(super) fn learn(&mut self, imei: Imei) {
        if let Self::To { imeis, .. } = self
            && imeis.is_empty()
        {
            imeis.push(imei);
        }
    }

    /// Checks that the applet may sign where it is.
    ///
    /// # Errors
    /// 6A81 where it may not.
    pub(in crate::card) fn check(&self, terminal: Terminal) -> Result<(), Status> {
        let Self::To { imeis, strictness } = self else { return Ok(()) };
        let open = match terminal {
            Terminal::Now(imei) => imeis.contains(&imei),
            Terminal::Unknown | Terminal::Before(_) => *strictness == Strictness::Lenient,
        };
        if open { Ok(()) } else { Err(Status::OTHER_TERMINAL) }
    }
}
