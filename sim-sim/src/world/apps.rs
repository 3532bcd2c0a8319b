//! The apps of the virtual country.

use super::attestation::{APP_ID, APP_SIGNER_SHA256};

/// An Android app, and the SHA-256 of the certificate that signs it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct App {
    pub(crate) id: &'static str,
    pub(crate) signer: [u8; 32],
}

/// What people log in to, and what holds their applet, in one.
const ALL: App = App { id: APP_ID, signer: APP_SIGNER_SHA256 };
/// What people log in to.
const BANK: App = App { id: "jp.simbind.demo.bank", signer: [0xB1; 32] };
/// What holds their applet.
const CARD: App = App { id: "jp.simbind.demo.card", signer: APP_SIGNER_SHA256 };

/// Which apps a person uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Suite {
    /// One that does both.
    One,
    /// Two; the one that holds the applet has the handset's key.
    KeyInCard,
    /// Two; the one that the person logs in to has it.
    KeyInBank,
}

impl Suite {
    /// The app that asks for the handset's key.
    pub(crate) const fn keeper(self) -> App {
        match self {
            Self::One => ALL,
            Self::KeyInCard => CARD,
            Self::KeyInBank => BANK,
        }
    }

    /// What holds the applet.
    pub(crate) const fn holder(self) -> App {
        match self {
            Self::One => ALL,
            Self::KeyInCard | Self::KeyInBank => CARD,
        }
    }

    /// What the person logs in to.
    pub(crate) const fn business(self) -> &'static str {
        match self {
            Self::One => ALL.id,
            Self::KeyInCard | Self::KeyInBank => BANK.id,
        }
    }

    /// What holds the applet, where that is another.
    pub(crate) const fn ui(self) -> Option<&'static str> {
        match self {
            Self::One => None,
            Self::KeyInCard | Self::KeyInBank => Some(CARD.id),
        }
    }
}

/// The app that holds the applet in a check, where it is one of the country's own.
pub(crate) fn holding(app: &str, ui: Option<&str>) -> Option<App> {
    let holder = ui.unwrap_or(app);
    [ALL, CARD].into_iter().find(|own| own.id == holder)
}
