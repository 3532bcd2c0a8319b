use super::made::{HOUR, Issuer, NOW, SECOND, THEN, serial, sign_answer};
use crate::status::{
    CertStatus, Freshness, Nonce, Reason, Responder, ResponderWord, Serial, StatusError,
    StatusRules, VerifiedOcsp,
    encode::{CertIdDigest, ExtensionSpec, OcspSpec, encode_ocsp_word},
    ocsp_request, read_ocsp, verify_ocsp, verify_ocsp_of_any_age,
};
use simbind_core::time::Timestamp;

pub(super) const SERIAL: &[u8] = &[0x10, 1];
pub(super) fn good(issuer: &Issuer) -> OcspSpec {
    says(issuer, CertStatus::Good)
}

pub(super) fn says(issuer: &Issuer, status: CertStatus) -> OcspSpec {
    OcspSpec::about(&issuer.authority, serial(SERIAL), status, NOW.minus(HOUR))
}

pub(super) fn verify(issuer: &Issuer, der: &[u8]) -> Result<VerifiedOcsp, StatusError> {
    verify_ocsp(der, &issuer.authority, &serial(SERIAL), Nonce::NotAsked, NOW)
}

/// What comes of the issuer's own answer after a change.
pub(super) fn changed(change: impl FnOnce(&mut OcspSpec)) -> Result<VerifiedOcsp, StatusError> {
    let issuer = Issuer::new("issuer");
    let mut spec = good(&issuer);
    change(&mut spec);
    verify(&issuer, &sign_answer(&issuer.party, &spec))
}

#[test]
fn an_answer_says_what_the_issuer_signed() {
    let issuer = Issuer::new("issuer");
    let since = THEN;
    for status in [
        CertStatus::Good,
        CertStatus::Unknown,
        CertStatus::Held { since },
        CertStatus::Revoked { since, reason: Reason::Unspecified },
        CertStatus::Revoked { since, reason: Reason::KeyCompromise },
        CertStatus::Revoked { since, reason: Reason::AaCompromise },
    ] {
        let der = sign_answer(&issuer.party, &says(&issuer, status));
        let answer = verify(&issuer, &der).unwrap();
        assert_eq!(answer.status(), status);
        assert_eq!(answer.issuer_id(), issuer.authority.id());
        assert_eq!(answer.responder(), &Responder::Issuer);
        assert_eq!(answer.this_update(), NOW.minus(HOUR));
        assert_eq!(answer.next_update(), Some(NOW.plus(23 * HOUR)));
        assert_eq!(answer.produced_at(), NOW.minus(HOUR));
        assert_eq!(answer.valid_until(), NOW.plus(23 * HOUR));
        assert_eq!(read_ocsp(&der).unwrap().answers(), 1);
    }
}

#[test]
fn a_hold_since_1970_means_never_issued() {
    let since = Timestamp::EPOCH;
    let issuer = Issuer::new("issuer");
    let der = sign_answer(&issuer.party, &says(&issuer, CertStatus::Held { since }));
    let never = CertStatus::Revoked { since, reason: Reason::Unspecified };
    assert_eq!(verify(&issuer, &der).unwrap().status(), never);
}

#[test]
fn an_answer_is_of_version_1() {
    for (version, outcome) in
        [(None, Ok(())), (Some(0), Ok(())), (Some(1), Err(StatusError::Version))]
    {
        assert_eq!(changed(|spec| spec.version = version).map(drop), outcome);
    }
}

#[test]
fn a_responders_word_is_no_answer() {
    let issuer = Issuer::new("issuer");
    for (number, word) in [
        (1, ResponderWord::MalformedRequest),
        (2, ResponderWord::InternalError),
        (3, ResponderWord::TryLater),
        (4, ResponderWord::Undefined),
        (5, ResponderWord::SigRequired),
        (6, ResponderWord::Unauthorized),
        (7, ResponderWord::Undefined),
    ] {
        let refused = verify(&issuer, &encode_ocsp_word(number)).map(drop);
        assert_eq!(refused, Err(StatusError::Responder(word)));
    }
    assert_eq!(verify(&issuer, &encode_ocsp_word(0)).map(drop), Err(StatusError::NotBasic));
}

#[test]
fn an_answer_is_about_one_issuer_and_one_serial() {
    let issuer = Issuer::new("issuer");
    for digest in
        [CertIdDigest::Sha1, CertIdDigest::Sha256, CertIdDigest::Sha384, CertIdDigest::Sha512]
    {
        assert!(changed(|spec| spec.answers[0].digest = digest).is_ok(), "{digest:?}");
    }
    let other_serial = changed(|spec| spec.answers[0].serial = serial(&[0x10])).map(drop);
    assert_eq!(other_serial, Err(StatusError::OtherSerial));
    let nobody = changed(|spec| spec.answers.clear()).map(drop);
    assert_eq!(nobody, Err(StatusError::OtherIssuer));
    // Each of the two hashes counts.
    let same_name = Issuer::new("issuer");
    let mut same_key = Issuer::new("other").party;
    same_key.key = rcgen::KeyPair::from_pem(&issuer.party.key.serialize_pem()).unwrap();
    for other in [same_name, Issuer::of(same_key)] {
        let mut spec = good(&issuer);
        spec.answers[0].issuer = other.authority;
        let refused = verify(&issuer, &sign_answer(&issuer.party, &spec)).map(drop);
        assert_eq!(refused, Err(StatusError::OtherIssuer));
    }
    let der = sign_answer(&issuer.party, &good(&issuer));
    let zeros = verify_ocsp(&der, &issuer.authority, &serial(&[0, 0x10, 1]), Nonce::NotAsked, NOW);
    assert!(zeros.is_ok(), "leading zeros do not count");
}

#[test]
fn an_answer_about_a_serial_is_none_about_the_negative_one_of_the_same_octets() {
    let issuer = Issuer::new("issuer");
    let (positive, negative) = (serial(&[0xFF]), Serial::of_der(&[0xFF]).unwrap());
    assert!(negative.is_negative() && !positive.is_negative());
    for (said, other) in [(&positive, &negative), (&negative, &positive)] {
        let at = NOW.minus(HOUR);
        let spec = OcspSpec::about(&issuer.authority, said.clone(), CertStatus::Good, at);
        let der = sign_answer(&issuer.party, &spec);
        let ask = |serial| verify_ocsp(&der, &issuer.authority, serial, Nonce::NotAsked, NOW);
        assert!(ask(said).is_ok());
        assert_eq!(ask(other).map(drop), Err(StatusError::OtherSerial));
        let question = |serial| ocsp_request(&issuer.authority, serial, None);
        assert_ne!(question(said), question(other));
    }
}

#[test]
fn of_several_answers_the_one_that_was_asked_counts() {
    let issuer = Issuer::new("issuer");
    let since = THEN;
    let answer = |octets: &[u8], status| {
        let about = OcspSpec::about(&issuer.authority, serial(octets), status, NOW.minus(HOUR));
        about.answers.into_iter().next().unwrap()
    };
    let verify = |answers| {
        let spec = OcspSpec { answers, ..good(&issuer) };
        verify(&issuer, &sign_answer(&issuer.party, &spec)).map(|answer| answer.status())
    };
    let held = CertStatus::Held { since };
    let mixed = vec![answer(&[1], held), answer(SERIAL, CertStatus::Good), answer(&[2], held)];
    assert_eq!(verify(mixed), Ok(CertStatus::Good));
    let twice = vec![answer(SERIAL, CertStatus::Good), answer(SERIAL, held)];
    assert_eq!(verify(twice), Err(StatusError::Contradiction));
    let mut by_sha1 = answer(SERIAL, held);
    by_sha1.digest = CertIdDigest::Sha1;
    assert_eq!(verify(vec![answer(SERIAL, held), by_sha1]), Ok(held));
}

#[test]
fn an_answer_counts_from_its_update_to_the_next() {
    let issuer = Issuer::new("issuer");
    let der = sign_answer(&issuer.party, &good(&issuer));
    let at =
        |at| verify_ocsp(&der, &issuer.authority, &serial(SERIAL), Nonce::NotAsked, at).map(drop);
    let (this, next) = (NOW.minus(HOUR), NOW.plus(23 * HOUR));
    assert_eq!(at(this.minus(300 * SECOND)), Ok(()));
    assert_eq!(at(this.minus(301 * SECOND)), Err(StatusError::NotYetValid));
    assert_eq!(at(next), Ok(()));
    assert_eq!(at(next.plus(SECOND)), Err(StatusError::Stale { by: SECOND }));
    let backwards = changed(|it| it.answers[0].next_update = Some(this.minus(SECOND))).map(drop);
    assert_eq!(backwards, Err(StatusError::Backwards));

    let later = next.plus(5 * HOUR);
    let rules = StatusRules::default();
    let read = verify_ocsp_of_any_age(
        &der,
        &issuer.authority,
        &serial(SERIAL),
        Nonce::NotAsked,
        rules,
        later,
    );
    assert_eq!(read.unwrap().freshness(later), Freshness::Overdue(5 * HOUR));
}

#[test]
fn an_answer_without_a_next_update_counts_for_a_bounded_time() {
    let issuer = Issuer::new("issuer");
    let mut spec = good(&issuer);
    spec.answers[0].next_update = None;
    let der = sign_answer(&issuer.party, &spec);
    let answer = verify(&issuer, &der).unwrap();
    assert_eq!(answer.next_update(), None);
    assert_eq!(answer.valid_until(), NOW, "an hour from its update");
    let later = NOW.plus(SECOND);
    let refused =
        verify_ocsp(&der, &issuer.authority, &serial(SERIAL), Nonce::NotAsked, later).map(drop);
    assert_eq!(refused, Err(StatusError::Stale { by: SECOND }));
    let rules = StatusRules::default().with_age_without_next_update(2 * HOUR);
    let read = verify_ocsp_of_any_age(
        &der,
        &issuer.authority,
        &serial(SERIAL),
        Nonce::NotAsked,
        rules,
        later,
    );
    assert_eq!(read.unwrap().freshness(later), Freshness::Current);
}

#[test]
fn the_nonce_that_was_asked_comes_back() {
    let issuer = Issuer::new("issuer");
    let asked = |said: Option<&[u8]>, nonce| {
        let spec = OcspSpec { nonce: said.map(<[u8]>::to_vec), ..good(&issuer) };
        let der = sign_answer(&issuer.party, &spec);
        verify_ocsp(&der, &issuer.authority, &serial(SERIAL), nonce, NOW).map(drop)
    };
    assert_eq!(asked(Some(&[7; 32]), Nonce::Asked(&[7; 32])), Ok(()));
    assert_eq!(asked(Some(&[7; 32]), Nonce::NotAsked), Ok(()));
    assert_eq!(asked(None, Nonce::Asked(&[7; 32])), Err(StatusError::NonceMissing));
    assert_eq!(asked(Some(&[8; 32]), Nonce::Asked(&[7; 32])), Err(StatusError::NonceDifferent));
    assert_eq!(asked(Some(&[7; 31]), Nonce::Asked(&[7; 32])), Err(StatusError::NonceDifferent));
}

#[test]
fn extensions_that_are_not_understood_refuse_where_they_are_critical() {
    let unknown = |critical| ExtensionSpec { oid: vec![0x2A, 3], critical, value: vec![5, 0] };
    // Archive cutoff, which dates expired certificates' words.
    let cutoff = vec![0x2B, 6, 1, 5, 5, 7, 0x30, 1, 6];
    let cutoff = |critical| ExtensionSpec { oid: cutoff.clone(), critical, value: vec![5, 0] };
    for (extension, outcome) in [
        (unknown(false), Ok(())),
        (cutoff(false), Ok(())),
        (unknown(true), Err(StatusError::CriticalExtension)),
        (cutoff(true), Err(StatusError::CriticalExtension)),
    ] {
        let in_all = changed(|spec| spec.extensions.push(extension.clone())).map(drop);
        let in_one = changed(|spec| spec.answers[0].extensions.push(extension)).map(drop);
        assert_eq!((in_all, in_one), (outcome, outcome));
    }
}

#[test]
fn a_question_is_encoded_as_responders_read_it() {
    let issuer = Issuer::new("issuer");
    let plain = ocsp_request(&issuer.authority, &serial(&[0xAB]), None);
    let with_nonce = ocsp_request(&issuer.authority, &serial(&[0xAB]), Some(&[7; 32]));
    // Version and requestor left out; one request; the serial stays positive.
    assert!(plain.ends_with(&[2, 2, 0, 0xAB]));
    assert!(with_nonce.ends_with(&[[4, 34, 4, 32].as_slice(), &[7; 32]].concat()));
    let hash =
        ring::digest::digest(&ring::digest::SHA1_FOR_LEGACY_USE_ONLY, issuer.authority.name_der());
    assert!(plain.windows(20).any(|at| at == hash.as_ref()));
}
