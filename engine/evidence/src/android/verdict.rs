use super::{BootState, KeyAttestation, Origin, SecurityLevel};

/// What an attestation must reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AttestationPolicy {
    /// The least level of both the attestation and the key.
    pub least_level: SecurityLevel,
    /// The oldest patch level of the operating system, as YYYYMM. `None`: any.
    pub oldest_os_patch: Option<u32>,
}

impl Default for AttestationPolicy {
    /// Hardware of any kind, and any patch level.
    fn default() -> Self {
        Self { least_level: SecurityLevel::TrustedEnvironment, oldest_os_patch: None }
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
        let old = policy
            .oldest_os_patch
            .is_some_and(|oldest| self.os_patch().is_none_or(|patch| month(patch) < month(oldest)));
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
            (old, Weakness::OldPatch),
        ]
        .into_iter()
        .filter_map(|(weak, weakness)| weak.then_some(weakness))
    }
}

/// A patch level as YYYYMM, where some devices say YYYYMMDD.
fn month(patch: u32) -> u32 {
    if patch > 999_999 { patch / 100 } else { patch }
}
