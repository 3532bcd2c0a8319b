use super::Profile;
use crate::oid::Oid;

/// What a certificate must say of itself beside having a path to an anchor.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChainPolicy {
    /// Certificate policies, of which the certificate must name at least one and every authority
    /// below the anchor must name one too, or `anyPolicy`. Policy mappings are not followed: what an
    /// authority maps to another policy holds no longer below it. Empty: no policy is asked for,
    /// and what authorities demand of policies counts still.
    pub policies: Vec<Oid>,
    /// What the key-usage extension must allow.
    pub key_usage: KeyUsageRule,
    /// A usage that the certificate's extended key usage must hold where the extension is there.
    /// `None`: the extension is not looked at.
    pub extended_key_usage: Option<Oid>,
    /// Whose certificate it may be.
    pub subject: SubjectRule,
    /// How the certificates of the path must be made.
    pub profile: Profile,
    /// How many authorities may stand between the certificate and the anchor, self-issued ones not
    /// counted.
    pub depth: Depth,
}

/// Whose certificate may stand at the end of a path.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum SubjectRule {
    /// A person's or a device's: one that is not an authority's.
    #[default]
    EndEntity,
    /// An authority's too.
    Any,
}

/// A greatest number of authorities between a certificate and its anchor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Depth(u8);

impl Depth {
    /// At most so many.
    pub const fn at_most(authorities: u8) -> Self {
        Self(authorities)
    }

    pub(super) fn allows(self, authorities: usize) -> bool {
        authorities <= usize::from(self.0)
    }
}

/// Eight.
impl Default for Depth {
    fn default() -> Self {
        Self(8)
    }
}

/// A demand on the key-usage extension (RFC 5280 section 4.2.1.3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum KeyUsageRule {
    /// The extension is there and allows digital signatures.
    #[default]
    DigitalSignature,
    /// The extension is not looked at.
    Any,
}
