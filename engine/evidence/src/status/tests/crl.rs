use super::made::{HOUR, Issuer, NOW, SECOND, THEN, serial};
use crate::{
    der::write::{element, octet_string},
    signature::SignatureScheme,
    status::{
        CrlNumber, CrlSubject, Freshness, Listing, Reason, Serial, StatusError, StatusRules,
        Subjects, VerifiedCrl,
        encode::{CrlEntrySpec, CrlSpec, ExtensionSpec, Signer, encode_crl},
        read_crl, verify_crl, verify_crl_of_any_age,
    },
    testca::Party,
};
use rcgen::KeyUsagePurpose;
use simbind_core::time::Timestamp;

/// The list with these entries, verified.
fn listed(entries: Vec<CrlEntrySpec>) -> VerifiedCrl {
    let issuer = Issuer::new("issuer");
    let list = issuer.sign_list(&CrlSpec { entries, ..issuer.list() });
    verify_crl(&list, &issuer.authority, NOW).unwrap()
}

/// What comes of the issuer's empty list after a change.
pub(super) fn changed(change: impl FnOnce(&mut CrlSpec)) -> Result<VerifiedCrl, StatusError> {
    let issuer = Issuer::new("issuer");
    let mut spec = issuer.list();
    change(&mut spec);
    verify_crl(&issuer.sign_list(&spec), &issuer.authority, NOW)
}

pub(super) fn with_extension(
    number: u8,
    critical: bool,
    value: Vec<u8>,
) -> Result<VerifiedCrl, StatusError> {
    changed(|spec| spec.extensions.push(ExtensionSpec::id_ce(number, critical, value)))
}

#[test]
fn a_list_says_what_its_issuer_signed() {
    let issuer = Issuer::new("issuer");
    let spec = CrlSpec {
        number: Some(0x1_23),
        entries: vec![
            CrlEntrySpec::revoked(serial(&[7]), THEN, Reason::KeyCompromise),
            CrlEntrySpec::held(serial(&[8]), THEN),
        ],
        ..issuer.list()
    };
    let der = issuer.sign_list(&spec);
    let list = verify_crl(&der, &issuer.authority, NOW).unwrap();
    assert_eq!(list.issuer_id(), issuer.authority.id());
    assert_eq!(list.this_update(), NOW.minus(HOUR));
    assert_eq!(list.next_update(), NOW.plus(23 * HOUR));
    assert_eq!(list.number().to_string(), "123");
    assert_eq!(list.len(), 2);
    assert_eq!(list.scope().subjects(), Subjects::All);
    let revoked = Listing::Revoked { since: THEN, reason: Reason::KeyCompromise };
    assert_eq!(list.of_serial(&[7]), revoked);
    assert_eq!(list.of_serial(&[0, 0, 7]), revoked, "leading zeros do not count");
    assert_eq!(list.of_serial(&[8]), Listing::Held { since: THEN });
    assert_eq!(list.of_serial(&[9]), Listing::Unlisted);
    assert_eq!(list.of_serial(&[]), Listing::Unlisted);
    assert_eq!(read_crl(&der).unwrap().entries(), 2);
    assert!(!format!("{list:?}").contains("serial"));
}

#[test]
fn every_reason_is_read_and_a_hold_is_none() {
    let since = THEN;
    let revoked = |reason| Listing::Revoked { since, reason };
    let cases = [
        (None, revoked(Reason::Unspecified)),
        (Some(0), revoked(Reason::Unspecified)),
        (Some(1), revoked(Reason::KeyCompromise)),
        (Some(2), revoked(Reason::CaCompromise)),
        (Some(3), revoked(Reason::AffiliationChanged)),
        (Some(4), revoked(Reason::Superseded)),
        (Some(5), revoked(Reason::CessationOfOperation)),
        (Some(6), Listing::Held { since }),
        (Some(8), Listing::Removed { since }),
        (Some(9), revoked(Reason::PrivilegeWithdrawn)),
        (Some(10), revoked(Reason::AaCompromise)),
    ];
    for (code, listing) in cases {
        let list = listed(vec![CrlEntrySpec::coded(serial(&[1]), THEN, code)]);
        assert_eq!(list.of_serial(&[1]), listing, "{code:?}");
    }
    for code in [7, 11, 0x80, 0xFF] {
        let entry = CrlEntrySpec::coded(serial(&[1]), THEN, Some(code));
        let refused = changed(|spec| spec.entries.push(entry));
        assert!(matches!(refused, Err(StatusError::Malformed(_))), "{code}");
    }
}

#[test]
fn of_one_serial_twice_the_more_severe_counts() {
    let entry = |code, since| CrlEntrySpec::coded(serial(&[5]), since, Some(code));
    let earlier = THEN.minus(HOUR);
    let revoked = |since, reason| Listing::Revoked { since, reason };
    let cases = [
        ([entry(6, earlier), entry(4, THEN)], revoked(THEN, Reason::Superseded)),
        ([entry(8, earlier), entry(6, THEN)], Listing::Held { since: THEN }),
        ([entry(4, earlier), entry(1, THEN)], revoked(THEN, Reason::KeyCompromise)),
        ([entry(4, THEN), entry(4, earlier)], revoked(earlier, Reason::Superseded)),
        ([entry(6, THEN), entry(6, earlier)], Listing::Held { since: earlier }),
    ];
    for (place, (pair, listing)) in cases.into_iter().enumerate() {
        let [one, other] = pair;
        for entries in [vec![one.clone(), other.clone()], vec![other, one]] {
            let list = listed(entries);
            assert_eq!(list.of_serial(&[5]), listing, "case {place}");
            assert_eq!(list.len(), 1);
        }
    }
}

#[test]
fn long_and_negative_serials_are_themselves_alone() {
    let long = [0xFE; 40];
    let negative = Serial::of_der(&[0xFF]).unwrap();
    let entry = |serial| CrlEntrySpec::coded(serial, THEN, None);
    let list = listed(vec![entry(serial(&long)), entry(serial(&[0xAB])), entry(negative.clone())]);
    let held = |of: &[u8]| list.of_serial(of) != Listing::Unlisted;
    assert!(held(&long) && held(&[0xAB]));
    assert!(!held(&long[1..]) && !held(&[0xAB, 0]) && !held(&[0xFE]));
    assert!(held(&[0xFF]), "octets without a sign may be a negative serial's");
    assert!(list.invalid_since(&negative).is_none());

    let issuer = Issuer::new("issuer");
    let positive = Party::leaf("person", 0xFF);
    let subject = CrlSubject::of_certificate(&issuer.party.issue(&positive)).unwrap();
    assert_eq!(subject.serial(), &serial(&[0xFF]));
    assert_eq!(list.of(&subject), Listing::Unlisted, "255 is not -1");
    let too_long = [1; 65];
    assert_eq!(Serial::of_unsigned(&too_long), None);
    assert_eq!(list.of_serial(&too_long), Listing::Unlisted);
}

#[test]
fn a_date_of_compromise_is_kept() {
    let mut entry = CrlEntrySpec::revoked(serial(&[3]), THEN, Reason::KeyCompromise);
    entry.invalid_since = Some(THEN.minus(HOUR));
    let list = listed(vec![CrlEntrySpec::held(serial(&[4]), THEN), entry]);
    assert_eq!(list.invalid_since(&serial(&[3])), Some(THEN.minus(HOUR)));
    assert_eq!(list.invalid_since(&serial(&[4])), None);
}

#[test]
fn a_list_counts_from_its_update_to_the_next() {
    let issuer = Issuer::new("issuer");
    let der = issuer.sign_list(&issuer.list());
    let at = |at| verify_crl(&der, &issuer.authority, at).map(drop);
    let (this, next) = (NOW.minus(HOUR), NOW.plus(23 * HOUR));
    assert_eq!(at(this.minus(300 * SECOND)), Ok(()));
    assert_eq!(at(this.minus(301 * SECOND)), Err(StatusError::NotYetValid));
    assert_eq!(at(next), Ok(()));
    assert_eq!(at(next.plus(SECOND)), Err(StatusError::Stale { by: SECOND }));

    let later = next.plus(10 * HOUR);
    let rules = StatusRules::default();
    let overdue = verify_crl_of_any_age(&der, &issuer.authority, rules, later).unwrap();
    assert_eq!(overdue.freshness(later), Freshness::Overdue(10 * HOUR));
    assert_eq!(overdue.freshness(next), Freshness::Current);
    let early = |skew| {
        let rules = rules.with_clock_skew(skew);
        verify_crl_of_any_age(&der, &issuer.authority, rules, this.minus(2 * HOUR)).map(drop)
    };
    assert_eq!(early(9 * HOUR), Err(StatusError::NotYetValid), "the skew is bounded");
}

#[test]
fn a_list_of_another_issuer_is_refused() {
    let issuer = Issuer::new("issuer");
    let der = issuer.sign_list(&issuer.list());
    let verify = |by: &Issuer| verify_crl(&der, &by.authority, NOW).map(drop);
    assert_eq!(verify(&Issuer::new("other")), Err(StatusError::WrongIssuer));
    assert_eq!(verify(&Issuer::new("issuer")), Err(StatusError::BadSignature));
    let mut other_name = Issuer::new("ISSUER").party;
    other_name.key = rcgen::KeyPair::from_pem(&issuer.party.key.serialize_pem()).unwrap();
    assert_eq!(verify(&Issuer::of(other_name)), Ok(()), "letter case is no part of a name");
}

#[test]
fn the_issuers_key_usage_counts_where_it_is_said() {
    for (usages, outcome) in [
        (vec![], Ok(())),
        (vec![KeyUsagePurpose::KeyCertSign], Err(StatusError::IssuerMayNotSign)),
        (vec![KeyUsagePurpose::CrlSign], Ok(())),
    ] {
        let mut party = Party::authority("issuer", 1);
        party.params.key_usages = usages;
        let issuer = Issuer::of(party);
        let der = issuer.sign_list(&issuer.list());
        assert_eq!(verify_crl(&der, &issuer.authority, NOW).map(drop), outcome);
    }
}

#[test]
fn a_list_that_lacks_what_the_standard_wants_is_refused() {
    type Change = fn(&mut CrlSpec);
    let cases: [(Change, StatusError); 6] = [
        (|spec| spec.next_update = None, StatusError::NoNextUpdate),
        (|spec| spec.number = None, StatusError::NoNumber),
        (|spec| spec.version = None, StatusError::Version),
        (|spec| spec.version = Some(0), StatusError::Version),
        (|spec| spec.version = Some(2), StatusError::Version),
        (|spec| spec.next_update = Some(spec.this_update.minus(SECOND)), StatusError::Backwards),
    ];
    for (place, (change, error)) in cases.into_iter().enumerate() {
        assert_eq!(changed(change).map(drop), Err(error), "case {place}");
    }
}

#[test]
fn extensions_that_are_not_understood_refuse_where_they_are_critical() {
    let delta = || element(&[2], &[1]);
    assert_eq!(with_extension(27, true, delta()).map(drop), Err(StatusError::Delta));
    assert_eq!(with_extension(27, false, delta()).map(drop), Err(StatusError::Delta));
    let unknown = |critical| with_extension(99, critical, vec![5, 0]).map(drop);
    assert_eq!(unknown(true), Err(StatusError::CriticalExtension));
    assert_eq!(unknown(false), Ok(()));

    let in_entry = |critical| {
        changed(|spec| {
            let mut entry = CrlEntrySpec::held(serial(&[1]), THEN);
            entry.extensions.push(ExtensionSpec::id_ce(99, critical, vec![5, 0]));
            spec.entries.push(entry);
        })
        .map(drop)
    };
    assert_eq!(in_entry(true), Err(StatusError::CriticalExtension));
    assert_eq!(in_entry(false), Ok(()));
    let twice = changed(|spec| {
        let extension = ExtensionSpec::id_ce(99, false, vec![5, 0]);
        spec.extensions.extend([extension.clone(), extension]);
    });
    assert!(matches!(twice, Err(StatusError::Malformed(_))));
}

#[test]
fn the_algorithm_beside_the_signature_is_the_one_that_was_signed() {
    let issuer = Issuer::new("issuer");
    let mut der = issuer.sign_list(&issuer.list());
    let oid = [0x2A, 0x86, 0x48, 0xCE, 0x3D, 4, 3, 3];
    let place = der.windows(8).rposition(|at| at == oid).unwrap();
    der[place + 7] = 2;
    let refused = verify_crl(&der, &issuer.authority, NOW).map(drop);
    assert_eq!(refused, Err(StatusError::AlgorithmMismatch));
}

#[test]
fn a_list_with_bytes_beside_it_is_refused() {
    let issuer = Issuer::new("issuer");
    let mut der = issuer.sign_list(&issuer.list());
    der.push(0);
    let refused = verify_crl(&der, &issuer.authority, NOW);
    assert!(matches!(refused, Err(StatusError::Malformed(_))));
}

#[test]
fn numbers_have_an_order() {
    let number = |number| changed(|spec| spec.number = Some(number)).unwrap().number();
    let rising = [0, 1, 0x7F, 0x80, 0xFF, 0x100, u64::MAX].map(number);
    assert!(rising.is_sorted_by(|one, next| one < next));
    assert_eq!(CrlNumber::from_be_bytes(rising[4].to_be_bytes()), rising[4]);
    assert_eq!(rising[0].to_string(), "0");
    for value in [element(&[2], &[0xFF]), element(&[2], &[1; 21]), octet_string(&[1])] {
        let refused = changed(|spec| {
            spec.number = None;
            spec.extensions.push(ExtensionSpec::id_ce(20, false, value));
        });
        assert!(matches!(refused, Err(StatusError::Malformed(_))));
    }
}

#[test]
fn times_before_1950_and_after_2049_are_told() {
    let far = Timestamp::from_secs(4_000_000_000);
    let list = changed(|spec| {
        spec.next_update = Some(far);
        let old = CrlEntrySpec::held(serial(&[1]), Timestamp::from_secs(-1_000_000_000));
        spec.entries.push(old);
    });
    let list = list.unwrap();
    assert_eq!(list.next_update(), far);
    let since = Timestamp::from_secs(-1_000_000_000);
    assert_eq!(list.of_serial(&[1]), Listing::Held { since });
}

#[test]
fn a_key_of_another_type_than_the_algorithm_is_refused() {
    let mut p256 = Party::leaf("issuer", 1);
    p256.params.key_usages = vec![KeyUsagePurpose::CrlSign];
    let issuer = Issuer::of(p256);
    let sign = |message: &[u8]| rcgen::SigningKey::sign(&issuer.party.key, message).unwrap();
    let made = |scheme| {
        let der = encode_crl(&issuer.list(), Signer::new(scheme, &sign));
        verify_crl(&der, &issuer.authority, NOW).map(drop)
    };
    assert_eq!(made(SignatureScheme::EcdsaP256Sha256), Ok(()));
    assert_eq!(made(SignatureScheme::RsaPkcs1Sha256), Err(StatusError::BadSignature));
    assert_eq!(made(SignatureScheme::EcdsaP384Sha384), Err(StatusError::BadSignature));
}

#[test]
fn an_algorithm_that_is_not_verified_is_refused_by_name() {
    let issuer = Issuer::new("issuer");
    let mut der = issuer.sign_list(&issuer.list());
    let oid = [0x2A, 0x86, 0x48, 0xCE, 0x3D, 4, 3, 3];
    while let Some(place) = der.windows(8).position(|at| at == oid) {
        der[place + 7] = 1;
    }
    let refused = verify_crl(&der, &issuer.authority, NOW).map(drop);
    assert_eq!(refused, Err(StatusError::UnsupportedAlgorithm));
}
