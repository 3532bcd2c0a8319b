//! A handset's attestation at enrolment, from bytes to what the binding keeps.

use crate::{
    app_attest::Vouched,
    attestation_status::AttestationList,
    challenge::Purpose,
    engine::Engine,
    error::ServiceError,
    ports::{store::Store, vault::Vault},
};
use serde::{Deserialize, Serialize};
use simbind_core::{
    app::SignerDigest,
    binding::{
        AttestationSerial, AttestedKey, Handset, HandsetKey, KeyLevel, PatchLevel, Platform,
    },
    ids::{AppId, ImeiSet},
    time::Timestamp,
};
use simbind_evidence::android::{
    self, AttestationPolicy, BootState as AttestedBoot, ExpectedAttestation, KeyAttestation,
    SecurityLevel as AttestedLevel, StatusList, Weakness,
};
use simbind_rules::facts::BootState;

/// What a handset brings to be enrolled.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct HandsetRequest {
    /// Its IMEIs.
    pub imeis: ImeiSet,
    /// Its operating system.
    pub platform: Platform,
    /// Its attestation.
    pub attestation: AttestationRequest,
}

/// Whether a handset brings an attestation.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum AttestationRequest {
    /// None.
    None,
    /// Android Key Attestation.
    AndroidKey {
        /// The chain, leaf first, DER.
        chain: Vec<Vec<u8>>,
        /// The challenge that it was made for.
        challenge: Vec<u8>,
    },
    /// Apple's App Attest.
    AppAttest {
        /// The attestation object, CBOR.
        attestation: Vec<u8>,
        /// The key's identifier, as the app was told it.
        key_id: Vec<u8>,
        /// The challenge that it was made for.
        challenge: Vec<u8>,
    },
}

/// A handset that was verified, with what is kept beside its binding.
pub(crate) struct Verified {
    pub(crate) handset: Handset,
    /// Apple's receipt for its key.
    pub(crate) receipt: Option<Vec<u8>>,
    /// The challenge that its key was attested for.
    pub(crate) challenge: Option<[u8; 16]>,
}

pub(crate) const CHALLENGE: &str = "handset.challenge";

impl AttestationRequest {
    /// The challenge that it was made for.
    pub(crate) fn challenge(&self) -> Option<&[u8]> {
        match self {
            Self::None => None,
            Self::AndroidKey { challenge, .. } | Self::AppAttest { challenge, .. } => {
                Some(challenge)
            }
        }
    }
}

impl<S: Store, V: Vault> Engine<S, V> {
    /// Verifies what a handset brings. What is wrong with the attestation itself refuses it; what
    /// is weak about the handset is kept, and rules decide what it is good for.
    pub(crate) fn handset(
        &self,
        request: HandsetRequest,
        now: Timestamp,
    ) -> Result<Verified, ServiceError> {
        self.handset_for(request, &Purpose::Enrolment, now)
    }

    /// As [`Self::handset`], for a challenge that was drawn for this purpose.
    pub(crate) fn handset_for(
        &self,
        request: HandsetRequest,
        purpose: &Purpose,
        now: Timestamp,
    ) -> Result<Verified, ServiceError> {
        let HandsetRequest { imeis, platform, attestation } = request;
        let stands = |challenge: &[u8]| self.challenge_stands(CHALLENGE, challenge, purpose, now);
        let (key, receipt, challenge) = match attestation {
            AttestationRequest::None => (HandsetKey::None, None, None),
            AttestationRequest::AndroidKey { chain, challenge } => {
                let id = stands(&challenge)?;
                let key = self.attested_key(&chain, &challenge, &imeis, now)?;
                (HandsetKey::Attested(key), None, Some(id))
            }
            AttestationRequest::AppAttest { attestation, key_id, challenge } => {
                let id = stands(&challenge)?;
                let Vouched { key, receipt } =
                    self.app_attest_key(&attestation, &key_id, &challenge, now)?;
                (HandsetKey::AppAttest(key), Some(receipt), Some(id))
            }
        };
        Handset::new(imeis, platform, key, now)
            .map(|handset| Verified { handset, receipt, challenge })
            .map_err(|error| ServiceError::invalid("handset.platform", error))
    }

    fn attested_key(
        &self,
        chain: &[Vec<u8>],
        challenge: &[u8],
        imeis: &ImeiSet,
        now: Timestamp,
    ) -> Result<AttestedKey, ServiceError> {
        const CHAIN: &str = "handset.key_attestation_chain";
        const UNKNOWN_APP: &str =
            "was asked for by no app that is on the list and signed as it says there";
        let trust = &self.settings.trust;
        let expected = ExpectedAttestation { challenge, apps: &[] };
        let held = self.list_for_attestation(now)?;
        let unlisted = StatusList::default();
        let list = match &held.list {
            AttestationList::None => &unlisted,
            AttestationList::Dated { list, .. } => list,
        };
        let attestation = android::verify(chain, &trust.attestation_roots, list, &expected, now)
            .map_err(|error| ServiceError::invalid(CHAIN, error))?;
        refuse_unfit(&attestation)?;
        if attestation.imeis().iter().any(|imei| !imeis.contains(*imei)) {
            let why = "does not name the IMEIs that the handset attests";
            return Err(ServiceError::invalid("handset.imeis", why));
        }
        if attestation.public_key().is_none() {
            return Err(ServiceError::invalid(CHAIN, "attests a key of an unsupported kind"));
        }
        let attested = ImeiSet::new(attestation.imeis().iter().copied());
        let key = AttestedKey {
            spki: attestation.spki_der().to_vec(),
            level: level(attestation.level()),
            boot: boot(&attestation),
            patch: attestation.os_patch().and_then(patch_level),
            apps: packages(&attestation),
            signers: signers(&attestation)
                .ok_or_else(|| ServiceError::invalid(CHAIN, UNKNOWN_APP))?,
            imeis: attested.map_err(|error| ServiceError::invalid(CHAIN, error))?,
            issuers: issuers(&attestation),
            verified_at: now,
        };
        if !key.apps.iter().any(|app| trust.apps.attested_for(&key, app)) {
            return Err(ServiceError::invalid(CHAIN, UNKNOWN_APP));
        }
        Ok(key)
    }
}

/// Refuses what proves nothing about the key: another challenge, a revoked authority, a key that
/// may exist elsewhere.
fn refuse_unfit(attestation: &KeyAttestation) -> Result<(), ServiceError> {
    let why = match attestation.weakest(&AttestationPolicy::default()) {
        Some(Weakness::WrongChallenge) => "was made for another challenge",
        Some(Weakness::Revoked) => "has a revoked certificate",
        Some(_) if attestation.weaknesses(&AttestationPolicy::default()).any(is_imported) => {
            "attests a key that was not generated in the handset"
        }
        _ => return Ok(()),
    };
    Err(ServiceError::invalid("handset.key_attestation_chain", why))
}

/// The serials of the certificates between the key and the root.
fn issuers(attestation: &KeyAttestation) -> Vec<AttestationSerial> {
    let serials = attestation.issuer_serials().iter();
    serials.map(|serial| AttestationSerial::from_octets(serial)).collect()
}

fn is_imported(weakness: Weakness) -> bool {
    weakness == Weakness::NotGenerated
}

fn packages(attestation: &KeyAttestation) -> Vec<AppId> {
    let packages = attestation.application().map(|application| application.packages.as_slice());
    packages.unwrap_or_default().iter().filter_map(|package| package.name.parse().ok()).collect()
}

/// The signers that the attestation names; `None` where one of them is no SHA-256.
fn signers(attestation: &KeyAttestation) -> Option<Vec<SignerDigest>> {
    let digests = attestation.application().map(|asked| asked.signer_digests.as_slice());
    digests.unwrap_or_default().iter().map(|digest| SignerDigest::from_bytes(digest)).collect()
}

fn level(level: AttestedLevel) -> KeyLevel {
    match level {
        AttestedLevel::Software | AttestedLevel::Other(_) => KeyLevel::Software,
        AttestedLevel::TrustedEnvironment => KeyLevel::Tee,
        AttestedLevel::StrongBox => KeyLevel::Strongbox,
    }
}

/// A boot loader that is not known to be locked verifies nothing.
fn boot(attestation: &KeyAttestation) -> Option<BootState> {
    let state = match attestation.boot()? {
        AttestedBoot::Verified => BootState::Verified,
        AttestedBoot::SelfSigned => BootState::SelfSigned,
        AttestedBoot::Unverified => BootState::Unverified,
        AttestedBoot::Failed | AttestedBoot::Other(_) => BootState::Failed,
    };
    match (attestation.locked(), state) {
        (Some(true), state) => Some(state),
        (_, BootState::Verified) => Some(BootState::Unverified),
        (_, state) => Some(state),
    }
}

/// YYYYMM or YYYYMMDD to the first instant of it.
fn patch_level(patch: u32) -> Option<PatchLevel> {
    let (year, month, day) = match patch {
        197_001..=999_912 => (patch / 100, patch % 100, 1),
        19_700_101..=99_991_231 => (patch / 10_000, patch / 100 % 100, (patch % 100).max(1)),
        _ => return None,
    };
    let days = days_from_civil(i64::from(year), i64::from(month), i64::from(day))?;
    Some(PatchLevel { released: Timestamp::from_secs(days * 86_400) })
}

/// Days since 1970-01-01 of a day of the Gregorian calendar.
fn days_from_civil(year: i64, month: i64, day: i64) -> Option<i64> {
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    Some(era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468)
}

#[cfg(test)]
mod tests {
    use super::patch_level;

    #[test]
    fn patch_levels_of_both_forms_are_dates_and_others_are_none() {
        let secs = |patch| patch_level(patch).map(|level| level.released.as_secs());
        assert_eq!(secs(202_610), Some(1_790_812_800));
        assert_eq!(secs(20_261_005), Some(1_790_812_800 + 4 * 86_400));
        assert_eq!(secs(20_261_000), Some(1_790_812_800));
        assert_eq!(secs(202_613), None);
        assert_eq!(secs(0), None);
    }
}
