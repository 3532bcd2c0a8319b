//! What the issuer of everything here says of its certificates.

use super::{Person, World, people::Authority};
use rcgen::SigningKey as _;
use simbind_core::time::Timestamp;
use simbind_evidence::{
    signature::SignatureScheme,
    status::{
        CertStatus, Serial,
        encode::{CrlEntrySpec, CrlSpec, OcspSpec, Signer, encode_crl, encode_ocsp},
    },
};
use simbind_service::status::{CertificateName, CertificateRef};

impl Authority {
    fn signed<T>(&self, encode: impl FnOnce(Signer<'_>) -> T) -> T {
        let sign = |message: &[u8]| self.key().sign(message).unwrap();
        encode(Signer::new(SignatureScheme::EcdsaP256Sha256, &sign))
    }

    /// A list with something about it changed.
    pub(crate) fn list(&self, at: Timestamp, change: impl FnOnce(&mut CrlSpec)) -> Vec<u8> {
        let mut spec = CrlSpec::empty(&self.known(), at);
        spec.number = u64::try_from(at.as_millis()).ok();
        change(&mut spec);
        self.signed(|signer| encode_crl(&spec, signer))
    }

    /// A list that names these.
    pub(crate) fn listing(&self, at: Timestamp, entries: Vec<CrlEntrySpec>) -> Vec<u8> {
        self.list(at, |spec| spec.entries = entries)
    }

    /// A responder's answer.
    pub(crate) fn answer(&self, person: &Person, status: CertStatus, at: Timestamp) -> Vec<u8> {
        let spec = OcspSpec::about(&self.known(), serial(person), status, at);
        self.signed(|signer| encode_ocsp(&spec, signer))
    }
}

/// The serial of a person's certificate.
pub(crate) fn serial(person: &Person) -> Serial {
    Serial::of_unsigned(&person.serial().to_be_bytes()).unwrap()
}

impl World {
    /// A person's certificate by its issuer and serial.
    pub(crate) fn named(&self, person: &Person) -> CertificateRef {
        CertificateRef::Named(CertificateName {
            issuer: self.authority.known().id(),
            serial: simbind_core::ids::SerialNumber::new(&person.serial().to_be_bytes()).unwrap(),
        })
    }
}
