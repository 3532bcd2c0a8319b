//! Nothing beside what is signed can be changed without a refusal, but for what is not looked at.

use super::{
    made::{Issuer, NOW, THEN, serial, sign_answer},
    ocsp::{good, verify},
    responder::responder,
};
use crate::{
    certificate::Authority,
    status::{
        Reason,
        encode::{CrlEntrySpec, OcspSpec, ResponderName},
        verify_crl,
    },
};
use std::fmt::Debug;

/// Every bit flipped and every truncation is refused, but for what `ignored` says of a place.
fn is_exact<T: Debug + PartialEq, E: Debug>(
    der: &[u8],
    ignored: impl Fn(usize) -> bool,
    verify: impl Fn(&[u8]) -> Result<T, E>,
) {
    let whole = verify(der).unwrap();
    for bit in 0..der.len() * 8 {
        let mut flipped = der.to_vec();
        flipped[bit / 8] ^= 1 << (bit % 8);
        match verify(&flipped) {
            Ok(same) if ignored(bit / 8) => assert_eq!(same, whole, "bit {bit}"),
            outcome => assert!(outcome.is_err(), "bit {bit}"),
        }
    }
    for length in 0..der.len() {
        assert!(verify(&der[..length]).is_err(), "{length} bytes");
    }
    let longer = [der, &[0]].concat();
    assert!(verify(&longer).is_err());
}

#[test]
fn a_list_is_exact() {
    let issuer = Issuer::new("issuer");
    let mut spec = issuer.list();
    spec.entries.push(CrlEntrySpec::revoked(serial(&[1, 2]), THEN, Reason::KeyCompromise));
    let der = issuer.sign_list(&spec);
    is_exact(&der, |_| false, |der| verify_crl(der, &issuer.authority, NOW));
}

#[test]
fn an_answer_of_a_delegate_is_exact() {
    let issuer = Issuer::new("issuer");
    let delegate = responder();
    let certificate = issuer.party.issue(&delegate);
    let responder = ResponderName::by_key(&Authority::from_der(&certificate).unwrap());
    let spec = OcspSpec { responder, certificates: vec![certificate], ..good(&issuer) };
    let der = sign_answer(&delegate, &spec);
    is_exact(&der, |_| false, |der| verify(&issuer, der));
}

#[test]
fn certificates_that_did_not_sign_an_answer_are_not_looked_at() {
    let issuer = Issuer::new("issuer");
    let beside = issuer.party.self_signed();
    let spec = OcspSpec { certificates: vec![beside.clone()], ..good(&issuer) };
    let der = sign_answer(&issuer.party, &spec);
    let from = der.len() - beside.len();
    is_exact(&der, |place| place >= from, |der| verify(&issuer, der));
}
