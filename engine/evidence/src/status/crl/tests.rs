//! Lists with random octets changed: where another library reads them too, both read the same.

use super::read::{Body, Envelope};
use crate::{
    certificate::Authority,
    signature::SignatureScheme,
    status::{
        Reason, Serial,
        encode::{CrlEntrySpec, CrlSpec, Signer, encode_crl},
        reason::Code,
    },
    testca::{NOW, Party},
};
use proptest::{collection::vec, prelude::*, sample::Index};
use std::{collections::BTreeMap, sync::LazyLock};
use webpki::BorrowedCertRevocationList;

static LIST: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let issuer = Authority::from_der(&Party::authority("issuer", 1).self_signed()).unwrap();
    let entry = |number: u8| {
        let serial = Serial::of_unsigned(&[number; 3]).unwrap();
        let mut entry = match number {
            0..4 => CrlEntrySpec::coded(serial, NOW, None),
            4..8 => CrlEntrySpec::held(serial, NOW),
            _ => CrlEntrySpec::revoked(serial, NOW, Reason::Superseded),
        };
        entry.invalid_since = number.is_multiple_of(3).then_some(NOW);
        entry
    };
    let spec = CrlSpec { entries: (1..12).map(entry).collect(), ..CrlSpec::empty(&issuer, NOW) };
    encode_crl(&spec, Signer::new(SignatureScheme::EcdsaP256Sha256, &|_| vec![7; 70]))
});

fn ours(der: &[u8]) -> Option<Body> {
    Body::read(&Envelope::read(der).ok()?.head().ok()?).ok()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn what_two_libraries_read_they_read_alike(
        changes in vec((any::<Index>(), any::<u8>()), 1..4),
    ) {
        let mut der = LIST.clone();
        for (place, octet) in changes {
            let place = place.index(der.len());
            der[place] = octet;
        }
        let theirs = BorrowedCertRevocationList::from_der(&der).ok();
        let entries = theirs.as_ref().map(|list| list.into_iter().collect::<Result<Vec<_>, _>>());
        let theirs = entries.and_then(Result::ok);
        let (Some(ours), Some(theirs)) = (ours(&der), theirs) else { return Ok(()) };
        let mut by_serial: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for entry in theirs {
            let code = Code::of_number(entry.reason_code.map_or(0, |it| it as u8)).unwrap();
            let said = (code, entry.revocation_date.as_secs());
            by_serial.entry(entry.serial_number.to_vec()).or_default().push(said);
        }
        prop_assert_eq!(ours.table.len(), by_serial.len());
        for (serial, said) in by_serial {
            let found = ours.table.find(&Serial::of_der(&serial).unwrap()).unwrap();
            let since = found.since.as_secs().unsigned_abs();
            prop_assert!(said.contains(&(found.code, since)));
            let severe = said.iter().map(|(code, _)| code.severity()).max();
            prop_assert_eq!(Some(found.code.severity()), severe);
        }
    }
}

#[test]
fn the_list_itself_is_read_by_both() {
    assert_eq!(ours(&LIST).unwrap().table.len(), 11);
    assert_eq!(BorrowedCertRevocationList::from_der(&LIST).unwrap().into_iter().count(), 11);
}
