use super::made::{APP, CHALLENGE, FLAGS, Phone, asserted};
use crate::{
    apple::{
        AssertionError, AuthenticatorDataError, CborError, Extensions, MAX_ASSERTION_BYTES, encode,
        verify_assertion,
    },
    signature::sha256,
};

#[test]
fn an_assertion_of_the_attested_key_holds_and_tells_its_counter() {
    let phone = Phone::new();
    assert_eq!(phone.check(&phone.assertion(&asserted(1)), 0).unwrap().counter(), 1);
    let extensions = Extensions { validation_category: Some(4), bundle_version: None };
    for flags in [0, 0x40, 0x80, 0xC0] {
        let mut data = encode::asserted_data(APP, 9, &extensions);
        data[FLAGS] = flags;
        let assertion = phone.check(&phone.assertion(&data), 8).unwrap();
        assert_eq!(assertion.extensions(), &extensions, "{flags:x}");
    }
}

#[test]
fn a_counter_only_rises() {
    let phone = Phone::new();
    let cases = [(0, 0), (1, 1), (1, 2), (u32::MAX, u32::MAX)];
    for (counter, previous) in cases {
        let assertion = phone.assertion(&asserted(counter));
        let error = AssertionError::Counter { counter, previous };
        assert_eq!(phone.check(&assertion, previous), Err(error));
    }
    let last = phone.assertion(&asserted(u32::MAX));
    assert_eq!(phone.check(&last, u32::MAX - 1).unwrap().counter(), u32::MAX);
}

#[test]
fn the_signature_is_the_keys_over_data_and_client_data() {
    let phone = Phone::new();
    let data = asserted(1);
    let nonce = encode::nonce(&data, &sha256(CHALLENGE));
    let right = phone.sign(&nonce);
    let cases: [(&str, Vec<u8>); 6] = [
        ("another key's", Phone::new().sign(&nonce)),
        ("over other client data", phone.sign(&encode::nonce(&data, &sha256(b"other")))),
        ("hashed once", phone.sign(&[&data[..], &sha256(CHALLENGE)].concat())),
        ("over the client data alone", phone.sign(&sha256(CHALLENGE))),
        ("with a byte behind", [&right[..], &[0]].concat()),
        ("none", Vec::new()),
    ];
    for (name, signature) in cases {
        let assertion = encode::assertion_object(&signature, &data);
        assert_eq!(phone.check(&assertion, 0), Err(AssertionError::Signature), "{name}");
    }
    // The length in the long form, which is not DER.
    let loose = [&[right[0], 0x81], &right[1..]].concat();
    let assertion = encode::assertion_object(&loose, &data);
    assert_eq!(phone.check(&assertion, 0), Err(AssertionError::Signature));
}

#[test]
fn an_assertion_is_for_one_app_and_one_key() {
    let phone = Phone::new();
    let other = encode::asserted_data("0123456789.other.app", 1, &Extensions::default());
    assert_eq!(phone.check(&phone.assertion(&other), 0), Err(AssertionError::App));
    let assertion = phone.assertion(&asserted(1));
    let (hash, key) = (sha256(CHALLENGE), phone.root_key());
    assert_eq!(verify_assertion(&assertion, &key, &hash, APP, 0), Err(AssertionError::KeyKind));
}

/// A change of authenticator data, and what is wrong with them then.
type Fault = (&'static str, fn(&mut Vec<u8>), AuthenticatorDataError);

#[test]
fn authenticator_data_end_where_they_should() {
    let phone = Phone::new();
    let map = AuthenticatorDataError::Cbor(CborError::Type { field: "extensions" });
    let cases: [Fault; 3] = [
        ("short", |d| d.truncate(36), AuthenticatorDataError::Short),
        ("a byte behind", |d| d.push(0), map),
        (
            "extensions that are not there",
            |d| d[FLAGS] = 0x80,
            AuthenticatorDataError::NoExtensions,
        ),
    ];
    for (name, change, error) in cases {
        let mut data = asserted(1);
        change(&mut data);
        let got = phone.check(&phone.assertion(&data), 0);
        assert_eq!(got, Err(AssertionError::AuthenticatorData(error)), "{name}");
    }
}

#[test]
fn more_bytes_than_an_assertion_has_are_not_read() {
    let phone = Phone::new();
    let long = vec![0xA2; MAX_ASSERTION_BYTES + 1];
    let error = AssertionError::TooLarge { got: long.len(), max: MAX_ASSERTION_BYTES };
    assert_eq!(phone.check(&long, 0), Err(error));
}
