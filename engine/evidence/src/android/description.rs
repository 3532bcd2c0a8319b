use super::AttestedIds;
use simbind_core::ids::Imei;

/// Where a key, or what attests it, lives. Weakest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SecurityLevel {
    /// The operating system: proves nothing against whoever controls it.
    Software,
    /// A level that this code does not know. Counts as software.
    Other(u32),
    /// The trusted execution environment of the main processor.
    TrustedEnvironment,
    /// A secure element of its own.
    StrongBox,
}

impl SecurityLevel {
    /// From the number in the Android schema.
    pub const fn from_number(number: u32) -> Self {
        match number {
            0 => Self::Software,
            1 => Self::TrustedEnvironment,
            2 => Self::StrongBox,
            other => Self::Other(other),
        }
    }

    /// The number in the Android schema.
    pub const fn number(self) -> u32 {
        match self {
            Self::Software => 0,
            Self::TrustedEnvironment => 1,
            Self::StrongBox => 2,
            Self::Other(other) => other,
        }
    }
}

/// What verified boot found at the last start of the device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BootState {
    /// The maker's system, unchanged.
    Verified,
    /// A system signed by a key that the owner enrolled.
    SelfSigned,
    /// Not checked: the boot loader is unlocked.
    Unverified,
    /// Checked and found wrong.
    Failed,
    /// A state that this code does not know.
    Other(u32),
}

impl BootState {
    /// From the number in the Android schema.
    pub const fn from_number(number: u32) -> Self {
        match number {
            0 => Self::Verified,
            1 => Self::SelfSigned,
            2 => Self::Unverified,
            3 => Self::Failed,
            other => Self::Other(other),
        }
    }

    /// The number in the Android schema.
    pub const fn number(self) -> u32 {
        match self {
            Self::Verified => 0,
            Self::SelfSigned => 1,
            Self::Unverified => 2,
            Self::Failed => 3,
            Self::Other(other) => other,
        }
    }
}

/// How the key came to be where it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Origin {
    /// Made in the hardware; never outside.
    Generated,
    /// Derived inside from another.
    Derived,
    /// Brought in from outside.
    Imported,
    /// Brought in wrapped, from outside.
    SecurelyImported,
    /// An origin that this code does not know.
    Other(u32),
}

impl Origin {
    /// From the number in the Android schema.
    pub const fn from_number(number: u32) -> Self {
        match number {
            0 => Self::Generated,
            1 => Self::Derived,
            2 => Self::Imported,
            4 => Self::SecurelyImported,
            other => Self::Other(other),
        }
    }

    /// The number in the Android schema.
    pub const fn number(self) -> u32 {
        match self {
            Self::Generated => 0,
            Self::Derived => 1,
            Self::Imported => 2,
            Self::SecurelyImported => 4,
            Self::Other(other) => other,
        }
    }
}

/// What the boot loader told the secure hardware.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RootOfTrust {
    /// The key that the system was checked with; may be empty or zero.
    pub boot_key: Vec<u8>,
    /// Whether the boot loader is locked.
    pub locked: bool,
    /// The outcome of verified boot.
    pub state: BootState,
    /// Digest over the verified images, from version 3 on.
    pub boot_hash: Option<Vec<u8>>,
}

/// An app package that asked for the key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Package {
    /// The package's name.
    pub name: String,
    /// The package's version code.
    pub version: i64,
}

/// Who asked for the key, as the operating system says: as true as the system is trusted. Names that
/// are not UTF-8 are written with replacement characters, and so name no app.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Application {
    /// The packages of the asking user id, at most 256.
    pub packages: Vec<Package>,
    /// Digests of the certificates that signed them, at most 64.
    pub signer_digests: Vec<Vec<u8>>,
}

/// One of a key description's two lists. Only the hardware's proves anything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuthorizationList {
    /// What the key may be used for (2 is signing, 7 attesting other keys).
    pub purposes: Vec<u32>,
    /// How the key came to be.
    pub origin: Option<Origin>,
    /// The state of the device.
    pub root_of_trust: Option<RootOfTrust>,
    /// Version of the operating system as MMmmss.
    pub os_version: Option<u32>,
    /// Patch level of the operating system as YYYYMM.
    pub os_patch: Option<u32>,
    /// Patch level of the vendor's part as YYYYMMDD (YYYYMM on older devices).
    pub vendor_patch: Option<u32>,
    /// Patch level of the kernel as YYYYMMDD (YYYYMM on older devices).
    pub boot_patch: Option<u32>,
    /// Who asked for the key.
    pub application: Option<Application>,
    /// The handset's numbers, where asked for. One that is no IMEI is left out.
    pub imeis: Vec<Imei>,
    /// The device's names and numbers as they are written.
    pub ids: AttestedIds,
    /// Digest over the system's modules (tag 724, from version 400 on).
    pub module_hash: Option<Vec<u8>>,
    /// The numbers of tags that are not read, at most 64 of them: what the key may be used for and
    /// when, what versions to come add, and 709 where the application id is malformed.
    pub unread: Vec<u32>,
}

/// The extension 1.3.6.1.4.1.11129.2.1.17, as read. What it says is proven only inside a verified
/// chain, and then only as [`super::KeyAttestation`] shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyDescription {
    /// Version of the schema, any number.
    pub attestation_version: u32,
    /// Where the attestation was made.
    pub attestation_level: SecurityLevel,
    /// Version of the Keymaster or KeyMint that holds the key.
    pub keymint_version: u32,
    /// Where the key lives.
    pub keymint_level: SecurityLevel,
    /// The challenge that the key was made for.
    pub challenge: Vec<u8>,
    /// What the operating system says.
    pub software: AuthorizationList,
    /// What the secure hardware says.
    pub hardware: AuthorizationList,
}
