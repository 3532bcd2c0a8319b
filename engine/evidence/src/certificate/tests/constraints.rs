//! Name constraints, written by hand.

use crate::{
    android::encode::{element, sequence},
    certificate::{ChainError, ChainPolicy, NAMES_READ, TrustAnchors, verify_chain},
    testca::{NOW, Party},
};

const CONSTRAINTS: &[u64] = &[2, 5, 29, 30];
const ALTERNATIVE: &[u64] = &[2, 5, 29, 17];
const EMAIL: u8 = 0x81;
const DNS: u8 = 0x82;
const URI: u8 = 0x86;
const IP: u8 = 0x87;

fn name(form: u8, text: &[u8]) -> Vec<u8> {
    element(&[form], text)
}

fn common_name(text: &str) -> Vec<u8> {
    let pair = sequence(&[element(&[6], &[0x55, 4, 3]), element(&[12], text.as_bytes())]);
    sequence(&[element(&[0x31], &pair)])
}

fn directory(text: &str) -> Vec<u8> {
    element(&[0xA4], &common_name(text))
}

fn permitted(names: &[Vec<u8>]) -> Vec<u8> {
    sequence(&[element(&[0xA0], &trees(names))])
}

fn excluded(names: &[Vec<u8>]) -> Vec<u8> {
    sequence(&[element(&[0xA1], &trees(names))])
}

fn trees(names: &[Vec<u8>]) -> Vec<u8> {
    names.iter().flat_map(|name| sequence(std::slice::from_ref(name))).collect()
}

/// What comes of a leaf with these alternative names under an authority with these constraints.
fn check(constraints: &[u8], names: &[Vec<u8>]) -> Result<(), ChainError> {
    let root = Party::authority("root", 1);
    let between =
        Party::authority("between", 2).with_extension(CONSTRAINTS, constraints.to_vec(), true);
    let mut leaf = Party::leaf("person", 3);
    if !names.is_empty() {
        leaf = leaf.with_extension(ALTERNATIVE, sequence(names), false);
    }
    let anchors = TrustAnchors::from_der([root.self_signed()]).unwrap();
    let chain = [between.issue(&leaf), root.issue(&between)];
    verify_chain(&chain, &anchors, &ChainPolicy::default(), NOW).map(drop)
}

#[test]
fn names_must_lie_where_they_are_permitted_and_nowhere_else() {
    const INSIDE: bool = true;
    const OUTSIDE: bool = false;
    let cases: &[(u8, &[u8], &[u8], bool)] = &[
        (DNS, b"example.com", b"example.com", INSIDE),
        (DNS, b"example.com", b"A.EXAMPLE.com", INSIDE),
        (DNS, b"example.com", b"*.example.com", INSIDE),
        (DNS, b"", b"example.com", INSIDE),
        (DNS, b"example.com", b"badexample.com", OUTSIDE),
        (DNS, b"example.com", b"com", OUTSIDE),
        (EMAIL, b"example.com", b"a@example.com", INSIDE),
        (EMAIL, b"example.com", b"a@EXAMPLE.com", INSIDE),
        (EMAIL, b"example.com", b"a@b.example.com", OUTSIDE),
        (EMAIL, b".example.com", b"a@b.example.com", INSIDE),
        (EMAIL, b".example.com", b"a@example.com", OUTSIDE),
        (EMAIL, b"a@example.com", b"a@example.com", INSIDE),
        (EMAIL, b"a@example.com", b"A@example.com", OUTSIDE),
        (EMAIL, b"*@example.com", b"a@example.com", OUTSIDE),
        (EMAIL, b"*@example.com", b"*@example.com", INSIDE),
        (EMAIL, b"example.com", b"a.b+c@example.com", INSIDE),
        (EMAIL, b"example.com", b"\"a @ \\\"b\"@example.com", INSIDE),
        (EMAIL, b"example.com", b"\"a@example.com\"@example.org", OUTSIDE),
        (EMAIL, b"a@example.com", b"\"\\a\"@example.com", INSIDE),
        (EMAIL, b"\"a\"@example.com", b"a@example.com", INSIDE),
        (URI, b".example.com", b"https://a.example.com/x", INSIDE),
        (URI, b".example.com", b"https://example.com", OUTSIDE),
        (URI, b"example.com", b"HTTP://u:p@Example.com:80/?q#f", INSIDE),
        (URI, b"example.com", b"http://a.example.com/", OUTSIDE),
        (URI, b"example.com", b"http://other.com/@example.com", OUTSIDE),
        (URI, b"example.com", b"http://example.com@other.com", OUTSIDE),
        (IP, &[10, 1, 0, 0, 255, 255, 0, 0], &[10, 1, 2, 3], INSIDE),
        (IP, &[10, 1, 0, 0, 255, 255, 0, 0], &[10, 2, 2, 3], OUTSIDE),
        (IP, &[10, 1, 0, 0, 255, 255, 0, 0], &[0; 16], OUTSIDE),
        (IP, &[0; 32], &[9; 16], INSIDE),
    ];
    for (place, (form, base, text, inside)) in cases.iter().enumerate() {
        let (base, text) = ([name(*form, base)], [name(*form, text)]);
        let told = |good| if good { Ok(()) } else { Err(ChainError::NameConstraint) };
        assert_eq!(check(&permitted(&base), &text), told(*inside), "case {place} permitted");
        assert_eq!(check(&excluded(&base), &text), told(!inside), "case {place} excluded");
    }
}

#[test]
fn malformed_names_lie_nowhere_and_are_excluded_everywhere() {
    let cases: &[(u8, &[u8], &[u8])] = &[
        (DNS, b"example.com", b"a..example.com"),
        (DNS, b"example.com", b"a*.example.com"),
        (DNS, b"example.com", b".example.com"),
        (DNS, b"example.com", b"192.0.2.1"),
        (EMAIL, b"example.com", b"example.com"),
        (EMAIL, b"example.com", b"@example.com"),
        (EMAIL, b"example.com", b"a@"),
        (EMAIL, b"a@example.com", b"x@a@example.com"),
        (EMAIL, b"example.com", b"x@example.org@example.com"),
        (EMAIL, b"example.com", b"a b@example.com"),
        (EMAIL, b"example.com", b"a..b@example.com"),
        (EMAIL, b"example.com", b".a@example.com"),
        (EMAIL, b"example.com", b"<a>@example.com"),
        (EMAIL, b"example.com", b"\"a@example.com"),
        (EMAIL, b"example.com", b"\"a\"b@example.com"),
        (EMAIL, b"example.com", b"\"a\n\"@example.com"),
        (URI, b"example.com", b"mailto:a@example.com"),
        (URI, b"example.com", b"http://192.0.2.1/"),
        (URI, b"example.com", b"http://[::1]/"),
        (URI, b"example.com", b"//example.com/"),
        (IP, &[10, 0, 0, 0, 255, 0, 0, 0], &[10, 0, 0, 0, 255, 0, 0, 0]),
    ];
    for (place, (form, base, text)) in cases.iter().enumerate() {
        let (base, text) = ([name(*form, base)], [name(*form, text)]);
        for constraints in [permitted(&base), excluded(&base)] {
            let refused = Err(ChainError::NameConstraint);
            assert_eq!(check(&constraints, &text), refused, "case {place}");
        }
        let unbound = permitted(&[directory("person")]);
        assert_eq!(check(&unbound, &text), Ok(()), "case {place}: nothing is said of its form");
    }
}

#[test]
fn a_wildcard_may_stand_for_an_excluded_host() {
    let wildcard = [name(DNS, b"*.example.com")];
    let refused = Err(ChainError::NameConstraint);
    assert_eq!(check(&excluded(&[name(DNS, b"bar.example.com")]), &wildcard), refused);
    assert_eq!(check(&permitted(&[name(DNS, b"foo.example.com")]), &wildcard), refused);
    assert_eq!(check(&excluded(&[name(DNS, b"example.org")]), &wildcard), Ok(()));
}

#[test]
fn the_subject_and_the_mail_addresses_in_it_are_names_too() {
    assert_eq!(check(&permitted(&[directory("PERSON ")]), &[]), Ok(()));
    let refused = Err(ChainError::NameConstraint);
    assert_eq!(check(&permitted(&[directory("other")]), &[]), refused);
    assert_eq!(check(&excluded(&[directory("person")]), &[]), refused);
    let both = permitted(&[directory("person"), directory("alias")]);
    assert_eq!(check(&both, &[directory("alias")]), Ok(()));
    assert_eq!(check(&both, &[directory("other")]), refused);

    let root = Party::authority("root", 1).with_extension(
        CONSTRAINTS,
        permitted(&[name(EMAIL, b"example.com")]),
        true,
    );
    let anchors = TrustAnchors::from_der([root.self_signed()]).unwrap();
    for (email, expected) in [("a@example.com", Ok(())), ("a@example.org", refused)] {
        let mut leaf = Party::leaf("person", 2);
        let kind = rcgen::DnType::CustomDnType(vec![1, 2, 840, 113_549, 1, 9, 1]);
        let text = rcgen::DnValue::Ia5String(email.try_into().unwrap());
        leaf.params.distinguished_name.push(kind, text);
        let chain = [root.issue(&leaf)];
        let outcome = verify_chain(&chain, &anchors, &ChainPolicy::default(), NOW).map(drop);
        assert_eq!(outcome, expected, "{email}");
    }
}

#[test]
fn a_form_that_is_not_compared_is_refused_where_it_is_constrained() {
    let other = element(&[0xA0], &[element(&[6], &[0x2A, 3]), element(&[0xA0], &[5, 0])].concat());
    let constraints = excluded(std::slice::from_ref(&other));
    assert_eq!(check(&constraints, &[name(DNS, b"example.com")]), Ok(()));
    assert_eq!(check(&constraints, std::slice::from_ref(&other)), Err(ChainError::NameConstraint));
    assert_eq!(check(&permitted(&[name(DNS, b"a.b")]), &[other]), Ok(()));
}

#[test]
fn a_mail_address_of_another_form_is_refused_where_mail_is_constrained() {
    let mailbox = |oid: &[u8], text: &str| {
        let text = element(&[0xA0], &element(&[12], text.as_bytes()));
        element(&[0xA0], &[element(&[6], oid), text].concat())
    };
    let utf8 = [0x2B, 6, 1, 5, 5, 7, 8, 9];
    let name = || [mailbox(&utf8, "\u{533B}@example.com")];
    let refused = Err(ChainError::NameConstraint);
    for base in [&b"example.com"[..], b".example.org", b"a@example.com"] {
        let base = [self::name(EMAIL, base)];
        assert_eq!(check(&permitted(&base), &name()), refused);
        assert_eq!(check(&excluded(&base), &name()), refused);
    }
    assert_eq!(check(&excluded(&name()), &name()), refused);
    let host = [self::name(DNS, b"example.com")];
    assert_eq!(check(&permitted(&host), &name()), Ok(()));
    let other = [mailbox(&[0x2B, 6, 1, 5, 5, 7, 8, 8], "a@example.com")];
    assert_eq!(check(&permitted(&[self::name(EMAIL, b"example.com")]), &other), Ok(()));
}

#[test]
fn broken_constraints_refuse_what_stands_below_them() {
    let tree = |base: Vec<u8>, more: &[u8]| {
        sequence(&[element(&[0xA0], &sequence(&[base, more.to_vec()]))])
    };
    let broken = [
        sequence(&[]),
        permitted(&[]),
        sequence(&[element(&[0xA0], &[5, 0])]),
        sequence(&[vec![0x80, 0], vec![0x81, 0]]),
        permitted(&[name(DNS, b"*.example.com")]),
        permitted(&[name(DNS, b".example.com")]),
        permitted(&[name(EMAIL, b"a@b@")]),
        permitted(&[name(URI, b"https://example.com")]),
        permitted(&[name(IP, &[10, 0, 0, 0])]),
        permitted(&[name(IP, &[10, 0, 0, 0, 255, 0, 255, 0])]),
        permitted(&[name(IP, &[10, 0, 0, 0, 0xF5, 0, 0, 0])]),
        tree(name(DNS, b"example.com"), &[0x80, 1, 0]),
        tree(name(DNS, b"example.com"), &[0x81, 1, 9]),
        [permitted(&[name(DNS, b"a.b")]), vec![0]].concat(),
    ];
    for (place, constraints) in broken.into_iter().enumerate() {
        let refused = Err(ChainError::Malformed { at: 1 });
        assert_eq!(check(&constraints, &[]), refused, "case {place}");
    }
}

#[test]
fn self_issued_authorities_are_exempt_and_self_issued_leaves_are_not() {
    let root = Party::authority("root", 1);
    let constraints = permitted(&[directory("person")]);
    let office = Party::authority("office", 2).with_extension(CONSTRAINTS, constraints, true);
    let rolled = Party::authority("office", 3);
    let anchors = TrustAnchors::from_der([root.self_signed()]).unwrap();
    let verify =
        |chain: &[Vec<u8>]| verify_chain(chain, &anchors, &ChainPolicy::default(), NOW).map(drop);
    let top = root.issue(&office);
    let person = rolled.issue(&Party::leaf("person", 4));
    assert_eq!(verify(&[person, office.issue(&rolled), top.clone()]), Ok(()));
    let refused = Err(ChainError::NameConstraint);
    let itself = office.issue(&Party::leaf("office", 5));
    assert_eq!(verify(&[itself, top.clone()]), refused);
    // Another authority between is held to them, though the leaf keeps them.
    let branch = Party::authority("branch", 6);
    let person = branch.issue(&Party::leaf("person", 4));
    assert_eq!(verify(&[person, office.issue(&branch), top]), refused);
}

#[test]
fn comparisons_are_bounded() {
    let many = |form, count: usize| -> Vec<_> {
        (0..count).map(|number| name(form, format!("h{number}.jp").as_bytes())).collect()
    };
    let constraints = excluded(&many(DNS, 900));
    let names: Vec<_> =
        (0..900).map(|number| name(DNS, format!("g{number}.jp").as_bytes())).collect();
    assert_eq!(check(&constraints, &names), Err(ChainError::TooMuchWork));
    assert_eq!(check(&constraints, &names[..50]), Ok(()));
}

#[test]
fn long_names_cost_more_to_compare() {
    let constraints = excluded(&vec![name(DNS, b"a.b"); 2_000]);
    let uri = |length: usize| name(URI, &vec![b'a'; length]);
    assert_eq!(check(&constraints, &vec![uri(200); 14]), Ok(()));
    assert_eq!(check(&constraints, &[uri(2_800)]), Ok(()));
    assert_eq!(check(&constraints, &[uri(14_000)]), Err(ChainError::TooMuchWork));
}

#[test]
fn alternative_names_are_read_once_however_many_paths_are_tried() {
    let constraints = permitted(&[directory("person")]);
    let root = Party::authority("root", 1);
    let anchors = TrustAnchors::from_der([root.self_signed()]).unwrap();
    let leaf = Party::leaf("person", 3).with_extension(
        ALTERNATIVE,
        sequence(&vec![directory("person"); 100]),
        false,
    );
    // None of them leads anywhere, and each constrains the leaf.
    let between =
        || Party::authority("between", 2).with_extension(CONSTRAINTS, constraints.clone(), true);
    let issuer = between();
    let mut chain = vec![issuer.issue(&leaf)];
    chain.extend((0..10).map(|_| root.issue(&between())));
    chain.push(root.issue(&issuer));
    let before = NAMES_READ.get();
    verify_chain(&chain, &anchors, &ChainPolicy::default(), NOW).unwrap();
    // The leaf's two names and its hundred; two and a constraint of each authority.
    assert_eq!(NAMES_READ.get() - before, 102 + 3 * 11);
}
