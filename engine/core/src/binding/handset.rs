//! The handsets of a binding.

mod key;
#[cfg(test)]
mod tests;

pub use key::{
    AppAttestKey, AppleEnvironment, AttestationSerial, AttestedKey, HandsetKey, KeyLevel,
    PatchLevel,
};

use crate::{
    ids::{Imei, ImeiSet},
    time::Timestamp,
};
use serde::{Deserialize, Serialize};
use simbind_rules::facts::{HandsetBasis, Platform};
use thiserror::Error;

/// A handset of a binding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Unchecked")]
pub struct Handset {
    /// Its IMEIs.
    pub imeis: ImeiSet,
    platform: Platform,
    key: HandsetKey,
    /// When it was enrolled.
    pub enrolled_at: Timestamp,
}

/// A key that no handset of the platform can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("an App Attest key belongs to an iPhone, and an iPhone attests no other")]
pub struct WrongPlatform;

#[derive(Deserialize)]
struct Unchecked {
    imeis: ImeiSet,
    platform: Platform,
    key: HandsetKey,
    enrolled_at: Timestamp,
}

impl TryFrom<Unchecked> for Handset {
    type Error = WrongPlatform;

    fn try_from(read: Unchecked) -> Result<Self, WrongPlatform> {
        let Unchecked { imeis, platform, key, enrolled_at } = read;
        Self::new(imeis, platform, key, enrolled_at)
    }
}

impl Handset {
    /// A handset as it is enrolled.
    ///
    /// # Errors
    /// Where the key is none that the platform attests.
    pub fn new(
        imeis: ImeiSet,
        platform: Platform,
        key: HandsetKey,
        enrolled_at: Timestamp,
    ) -> Result<Self, WrongPlatform> {
        match (&key, platform) {
            (HandsetKey::None, _)
            | (HandsetKey::AppAttest(_), Platform::Ios)
            | (HandsetKey::Attested(_), Platform::Android | Platform::Other) => {
                Ok(Self { imeis, platform, key, enrolled_at })
            }
            (HandsetKey::AppAttest(_), _) | (HandsetKey::Attested(_), Platform::Ios) => {
                Err(WrongPlatform)
            }
        }
    }

    /// Its operating system.
    pub const fn platform(&self) -> Platform {
        self.platform
    }

    /// Its key.
    pub const fn key(&self) -> &HandsetKey {
        &self.key
    }

    /// Whether it has a key of its own, so that it can prove itself.
    pub const fn has_key(&self) -> bool {
        !matches!(self.key, HandsetKey::None)
    }

    /// The key that Android Key Attestation vouched for, where there is one.
    pub const fn attested(&self) -> Option<&AttestedKey> {
        match &self.key {
            HandsetKey::Attested(key) => Some(key),
            HandsetKey::None | HandsetKey::AppAttest(_) => None,
        }
    }

    /// The key that App Attest vouched for, where there is one.
    pub const fn app_attest(&self) -> Option<&AppAttestKey> {
        match &self.key {
            HandsetKey::AppAttest(key) => Some(key),
            HandsetKey::None | HandsetKey::Attested(_) => None,
        }
    }

    /// What the binding's word on this handset rests on.
    pub fn basis(&self) -> HandsetBasis {
        match &self.key {
            HandsetKey::AppAttest(_) => HandsetBasis::AppAttest,
            HandsetKey::Attested(key) if key.imeis.iter().any(|imei| self.imeis.contains(imei)) => {
                HandsetBasis::AttestedImei
            }
            HandsetKey::Attested(_) => HandsetBasis::AttestedKey,
            HandsetKey::None if self.imeis.is_empty() => HandsetBasis::Nothing,
            HandsetKey::None => HandsetBasis::ReportedImei,
        }
    }

    fn same_key(&self, other: &Self) -> bool {
        self.key.spki().is_some() && self.key.spki() == other.key.spki()
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
    /// There is no handset at the place that another shall take.
    #[error("no handset is enrolled at that place")]
    NoSuchPlace,
    /// The handset at the place is not the same phone with the app installed anew.
    #[error("only an iPhone with App Attest is replaced, by a new key of the same app")]
    NotReinstalled,
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
        let keyed = handset.has_key();
        let mixed = |other: &Handset| !same(other) && other.has_key() != keyed;
        if self.iter().any(mixed) {
            return Err(HandsetsError::Mixed);
        }
        if self.iter().any(|other| !same(other) && handset.same_key(other)) {
            return Err(HandsetsError::Repeated);
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
        let shared = |other: &Handset| other.imeis.iter().any(|imei| handset.imeis.contains(imei));
        if self.iter().any(shared) {
            return Err(HandsetsError::Repeated);
        }
        self.others.push(handset);
        Ok(())
    }

    /// Puts an iPhone in the place of the one at `place`, counted from 0 for the first: the app was
    /// installed anew, which makes a new key, and the old key is gone. An iPhone shows nothing else
    /// by which it could be known again, so whoever calls this has seen person and phone together.
    ///
    /// # Errors
    /// Where nothing is enrolled at the place, one of the two is no iPhone with an App Attest key,
    /// the apps or the IMEIs differ, or the key is enrolled already.
    pub fn reinstall(&mut self, place: usize, handset: Handset) -> Result<(), HandsetsError> {
        if self.iter().any(|other| handset.same_key(other)) {
            return Err(HandsetsError::Repeated);
        }
        let own = std::iter::once(&mut self.first).chain(&mut self.others).nth(place);
        let own = own.ok_or(HandsetsError::NoSuchPlace)?;
        let app = |handset: &Handset| handset.app_attest().map(|key| key.app.clone());
        let same_imeis = handset.imeis.is_empty() || handset.imeis == own.imeis;
        if app(own).is_none() || app(own) != app(&handset) || !same_imeis {
            return Err(HandsetsError::NotReinstalled);
        }
        *own = Handset { imeis: own.imeis.clone(), ..handset };
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
