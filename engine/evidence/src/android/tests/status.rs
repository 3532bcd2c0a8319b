//! The status list, and chains that stand on it.

use super::made::{CHALLENGE, World, spec};
use crate::{
    android::{
        AttestationPolicy, ExpectedAttestation, ListedReason, Listing, Status, StatusList,
        Weakness, encode::encode_key_description, verify,
    },
    testca::NOW,
};

#[test]
fn a_listed_certificate_counts_unless_it_is_the_leaf() {
    let world = World::new(encode_key_description(&spec()));
    let entries = |json: &str| {
        let list = format!("{{\"entries\": {{{json}}}}}");
        let status = StatusList::from_json(list.as_bytes()).unwrap();
        let expected = ExpectedAttestation { challenge: CHALLENGE, apps: &[] };
        let read = verify(&world.chain(), &world.roots(), &status, &expected, NOW).unwrap();
        assert_eq!(
            read.weakest(&AttestationPolicy::default()),
            read.listed().map(|_| Weakness::Revoked)
        );
        read.listed().map(|listing| listing.status)
    };
    assert_eq!(entries(""), None);
    assert_eq!(entries(r#""1": {"status": "REVOKED"}"#), None);
    assert_eq!(entries(r#""a001": {"status": "REVOKED"}"#), Some(Status::Revoked));
    assert_eq!(entries(r#""cc66": {"status": "REVOKED"}"#), Some(Status::Revoked));
    assert_eq!(entries(r#""12345678": {"status": "SUSPENDED"}"#), Some(Status::Suspended));
    assert_eq!(entries(r#""CC66": {"status": "NEW", "reason": "x"}"#), Some(Status::Other));
    // 0xcc66 in decimal.
    assert_eq!(entries(r#""52326": {"status": "REVOKED"}"#), None);
}

#[test]
fn a_status_list_is_read_whole_or_not_at_all() {
    for broken in [
        "",
        "{}",
        "[]",
        r#"{"entries": {"xyz": {"status": "REVOKED"}}}"#,
        r#"{"entries": {"": {"status": "REVOKED"}}}"#,
        r#"{"entries": {"cc66": {}}}"#,
    ] {
        assert!(StatusList::from_json(broken.as_bytes()).is_err(), "{broken}");
    }
    assert!(StatusList::from_json(&vec![b' '; StatusList::MAX_BYTES + 1]).is_err());
}

#[test]
fn the_worst_entry_counts_and_the_serials_behind_the_leaf_are_told() {
    let world = World::new(encode_key_description(&spec()));
    let list = br#"{"entries": {
        "a001": {"status": "SUSPENDED", "comment": "the copy of the root"},
        "cc66": {"status": "SUSPENDED", "expires": "2020-01-01", "reason": "SOFTWARE_FLAW"},
        "12345678": {"status": "SUSPENDED"},
        "012345678": {"status": "REVOKED", "reason": "KEY_COMPROMISE"},
        "0012345678": {"status": "SUSPENDED", "comment": "spelled otherwise"}
    }}"#;
    let status = StatusList::from_json(list).unwrap();
    assert_eq!(status.len(), 3);
    let expected = ExpectedAttestation { challenge: CHALLENGE, apps: &[] };
    let read = verify(&world.chain(), &world.roots(), &status, &expected, NOW).unwrap();
    let worst = Listing { status: Status::Revoked, reason: ListedReason::KeyCompromise };
    assert_eq!(read.listed(), Some(worst));
    let serials: Vec<&[u8]> = read.issuer_serials().iter().map(AsRef::as_ref).collect();
    assert_eq!(serials, [&[0xCC, 0x66][..], &[0x12, 0x34, 0x56, 0x78]]);
    // An entry whose certificate has expired still counts.
    let suspended = Listing { status: Status::Suspended, reason: ListedReason::SoftwareFlaw };
    assert_eq!(status.of_serial(&[0, 0xCC, 0x66]), Some(suspended));
    assert_eq!(status.of_serials([[1_u8]]), None);
}
