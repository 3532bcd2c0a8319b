//! What OpenSSL made (`tests/data/status/make.sh`) is read as it was meant.

use super::made::serial;
use crate::{
    certificate::Authority,
    status::{
        CertStatus, CrlSubject, Listing, Nonce, Reason, Responder, Serial, StatusError,
        VerifiedCrl, VerifiedOcsp, ocsp_request, verify_crl, verify_ocsp,
    },
};
use simbind_core::time::Timestamp;
use std::time::Duration;

macro_rules! data {
    ($name:literal) => {
        include_bytes!(concat!("../../../tests/data/status/", $name))
    };
}

/// 2026-11-23T18:42:29Z, when all was made.
const MADE: Timestamp = Timestamp::from_secs(1_795_459_349);
const PERSON: &[u8] = &[0x9A, 1];

fn issuer() -> Authority {
    Authority::from_der(data!("ca.der")).unwrap()
}

/// 2026-05-01 and some days.
fn may(day: i64) -> Timestamp {
    Timestamp::from_secs(1_777_593_600 + (day - 1) * 86_400)
}

fn list(der: &[u8]) -> VerifiedCrl {
    verify_crl(der, &issuer(), MADE).unwrap()
}

fn answer(der: &[u8], octets: &[u8]) -> Result<VerifiedOcsp, StatusError> {
    verify_ocsp(der, &issuer(), &serial(octets), Nonce::NotAsked, MADE)
}

#[test]
fn a_full_list_is_read() {
    let list = list(data!("full.crl"));
    let revoked = |day, reason| Listing::Revoked { since: may(day), reason };
    assert_eq!(list.this_update(), MADE);
    assert_eq!(list.next_update(), MADE.plus(Duration::from_secs(30 * 86_400)));
    assert_eq!((list.number().to_string().as_str(), list.len()), ("1f4", 5));
    assert_eq!(list.of_serial(PERSON), Listing::Unlisted);
    assert_eq!(list.of_serial(&[0x9A, 2]), revoked(1, Reason::KeyCompromise));
    assert_eq!(list.of_serial(&[0x9A, 3]), Listing::Held { since: may(2) });
    assert_eq!(list.of_serial(&[0x9A, 4]), revoked(3, Reason::Unspecified));
    assert_eq!(list.of_serial(&[0x9A, 5]), revoked(4, Reason::KeyCompromise));
    assert_eq!(list.of_serial(&[0xFF; 19]), revoked(5, Reason::Superseded));
    let dated = list.invalid_since(&Serial::of_unsigned(&[0x9A, 5]).unwrap());
    assert_eq!(dated, Some(may(1).minus(Duration::from_secs(30 * 86_400))));
}

#[test]
fn a_parted_list_speaks_for_those_of_its_point() {
    let list = list(data!("parted.crl"));
    assert!(list.scope().is_partitioned());
    assert_eq!(list.of_serial(PERSON), Listing::NotCovered);
    let person = CrlSubject::of_certificate(data!("person.der")).unwrap();
    assert_eq!(person.serial().as_der(), [0, 0x9A, 1]);
    assert_eq!(list.of(&person), Listing::Unlisted);
    let authority = CrlSubject::of_certificate(data!("ca.der")).unwrap();
    assert_eq!(list.of(&authority), Listing::NotCovered);
}

#[test]
fn answers_of_the_issuer_and_of_its_delegate_are_read() {
    let direct = answer(data!("direct.ocsp"), PERSON).unwrap();
    assert_eq!((direct.status(), direct.responder()), (CertStatus::Good, &Responder::Issuer));
    let of = |last: u8| answer(data!("several.ocsp"), &[0x9A, last]).map(|it| it.status());
    let revoked = |day, reason| CertStatus::Revoked { since: may(day), reason };
    assert_eq!(of(1), Ok(CertStatus::Good));
    assert_eq!(of(2), Ok(revoked(1, Reason::KeyCompromise)));
    assert_eq!(of(3), Ok(CertStatus::Held { since: may(2) }));
    assert_eq!(of(5), Ok(revoked(4, Reason::KeyCompromise)));
    assert_eq!(of(0x99), Ok(CertStatus::Unknown));
    assert_eq!(of(4), Err(StatusError::OtherSerial));
    let by_sha256 = answer(data!("sha256.ocsp"), &[0x9A, 4]).unwrap();
    assert_eq!(by_sha256.status(), revoked(3, Reason::Unspecified));
    assert!(matches!(by_sha256.responder(), Responder::Delegate { .. }));
    let at_all_times = answer(data!("at-all-times.ocsp"), PERSON).unwrap();
    assert_eq!(at_all_times.next_update(), None);
    assert_eq!(at_all_times.valid_until(), MADE.plus(Duration::from_secs(3600)));
}

#[test]
fn a_nonce_is_found() {
    let (_, asked) = data!("with-nonce.request").split_last_chunk::<16>().unwrap();
    let verify = |nonce| {
        let nonce = Nonce::Asked(nonce);
        verify_ocsp(data!("with-nonce.ocsp"), &issuer(), &serial(PERSON), nonce, MADE).map(drop)
    };
    assert_eq!(verify(asked), Ok(()));
    assert_eq!(verify(&[0; 16]), Err(StatusError::NonceDifferent));
}

#[test]
fn questions_are_octet_for_octet_the_same() {
    assert_eq!(ocsp_request(&issuer(), &serial(PERSON), None), data!("plain.request"));
    let (_, nonce) = data!("with-nonce.request").split_last_chunk::<16>().unwrap();
    assert_eq!(ocsp_request(&issuer(), &serial(PERSON), Some(nonce)), data!("with-nonce.request"));
}
