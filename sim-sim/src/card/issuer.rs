//! The issuer's security domain (GlobalPlatform Card Specification 2.3): whoever has the card's keys
//! loads and deletes the applet, has it make its keys, and writes what belongs to them. What a
//! session has only collected lives in the session: a loss of power forgets it, and what the card
//! keeps changes from whole to whole.

mod content;
mod personal;
mod session;

pub(crate) use content::{MODULE_AID, PACKAGE_AID};
pub(crate) use personal::{Dgi, Part};
pub(super) use session::Session;

use super::{scp03::CardKeys, status::Status};
use serde::{Deserialize, Serialize};

/// The name of the issuer's domain.
pub const AID: &[u8] = &[0xA0, 0x00, 0x00, 0x01, 0x51, 0x00, 0x00, 0x00];

/// How often in a row a terminal may fail to prove the keys. Then no session opens any more, and the
/// applet stays as it is.
pub const MOST_FAILURES: u8 = 10;

/// The version of the keys, as terminals name it.
const KEY_VERSION: u8 = 0x30;

/// The keys of cards that were given none of their own: the value that GlobalPlatform's documents
/// use for tests.
pub(super) const TEST_KEYS: CardKeys = {
    const KEY: [u8; 16] = [
        0x40, 0x41, 0x42, 0x43, 0x44, 0x45, 0x46, 0x47, 0x48, 0x49, 0x4A, 0x4B, 0x4C, 0x4D, 0x4E,
        0x4F,
    ];
    CardKeys::new(KEY, KEY)
};

/// Whether the applet's code is on the card.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Package {
    Absent,
    Loaded,
}

/// What the domain keeps without power.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Domain {
    keys: CardKeys,
    left: u8,
    package: Package,
}

impl Domain {
    /// A domain with these keys, all its tries and no code.
    pub(super) const fn new(keys: CardKeys) -> Self {
        Self { keys, left: MOST_FAILURES, package: Package::Absent }
    }

    /// The same with the applet's code on the card.
    #[must_use]
    pub(super) fn with_code(mut self) -> Self {
        self.package = Package::Loaded;
        self
    }

    /// Takes a try, before anything is compared.
    fn spend(&mut self) -> Result<(), Status> {
        self.left = self.left.checked_sub(1).ok_or(Status::BLOCKED)?;
        Ok(())
    }
}
