//! The keys that handsets hold themselves.

use crate::{
    app::SignerDigest,
    ids::{AppId, ImeiSet},
    time::Timestamp,
};
use serde::{Deserialize, Serialize};
use simbind_rules::facts::{BootState, SecurityLevel};
use std::fmt;

/// A patch level as attestations write it: year and month, with the day where it is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PatchLevel {
    /// The instant at which the level's month, or day, begins.
    pub released: Timestamp,
}

/// Where an Android handset keeps its key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum KeyLevel {
    /// In software.
    Software,
    /// In a trusted execution environment.
    Tee,
    /// In a chip of its own.
    Strongbox,
}

impl KeyLevel {
    const fn fact(self) -> SecurityLevel {
        match self {
            Self::Software => SecurityLevel::Software,
            Self::Tee => SecurityLevel::Tee,
            Self::Strongbox => SecurityLevel::Strongbox,
        }
    }
}

/// A key that lives in the handset's hardware, as its attestation described it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttestedKey {
    /// SubjectPublicKeyInfo, DER.
    pub spki: Vec<u8>,
    /// What the attestation is worth.
    pub level: KeyLevel,
    /// What the handset booted.
    pub boot: Option<BootState>,
    /// The operating system's patch level.
    pub patch: Option<PatchLevel>,
    /// The apps that asked for the key; empty where the attestation names none.
    pub apps: Vec<AppId>,
    /// The certificates that sign them, as attested.
    pub signers: Vec<SignerDigest>,
    /// The IMEIs that the attestation names.
    pub imeis: ImeiSet,
    /// The certificates between the attested key and the root, by their serials: what the maker's
    /// status list is asked about at each check. Empty where they are not kept.
    pub issuers: Vec<AttestationSerial>,
    /// When the attestation was verified.
    pub verified_at: Timestamp,
}

/// The serial number of a certificate that vouches for keys of handsets: of a batch of them, or of
/// one handset, so that `Debug` shows nothing of it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct AttestationSerial(Box<[u8]>);

impl AttestationSerial {
    /// From the octets of the number, the highest first. Leading zeros do not count.
    pub fn from_octets(octets: &[u8]) -> Self {
        let zeros = octets.iter().take_while(|octet| **octet == 0).count();
        Self(octets.get(zeros..).unwrap_or_default().into())
    }
}

impl AsRef<[u8]> for AttestationSerial {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for AttestationSerial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AttestationSerial(…)")
    }
}

/// Which of Apple's two attestation services vouches for a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum AppleEnvironment {
    /// The one for apps from the store.
    Production,
    /// The one for apps that are being developed: anybody with a developer's account gets its word.
    Development,
}

/// A key that Apple's App Attest vouches for: in the Secure Enclave of a genuine device, for one
/// installation of one app.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppAttestKey {
    /// SubjectPublicKeyInfo, DER. Another installation of the app has another key.
    pub spki: Vec<u8>,
    /// The app.
    pub app: AppId,
    /// Who vouches.
    pub environment: AppleEnvironment,
    /// When the attestation was verified.
    pub verified_at: Timestamp,
}

/// Whether a handset has a key of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum HandsetKey {
    /// None was attested.
    None,
    /// Android Key Attestation vouched for this one.
    Attested(AttestedKey),
    /// App Attest vouched for this one.
    AppAttest(AppAttestKey),
}

impl HandsetKey {
    /// The public key, SubjectPublicKeyInfo, DER.
    pub fn spki(&self) -> Option<&[u8]> {
        match self {
            Self::None => None,
            Self::Attested(key) => Some(&key.spki),
            Self::AppAttest(key) => Some(&key.spki),
        }
    }

    /// When its attestation was verified.
    pub const fn verified_at(&self) -> Option<Timestamp> {
        match self {
            Self::None => None,
            Self::Attested(key) => Some(key.verified_at),
            Self::AppAttest(key) => Some(key.verified_at),
        }
    }

    /// How well the key is kept, as attested.
    pub const fn level(&self) -> SecurityLevel {
        match self {
            Self::None => SecurityLevel::None,
            Self::Attested(key) => key.level.fact(),
            Self::AppAttest(_) => SecurityLevel::AppAttest,
        }
    }
}
