use super::BundleError;
use crate::packs::check_pack_name;
use serde::{Deserialize, Serialize};
use simbind_rules::PackSource;
use std::{collections::BTreeSet, num::NonZeroU64};
use time::{OffsetDateTime, UtcOffset};

/// The most packs of a bundle.
pub const MOST_PACKS: usize = 64;
/// The longest pack of a bundle, in bytes.
pub const MOST_PACK_BYTES: usize = 512 << 10;

/// What a bundle is to hold, not checked yet.
#[derive(Clone, Debug)]
pub struct Draft {
    /// What the bundle is called: 1 to 64 lower-case letters, digits, dots and hyphens.
    pub name: String,
    /// Its version, from 1.
    pub version: u64,
    /// When it was made; for people, nothing is decided by it. Kept in whole seconds of UTC.
    pub made_at: OffsetDateTime,
    /// The packs: 1 to 64, their names different and of 1 to 128 bytes of characters that can be seen, each at most
    /// 512 KiB.
    pub packs: Vec<PackSource>,
}

/// What a bundle holds, within its bounds. The packs' texts are as they were signed: whether they
/// compile and pass their tests is for the compiler to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contents {
    name: String,
    version: NonZeroU64,
    made_at: OffsetDateTime,
    packs: Vec<PackSource>,
}

impl Contents {
    /// Checks a draft.
    ///
    /// # Errors
    /// [`BundleError`]: which bound it breaks.
    pub fn new(draft: Draft) -> Result<Self, BundleError> {
        let Draft { name, version, made_at, packs } = draft;
        let letter = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b".-".contains(&b);
        if !(1..=64).contains(&name.len()) || !name.bytes().all(letter) {
            return Err(BundleError::Name);
        }
        let version = NonZeroU64::new(version).ok_or(BundleError::Version)?;
        if !(1..=MOST_PACKS).contains(&packs.len()) {
            return Err(BundleError::PackCount(packs.len()));
        }
        let mut names = BTreeSet::new();
        for (n, pack) in packs.iter().enumerate() {
            if check_pack_name(&pack.name).is_err() {
                return Err(BundleError::PackName(n + 1));
            }
            if !names.insert(&pack.name) {
                return Err(BundleError::SamePack(pack.name.clone()));
            }
            if pack.text.len() > MOST_PACK_BYTES {
                return Err(BundleError::PackTooLong(pack.name.clone()));
            }
        }
        let made_at = made_at.to_offset(UtcOffset::UTC);
        let made_at = made_at.replace_nanosecond(0).unwrap_or(made_at);
        Ok(Self { name, version, made_at, packs })
    }

    /// What the bundle is called.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its version, from 1.
    pub const fn version(&self) -> NonZeroU64 {
        self.version
    }

    /// When it was made, as its maker says.
    pub const fn made_at(&self) -> OffsetDateTime {
        self.made_at
    }

    /// The packs.
    pub fn packs(&self) -> &[PackSource] {
        &self.packs
    }

    /// Takes the packs out.
    pub fn into_packs(self) -> Vec<PackSource> {
        self.packs
    }

    pub(super) fn to_json(&self) -> Result<Vec<u8>, BundleError> {
        let Self { name, version, made_at, packs } = self;
        let pack = |p: &PackSource| PackWire { name: p.name.clone(), text: p.text.clone() };
        let wire = Wire {
            name: name.clone(),
            version: version.get(),
            made_at: *made_at,
            packs: packs.iter().map(pack).collect(),
        };
        serde_json::to_vec(&wire).map_err(|error| BundleError::Content(error.to_string()))
    }

    pub(super) fn from_json(bytes: &[u8]) -> Result<Self, BundleError> {
        let wire = serde_json::from_slice(bytes);
        let Wire { name, version, made_at, packs } =
            wire.map_err(|error| BundleError::Content(error.to_string()))?;
        let packs = packs.into_iter().map(|PackWire { name, text }| PackSource { name, text });
        let contents = Self::new(Draft { name, version, made_at, packs: packs.collect() })?;
        // One reading only: other spellings of the same content are no content.
        if contents.to_json()? == bytes { Ok(contents) } else { Err(BundleError::NotCanonical) }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire {
    name: String,
    version: u64,
    #[serde(with = "time::serde::rfc3339")]
    made_at: OffsetDateTime,
    packs: Vec<PackWire>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct PackWire {
    name: String,
    text: String,
}
