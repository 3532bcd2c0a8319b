//! A certificate with everything in it that path validation looks at.

use super::{
    constraints::{self, NameConstraints},
    general_name::GeneralName,
    name::Name,
    policies::PolicyWords,
};
use crate::{
    der::{DerError, OBJECT_IDENTIFIER, Reader, SEQUENCE, Tag},
    link::{self, OutOfValidity, SignatureAlgorithm},
    signature::{KeyError, PublicKey},
    status::Serial,
};
use simbind_core::time::Timestamp;
use std::sync::OnceLock;
use x509_parser::{
    certificate::X509Certificate,
    extensions::{KeyUsage, X509Extension},
    oid_registry::{
        OID_X509_EXT_AUTHORITY_KEY_IDENTIFIER, OID_X509_EXT_BASIC_CONSTRAINTS,
        OID_X509_EXT_CERTIFICATE_POLICIES, OID_X509_EXT_EXTENDED_KEY_USAGE,
        OID_X509_EXT_INHIBIT_ANY_POLICY, OID_X509_EXT_KEY_USAGE, OID_X509_EXT_NAME_CONSTRAINTS,
        OID_X509_EXT_POLICY_CONSTRAINTS, OID_X509_EXT_POLICY_MAPPINGS,
        OID_X509_EXT_SUBJECT_ALT_NAME, OID_X509_EXT_SUBJECT_KEY_IDENTIFIER,
    },
};

/// 2.5.29.37.0, anyExtendedKeyUsage.
const ANY_USAGE: &[u8] = &[0x55, 0x1D, 0x25, 0x00];

/// A certificate of version 3, read.
#[derive(Clone)]
pub(super) struct Parsed {
    pub(super) der: Box<[u8]>,
    pub(super) subject: Name,
    pub(super) issuer: Name,
    /// The content octets of the serial number.
    pub(super) serial: Box<[u8]>,
    pub(super) serial_number: Serial,
    pub(super) key: Result<PublicKey, KeyError>,
    pub(super) not_before: Timestamp,
    pub(super) not_after: Timestamp,
    pub(super) extensions: Extensions,
    /// The names that constraints are for, read once.
    pub(super) names: Vec<GeneralName>,
    algorithm: Option<SignatureAlgorithm>,
    tbs: Box<[u8]>,
    signature: Box<[u8]>,
    self_signed: OnceLock<bool>,
}

/// What a certificate's extensions say.
#[derive(Clone, Default)]
pub(super) struct Extensions {
    pub(super) ca: Option<Basic>,
    pub(super) key_usage: Option<KeyUsage>,
    extended_usage: Option<Vec<Box<[u8]>>>,
    pub(super) policies: PolicyWords,
    pub(super) constraints: Option<NameConstraints>,
    alternative_names: Vec<GeneralName>,
    pub(super) key_identifier: Option<Box<[u8]>>,
    pub(super) authority: Option<AuthorityKey>,
    /// Whether a critical extension is not understood.
    pub(super) unknown_critical: bool,
    /// Which of the extensions are critical, by their object identifiers.
    pub(super) critical: Vec<Box<[u8]>>,
    /// Whether an extension that path validation does not look at is broken.
    pub(super) others_broken: bool,
}

/// Basic constraints.
#[derive(Clone, Copy)]
pub(super) struct Basic {
    pub(super) ca: bool,
    pub(super) path_length: Option<u32>,
}

/// An authority key identifier.
#[derive(Clone, Default)]
pub(super) struct AuthorityKey {
    pub(super) identifier: Option<Box<[u8]>>,
    /// Whether it names the authority's certificate by issuer or serial number.
    pub(super) names_certificate: bool,
}

impl Parsed {
    /// `None`: it is no certificate of version 3, its serial has more than
    /// [`Serial::MAX_OCTETS`], or an extension that counts is broken.
    pub(super) fn from_der(der: &[u8]) -> Option<Self> {
        let certificate = link::read(der)?;
        let validity = certificate.validity();
        let subject = Name::from_der(certificate.subject().as_raw()).ok()?;
        let mut extensions = Extensions::of(&certificate).ok()?;
        let alternative = std::mem::take(&mut extensions.alternative_names);
        Some(Self {
            der: der.into(),
            names: constraints::names(&subject, alternative),
            subject,
            issuer: Name::from_der(certificate.issuer().as_raw()).ok()?,
            serial: certificate.raw_serial().into(),
            serial_number: Serial::of_der(certificate.raw_serial())?,
            key: PublicKey::from_spki_der(certificate.public_key().raw),
            not_before: Timestamp::from_secs(validity.not_before.timestamp()),
            not_after: Timestamp::from_secs(validity.not_after.timestamp()),
            extensions,
            algorithm: SignatureAlgorithm::of(&certificate).filter(|found| !found.null_ecdsa),
            tbs: certificate.tbs_certificate.as_ref().into(),
            signature: certificate.signature_value.data.as_ref().into(),
            self_signed: OnceLock::new(),
        })
    }

    /// Whether issuer and subject are the same name.
    pub(super) fn is_self_issued(&self) -> bool {
        self.subject == self.issuer
    }

    /// Whether the other certificate is for the same name and the same key.
    pub(super) fn is_same_authority(&self, other: &Self) -> bool {
        self.key.is_ok() && self.key == other.key && self.subject == other.subject
    }

    pub(super) fn policies(&self) -> &PolicyWords {
        &self.extensions.policies
    }

    /// The algorithm that it is signed with, where it is one that we verify.
    pub(super) fn algorithm(&self) -> Option<SignatureAlgorithm> {
        self.algorithm
    }

    /// Whether its signature is this key's.
    pub(super) fn is_signed_by(&self, key: &PublicKey) -> bool {
        self.algorithm.is_some_and(|algorithm| algorithm.verifies(key, &self.tbs, &self.signature))
    }

    /// Whether it is signed by the key in it, whatever it names as its issuer. Verified once.
    pub(super) fn is_self_signed(&self) -> bool {
        let own = || self.key.as_ref().is_ok_and(|key| self.is_signed_by(key));
        *self.self_signed.get_or_init(own)
    }

    pub(super) fn check_validity(&self, at: Timestamp) -> Result<(), OutOfValidity> {
        if at.as_secs() < self.not_before.as_secs() {
            return Err(OutOfValidity::Before);
        }
        if at.as_secs() > self.not_after.as_secs() {
            return Err(OutOfValidity::After);
        }
        Ok(())
    }
}

impl Extensions {
    fn of(certificate: &X509Certificate<'_>) -> Result<Self, DerError> {
        let mut found = Self::default();
        for extension in certificate.extensions() {
            if extension.critical {
                found.critical.push(extension.oid.as_bytes().into());
            }
            found.take(extension)?;
        }
        Ok(found)
    }

    fn take(&mut self, extension: &X509Extension<'_>) -> Result<(), DerError> {
        let (oid, value) = (&extension.oid, extension.value);
        if *oid == OID_X509_EXT_BASIC_CONSTRAINTS {
            self.ca = Some(Basic::from_der(value)?);
        } else if *oid == OID_X509_EXT_KEY_USAGE {
            self.key_usage = Some(key_usage(extension)?);
        } else if *oid == OID_X509_EXT_EXTENDED_KEY_USAGE {
            self.extended_usage = Some(extended_usage(value)?);
        } else if *oid == OID_X509_EXT_CERTIFICATE_POLICIES {
            self.policies.read_policies(value)?;
        } else if *oid == OID_X509_EXT_POLICY_MAPPINGS {
            self.policies.read_mappings(value)?;
        } else if *oid == OID_X509_EXT_POLICY_CONSTRAINTS {
            self.policies.read_constraints(value)?;
        } else if *oid == OID_X509_EXT_INHIBIT_ANY_POLICY {
            self.policies.read_inhibit_any(value)?;
        } else if *oid == OID_X509_EXT_NAME_CONSTRAINTS {
            self.constraints = Some(NameConstraints::from_der(value)?);
        } else if *oid == OID_X509_EXT_SUBJECT_ALT_NAME {
            self.alternative_names = GeneralName::read_extension(value)?;
        } else {
            self.unknown_critical |= extension.critical;
            self.take_other(extension);
        }
        Ok(())
    }

    /// Extensions that help to find a path and do not decide whether it holds. Where they are
    /// critical they are not understood, as RFC 5280 has them never critical.
    fn take_other(&mut self, extension: &X509Extension<'_>) {
        if extension.oid == OID_X509_EXT_SUBJECT_KEY_IDENTIFIER {
            let mut reader = Reader::new("subjectKeyIdentifier", extension.value);
            let read = reader.expect("subjectKeyIdentifier", crate::der::OCTET_STRING);
            self.key_identifier = read.ok().filter(|_| reader.is_empty()).map(Into::into);
            self.others_broken |= self.key_identifier.is_none();
        } else if extension.oid == OID_X509_EXT_AUTHORITY_KEY_IDENTIFIER {
            self.authority = AuthorityKey::from_der(extension.value).ok();
            self.others_broken |= self.authority.is_none();
        } else {
            self.others_broken |= extension.parsed_extension().error().is_some();
        }
    }

    /// Whether the certificate is marked as an authority's.
    pub(super) fn is_ca(&self) -> bool {
        self.ca.is_some_and(|basic| basic.ca)
    }

    /// Whether a usage is named; `None` without the extension.
    pub(super) fn names_usage(&self, oid: &[u8]) -> Option<bool> {
        let named = self.extended_usage.as_ref()?;
        Some(named.iter().any(|said| **said == *oid))
    }

    /// Whether a usage or any usage is named; `None` without the extension.
    pub(super) fn allows_usage(&self, oid: &[u8]) -> Option<bool> {
        Some(self.names_usage(oid)? || self.names_usage(ANY_USAGE)?)
    }
}

impl Basic {
    fn from_der(value: &[u8]) -> Result<Self, DerError> {
        const FIELD: &str = "basicConstraints";
        let mut outer = Reader::new(FIELD, value);
        let mut parts = outer.enter(FIELD, SEQUENCE)?;
        outer.finish()?;
        let mut ahead = parts;
        let marked = !ahead.is_empty() && ahead.any()?.0 == crate::der::BOOLEAN;
        let ca = marked && parts.boolean(FIELD)?;
        let path_length = match parts.is_empty() {
            true => None,
            false => Some(parts.number(FIELD, crate::der::INTEGER)?),
        };
        parts.finish()?;
        Ok(Self { ca, path_length })
    }
}

impl AuthorityKey {
    fn from_der(value: &[u8]) -> Result<Self, DerError> {
        const FIELD: &str = "authorityKeyIdentifier";
        let mut outer = Reader::new(FIELD, value);
        let mut parts = outer.enter(FIELD, SEQUENCE)?;
        outer.finish()?;
        let mut found = Self::default();
        while !parts.is_empty() {
            match parts.any()? {
                (Tag { class: 2, constructed: false, number: 0 }, octets) => {
                    found.identifier = Some(octets.into());
                }
                (Tag { class: 2, number: 1 | 2, .. }, _) => found.names_certificate = true,
                _ => return Err(DerError::Type { field: FIELD }),
            }
        }
        Ok(found)
    }
}

fn key_usage(extension: &X509Extension<'_>) -> Result<KeyUsage, DerError> {
    match extension.parsed_extension() {
        x509_parser::extensions::ParsedExtension::KeyUsage(usage) => Ok(*usage),
        _ => Err(DerError::Der { field: "keyUsage" }),
    }
}

fn extended_usage(value: &[u8]) -> Result<Vec<Box<[u8]>>, DerError> {
    const FIELD: &str = "extKeyUsage";
    let mut outer = Reader::new(FIELD, value);
    let mut list = outer.enter(FIELD, SEQUENCE)?;
    outer.finish()?;
    let mut named = Vec::new();
    while !list.is_empty() {
        named.push(list.expect(FIELD, OBJECT_IDENTIFIER)?.into());
    }
    if named.is_empty() { Err(DerError::Der { field: FIELD }) } else { Ok(named) }
}
