use super::{BootState, KeyAttestation, Origin, SecurityLevel};

/// What an attestation must reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AttestationPolicy {
    /// The least level of both the attestation and the key.
    pub least_level: SecurityLevel,
    /// The oldest patch level of the operating system, as YYYYMM or YYYYMMDD (months are
    /// compared). `None`: any.
    pub oldest_os_patch: Option<u32>,
    /// The oldest patch level of the vendor's part, in the same form. `None`: any.
    pub oldest_vendor_patch: Option<u32>,
    /// The oldest patch level of the kernel, in the same form. `None`: any.
    pub oldest_boot_patch: Option<u32>,
}

impl Default for AttestationPolicy {
    /// Hardware of any kind, and any patch level.
    fn default() -> Self {
        Self {
            least_level: SecurityLevel::TrustedEnvironment,
            oldest_os_patch: None,
            oldest_vendor_patch: None,
            oldest_boot_patch: None,
        }
    }
}

/// What makes an attestation weak. In order, the worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Weakness {
    /// The challenge is not the one that was issued: the attestation is another's, or old.
    WrongChallenge,
    /// A certificate of the chain is revoked or suspended.
    Revoked,
    /// The key or its attestation is in software.
    SoftwareLevel,
    /// The key was imported, or where it was made is not said: it may exist elsewhere.
    NotGenerated,
    /// The secure hardware says nothing of how the device was started.
    BootUnknown,
    /// Verified boot failed, or its outcome is not known to us.
    BootFailed,
    /// The boot loader is unlocked.
    Unlocked,
    /// The system was not verified.
    BootUnverified,
    /// The system is signed by a key of the owner's.
    BootSelfSigned,
    /// No expected app asked for the key.
    WrongApp,
    /// The hardware is below the level that the policy asks for.
    LevelTooLow,
    /// The operating system's patch level is older than the policy asks for, or unknown.
    OldPatch,
    /// The vendor's patch level is older than the policy asks for, or unknown.
    OldVendorPatch,
    /// The kernel's patch level is older than the policy asks for, or unknown.
    OldBootPatch,
}

impl Weakness {
    /// The word for it, in lower case with underscores.
    pub const fn word(self) -> &'static str {
        match self {
            Self::WrongChallenge => "wrong_challenge",
            Self::Revoked => "revoked",
            Self::SoftwareLevel => "software_level",
            Self::NotGenerated => "not_generated",
            Self::BootUnknown => "boot_unknown",
            Self::BootFailed => "boot_failed",
            Self::Unlocked => "unlocked",
            Self::BootUnverified => "boot_unverified",
            Self::BootSelfSigned => "boot_self_signed",
            Self::WrongApp => "wrong_app",
            Self::LevelTooLow => "level_too_low",
            Self::OldPatch => "old_patch",
            Self::OldVendorPatch => "old_vendor_patch",
            Self::OldBootPatch => "old_boot_patch",
        }
    }
}

impl KeyAttestation {
    /// The worst weakness under the policy. `None`: good.
    pub fn weakest(&self, policy: &AttestationPolicy) -> Option<Weakness> {
        self.weaknesses(policy).next()
    }

    /// Every weakness under the policy, the worst first.
    pub fn weaknesses(&self, policy: &AttestationPolicy) -> impl Iterator<Item = Weakness> {
        let level = self.level();
        let boot = self.boot();
        [
            (!self.challenge_matches, Weakness::WrongChallenge),
            (self.listed.is_some(), Weakness::Revoked),
            (level < SecurityLevel::TrustedEnvironment, Weakness::SoftwareLevel),
            (self.origin() != Some(Origin::Generated), Weakness::NotGenerated),
            (boot.is_none(), Weakness::BootUnknown),
            (matches!(boot, Some(BootState::Failed | BootState::Other(_))), Weakness::BootFailed),
            (self.locked() == Some(false), Weakness::Unlocked),
            (boot == Some(BootState::Unverified), Weakness::BootUnverified),
            (boot == Some(BootState::SelfSigned), Weakness::BootSelfSigned),
            (self.app_matches == Some(false), Weakness::WrongApp),
            (level < policy.least_level, Weakness::LevelTooLow),
            (old(self.os_patch(), policy.oldest_os_patch), Weakness::OldPatch),
            (old(self.vendor_patch(), policy.oldest_vendor_patch), Weakness::OldVendorPatch),
            (old(self.boot_patch(), policy.oldest_boot_patch), Weakness::OldBootPatch),
        ]
        .into_iter()
        .filter_map(|(weak, weakness)| weak.then_some(weakness))
    }
}

/// Whether a patch level is older than asked for. One that is not said is.
fn old(patch: Option<u32>, oldest: Option<u32>) -> bool {
    oldest.is_some_and(|oldest| patch.is_none_or(|patch| month(patch) < month(oldest)))
}

/// A patch level as YYYYMM, where some devices say YYYYMMDD.
fn month(patch: u32) -> u32 {
    if patch > 999_999 { patch / 100 } else { patch }
}
