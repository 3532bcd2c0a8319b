use crate::ticket::{Code, CodeError, CodeKind, Locator};
use proptest::prelude::*;

const KINDS: [CodeKind; 4] =
    [CodeKind::Access, CodeKind::AccessAlone, CodeKind::Password, CodeKind::Shown];

fn kind() -> impl Strategy<Value = CodeKind> {
    prop::sample::select(KINDS.to_vec())
}

prop_compose! {
    fn code()(kind in kind(), locator: [u8; 4], secret: [u8; 16]) -> Code {
        Code::new(kind, Locator::from_random(locator), &secret)
    }
}

#[test]
fn each_kind_has_a_length_of_its_own() {
    let lengths = KINDS.map(CodeKind::characters);
    assert_eq!(lengths, [10, 12, 6, 16]);
}

#[test]
fn a_code_is_shown_in_groups_and_hidden_in_debug() {
    let code = Code::new(CodeKind::Access, Locator::from_random([0, 1, 2, 3]), &[1, 2, 3, 4, 5]);
    let text = code.to_text();
    assert_eq!(text.len(), 12);
    assert_eq!(format!("{code:?}"), "Code(access)");
    assert!(text.starts_with("20G3-1234-5"), "{}", *text);
}

#[test]
fn what_is_no_code_is_told_without_its_text() {
    let table = [
        ("", CodeError::Length { got: 0, expected: 6 }),
        ("ABCDEFG", CodeError::Length { got: 7, expected: 6 }),
        ("ABC!EF", CodeError::Alphabet { place: 4 }),
        ("ABCUEF", CodeError::Alphabet { place: 4 }),
        ("00000é", CodeError::Alphabet { place: 6 }),
        ("000001", CodeError::Check),
    ];
    for (text, expected) in table {
        let error = Code::parse(CodeKind::Password, text).unwrap_err();
        assert_eq!(error, expected, "{text}");
    }
    let long = "0".repeat(10_000);
    assert!(Code::parse(CodeKind::Shown, &long).is_err());
}

proptest! {
    #[test]
    fn a_code_reads_back_however_it_is_typed(code in code()) {
        let text = code.to_text();
        let plain = text.replace('-', "").to_lowercase().replace('0', "o").replace('1', "l");
        for typed in [text.to_string(), plain, text.replace('-', " ")] {
            let read = Code::parse(code.kind(), &typed).unwrap();
            prop_assert!(read.matches(&code));
            prop_assert_eq!(read.locator(), code.locator());
        }
    }

    #[test]
    fn every_single_wrong_character_shows(code in code(), place: usize, other in 1_usize..32) {
        const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
        let mut letters = code.to_text().replace('-', "").into_bytes();
        let place = place % letters.len();
        let was = ALPHABET.iter().position(|a| *a == letters[place]).unwrap();
        letters[place] = ALPHABET[(was + other) % 32];
        let typed = String::from_utf8(letters).unwrap();
        prop_assert_eq!(Code::parse(code.kind(), &typed).unwrap_err(), CodeError::Check);
    }

    #[test]
    fn every_exchange_of_two_characters_shows(code in code(), one: usize, two: usize) {
        let mut letters = code.to_text().replace('-', "").into_bytes();
        let (one, two) = (one % letters.len(), two % letters.len());
        prop_assume!(letters[one] != letters[two]);
        letters.swap(one, two);
        let typed = String::from_utf8(letters).unwrap();
        prop_assert_eq!(Code::parse(code.kind(), &typed).unwrap_err(), CodeError::Check);
    }

    #[test]
    fn other_secrets_do_not_match(kind in kind(), one: [u8; 16], two: [u8; 16]) {
        let locator = Locator::from_random([1; 4]);
        let used = |secret: [u8; 16]| secret.map(|b| b & 31)[..kind.secret()].to_vec();
        let (a, b) = (Code::new(kind, locator, &one), Code::new(kind, locator, &two));
        prop_assert_eq!(a.matches(&b), used(one) == used(two));
    }
}
