use crate::{
    ids::{AppId, Imei, ImeiSet},
    time::Timestamp,
};
use serde::{Deserialize, Serialize};
use simbind_rules::facts::{BootState, Platform, SecurityLevel};
use thiserror::Error;

/// A patch level as attestations write it: year and month, with the day where it is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PatchLevel {
    /// The instant at which the level's month, or day, begins.
    pub released: Timestamp,
}

/// A key that lives in the handset's hardware, as its attestation described it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttestedKey {
    /// SubjectPublicKeyInfo, DER.
    pub spki: Vec<u8>,
    /// What the attestation is worth.
    pub level: SecurityLevel,
    /// What the handset booted.
    pub boot: Option<BootState>,
    /// The operating system's patch level.
    pub patch: Option<PatchLevel>,
    /// The apps that asked for the key; empty where the attestation names none.
    pub apps: Vec<AppId>,
    /// When the attestation was verified.
    pub verified_at: Timestamp,
}

/// Whether a handset has a key of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum HandsetKey {
    /// None was attested.
    None,
    /// This one was.
    Attested(AttestedKey),
}

/// A handset of a binding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Handset {
    /// Its IMEIs.
    pub imeis: ImeiSet,
    /// Its operating system.
    pub platform: Platform,
    /// Its key.
    pub key: HandsetKey,
    /// When it was enrolled.
    pub enrolled_at: Timestamp,
}

impl Handset {
    /// The attested key, where there is one.
    pub const fn attested(&self) -> Option<&AttestedKey> {
        match &self.key {
            HandsetKey::Attested(key) => Some(key),
            HandsetKey::None => None,
        }
    }

    /// Whether the attestation speaks for the app, or names none.
    pub(super) fn attests_app(&self, app: &AppId) -> bool {
        self.attested().is_none_or(|key| key.apps.is_empty() || key.apps.contains(app))
    }
}

/// The handsets of a binding: the one it was enrolled with, and up to seven more of the person's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<Handset>", into = "Vec<Handset>")]
pub struct Handsets {
    first: Handset,
    others: Vec<Handset>,
}

/// Why a list is not the handsets of a binding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum HandsetsError {
    /// There is none.
    #[error("a binding has at least one handset")]
    None,
    /// There are too many.
    #[error("a binding has at most {} handsets", Handsets::MAX)]
    TooMany,
    /// Some have a key of their own and some have not: a check that leaves the key's signature out
    /// could then not be told from one of a handset without a key.
    #[error("the handsets of a binding all have an attested key, or none has")]
    Mixed,
    /// The handset is enrolled already.
    #[error("the handset is enrolled already")]
    Repeated,
}

impl Handsets {
    /// The most handsets of a binding.
    pub const MAX: usize = 8;

    /// The handset of a new binding.
    pub const fn new(first: Handset) -> Self {
        Self { first, others: Vec::new() }
    }

    /// The handset that the binding was enrolled with.
    pub const fn first(&self) -> &Handset {
        &self.first
    }

    /// All, the first one first.
    pub fn iter(&self) -> impl Iterator<Item = &Handset> {
        std::iter::once(&self.first).chain(&self.others)
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        1 + self.others.len()
    }

    /// The handset that has the IMEI, and its place.
    pub fn with_imei(&self, imei: Imei) -> Option<(usize, &Handset)> {
        self.iter().enumerate().find(|(_, handset)| handset.imeis.contains(imei))
    }

    /// Enrols one more. A handset that shows the very IMEIs of one that is enrolled takes its place:
    /// it was attested anew.
    ///
    /// # Errors
    /// Where there are too many, it shares an IMEI or the key with another that is enrolled, or it
    /// has an attested key and another has not, or the other way round.
    pub fn add(&mut self, handset: Handset) -> Result<(), HandsetsError> {
        let same = |own: &Handset| !own.imeis.is_empty() && own.imeis == handset.imeis;
        let attested = handset.attested().is_some();
        let mixed = |other: &Handset| !same(other) && other.attested().is_some() != attested;
        if self.iter().any(mixed) {
            return Err(HandsetsError::Mixed);
        }
        if let Some(own) =
            std::iter::once(&mut self.first).chain(&mut self.others).find(|own| same(own))
        {
            *own = handset;
            return Ok(());
        }
        if self.count() >= Self::MAX {
            return Err(HandsetsError::TooMany);
        }
        let same_key = |other: &Handset| match (other.attested(), handset.attested()) {
            (Some(one), Some(two)) => one.spki == two.spki,
            _ => false,
        };
        let shared = |other: &Handset| other.imeis.iter().any(|imei| handset.imeis.contains(imei));
        if self.iter().any(|other| same_key(other) || shared(other)) {
            return Err(HandsetsError::Repeated);
        }
        self.others.push(handset);
        Ok(())
    }
}

impl TryFrom<Vec<Handset>> for Handsets {
    type Error = HandsetsError;

    fn try_from(handsets: Vec<Handset>) -> Result<Self, HandsetsError> {
        let mut handsets = handsets.into_iter();
        let first = handsets.next().ok_or(HandsetsError::None)?;
        let others: Vec<_> = handsets.collect();
        if others.len() >= Self::MAX {
            return Err(HandsetsError::TooMany);
        }
        Ok(Self { first, others })
    }
}

impl From<Handsets> for Vec<Handset> {
    fn from(handsets: Handsets) -> Self {
        std::iter::once(handsets.first).chain(handsets.others).collect()
    }
}
