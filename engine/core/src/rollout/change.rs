//! One change of the packs in service.

use super::{Version, Why};
use crate::{ids::CallerId, time::Timestamp};
use serde::{Deserialize, Serialize};
use simbind_rules::PacksHash;
use thiserror::Error;

/// How packs came to the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Origin {
    /// As their texts.
    Texts,
    /// In a signed bundle of this version, from 1.
    Bundle(u64),
}

/// A share of the certificates, in thousandths: 1 to 999.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "u16", into = "u16")]
pub struct Share(u16);

/// A share that is no share: none and all have names of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("{0} is no share in thousandths, 1 to 999")]
pub struct ShareError(u32);

impl Share {
    /// The thousandths.
    pub const fn permille(self) -> u16 {
        self.0
    }

    /// Whether a certificate whose keyed hash begins with these bytes is in the share. A larger
    /// share holds each smaller one.
    pub fn holds(self, hash: [u8; 8]) -> bool {
        let place = u128::from(u64::from_be_bytes(hash)).saturating_mul(1000) >> 64;
        place < u128::from(self.0)
    }
}

impl TryFrom<u32> for Share {
    type Error = ShareError;

    fn try_from(permille: u32) -> Result<Self, ShareError> {
        match u16::try_from(permille) {
            Ok(share @ 1..=999) => Ok(Self(share)),
            _ => Err(ShareError(permille)),
        }
    }
}

impl TryFrom<u16> for Share {
    type Error = ShareError;

    fn try_from(permille: u16) -> Result<Self, ShareError> {
        u32::from(permille).try_into()
    }
}

impl From<Share> for u16 {
    fn from(share: Share) -> Self {
        share.0
    }
}

/// How far staged packs are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stage {
    /// Evaluated beside those in service, without effect.
    Shadow,
    /// They decide for a share of the certificates.
    Share(Share),
}

/// What is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Act {
    /// The packs of the configuration are in service: nobody has put others there.
    Configured {
        /// How the configuration holds them.
        origin: Origin,
    },
    /// The packs of the configuration are in service by force: those of the ledger do not compile.
    Recovered {
        /// How the configuration holds them.
        origin: Origin,
    },
    /// The same texts have another hash with this version of the program.
    Renamed {
        /// The hash before.
        was: PacksHash,
    },
    /// Staged. What was staged before is withdrawn.
    Staged {
        /// How they came.
        origin: Origin,
    },
    /// Approved by a second person.
    Approved,
    /// They decide for nobody any more.
    Shadowed,
    /// They decide for a share of the certificates.
    Shared(Share),
    /// In service for all.
    Activated,
    /// Taken away.
    Withdrawn,
    /// In service again.
    RolledBack {
        /// How they came when they were first in service.
        origin: Origin,
    },
}

/// A change of the packs in service or staged: what, who, when, why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// What is done.
    pub act: Act,
    /// The packs.
    pub packs: PacksHash,
    /// Who does it.
    pub by: CallerId,
    /// When.
    pub at: Timestamp,
    /// Why.
    pub why: Why,
}

impl Change {
    pub(super) fn version(&self, origin: Origin) -> Version {
        let Self { packs, by, at, why, .. } = self.clone();
        Version { packs, origin, by, at, why }
    }
}
