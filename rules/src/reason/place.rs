//! Where a person goes next.

use serde::{Deserialize, Serialize};

/// A kind of place where something can be put right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// The phone itself.
    App,
    /// Anywhere, with the physical card.
    Card,
    /// A municipal counter.
    Counter,
    /// The carrier's shop or hotline.
    Carrier,
    /// The help desk's hotline.
    HelpDesk,
}

impl Place {
    /// Every kind.
    pub const ALL: [Self; 5] =
        [Self::App, Self::Card, Self::Counter, Self::Carrier, Self::HelpDesk];

    /// The word that the catalogue of reasons uses.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::App => "app",
            Self::Card => "card",
            Self::Counter => "counter",
            Self::Carrier => "carrier",
            Self::HelpDesk => "help_desk",
        }
    }
}
