//! Revocation lists, by how many they hold.

use crate::{
    bare::Kind,
    measure::Job,
    party::{NOW, Party},
};
use simbind_evidence::{
    certificate::Authority,
    status::{
        Listing, Reason, Serial,
        encode::{CrlEntrySpec, CrlSpec, Signer, encode_crl},
        verify_crl,
    },
};
use std::hint::black_box;

/// Lists of one size: verified, and asked about one that they hold and one that they do not.
pub fn lists(entries: u64) -> Vec<Job<'static>> {
    let party = Party::authority("issuer", 1, Kind::Rsa2048);
    let issuer = Authority::from_der(&party.self_signed()).expect("an authority");
    let mut spec = CrlSpec::empty(&issuer, NOW);
    spec.entries = (0..entries)
        .map(|number| {
            // In no order, as authorities draw serials by chance.
            let serial = serial(number);
            let serial = Serial::of_unsigned(&serial).expect("a serial");
            CrlEntrySpec::revoked(serial, NOW, Reason::KeyCompromise)
        })
        .collect();
    let sign = |message: &[u8]| party.sign(message);
    let der = encode_crl(&spec, Signer::new(party.scheme(), &sign));
    drop(spec);
    let list = verify_crl(&der, &issuer, NOW).expect("the list holds");
    assert_eq!(list.len() as u64, entries);
    let mut next = 0;
    let megabytes = der.len() as f64 / 1e6;
    let name = format!("CRL, {entries} entries ({megabytes:.1} MB)");
    let verify = move || {
        verify_crl(black_box(&der), &issuer, NOW).expect("the list holds");
    };
    let look_up = move || {
        next = (next + 7919) % entries;
        let listed = list.of_serial(black_box(&serial(next)));
        assert!(matches!(listed, Listing::Revoked { .. }));
        assert_eq!(list.of_serial(black_box(&serial(next + entries))), Listing::Unlisted);
    };
    vec![
        Job::new(name.clone(), verify).over(&[Kind::Rsa2048.used()]),
        Job::new(format!("{name}, 2 look-ups"), look_up),
    ]
}

/// A serial of 16 octets, different for each number.
fn serial(number: u64) -> [u8; 16] {
    let mixed = (number + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let mut serial = [0x11; 16];
    serial[1..9].copy_from_slice(&mixed.to_be_bytes());
    serial
}
