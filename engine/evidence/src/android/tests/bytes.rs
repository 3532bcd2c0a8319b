//! Key descriptions, byte by byte.

use super::made::{World, spec};
use crate::android::{
    AttestationPolicy, BootState, DescriptionError, SecurityLevel, Weakness,
    encode::{
        KeyDescriptionSpec, context, element, encode_key_description, enumerated, integer,
        octet_string, sequence, set,
    },
    read::key_description,
};
use proptest::prelude::*;

fn root_of_trust(locked: u8) -> Vec<u8> {
    let locked = element(&[1], &[locked]);
    context(704, &sequence(&[octet_string(&[0; 32]), locked, enumerated(0), octet_string(&[])]))
}

/// A description of a key in the trusted environment, with the two lists given.
fn description(software: &[Vec<u8>], hardware: &[Vec<u8>]) -> Vec<u8> {
    sequence(&[
        integer(200),
        enumerated(1),
        integer(200),
        enumerated(1),
        octet_string(b"a challenge of the tests"),
        octet_string(&[]),
        sequence(software),
        sequence(hardware),
    ])
}

#[test]
fn what_the_operating_system_says_of_the_device_does_not_count() {
    let imei = context(714, &octet_string(b"490154203237518"));
    let state = [context(702, &integer(0)), root_of_trust(0xFF), imei];
    let world = World::new(description(&state, &[]));
    let read = world.verify(&world.chain()).unwrap();
    assert_eq!((read.boot(), read.locked(), read.origin()), (None, None, None));
    assert!(read.imeis().is_empty());
    assert_eq!(read.description().software.imeis.len(), 1);
    let weak: Vec<_> = read.weaknesses(&AttestationPolicy::default()).collect();
    assert_eq!(weak, [Weakness::NotGenerated, Weakness::BootUnknown]);
}

#[test]
fn booleans_that_are_not_der_are_read() {
    for (octet, locked) in [(0, false), (1, true), (0x7F, true), (0xFF, true)] {
        let read = key_description(&description(&[], &[root_of_trust(octet)])).unwrap();
        assert_eq!(read.hardware.root_of_trust.unwrap().locked, locked, "{octet}");
    }
}

#[test]
fn unknown_tags_are_passed_over_in_any_order() {
    let hardware = [
        context(1, &set(&[integer(2), integer(3)])),
        context(9_999, &sequence(&[octet_string(b"new")])),
        context(723, &octet_string(b"")),
        root_of_trust(0xFF),
        context(503, &element(&[5], &[])),
        context(706, &integer(202_610)),
        context(714, &octet_string(b"not an IMEI")),
    ];
    let read = key_description(&description(&[], &hardware)).unwrap();
    assert_eq!(read.hardware.purposes, [2, 3]);
    assert_eq!(read.hardware.os_patch, Some(202_610));
    assert_eq!(read.hardware.root_of_trust.unwrap().state, BootState::Verified);
    assert!(read.hardware.imeis.is_empty());
}

#[test]
fn what_is_malformed_is_refused_by_field() {
    use DescriptionError as E;
    let with = |hardware: &[Vec<u8>]| key_description(&description(&[], hardware)).unwrap_err();
    let twice = [root_of_trust(0xFF), root_of_trust(0)];
    assert_eq!(with(&twice), E::Twice { field: "authorization" });
    let stuffed = context(706, &[integer(1), integer(2)].concat());
    assert_eq!(with(&[stuffed]), E::Trailing { field: "osPatchLevel" });
    assert_eq!(with(&[context(706, &octet_string(&[1]))]), E::Type { field: "osPatchLevel" });
    assert_eq!(with(&[context(702, &element(&[2], &[0xFF]))]), E::Range { field: "origin" });
    assert_eq!(with(&[context(702, &element(&[2], &[]))]), E::Der { field: "origin" });
    assert_eq!(with(&[integer(1)]), E::Type { field: "authorizationList" });
    let many = context(1, &set(&vec![integer(2); 17]));
    assert_eq!(with(&[many]), E::TooLong { field: "purpose" });

    let mut long = encode_key_description(&spec());
    long.push(0);
    assert_eq!(key_description(&long), Err(E::Trailing { field: "keyDescription" }));
    let indefinite = [0x30, 0x80, 0, 0];
    assert_eq!(key_description(&indefinite), Err(E::Der { field: "keyDescription" }));
}

#[test]
fn lists_in_the_application_id_are_bounded() {
    let packages = |count: usize| {
        let package = sequence(&[octet_string(b"p"), integer(1)]);
        let id = sequence(&[set(&vec![package; count]), set(&[])]);
        key_description(&description(&[context(709, &octet_string(&id))], &[]))
    };
    assert_eq!(packages(256).unwrap().software.application.unwrap().packages.len(), 256);
    assert_eq!(packages(257).unwrap().software.application, None);
}

#[test]
fn an_application_id_that_cannot_be_read_names_no_app() {
    let id = sequence(&[set(&[]), set(&[])]);
    let trailing = [&id[..], &[0]].concat();
    for id in [&b"not DER"[..], &id[..id.len() - 1], &trailing] {
        let read = key_description(&description(&[context(709, &octet_string(id))], &[])).unwrap();
        assert_eq!(read.software.application, None, "{id:?}");
        assert_eq!(read.software.unread, [709], "{id:?}");
    }
    let twice = [context(709, &octet_string(b"?")), context(709, &octet_string(&id))];
    let twice = key_description(&description(&twice, &[]));
    assert_eq!(twice, Err(DescriptionError::Twice { field: "authorization" }));
}

#[test]
fn no_imei_shows_in_debug_or_errors() {
    let read = key_description(&encode_key_description(&spec())).unwrap();
    let world = World::new(encode_key_description(&spec()));
    let attested = world.verify(&world.chain()).unwrap();
    let shown = format!("{read:?} {attested:?}");
    assert!(!shown.contains("490154203237518") && !shown.contains("4901542032375"), "{shown}");
}

fn levels() -> impl Strategy<Value = SecurityLevel> {
    (0_u32..5).prop_map(SecurityLevel::from_number)
}

proptest! {
    #[test]
    fn what_is_encoded_is_read_back(
        version in any::<u32>().prop_map(|v| v & 0x7FFF_FFFF),
        levels in (levels(), levels()),
        challenge in proptest::collection::vec(any::<u8>(), 0..200),
        boot in 0_u32..6,
        locked in any::<bool>(),
        os_patch in any::<u32>(),
    ) {
        let made = KeyDescriptionSpec {
            version,
            attestation_level: levels.0,
            keymint_level: levels.1,
            challenge,
            boot_state: BootState::from_number(boot),
            locked,
            os_patch,
            ..spec()
        };
        let read = key_description(&encode_key_description(&made)).unwrap();
        prop_assert_eq!(read.attestation_version, made.version);
        prop_assert_eq!(read.attestation_level, made.attestation_level);
        prop_assert_eq!(read.keymint_level, made.keymint_level);
        prop_assert_eq!(read.challenge, made.challenge);
        prop_assert_eq!(read.hardware.os_patch, Some(made.os_patch));
        prop_assert_eq!(read.hardware.imeis, made.imeis);
        let root = read.hardware.root_of_trust.unwrap();
        prop_assert_eq!((root.state, root.locked), (made.boot_state, made.locked));
    }

    #[test]
    fn random_bytes_are_read_without_panic(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        let _ = key_description(&bytes);
    }

    #[test]
    fn random_bytes_are_no_chain(
        chain in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..300), 0..4),
    ) {
        let world = World::new(encode_key_description(&spec()));
        prop_assert!(world.verify(&chain).is_err());
    }

    #[test]
    fn a_truncated_description_is_refused(cut in 0_usize..1_000) {
        let whole = encode_key_description(&spec());
        let cut = cut % whole.len();
        prop_assert!(key_description(&whole[..cut]).is_err());
    }

    #[test]
    fn a_changed_description_is_read_without_panic(
        changes in proptest::collection::vec((any::<usize>(), any::<u8>()), 1..8),
    ) {
        let mut bytes = encode_key_description(&spec());
        for (place, octet) in changes {
            let length = bytes.len();
            bytes[place % length] = octet;
        }
        let _ = key_description(&bytes);
    }
}

#[test]
fn no_bit_below_the_root_can_change() {
    let world = World::new(encode_key_description(&spec()));
    let chain = world.chain();
    for place in 0..3 {
        for bit in 0..chain[place].len() * 8 {
            let mut changed = chain.clone();
            changed[place][bit / 8] ^= 1 << (bit % 8);
            assert!(world.verify(&changed).is_err(), "certificate {place} bit {bit}");
        }
        for length in (0..chain[place].len()).step_by(7) {
            let mut changed = chain.clone();
            changed[place].truncate(length);
            assert!(world.verify(&changed).is_err(), "certificate {place} cut to {length}");
        }
    }
}

fn hardware(entries: &[Vec<u8>]) -> crate::android::AuthorizationList {
    key_description(&description(&[], entries)).unwrap().hardware
}

#[test]
fn names_and_numbers_of_the_device_are_read_and_the_personal_ones_hidden() {
    let text = |tag, text: &str| context(tag, &octet_string(text.as_bytes()));
    let read = hardware(&[
        text(710, "docomo"),
        text(711, "SO-52B"),
        text(712, "product"),
        text(713, "SERIAL42"),
        text(714, "490154203237518"),
        text(715, "99000028"),
        text(716, "Sony"),
        text(717, "model"),
        text(723, "356938035643809"),
        context(724, &octet_string(&[7; 32])),
    ]);
    let shown = format!("{read:?}");
    for personal in ["SERIAL42", "490154203237518", "99000028", "356938035643809"] {
        assert!(!shown.contains(personal), "{shown}");
    }
    assert!(shown.contains("SO-52B"));
    let ids = read.ids;
    let plain = [ids.brand, ids.device, ids.product, ids.manufacturer, ids.model];
    let plain: Vec<_> = plain.iter().flatten().map(String::as_str).collect();
    assert_eq!(plain, ["docomo", "SO-52B", "product", "Sony", "model"]);
    let personal = [ids.serial, ids.imei, ids.meid, ids.second_imei];
    let personal: Vec<_> = personal.iter().flatten().map(|text| text.reveal()).collect();
    assert_eq!(personal, ["SERIAL42", "490154203237518", "99000028", "356938035643809"]);
    assert_eq!((read.imeis.len(), read.module_hash), (2, Some(vec![7; 32])));
}

#[test]
fn what_genuine_handsets_write_oddly_is_read() {
    // An empty application id, an empty key of verified boot, packages that are not UTF-8, and the
    // tag for all applications.
    let read = key_description(&description(&[context(709, &octet_string(&[]))], &[])).unwrap();
    assert_eq!(read.software.application, None);
    let root = sequence(&[octet_string(&[]), element(&[1], &[1]), enumerated(0)]);
    let read = hardware(&[context(704, &root), context(600, &element(&[5], &[]))]);
    let root = read.root_of_trust.unwrap();
    assert_eq!((root.boot_key, root.locked, root.boot_hash), (Vec::new(), true, None));
    assert_eq!(read.unread, [600]);
    let package = sequence(&[octet_string(&[0xFF, b'a']), integer(1)]);
    let id = sequence(&[set(&[package]), set(&[octet_string(&[1; 32])])]);
    let read = key_description(&description(&[context(709, &octet_string(&id))], &[])).unwrap();
    assert_eq!(read.software.application.unwrap().packages[0].name, "\u{FFFD}a");
}

#[test]
fn what_versions_to_come_add_behind_the_schema_is_passed_over() {
    let list = sequence(&[context(702, &integer(0))]);
    let parts = [
        integer(70_000),
        enumerated(1),
        integer(70_000),
        enumerated(1),
        octet_string(&[]),
        octet_string(&[]),
        sequence(&[]),
        list,
        octet_string(b"new"),
    ];
    let read = key_description(&sequence(&parts)).unwrap();
    assert_eq!((read.attestation_version, read.hardware.origin.is_some()), (70_000, true));
    let garbage = [parts.concat(), vec![0x04, 9, 1]].concat();
    assert!(key_description(&element(&[0x30], &garbage)).is_err());
}

#[test]
fn unread_tags_are_told_up_to_a_bound() {
    let many: Vec<_> = (0..100).map(|n| context(2_000 + n, &integer(1))).collect();
    assert_eq!(hardware(&many).unread.len(), 64);
}
