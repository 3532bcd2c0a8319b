//! The test certificate authority of people's user-authentication certificates.

use super::{
    WorldError,
    key::{Curve, Key},
};
use crate::seeded;
use prost::bytes::Bytes;
use rand::RngCore as _;
use rcgen::{
    BasicConstraints, CertificateParams, CustomExtension, DistinguishedName, DnType, IsCa, Issuer,
    KeyUsagePurpose, PublicKeyData, SerialNumber, SigningKey as _, date_time_ymd,
};
use sha2::{Digest as _, Sha256};
use simbind_core::time::Timestamp;
use simbind_evidence::{
    certificate::Authority as Known,
    signature::SignatureScheme,
    status::{
        CertStatus, CrlSubject, Serial,
        encode::{CrlEntrySpec, CrlSpec, OcspSpec, Signer, encode_crl, encode_ocsp},
    },
};
use time::OffsetDateTime;

/// certificatePolicies (RFC 5280 section 4.2.1.4), DER, with the one policy
/// 1.2.392.200149.8.5.1.3.30: that of the card's user-authentication certificates.
const POLICIES: &[u8] = &[
    0x30, 0x0F, 0x30, 0x0D, 0x06, 0x0B, 0x2A, 0x83, 0x08, 0x8C, 0x9B, 0x55, 0x08, 0x05, 0x01, 0x03,
    0x1E,
];

/// When certificates end, 2040-01-01, where nothing else is said.
pub(super) const END: Timestamp = Timestamp::from_secs(2_208_988_800);

/// A certificate and the key that may use it.
#[derive(Clone, Debug)]
pub(crate) struct Certified {
    pub(crate) der: Bytes,
    pub(crate) sha256: Bytes,
    pub(crate) serial: Serial,
}

/// One of the authorities of people's certificates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Branch {
    /// Its lists come in time.
    Prompt,
    /// Its next list is late.
    Late,
}

/// Which of an authority's lists, and for how long.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Edition {
    pub(crate) number: u64,
    pub(crate) this_update: Timestamp,
    pub(crate) next_update: Timestamp,
}

/// Issues user-authentication certificates.
pub(crate) struct Authority {
    issuer: Issuer<'static, Key>,
    /// Itself, as others know it.
    known: Known,
    der: Vec<u8>,
    seed: u64,
}

impl Authority {
    /// The authority of a seed.
    pub(crate) fn new(seed: u64, branch: Branch) -> Result<Self, WorldError> {
        let (number, name) = match branch {
            Branch::Prompt => (0, "sim-sim user authentication CA"),
            Branch::Late => (1, "sim-sim user authentication CA 2"),
        };
        let key = Key::draw(&mut seeded::generator(seed, "authority", number), Curve::P256)?;
        let params = authority_params(name, seed);
        let der = params.self_signed(&key)?.der().to_vec();
        let known = Known::from_der(&der).map_err(|_| WorldError::Key)?;
        Ok(Self { issuer: Issuer::new(params, key), known, der, seed })
    }

    /// The anchor.
    pub(crate) fn der(&self) -> &[u8] {
        &self.der
    }

    /// Issues the certificate of a key. It names no one.
    pub(crate) fn issue(
        &self,
        key: &impl PublicKeyData,
        number: u64,
    ) -> Result<Certified, WorldError> {
        self.issue_until(key, number, END)
    }

    /// The same, with an end of its own.
    pub(crate) fn issue_until(
        &self,
        key: &impl PublicKeyData,
        number: u64,
        end: Timestamp,
    ) -> Result<Certified, WorldError> {
        let end = OffsetDateTime::from_unix_timestamp(end.as_secs());
        let mut params = CertificateParams::default();
        params.not_before = date_time_ymd(2024, 1, 1);
        params.not_after = end.map_err(|_| WorldError::Number)?;
        params.distinguished_name = name("sim-sim user");
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.serial_number = Some(serial(self.seed, "serial", number));
        params.use_authority_key_identifier_extension = true;
        let policies = CustomExtension::from_oid_content(&[2, 5, 29, 32], POLICIES.to_vec());
        params.custom_extensions.push(policies);
        let der = params.signed_by(key, &self.issuer)?.der().to_vec();
        let sha256 = Bytes::copy_from_slice(&Sha256::digest(&der));
        let subject = CrlSubject::of_certificate(&der).map_err(|_| WorldError::Key)?;
        let serial = subject.serial().clone();
        Ok(Certified { der: der.into(), sha256, serial })
    }

    /// A list of all that it holds or has revoked, DER.
    pub(crate) fn list(&self, edition: Edition, entries: Vec<CrlEntrySpec>) -> Vec<u8> {
        let Edition { number, this_update, next_update } = edition;
        let empty = CrlSpec::empty(&self.known, this_update);
        let (number, next_update) = (Some(number), Some(next_update));
        let spec = CrlSpec { number, next_update, entries, ..empty };
        self.signed(|signer| encode_crl(&spec, signer))
    }

    /// What it answers of a certificate, good for a day, DER.
    pub(crate) fn answer(&self, serial: Serial, status: CertStatus, at: Timestamp) -> Vec<u8> {
        let spec = OcspSpec::about(&self.known, serial, status, at);
        self.signed(|signer| encode_ocsp(&spec, signer))
    }

    fn signed(&self, encode: impl FnOnce(Signer<'_>) -> Vec<u8>) -> Vec<u8> {
        // A key that does not sign leaves a signature that nobody takes.
        let sign = |message: &[u8]| self.issuer.key().sign(message).unwrap_or_default();
        encode(Signer::new(SignatureScheme::EcdsaP256Sha256, &sign))
    }
}

/// What a certificate authority's own certificate says.
pub(crate) fn authority_params(common_name: &str, seed: u64) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.not_before = date_time_ymd(2020, 1, 1);
    params.not_after = date_time_ymd(2049, 12, 31);
    params.distinguished_name = name(common_name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params.serial_number = Some(serial(seed, common_name, 0));
    params
}

pub(crate) fn name(common_name: &str) -> DistinguishedName {
    let mut name = DistinguishedName::new();
    name.push(DnType::CountryName, "JP");
    name.push(DnType::CommonName, common_name);
    name
}

fn serial(seed: u64, purpose: &str, number: u64) -> SerialNumber {
    let mut bytes = [0; 16];
    seeded::generator(seed, purpose, number).fill_bytes(&mut bytes);
    // RFC 5280 section 4.1.2.2: positive, and not zero.
    bytes[0] = bytes[0] & 0x7F | 0x40;
    SerialNumber::from_slice(&bytes)
}
