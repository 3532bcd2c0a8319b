//! What a certificate says of itself, for people to read. Nothing here is verified.

mod name;

use crate::{
    android::KEY_DESCRIPTION,
    signature::{KeyError, KeyType, PublicKey},
};
use simbind_core::time::Timestamp;
use x509_parser::{certificate::X509Certificate, prelude::FromDer};

/// A certificate as it describes itself. `Debug` shows names, which may be a person's: it is for
/// the operator's own tools.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateSummary {
    /// The subject, its attributes by name, last first ("Common Name: …, Organization: …").
    pub subject: String,
    /// The issuer, in the same form.
    pub issuer: String,
    /// The issuer's name as it is encoded (DER).
    pub issuer_der: Vec<u8>,
    /// The serial number in lower-case hexadecimal without leading zeros; "0" for zero.
    pub serial_hex: String,
    /// The first second of its validity.
    pub not_before: Timestamp,
    /// The last second of its validity.
    pub not_after: Timestamp,
    /// SHA-256 of the certificate.
    pub sha256: [u8; 32],
    /// The key, where it is of a kind that is verified with.
    pub key: Result<KeyType, KeyError>,
    /// SHA-256 of the `SubjectPublicKeyInfo`.
    pub key_sha256: [u8; 32],
    /// Whether it is marked as an authority's.
    pub authority: Marked,
    /// The contents of the extensions that hold an Android key description.
    pub key_descriptions: Vec<Vec<u8>>,
}

/// Whether a certificate is marked as an authority's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Marked {
    /// Basic constraints say that it is.
    Authority,
    /// They say that it is not, are not there, or cannot be read.
    EndEntity,
}

impl CertificateSummary {
    /// Reads a certificate. `None`: it is not X.509 in DER to the last octet.
    pub fn from_der(der: &[u8]) -> Option<Self> {
        let (rest, certificate) = X509Certificate::from_der(der).ok()?;
        if !rest.is_empty() {
            return None;
        }
        let validity = certificate.validity();
        let spki = certificate.public_key().raw;
        let authority = match certificate.basic_constraints() {
            Ok(Some(constraints)) if constraints.value.ca => Marked::Authority,
            _ => Marked::EndEntity,
        };
        let described = certificate.extensions().iter();
        let described = described.filter(|found| found.oid.as_bytes() == KEY_DESCRIPTION);
        Some(Self {
            subject: name::readable(certificate.subject()),
            issuer: name::readable(certificate.issuer()),
            issuer_der: certificate.issuer().as_raw().to_vec(),
            serial_hex: serial_hex(certificate.raw_serial()),
            not_before: Timestamp::from_secs(validity.not_before.timestamp()),
            not_after: Timestamp::from_secs(validity.not_after.timestamp()),
            sha256: crate::signature::sha256(der),
            key: PublicKey::from_spki_der(spki).map(|key| key.key_type()),
            key_sha256: crate::signature::sha256(spki),
            authority,
            key_descriptions: described.map(|found| found.value.to_vec()).collect(),
        })
    }
}

fn serial_hex(serial: &[u8]) -> String {
    let digits: String = serial.iter().map(|octet| format!("{octet:02x}")).collect();
    match digits.trim_start_matches('0') {
        "" => "0".to_owned(),
        significant => significant.to_owned(),
    }
}

#[cfg(test)]
mod tests;
