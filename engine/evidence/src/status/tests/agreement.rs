//! Random lists and answers: what was written is found, and another library finds the same.

use super::made::{HOUR, Issuer, NOW, THEN, serial, sign_answer};
use crate::status::{
    CertStatus, Listing, Nonce, Reason, Serial, StatusError, VerifiedCrl,
    encode::{CrlEntrySpec, CrlSpec, OcspSpec},
    verify_crl, verify_ocsp,
};
use proptest::{collection::vec, option, prelude::*, sample::select};
use simbind_core::time::Timestamp;
use std::{collections::BTreeMap, sync::LazyLock};
use webpki::{BorrowedCertRevocationList, CertRevocationList};

static ISSUER: LazyLock<Issuer> = LazyLock::new(|| Issuer::new("issuer"));

fn verified(entries: &[CrlEntrySpec]) -> (Vec<u8>, VerifiedCrl) {
    let der = ISSUER.sign_list(&CrlSpec { entries: entries.to_vec(), ..ISSUER.list() });
    let list = verify_crl(&der, &ISSUER.authority, NOW).unwrap();
    (der, list)
}

fn entry() -> impl Strategy<Value = CrlEntrySpec> {
    let codes = select(vec![None, Some(0), Some(1), Some(4), Some(6), Some(8), Some(10)]);
    let short_or_long = prop_oneof![vec(any::<u8>(), 1..2), vec(any::<u8>(), 1..21)];
    let time = 0_i64..4_000_000_000;
    (short_or_long, time.clone(), codes, option::of(time)).prop_map(
        |(octets, since, code, invalid)| {
            let serial = Serial::of_unsigned(&octets).unwrap();
            let mut entry = CrlEntrySpec::coded(serial, Timestamp::from_secs(since), code);
            entry.invalid_since = invalid.map(Timestamp::from_secs);
            entry
        },
    )
}

/// How much an entry weighs, and its date: the greatest counts.
fn weight(entry: &CrlEntrySpec) -> (u8, i64) {
    let severity = match entry.code {
        Some(8) => 0,
        Some(6) => 1,
        Some(1 | 2 | 10) => 3,
        _ => 2,
    };
    (severity, -entry.since.as_secs())
}

fn agrees(entry: &CrlEntrySpec, listing: Listing) -> bool {
    let (said, since) = match listing {
        Listing::Revoked { since, reason } => (reason.number(), since),
        Listing::Held { since } => (6, since),
        Listing::Removed { since } => (8, since),
        Listing::Unlisted | Listing::NotCovered => return false,
    };
    entry.code.unwrap_or(0) == said && entry.since == since
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_is_on_a_list_is_found_and_nothing_else(
        entries in vec(entry(), 0..60),
        others in vec(vec(any::<u8>(), 0..21), 20),
    ) {
        let mut wanted: BTreeMap<Serial, &CrlEntrySpec> = BTreeMap::new();
        for entry in &entries {
            let kept = wanted.entry(entry.serial.clone()).or_insert(entry);
            if weight(entry) > weight(kept) {
                *kept = entry;
            }
        }
        let (_, list) = verified(&entries);
        prop_assert_eq!(list.len(), wanted.len());
        for (serial, entry) in &wanted {
            prop_assert!(agrees(entry, list.of_serial(serial.as_der())));
        }
        for octets in others {
            let listed = list.of_serial(&octets) != Listing::Unlisted;
            let serial = Serial::of_unsigned(&octets).unwrap();
            prop_assert_eq!(listed, wanted.contains_key(&serial));
        }
    }

    #[test]
    fn what_an_answer_says_of_a_certificate_is_read_and_nothing_else(
        said in vec((vec(any::<u8>(), 0..21), 0_usize..4), 1..20),
        other in vec(any::<u8>(), 0..21),
    ) {
        let (at, since) = (NOW.minus(HOUR), THEN);
        let said: BTreeMap<Serial, CertStatus> = said.into_iter().map(|(octets, status)| {
            let reason = Reason::Superseded;
            let revoked = CertStatus::Revoked { since, reason };
            let statuses =
                [CertStatus::Good, CertStatus::Unknown, CertStatus::Held { since }, revoked];
            (Serial::of_unsigned(&octets).unwrap(), statuses[status])
        }).collect();
        let mut spec = OcspSpec::about(&ISSUER.authority, serial(&[]), CertStatus::Good, at);
        spec.answers = said.iter().flat_map(|(serial, status)| {
            OcspSpec::about(&ISSUER.authority, serial.clone(), *status, at).answers
        }).collect();
        let der = sign_answer(&ISSUER.party, &spec);
        let ask = |serial: &Serial| {
            let answer = verify_ocsp(&der, &ISSUER.authority, serial, Nonce::NotAsked, NOW);
            answer.map(|answer| answer.status())
        };
        for (serial, status) in &said {
            prop_assert_eq!(ask(serial), Ok(*status));
        }
        let other = Serial::of_unsigned(&other).unwrap();
        prop_assert_eq!(ask(&other), said.get(&other).copied().ok_or(StatusError::OtherSerial));
    }

    #[test]
    fn another_library_finds_the_same(entries in vec(entry(), 0..60)) {
        let entries: BTreeMap<_, _> =
            entries.into_iter().map(|entry| (entry.serial.clone(), entry)).collect();
        let entries: Vec<_> = entries.into_values().collect();
        let (der, list) = verified(&entries);
        let theirs = BorrowedCertRevocationList::from_der(&der).unwrap().to_owned().unwrap();
        let theirs = CertRevocationList::Owned(theirs);
        for entry in &entries {
            let content = entry.serial.as_der();
            let found = theirs.find_serial(content).unwrap().unwrap();
            let reason = found.reason_code.map(|reason| reason as u8);
            prop_assert_eq!(reason, entry.code);
            let secs = |at: Timestamp| at.as_secs().unsigned_abs();
            prop_assert_eq!(found.revocation_date.as_secs(), secs(entry.since));
            let dated = found.invalidity_date.map(|at| at.as_secs());
            prop_assert_eq!(dated, entry.invalid_since.map(secs));
            prop_assert!(agrees(entry, list.of_serial(content)));
            prop_assert_eq!(list.invalid_since(&entry.serial), entry.invalid_since);
        }
    }
}

#[test]
fn a_long_list_is_found_to_its_last_entry() {
    let serial = |number: u32| Serial::of_unsigned(&(number * 7).to_be_bytes()).unwrap();
    let entries: Vec<_> = (0..20_000)
        .map(|number| CrlEntrySpec::revoked(serial(number), THEN, Reason::Superseded))
        .collect();
    let (_, list) = verified(&entries);
    assert_eq!(list.len(), 20_000);
    let listed = (0..140_000_u32)
        .filter(|number| list.of_serial(&number.to_be_bytes()) != Listing::Unlisted);
    assert!(listed.eq((0..20_000).map(|number| number * 7)));
}
