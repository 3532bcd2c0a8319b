use super::{
    Application, AttestationError, AttestationRoots, AttestedIds, BootState, Irregularity,
    KeyDescription, Listing, Origin, SecurityLevel, StatusList, chain, read, status,
};
use crate::signature::PublicKey;
use simbind_core::{
    ids::{AppId, Imei},
    time::Timestamp,
};
use std::{fmt, time::Duration};

/// What an attestation must be for.
#[derive(Clone, Copy, Debug)]
pub struct ExpectedAttestation<'e> {
    /// The challenge that was issued.
    pub challenge: &'e [u8],
    /// The apps of which one must have asked for the key. Empty: any app.
    pub apps: &'e [ExpectedApp],
}

/// An app that may ask for keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpectedApp {
    /// The package's name.
    pub package: AppId,
    /// SHA-256 of the certificates that may sign it. All that signed it must be among them, and
    /// at least one.
    pub signers: Vec<[u8; 32]>,
}

/// An attestation whose chain holds. Only [`verify`] makes one. The chain says who speaks; whether
/// what is said is good enough is for [`KeyAttestation::weakest`].
#[derive(Clone, PartialEq, Eq)]
pub struct KeyAttestation {
    pub(super) description: KeyDescription,
    pub(super) challenge_matches: bool,
    pub(super) app_matches: Option<bool>,
    pub(super) listed: Option<Listing>,
    issuer_serials: Vec<Box<[u8]>>,
    public_key: Option<PublicKey>,
    spki: Box<[u8]>,
    irregularities: Vec<Irregularity>,
    valid_until: Timestamp,
}

/// Verifies a chain, leaf first, to a root key at the given time, and reads what it attests.
///
/// The chain is in order and holds nothing else; the root's certificate may stand at its end, and
/// then only its key counts. Leaves are never looked up in `list`, as their serial is nearly
/// always 1. The copy of the root is, though nothing vouches for it: being listed can only refuse.
///
/// # Errors
/// [`AttestationError`] where the chain does not hold or the key description cannot be read. A
/// wrong challenge, a listed certificate and a weak device are no errors: see
/// [`KeyAttestation::weakest`].
pub fn verify(
    chain: &[impl AsRef<[u8]>],
    roots: &AttestationRoots,
    list: &StatusList,
    expected: &ExpectedAttestation<'_>,
    at: Timestamp,
) -> Result<KeyAttestation, AttestationError> {
    let walked = chain::walk(chain, roots, at)?;
    let description = read::key_description(walked.description)?;
    let leaf = walked.certificates.first().ok_or(AttestationError::Empty)?;
    let issuers = walked.certificates.iter().take(walked.below_root).skip(1);
    let issuer_serials: Vec<_> =
        issuers.map(|issuer| status::without_zeros(issuer.raw_serial()).into()).collect();
    // With the copy of the root, which is no issuer that is kept.
    let listed =
        list.of_serials(walked.certificates.iter().skip(1).map(|issuer| issuer.raw_serial()));
    let application = description.software.application.as_ref();
    let apps = expected.apps;
    Ok(KeyAttestation {
        challenge_matches: description.challenge == expected.challenge,
        app_matches: (!apps.is_empty())
            .then(|| application.is_some_and(|asked| apps.iter().any(|app| app.asked(asked)))),
        listed,
        issuer_serials,
        public_key: PublicKey::from_spki_der(leaf.public_key().raw).ok(),
        spki: leaf.public_key().raw.into(),
        irregularities: walked.irregularities,
        valid_until: walked.not_after.plus(Duration::from_secs(1)),
        description,
    })
}

/// Shows the device's state, and nothing that names the device.
impl fmt::Debug for KeyAttestation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyAttestation")
            .field("level", &self.level())
            .field("boot", &self.boot())
            .field("locked", &self.locked())
            .field("os_patch", &self.os_patch())
            .field("challenge_matches", &self.challenge_matches)
            .field("listed", &self.listed)
            .finish_non_exhaustive()
    }
}

impl ExpectedApp {
    fn asked(&self, asked: &Application) -> bool {
        let named = asked.packages.iter().any(|package| package.name == self.package.as_str());
        let signed = asked
            .signer_digests
            .iter()
            .all(|digest| self.signers.iter().any(|signer| signer.as_slice() == digest));
        named && signed && !asked.signer_digests.is_empty()
    }
}

impl KeyAttestation {
    /// The attested key. `None`: it is of a kind that we do not verify with (ML-DSA, for one), so
    /// that possession of it cannot be proven to us.
    pub fn public_key(&self) -> Option<&PublicKey> {
        self.public_key.as_ref()
    }

    /// The attested key's DER `SubjectPublicKeyInfo`, of whatever kind.
    pub fn spki_der(&self) -> &[u8] {
        &self.spki
    }

    /// The weaker of the levels of the attestation and of the key.
    pub fn level(&self) -> SecurityLevel {
        self.description.attestation_level.min(self.description.keymint_level)
    }

    /// Where the attestation was made.
    pub fn attestation_level(&self) -> SecurityLevel {
        self.description.attestation_level
    }

    /// Where the key lives.
    pub fn keymint_level(&self) -> SecurityLevel {
        self.description.keymint_level
    }

    /// The outcome of verified boot, by the secure hardware. `None`: it says nothing of it.
    pub fn boot(&self) -> Option<BootState> {
        self.description.hardware.root_of_trust.as_ref().map(|root| root.state)
    }

    /// Whether the boot loader is locked, by the secure hardware. `None`: it says nothing of it.
    pub fn locked(&self) -> Option<bool> {
        self.description.hardware.root_of_trust.as_ref().map(|root| root.locked)
    }

    /// Version of the operating system as MMmmss, by the secure hardware.
    pub fn os_version(&self) -> Option<u32> {
        self.description.hardware.os_version
    }

    /// Patch level of the operating system as YYYYMM, by the secure hardware.
    pub fn os_patch(&self) -> Option<u32> {
        self.description.hardware.os_patch
    }

    /// Patch level of the vendor's part as YYYYMMDD or YYYYMM, by the secure hardware.
    pub fn vendor_patch(&self) -> Option<u32> {
        self.description.hardware.vendor_patch
    }

    /// Patch level of the kernel as YYYYMMDD or YYYYMM, by the secure hardware.
    pub fn boot_patch(&self) -> Option<u32> {
        self.description.hardware.boot_patch
    }

    /// How the key came to be, by the secure hardware.
    pub fn origin(&self) -> Option<Origin> {
        self.description.hardware.origin
    }

    /// The handset's IMEIs, by the secure hardware. Empty where they were not asked for.
    pub fn imeis(&self) -> &[Imei] {
        &self.description.hardware.imeis
    }

    /// Who asked for the key, by the operating system: as true as the system is.
    pub fn application(&self) -> Option<&Application> {
        self.description.software.application.as_ref()
    }

    /// The challenge in the attestation.
    pub fn challenge(&self) -> &[u8] {
        &self.description.challenge
    }

    /// Version of the attestation's schema.
    pub fn attestation_version(&self) -> u32 {
        self.description.attestation_version
    }

    /// Whether the challenge is the one that was expected.
    pub fn challenge_matches(&self) -> bool {
        self.challenge_matches
    }

    /// Whether an expected app asked. `None`: none was expected.
    pub fn app_matches(&self) -> Option<bool> {
        self.app_matches
    }

    /// What the status list says of the chain's certificates behind the leaf, the copy of the root
    /// included: the worst, where more than one is listed.
    pub fn listed(&self) -> Option<Listing> {
        self.listed
    }

    /// The serials of the chain's certificates between leaf and root, without leading zeros: what
    /// the status list is asked about again, when there is a newer one.
    pub fn issuer_serials(&self) -> &[Box<[u8]>] {
        &self.issuer_serials
    }

    /// Digest over the system's modules, by the secure hardware; from version 400 on.
    pub fn module_hash(&self) -> Option<&[u8]> {
        self.description.hardware.module_hash.as_deref()
    }

    /// The device's names and numbers, by the secure hardware.
    pub fn ids(&self) -> &AttestedIds {
        &self.description.hardware.ids
    }

    /// Faults of the chain that were let pass.
    pub fn irregularities(&self) -> &[Irregularity] {
        &self.irregularities
    }

    /// The whole key description, the operating system's list included.
    pub fn description(&self) -> &KeyDescription {
        &self.description
    }

    /// The first instant at which the chain no longer holds. Provisioned certificates live for
    /// days: keep the verdict of the enrolment, and do not verify an old chain again.
    pub fn valid_until(&self) -> Timestamp {
        self.valid_until
    }
}
