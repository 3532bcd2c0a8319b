//! Bytes that are not what they should be.

use super::made::{Phone, asserted};
use crate::apple::{
    AppAttestError, CborError, Environment, Extensions, MAX_ATTESTATION_BYTES,
    cbor::{Cbor, Item},
    read_receipt,
};
use proptest::{prelude::*, sample::Index};
use std::sync::LazyLock;

static PHONE: LazyLock<Phone> = LazyLock::new(|| {
    let extensions = Extensions { validation_category: Some(4), bundle_version: Some("7".into()) };
    Phone::with(Environment::Production, &extensions)
});
static OBJECT: LazyLock<Vec<u8>> = LazyLock::new(|| PHONE.object());
static ASSERTION: LazyLock<Vec<u8>> = LazyLock::new(|| PHONE.assertion(&asserted(1)));

#[test]
fn an_object_cut_short_or_followed_is_refused() {
    assert!(PHONE.verify_object(&OBJECT).is_ok());
    for end in 0..OBJECT.len() {
        assert!(PHONE.verify_object(&OBJECT[..end]).is_err(), "{end}");
    }
    let followed = [&OBJECT[..], &[0]].concat();
    let trailing = CborError::Trailing { field: "attestation object" };
    assert_eq!(PHONE.verify_object(&followed).map(drop), Err(AppAttestError::Object(trailing)));
    for end in 0..ASSERTION.len() {
        assert!(PHONE.check(&ASSERTION[..end], 0).is_err(), "{end}");
    }
    assert!(PHONE.check(&[&ASSERTION[..], &[0]].concat(), 0).is_err());
}

#[test]
fn more_bytes_than_an_attestation_has_are_not_read() {
    let long = vec![0xA3; MAX_ATTESTATION_BYTES + 1];
    let error = AppAttestError::TooLarge { got: long.len(), max: MAX_ATTESTATION_BYTES };
    assert_eq!(PHONE.verify_object(&long).map(drop), Err(error));
}

#[test]
fn the_outer_map_has_its_three_fields_once_and_no_other() {
    let replaced = |from: &[u8], to: &[u8]| {
        let at = OBJECT.windows(from.len()).position(|w| w == from).unwrap();
        [&OBJECT[..at], to, &OBJECT[at + from.len()..]].concat()
    };
    let map = "attestation object";
    let fmt = b"\x63fmt\x6Fapple-appattest";
    let twice = [&fmt[..], fmt].concat();
    let mut four = replaced(fmt, &twice);
    four[0] = 0xA4;
    let mut more = [&OBJECT[..], b"\x61a\x00"].concat();
    more[0] = 0xA4;
    let mut fewer = replaced(fmt, b"");
    fewer[0] = 0xA2;
    let mut no_receipt = replaced(b"\x67receipt\x47receipt", b"");
    let statement = no_receipt.windows(5).position(|w| w == b"\xA2\x63x5c").unwrap();
    no_receipt[statement] = 0xA1;
    let cases = [
        ("format", replaced(fmt, b"\x63fmt\x66packed"), AppAttestError::Format),
        ("twice", four, CborError::Twice { field: map }.into()),
        ("unknown", more, CborError::Unknown { field: map }.into()),
        ("missing", fewer, CborError::Missing { field: "fmt" }.into()),
        (
            "longer spelling",
            replaced(fmt, b"\x78\x03fmt\x6Fapple-appattest"),
            CborError::Malformed { field: map }.into(),
        ),
        (
            "type",
            replaced(fmt, b"\x63fmt\x4Fapple-appattest"),
            CborError::Type { field: "fmt" }.into(),
        ),
        ("no receipt", no_receipt, CborError::Missing { field: "receipt" }.into()),
    ];
    for (name, object, error) in cases {
        assert_eq!(PHONE.verify_object(&object).map(drop), Err(error), "{name}");
    }
}

#[test]
fn items_have_one_spelling() {
    let malformed: &[&[u8]] = &[
        b"",
        b"\x18\x17",
        b"\x19\x00\xFF",
        b"\x1A\x00\x00\xFF\xFF",
        b"\x1B\x00\x00\x00\x00\xFF\xFF\xFF\xFF",
        b"\x1C",
        b"\x5F\x41a\xFF",
        b"\x7F\xFF",
        b"\x9F\xFF",
        b"\xBF\xFF",
        b"\xC0\x00",
        b"\xF8\x20",
        b"\xFA\x00\x00\x00\x00",
        b"\xFF",
        b"\x42a",
        b"\x62\xC3\x28",
        b"\x9B\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF",
        b"\xBB\x80\x00\x00\x00\x00\x00\x00\x00",
        b"\x9A\x00\x0F\xFF\xFF",
        b"\xA1\x00",
    ];
    for bytes in malformed {
        let got = Cbor::new(bytes).item("it");
        assert_eq!(got, Err(CborError::Malformed { field: "it" }), "{bytes:x?}");
    }
    assert_eq!(Cbor::new(b"\x38\x18").item("it"), Ok(Item::Negative(24)));
    assert_eq!(
        Cbor::new(b"\x1B\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF").item("it"),
        Ok(Item::Unsigned(u64::MAX))
    );
}

#[test]
fn items_are_passed_over_to_a_bounded_depth() {
    assert_eq!(Cbor::new(&[&[0x81; 8][..], &[0]].concat()).skip("it"), Ok(()));
    let deep = [&[0x81; 9][..], &[0]].concat();
    assert_eq!(Cbor::new(&deep).skip("it"), Err(CborError::TooMuch { field: "it" }));
}

proptest! {
    #[test]
    fn no_bytes_make_a_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..256)) {
        let _ = PHONE.verify_object(&bytes);
        let _ = PHONE.check(&bytes, 0);
        let _ = read_receipt(&bytes);
        let _ = Cbor::new(&bytes).skip("it");
    }

    #[test]
    fn a_changed_bit_refuses_an_attestation_or_lies_in_its_receipt(at in any::<Index>(), bit in 0..8) {
        let mut changed = OBJECT.clone();
        let at = at.index(changed.len());
        changed[at] ^= 1_u8 << bit;
        let receipt = OBJECT.windows(8).position(|w| w == b"\x47receipt").unwrap();
        if !(receipt + 1..receipt + 8).contains(&at) {
            prop_assert!(PHONE.verify_object(&changed).is_err(), "{at}");
        }
    }

    #[test]
    fn a_changed_bit_refuses_an_assertion(at in any::<Index>(), bit in 0..8) {
        let mut changed = ASSERTION.clone();
        let at = at.index(changed.len());
        changed[at] ^= 1_u8 << bit;
        prop_assert!(PHONE.check(&changed, 0).is_err(), "{at}");
    }
}
