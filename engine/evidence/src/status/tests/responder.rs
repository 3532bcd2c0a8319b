use super::{
    made::{HOUR, Issuer, NOW, SECOND, serial, sign_answer},
    ocsp::{changed, good, verify},
};
use crate::{
    certificate::Authority,
    der::write::{element, sequence},
    status::{
        Responder, StatusError, VerifiedOcsp,
        encode::{OcspSpec, ResponderName},
    },
    testca::Party,
};
use rcgen::{ExtendedKeyUsagePurpose, KeyUsagePurpose};
use simbind_core::time::Timestamp;
use time::macros::datetime;

const NO_CHECK: &[u64] = &[1, 3, 6, 1, 5, 5, 7, 48, 1, 5];

pub(super) fn responder() -> Party {
    let mut party = Party::leaf("responder", 77);
    party.params.extended_key_usages = vec![ExtendedKeyUsagePurpose::OcspSigning];
    party.with_extension(NO_CHECK, vec![5, 0], false)
}

/// What comes of an answer by this delegate of `by`.
fn delegated(issuer: &Issuer, by: &Issuer, delegate: &Party) -> Result<VerifiedOcsp, StatusError> {
    let certificate = by.party.issue(delegate);
    let as_authority = Authority::from_der(&certificate).unwrap();
    let spec = OcspSpec {
        responder: ResponderName::by_key(&as_authority),
        certificates: vec![certificate],
        ..good(issuer)
    };
    verify(issuer, &sign_answer(delegate, &spec))
}

#[test]
fn a_delegate_of_the_issuer_may_answer() {
    let issuer = Issuer::new("issuer");
    let answer = delegated(&issuer, &issuer, &responder()).unwrap();
    let end = Timestamp::from_secs(2_051_222_400);
    assert_eq!(answer.responder(), &Responder::Delegate { not_after: end });

    // Critical policies ask nothing of a path of one certificate.
    let policies = sequence(&[sequence(&[element(&[6], &[0x2A, 3])])]);
    let with_policies = responder().with_extension(&[2, 5, 29, 32], policies, true);
    assert!(delegated(&issuer, &issuer, &with_policies).is_ok());

    let mut to_check = responder();
    to_check.params.custom_extensions.clear();
    let answer = delegated(&issuer, &issuer, &to_check).unwrap();
    let serial = serial(&[77]);
    assert_eq!(answer.responder(), &Responder::DelegateToCheck { not_after: end, serial });
}

#[test]
fn whoever_was_not_delegated_may_not_answer() {
    let issuer = Issuer::new("issuer");
    let with = |change: fn(&mut Party)| {
        let mut delegate = responder();
        change(&mut delegate);
        delegated(&issuer, &issuer, &delegate).map(drop)
    };
    let no_usage = with(|it| it.params.extended_key_usages.clear());
    assert_eq!(no_usage, Err(StatusError::ResponderNotDelegated));
    let any_usage = with(|it| it.params.extended_key_usages = vec![ExtendedKeyUsagePurpose::Any]);
    assert_eq!(any_usage, Err(StatusError::ResponderNotDelegated));
    let may_not_sign = with(|it| it.params.key_usages = vec![KeyUsagePurpose::KeyEncipherment]);
    assert_eq!(may_not_sign, Err(StatusError::ResponderNotDelegated));
    let itself = with(|it| it.params.serial_number = Some(0x1001_u64.into()));
    assert_eq!(itself, Err(StatusError::ResponderIsSubject));
    let unknown = responder().with_extension(&[1, 2, 3], vec![5, 0], true);
    let unknown = delegated(&issuer, &issuer, &unknown).map(drop);
    assert_eq!(unknown, Err(StatusError::CriticalExtension));

    for other in [Issuer::new("other"), Issuer::new("issuer")] {
        let refused = delegated(&issuer, &other, &responder()).map(drop);
        assert_eq!(refused, Err(StatusError::ResponderOfAnother));
    }
    let mut other_name = Issuer::new("other").party;
    other_name.key = rcgen::KeyPair::from_pem(&issuer.party.key.serialize_pem()).unwrap();
    let refused = delegated(&issuer, &Issuer::of(other_name), &responder()).map(drop);
    assert_eq!(refused, Err(StatusError::ResponderOfAnother), "the key alone is not the issuer");
}

#[test]
fn a_delegate_answers_while_its_certificate_is_valid() {
    let issuer = Issuer::new("issuer");
    let mut late = responder();
    late.params.not_before = datetime!(2026-10-01 00:00:01 UTC);
    let refused = delegated(&issuer, &issuer, &late).map(drop);
    assert_eq!(refused, Err(StatusError::ResponderNotValid));

    // Valid when it says that it answered, and not yet now.
    let certificate = issuer.party.issue(&late);
    let by = Authority::from_der(&certificate).unwrap();
    let mut spec = OcspSpec { responder: ResponderName::by_key(&by), ..good(&issuer) };
    spec.produced_at = NOW.plus(HOUR);
    spec.certificates = vec![certificate];
    let refused = verify(&issuer, &sign_answer(&late, &spec)).map(drop);
    assert_eq!(refused, Err(StatusError::ResponderNotValid));

    // Valid when it answered, and not now.
    let mut over = responder();
    over.params.not_after = datetime!(2026-09-30 23:59:59 UTC);
    let refused = delegated(&issuer, &issuer, &over).map(drop);
    assert_eq!(refused, Err(StatusError::Stale { by: SECOND }));

    let mut gone = responder();
    gone.params.not_after = datetime!(2026-09-30 22:59:59 UTC);
    let refused = delegated(&issuer, &issuer, &gone).map(drop);
    assert_eq!(refused, Err(StatusError::ResponderNotValid));

    let mut short = responder();
    short.params.not_after = datetime!(2026-10-01 01:00:00 UTC);
    let answer = delegated(&issuer, &issuer, &short).unwrap();
    assert_eq!(answer.valid_until(), NOW.plus(HOUR));
}

#[test]
fn the_responder_is_who_the_answer_says() {
    let issuer = Issuer::new("issuer");
    let by_name = |name: &[u8]| {
        let mut spec = good(&issuer);
        spec.responder = ResponderName::Name(name.to_vec());
        verify(&issuer, &sign_answer(&issuer.party, &spec)).map(drop)
    };
    assert_eq!(by_name(issuer.authority.name_der()), Ok(()));
    let other = Issuer::new("other");
    assert_eq!(by_name(other.authority.name_der()), Err(StatusError::UnknownResponder));
    let stranger = changed(|spec| spec.responder = ResponderName::Key(vec![7; 20])).map(drop);
    assert_eq!(stranger, Err(StatusError::UnknownResponder));
    let delegate = responder();
    let certificates = vec![issuer.party.issue(&delegate)];
    let spec =
        OcspSpec { certificates, responder: ResponderName::Key(vec![7; 20]), ..good(&issuer) };
    let unnamed = verify(&issuer, &sign_answer(&delegate, &spec)).map(drop);
    assert_eq!(unnamed, Err(StatusError::UnknownResponder));
    let forged = sign_answer(&other.party, &good(&issuer));
    assert_eq!(verify(&issuer, &forged).map(drop), Err(StatusError::BadSignature));
}

#[test]
fn a_delegate_is_found_by_name_among_other_certificates() {
    let issuer = Issuer::new("issuer");
    let (delegate, namesake) = (responder(), responder());
    let name = |party: &Party| {
        Authority::from_der(&issuer.party.issue(party)).unwrap().name_der().to_vec()
    };
    let mut spec = OcspSpec { responder: ResponderName::Name(name(&delegate)), ..good(&issuer) };
    spec.certificates = vec![
        issuer.party.self_signed(),
        issuer.party.issue(&namesake),
        issuer.party.issue(&delegate),
    ];
    assert!(verify(&issuer, &sign_answer(&delegate, &spec)).is_ok());
    spec.certificates.truncate(2);
    let refused = verify(&issuer, &sign_answer(&delegate, &spec)).map(drop);
    assert_eq!(refused, Err(StatusError::BadSignature));
    spec.certificates = vec![issuer.party.self_signed(); 9];
    let refused = verify(&issuer, &sign_answer(&delegate, &spec)).map(drop);
    assert_eq!(refused, Err(StatusError::TooMany { what: "certs", max: 8 }));
}
