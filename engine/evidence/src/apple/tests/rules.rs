use super::made::{Phone, asserted};

#[test]
fn an_attestation_and_an_assertion_of_its_key_hold() {
    let phone = Phone::new();
    let attested = phone.verify().unwrap();
    assert_eq!(attested.public_key(), &phone.public_key());
    let assertion = phone.assertion(&asserted(1));
    assert_eq!(phone.check(&assertion, 0).unwrap().counter(), 1);
}
