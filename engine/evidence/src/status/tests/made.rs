//! An issuer whose lists and answers are made here.

use crate::{
    certificate::Authority,
    signature::PublicKey,
    status::{
        Serial,
        encode::{CrlSpec, OcspSpec, Signer, encode_crl, encode_ocsp},
    },
    testca::Party,
};
use rcgen::{KeyUsagePurpose, SigningKey as _};
use simbind_core::time::Timestamp;
use std::time::Duration;

pub(super) use crate::testca::NOW;

pub(super) const HOUR: Duration = Duration::from_secs(3600);
pub(super) const SECOND: Duration = Duration::from_secs(1);
/// Before [`NOW`], when certificates were revoked.
pub(super) const THEN: Timestamp = Timestamp::from_secs(1_780_000_000);

pub(super) struct Issuer {
    pub(super) party: Party,
    pub(super) authority: Authority,
}

impl Issuer {
    pub(super) fn new(name: &str) -> Self {
        let mut party = Party::authority(name, 1);
        party.params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        Self::of(party)
    }

    pub(super) fn of(party: Party) -> Self {
        let authority = Authority::from_der(&party.self_signed()).unwrap();
        Self { party, authority }
    }

    /// An empty list made an hour ago.
    pub(super) fn list(&self) -> CrlSpec {
        CrlSpec::empty(&self.authority, NOW.minus(HOUR))
    }

    pub(super) fn sign_list(&self, spec: &CrlSpec) -> Vec<u8> {
        by(&self.party, |signer| encode_crl(spec, signer))
    }
}

/// Signs as this party.
pub(super) fn by<T>(party: &Party, make: impl FnOnce(Signer<'_>) -> T) -> T {
    let key = PublicKey::from_spki_der(&rcgen::PublicKeyData::subject_public_key_info(&party.key));
    let sign = |message: &[u8]| party.key.sign(message).unwrap();
    make(Signer::new(key.unwrap().scheme(), &sign))
}

pub(super) fn sign_answer(party: &Party, spec: &OcspSpec) -> Vec<u8> {
    by(party, |signer| encode_ocsp(spec, signer))
}

pub(super) fn serial(octets: &[u8]) -> Serial {
    Serial::of_unsigned(octets).unwrap()
}
