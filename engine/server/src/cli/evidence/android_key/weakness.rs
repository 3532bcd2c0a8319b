use simbind_evidence::android::Weakness;

/// What a weakness means, for people.
pub(super) const fn sentence(weakness: Weakness) -> &'static str {
    match weakness {
        Weakness::WrongChallenge => {
            "the challenge in the certificate is not the one that was issued"
        }
        Weakness::Revoked => "a certificate of the chain is on the status list",
        Weakness::SoftwareLevel => "the key or its attestation is in software",
        Weakness::NotGenerated => "the hardware does not say that the key was generated in it",
        Weakness::BootUnknown => "the hardware says nothing of how the device was started",
        Weakness::BootFailed => "verified boot failed",
        Weakness::Unlocked => "the boot loader is unlocked",
        Weakness::BootUnverified => "the system was not verified at the start",
        Weakness::BootSelfSigned => "the system is signed by a key of the owner's",
        Weakness::WrongApp => "no app of the policy, signed as it says, asked for the key",
        Weakness::LevelTooLow => "the hardware is below the level that the policy asks for",
        Weakness::OldPatch => {
            "the system's patch level is older than the policy asks for, or not said"
        }
        Weakness::OldVendorPatch => {
            "the vendor's patch level is older than the policy asks for, or not said"
        }
        Weakness::OldBootPatch => {
            "the kernel's patch level is older than the policy asks for, or not said"
        }
    }
}
