//! What an attestation says of the device by name and number.

use std::fmt;

/// A number that names one device or person. `Debug` shows that there is one, and no more.
#[derive(Clone, PartialEq, Eq)]
pub struct PersonalText(Box<str>);

impl PersonalText {
    /// From octets that should be UTF-8; others are replaced.
    pub(super) fn from_octets(octets: &[u8]) -> Self {
        Self(String::from_utf8_lossy(octets).into())
    }

    /// The text, for whoever may see it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PersonalText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PersonalText(…)")
    }
}

/// Attested identifiers (tags 710 to 717 and 723), each as the device wrote it, where it was asked
/// for. Each has at most 1024 octets; those that are not UTF-8 are replaced.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AttestedIds {
    /// Brand (710).
    pub brand: Option<String>,
    /// Device (711).
    pub device: Option<String>,
    /// Product (712).
    pub product: Option<String>,
    /// Serial number of the device (713).
    pub serial: Option<PersonalText>,
    /// IMEI (714).
    pub imei: Option<PersonalText>,
    /// MEID (715).
    pub meid: Option<PersonalText>,
    /// Manufacturer (716).
    pub manufacturer: Option<String>,
    /// Model (717).
    pub model: Option<String>,
    /// IMEI of the second slot (723).
    pub second_imei: Option<PersonalText>,
}
