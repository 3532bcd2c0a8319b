use super::{
    crl::{changed, with_extension},
    made::{Issuer, NOW, THEN, serial},
};
use crate::{
    der::{
        DerError,
        write::{element, sequence},
    },
    status::{
        CrlSubject, Listing, StatusError, Subjects,
        encode::{CrlEntrySpec, ExtensionSpec},
        read_crl, verify_crl,
    },
    testca::Party,
};

#[test]
fn entries_of_another_issuer_make_an_indirect_list() {
    let issuer = Issuer::new("issuer");
    let named = |name: &[u8]| {
        let mut spec = issuer.list();
        let mut entry = CrlEntrySpec::held(serial(&[1]), THEN);
        let names = sequence(&[element(&[0xA4], name)]);
        entry.extensions.push(ExtensionSpec::id_ce(29, true, names));
        spec.entries.push(entry);
        verify_crl(&issuer.sign_list(&spec), &issuer.authority, NOW).map(drop)
    };
    assert_eq!(named(issuer.authority.name_der()), Ok(()));
    let other = Issuer::new("other");
    assert_eq!(named(other.authority.name_der()), Err(StatusError::Indirect));
}

/// An issuing distribution point: whose certificates by tag, or a URI.
fn scope(part: Vec<u8>) -> Vec<u8> {
    sequence(&[part])
}

fn uri_point(uri: &[u8]) -> Vec<u8> {
    element(&[0xA0], &element(&[0xA0], &element(&[0x86], uri)))
}

fn flag(number: u8) -> Vec<u8> {
    element(&[0x80 | number], &[0xFF])
}

#[test]
fn a_list_speaks_for_those_in_its_scope_alone() {
    let issuer = Issuer::new("issuer");
    let person = issuer.party.issue(&Party::leaf("person", 5));
    let points = sequence(&[sequence(&[uri_point(b"http://a/1")])]);
    let with_point = Party::leaf("person", 5).with_extension(&[2, 5, 29, 31], points, false);
    let with_point = issuer.party.issue(&with_point);
    let authority = issuer.party.issue(&Party::authority("below", 5));
    let subjects =
        [&person, &with_point, &authority].map(|der| CrlSubject::of_certificate(der).unwrap());
    let by_issuer =
        element(&[0xA0], &element(&[0xA0], &element(&[0xA4], issuer.authority.name_der())));

    // Whether it covers a person, one with a point, an authority, and a bare serial.
    let cases = [
        (flag(1), [true, true, false, true]),
        (flag(2), [false, false, true, false]),
        (flag(5), [false, false, false, false]),
        (uri_point(b"http://a/1"), [false, true, false, false]),
        (uri_point(b"http://a/2"), [false, false, false, false]),
        (by_issuer, [true, true, true, false]),
    ];
    for (place, (part, covered)) in cases.into_iter().enumerate() {
        let mut spec = issuer.list();
        spec.extensions.push(ExtensionSpec::id_ce(28, true, scope(part)));
        let list = verify_crl(&issuer.sign_list(&spec), &issuer.authority, NOW).unwrap();
        let [by_subject @ .., by_serial] = covered;
        let listing = |covered| if covered { Listing::Unlisted } else { Listing::NotCovered };
        for (subject, covered) in subjects.iter().zip(by_subject) {
            assert_eq!(list.of(subject), listing(covered), "case {place}");
            if !subject.is_authority() {
                let by_points = list.of_user(&[5], &subject.point_ids());
                assert_eq!(by_points, listing(covered), "case {place}");
            }
        }
        assert_eq!(list.of_serial(&[5]), listing(by_serial), "case {place}");
    }
}

#[test]
fn a_point_of_some_reasons_or_of_another_issuers_list_is_none() {
    let (issuer, other) = (Issuer::new("issuer"), Issuer::new("other"));
    let by = |issuer: &Issuer| element(&[0xA2], &element(&[0xA4], issuer.authority.name_der()));
    let mut spec = issuer.list();
    let value = scope(uri_point(b"http://a/1"));
    spec.extensions.push(ExtensionSpec::id_ce(28, true, value));
    let list = verify_crl(&issuer.sign_list(&spec), &issuer.authority, NOW).unwrap();
    let cases = [
        (vec![], Listing::Unlisted),
        (by(&issuer), Listing::Unlisted),
        (by(&other), Listing::NotCovered),
        (element(&[0x81], &[6, 0x40]), Listing::NotCovered),
    ];
    for (place, (rest, listing)) in cases.into_iter().enumerate() {
        let value = sequence(&[sequence(&[uri_point(b"http://a/1"), rest])]);
        let party = Party::leaf("person", 5).with_extension(&[2, 5, 29, 31], value, false);
        let subject = CrlSubject::of_certificate(&issuer.party.issue(&party)).unwrap();
        assert_eq!(list.of(&subject), listing, "case {place}");
        assert_eq!(list.of_user(&[5], &subject.point_ids()), listing, "case {place}");
    }
}

#[test]
fn a_point_relative_to_the_issuer_is_made_whole() {
    let issuer = Issuer::new("issuer");
    let part = sequence(&[element(&[6], &[0x55, 4, 3]), element(&[12], b"part 1")]);
    let relative = element(&[0xA0], &element(&[0xA1], &part));
    let name = issuer.authority.name_der();
    let whole = sequence(&[name[2..].to_vec(), element(&[0x31], &part)]);
    let full = element(&[0xA0], &element(&[0xA0], &element(&[0xA4], &whole)));
    for (in_list, in_certificate) in [(&relative, &full), (&full, &relative)] {
        let mut spec = issuer.list();
        let value = scope(in_list.clone());
        spec.extensions.push(ExtensionSpec::id_ce(28, true, value));
        let list = verify_crl(&issuer.sign_list(&spec), &issuer.authority, NOW).unwrap();
        let value = sequence(&[sequence(std::slice::from_ref(in_certificate))]);
        let party = Party::leaf("person", 5).with_extension(&[2, 5, 29, 31], value, false);
        let subject = CrlSubject::of_certificate(&issuer.party.issue(&party)).unwrap();
        assert_eq!(list.of(&subject), Listing::Unlisted);
        assert_eq!(list.of_user(&[5], &subject.point_ids()), Listing::Unlisted);
    }
}

#[test]
fn a_list_says_nothing_of_another_issuers_certificate() {
    let (issuer, other) = (Issuer::new("issuer"), Issuer::new("other"));
    let mut spec = issuer.list();
    spec.entries.push(CrlEntrySpec::held(serial(&[5]), THEN));
    let list = verify_crl(&issuer.sign_list(&spec), &issuer.authority, NOW).unwrap();
    let subject = |by: &Issuer| {
        CrlSubject::of_certificate(&by.party.issue(&Party::leaf("person", 5))).unwrap()
    };
    assert_eq!(list.of(&subject(&issuer)), Listing::Held { since: THEN });
    assert_eq!(list.of(&subject(&other)), Listing::NotCovered);
}

#[test]
fn a_listed_serial_is_listed_whatever_the_scope_of_the_list() {
    let list = changed(|spec| {
        spec.entries.push(CrlEntrySpec::held(serial(&[5]), THEN));
        let point = scope(uri_point(b"http://a/1"));
        spec.extensions.push(ExtensionSpec::id_ce(28, true, point));
    });
    assert_eq!(list.unwrap().of_serial(&[5]), Listing::Held { since: THEN });
}

#[test]
fn scopes_that_are_not_served_refuse() {
    let refused = |value| with_extension(28, true, value).map(drop);
    assert_eq!(refused(scope(flag(4))), Err(StatusError::Indirect));
    let reasons = scope(element(&[0x83], &[6, 0x40]));
    assert_eq!(refused(reasons), Err(StatusError::SomeReasons));
    let broken = [
        sequence(&[]),
        sequence(&[flag(1), flag(2)]),
        sequence(&[flag(2), flag(1)]),
        scope(element(&[0xA1], &[])),
        scope(element(&[0x86], &[0xFF])),
        scope(element(&[0xA0], &element(&[0xA0], &[]))),
        [scope(flag(1)), vec![0]].concat(),
    ];
    for (place, value) in broken.into_iter().enumerate() {
        assert!(matches!(refused(value), Err(StatusError::Malformed(_))), "case {place}");
    }
}

#[test]
fn lists_that_are_not_served_are_read_and_never_counted() {
    let issuer = Issuer::new("issuer");
    let name = sequence(&[element(&[0xA4], Issuer::new("other").authority.name_der())]);
    let entry_of =
        |extensions| CrlEntrySpec { extensions, ..CrlEntrySpec::held(serial(&[1]), THEN) };
    let of_another = entry_of(vec![ExtensionSpec::id_ce(29, true, name)]);
    let own = entry_of(Vec::new());
    let point = |value| ExtensionSpec::id_ce(28, true, value);
    let reasons = sequence(&[flag(1), element(&[0x83], &[6, 0x40])]);
    let delta = ExtensionSpec::id_ce(27, true, vec![2, 1, 1]);
    let cases = [
        (vec![], &own, None),
        (vec![point(reasons.clone())], &own, Some(StatusError::SomeReasons)),
        (vec![point(scope(flag(4)))], &of_another, Some(StatusError::Indirect)),
        (vec![], &of_another, Some(StatusError::Indirect)),
        (vec![delta.clone()], &own, Some(StatusError::Delta)),
        (vec![point(scope(flag(4))), delta.clone()], &own, Some(StatusError::Delta)),
        (vec![delta, point(reasons)], &of_another, Some(StatusError::Delta)),
    ];
    for (place, (extensions, entry, why)) in cases.into_iter().enumerate() {
        let mut spec = issuer.list();
        spec.extensions.extend(extensions);
        spec.entries.push(entry.clone());
        let der = issuer.sign_list(&spec);
        let read = read_crl(&der).unwrap();
        assert_eq!((read.entries(), read.unserved()), (1, why), "case {place}");
        let verified = verify_crl(&der, &issuer.authority, NOW).map(drop);
        assert_eq!(verified, why.map_or(Ok(()), Err), "case {place}");
        let users = why == Some(StatusError::SomeReasons);
        assert_eq!(read.scope().subjects() == Subjects::Users, users || place == 6, "case {place}");
    }
}

#[test]
fn an_issuer_whose_name_is_no_text_of_its_type_is_refused() {
    let issuer = Issuer::new("issuer");
    let read = |tag: u8, text: &[u8]| {
        let pair = sequence(&[element(&[6], &[0x55, 4, 3]), element(&[tag], text)]);
        let mut spec = issuer.list();
        spec.issuer = sequence(&[element(&[0x31], &pair)]);
        read_crl(&issuer.sign_list(&spec)).map(drop)
    };
    let broken = Err(StatusError::Malformed(DerError::Der { field: "name" }));
    // What many issuers write, a PrintableString with other ASCII in it, is read.
    for (tag, text) in [(19, &b"a@b"[..]), (12, b"\xC3\xA9"), (20, b"\xE9"), (4, b"\xFF\xFE")] {
        assert_eq!(read(tag, text), Ok(()), "{tag}");
    }
    for (tag, text) in [(19, &b"\xFF\xFE"[..]), (12, b"\xE9"), (22, b"\x80"), (30, b"a")] {
        assert_eq!(read(tag, text), broken, "{tag}");
    }
}
