//! What grows with the sender's wish has an end.

use super::{
    crl::changed,
    made::{Issuer, NOW, THEN, serial},
    ocsp,
};
use crate::{
    certificate::NAMES_READ,
    der::{
        DerError,
        write::{element, sequence},
    },
    status::{
        CrlSubject, MAX_CRL_BYTES, MAX_OCSP_BYTES, MAX_OCSP_RESPONSES, Serial, StatusError,
        encode::{CrlEntrySpec, ExtensionSpec},
        verify_crl,
    },
    testca::Party,
};

fn unknown(count: u8) -> Vec<ExtensionSpec> {
    (0..count).map(|number| ExtensionSpec::id_ce(200 + number, false, vec![5, 0])).collect()
}

fn points(count: usize) -> Vec<u8> {
    element(&[0xA0], &element(&[0xA0], &element(&[0x86], b"http://a/").repeat(count)))
}

#[test]
fn octets_are_counted_before_they_are_read() {
    let issuer = Issuer::new("issuer");
    let got = MAX_CRL_BYTES + 1;
    let large = verify_crl(&vec![0x30; got], &issuer.authority, NOW).map(drop);
    assert_eq!(large, Err(StatusError::TooLarge { got, max: MAX_CRL_BYTES }));
    let got = MAX_OCSP_BYTES + 1;
    let large = ocsp::verify(&issuer, &vec![0x30; got]).map(drop);
    assert_eq!(large, Err(StatusError::TooLarge { got, max: MAX_OCSP_BYTES }));
}

#[test]
fn extensions_are_at_most_sixteen_in_one_place() {
    let too_many = Err(StatusError::TooMany { what: "extensions", max: 16 });
    // The number of the list is one.
    let list = |count| changed(|spec| spec.extensions = unknown(count)).map(drop);
    assert_eq!((list(15), list(16)), (Ok(()), too_many));
    let entry = |count| {
        let mut entry = CrlEntrySpec::coded(serial(&[1]), THEN, None);
        entry.extensions = unknown(count);
        changed(|spec| spec.entries.push(entry)).map(drop)
    };
    assert_eq!((entry(16), entry(17)), (Ok(()), too_many));
    let answer = |count| ocsp::changed(|spec| spec.extensions = unknown(count)).map(drop);
    assert_eq!((answer(16), answer(17)), (Ok(()), too_many));
}

#[test]
fn answers_are_at_most_sixty_four() {
    let count =
        |count| ocsp::changed(|spec| spec.answers = vec![spec.answers[0].clone(); count]).map(drop);
    let too_many = StatusError::TooMany { what: "answers", max: MAX_OCSP_RESPONSES };
    assert_eq!(count(MAX_OCSP_RESPONSES), Ok(()));
    assert_eq!(count(MAX_OCSP_RESPONSES + 1), Err(too_many));
}

#[test]
fn points_and_their_names_are_at_most_sixteen() {
    let too_long = Err(StatusError::Malformed(DerError::TooLong { field: "distributionPoint" }));
    let list = |count| {
        let value = sequence(&[points(count)]);
        changed(|spec| spec.extensions.push(ExtensionSpec::id_ce(28, true, value))).map(drop)
    };
    assert_eq!((list(16), list(17)), (Ok(()), too_long));
    let issuer = Issuer::new("issuer");
    let certificate = |count| {
        let value = sequence(&vec![sequence(&[points(1)]); count]);
        let party = Party::leaf("person", 5).with_extension(&[2, 5, 29, 31], value, false);
        CrlSubject::of_certificate(&issuer.party.issue(&party)).map(drop)
    };
    let field = "cRLDistributionPoints";
    let too_long = Err(StatusError::Malformed(DerError::TooLong { field }));
    assert_eq!((certificate(16), certificate(17)), (Ok(()), too_long));
}

#[test]
fn serials_have_at_most_sixty_four_octets() {
    assert!(Serial::of_unsigned(&[1; 64]).is_some() && Serial::of_der(&[1; 64]).is_some());
    assert!(Serial::of_unsigned(&[1; 65]).is_none() && Serial::of_der(&[1; 65]).is_none());
    assert!(Serial::of_unsigned(&[0xFF; 64]).is_none(), "the sign takes an octet");
    assert!(Serial::of_der(&[]).is_none());
    assert_eq!(Serial::of_der(&[0, 0, 1]), Serial::of_unsigned(&[1]));
    assert_eq!(Serial::of_der(&[0xFF, 0xFF, 0x80]), Serial::of_der(&[0x80]));
}

#[test]
fn a_lists_issuer_is_read_once_however_many_entries_name_one() {
    let issuer = Issuer::new("issuer");
    let name = |text: &[u8]| {
        let pair = sequence(&[element(&[6], &[0x55, 4, 3]), element(&[12], text)]);
        element(&[0xA4], &sequence(&[element(&[0x31], &pair)]))
    };
    let names = [vec![name(b"other"); 14], vec![name(b"ISSUER")]].concat();
    let mut spec = issuer.list();
    for number in 1..=20 {
        let mut entry = CrlEntrySpec::held(serial(&[number]), THEN);
        entry.extensions.push(ExtensionSpec::id_ce(29, true, sequence(&names)));
        spec.entries.push(entry);
    }
    let list = issuer.sign_list(&spec);
    let before = NAMES_READ.get();
    assert_eq!(verify_crl(&list, &issuer.authority, NOW).map(|list| list.len()), Ok(20));
    assert_eq!(NAMES_READ.get() - before, 1 + 20 * 15);
}
