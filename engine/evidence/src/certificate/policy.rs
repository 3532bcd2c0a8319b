use crate::oid::Oid;

/// What a certificate must say of itself beside having a path to an anchor.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChainPolicy {
    /// Certificate policies, of which the certificate must name at least one and every authority
    /// below the anchor must name one too, or `anyPolicy`. Policy mappings are not followed.
    /// Empty: policies are not looked at.
    pub policies: Vec<Oid>,
    /// What the key-usage extension must allow.
    pub key_usage: KeyUsageRule,
    /// A usage that the certificate's extended key usage must hold where the extension is there.
    /// `None`: the extension is not looked at.
    pub extended_key_usage: Option<Oid>,
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
