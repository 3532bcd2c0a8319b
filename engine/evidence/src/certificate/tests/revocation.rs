//! Lists for every certificate of a path.

use crate::{
    android::encode::{element, sequence},
    certificate::{
        Authority, ChainPolicy, KeyUsageRule, RevocationError, TrustAnchors, VerifiedPath,
        verify_path,
    },
    signature::{KeyType, SignatureScheme},
    status::{
        Reason, Serial, StatusError,
        encode::{CrlEntrySpec, CrlSpec, ExtensionSpec, Signer, encode_crl},
    },
    testca::{NOW, Party},
};
use rcgen::{KeyUsagePurpose, SigningKey as _};
use simbind_core::time::Timestamp;
use std::{slice, time::Duration};
use time::macros::datetime;

const DAY: Duration = Duration::from_secs(86_400);
const PERSON: u64 = 0x00AB_CDEF;

fn authority(name: &str, serial: u64) -> Party {
    let mut party = Party::authority(name, serial);
    party.params.key_usages.push(KeyUsagePurpose::CrlSign);
    party
}

struct World {
    root: Party,
    office: Party,
    person: Party,
}

impl World {
    fn new() -> Self {
        let person = Party::leaf("person", PERSON);
        Self { root: authority("root", 1), office: authority("office", 2), person }
    }

    fn path(&self, beside: &[Vec<u8>]) -> VerifiedPath {
        let mut chain = vec![self.office.issue(&self.person), self.root.issue(&self.office)];
        chain.extend_from_slice(beside);
        path(&chain, &self.root)
    }

    fn check(&self, lists: &[Vec<u8>]) -> Result<Timestamp, RevocationError> {
        self.path(&[]).check_revocation(lists, NOW).map(|good| good.until())
    }
}

fn path(chain: &[Vec<u8>], root: &Party) -> VerifiedPath {
    let anchors = TrustAnchors::from_der([root.self_signed()]).unwrap();
    let policy = ChainPolicy { key_usage: KeyUsageRule::Any, ..ChainPolicy::default() };
    verify_path(chain, &anchors, &policy, NOW).unwrap()
}

/// A list of this party, made now, good for a day, but for a change.
fn list(by: &Party, change: impl FnOnce(&mut CrlSpec)) -> Vec<u8> {
    let authority = Authority::from_der(&by.self_signed()).unwrap();
    let scheme = match authority.public_key().key_type() {
        KeyType::EcP384 => SignatureScheme::EcdsaP384Sha384,
        _ => SignatureScheme::EcdsaP256Sha256,
    };
    let mut spec = CrlSpec::empty(&authority, NOW);
    change(&mut spec);
    let sign = |message: &[u8]| by.key.sign(message).unwrap();
    encode_crl(&spec, Signer::new(scheme, &sign))
}

fn good(by: &Party) -> Vec<u8> {
    list(by, |_| ())
}

fn serial(number: u64) -> Serial {
    Serial::of_unsigned(&number.to_be_bytes()).unwrap()
}

fn revoking(by: &Party, number: u64) -> Vec<u8> {
    let entry = CrlEntrySpec::revoked(serial(number), NOW, Reason::KeyCompromise);
    list(by, |spec| spec.entries.push(entry))
}

/// A list of one distribution point only.
fn of_point(by: &Party, name: &str) -> Vec<u8> {
    list(by, |spec| spec.extensions.push(ExtensionSpec::id_ce(28, true, sequence(&[point(name)]))))
}

fn point(name: &str) -> Vec<u8> {
    let name = element(&[0xA0], &element(&[0x86], name.as_bytes()));
    element(&[0xA0], &name)
}

fn unknown(at: usize, cause: StatusError) -> RevocationError {
    RevocationError::Unknown { at, cause: Some(cause) }
}

#[test]
fn every_certificate_below_the_anchor_needs_a_list() {
    let world = World::new();
    let (of_person, of_office) = (good(&world.office), good(&world.root));
    assert_eq!(world.check(&[of_person.clone(), of_office.clone()]), Ok(NOW.plus(DAY)));
    let missing = |at| Err(RevocationError::Unknown { at, cause: None });
    assert_eq!(world.check(slice::from_ref(&of_office)), missing(0));
    assert_eq!(world.check(slice::from_ref(&of_person)), missing(1));
    assert_eq!(world.check(&[]), missing(0));
    let short = list(&world.root, |spec| spec.next_update = Some(NOW.plus(DAY / 2)));
    assert_eq!(world.check(&[of_person, short]), Ok(NOW.plus(DAY / 2)));
}

#[test]
fn a_listed_certificate_anywhere_on_the_path_is_refused() {
    let world = World::new();
    let reason = Reason::KeyCompromise;
    let at_0 = RevocationError::Revoked { at: 0, since: NOW, reason };
    let person = revoking(&world.office, PERSON);
    assert_eq!(world.check(&[person.clone(), good(&world.root)]), Err(at_0));
    let at_1 = RevocationError::Revoked { at: 1, since: NOW, reason };
    assert_eq!(world.check(&[good(&world.office), revoking(&world.root, 2)]), Err(at_1));
    let held =
        list(&world.office, |spec| spec.entries.push(CrlEntrySpec::held(serial(PERSON), NOW)));
    let on_hold = RevocationError::Held { at: 0, since: NOW };
    assert_eq!(world.check(&[held, good(&world.root)]), Err(on_hold));
    // Another issuer's list says nothing, whatever the serial.
    assert!(world.check(&[good(&world.office), revoking(&world.root, PERSON)]).is_ok());
    // One good list does not outweigh another that revokes, not even an overdue one.
    let lists = [good(&world.office), good(&world.root), person];
    assert_eq!(world.check(&lists), Err(at_0));
    let old = list(&world.office, |spec| {
        spec.this_update = Timestamp::from_secs(NOW.as_secs() - 864_000);
        spec.next_update = Some(Timestamp::from_secs(NOW.as_secs() - 86_400));
        spec.entries.push(CrlEntrySpec::revoked(serial(PERSON), NOW, reason));
    });
    assert_eq!(world.check(&[good(&world.office), good(&world.root), old]), Err(at_0));
}

#[test]
fn a_list_that_does_not_count_says_why() {
    let world = World::new();
    let check = |list: Vec<u8>| world.check(&[list, good(&world.root)]).unwrap_err();
    let stale = list(&world.office, |spec| {
        spec.this_update = Timestamp::from_secs(NOW.as_secs() - 864_000);
        spec.next_update = Some(Timestamp::from_secs(NOW.as_secs() - 60));
    });
    let by = Duration::from_secs(60);
    assert_eq!(check(stale), unknown(0, StatusError::Stale { by }));
    let mut forged = good(&world.office);
    *forged.last_mut().unwrap() ^= 1;
    assert_eq!(check(forged), unknown(0, StatusError::BadSignature));
    let critical = list(&world.office, |spec| {
        spec.extensions.push(ExtensionSpec::id_ce(99, true, vec![5, 0]));
    });
    assert_eq!(check(critical), unknown(0, StatusError::CriticalExtension));
    let number = |critical| {
        let number = ExtensionSpec::id_ce(20, critical, vec![2, 1, 7]);
        list(&world.office, |spec| {
            spec.number = None;
            spec.extensions.push(number);
        })
    };
    assert!(world.check(&[number(false), good(&world.root)]).is_ok());
    assert_eq!(check(number(true)), unknown(0, StatusError::CriticalExtension));
    let stranger = good(&authority("office", 9));
    assert_eq!(check(stranger), unknown(0, StatusError::BadSignature));
}

#[test]
fn a_delta_is_refused_by_its_name() {
    let world = World::new();
    let delta = list(&world.office, |spec| {
        spec.extensions.push(ExtensionSpec::id_ce(27, true, vec![2, 1, 1]));
    });
    let lists = [good(&world.office), good(&world.root), delta];
    assert_eq!(world.check(&lists), Err(RevocationError::Delta { at: 0 }));
}

#[test]
fn an_issuer_whose_usage_leaves_lists_out_signs_none() {
    let mut world = World::new();
    world.office = Party::authority("office", 2);
    let refused = world.check(&[good(&world.office), good(&world.root)]);
    assert_eq!(refused, Err(unknown(0, StatusError::IssuerMayNotSign)));
}

#[test]
fn a_key_for_lists_of_the_issuers_name_counts_where_it_is_spoken_for() {
    let world = World::new();
    let mut lists = authority("office", 7);
    lists.params.is_ca = rcgen::IsCa::NoCa;
    lists.params.key_usages = vec![KeyUsagePurpose::CrlSign];
    let lists = lists.with_extension(
        &[2, 5, 29, 31],
        sequence(&[sequence(&[point("http://a.jp/keys.crl")])]),
        false,
    );
    let its_own = of_point(&world.office, "http://a.jp/keys.crl");
    let certified = world.office.issue(&lists);
    let check = |beside: &[Vec<u8>], crls: &[Vec<u8>]| {
        let crls = [crls, &[good(&world.root)]].concat();
        world.path(beside).check_revocation(&crls, NOW).map(drop)
    };
    let beside = [certified];
    assert_eq!(check(&beside, &[good(&lists), its_own.clone()]), Ok(()));
    let reason = Reason::KeyCompromise;
    let revoked = Err(RevocationError::Revoked { at: 0, since: NOW, reason });
    assert_eq!(check(&beside, &[revoking(&lists, PERSON), its_own.clone()]), revoked);
    // Nobody but itself speaks for the key.
    assert!(check(&beside, &[good(&lists)]).is_err());
    // The key is not certified, by a stranger, or not for lists.
    assert!(check(&[], &[good(&lists), its_own.clone()]).is_err());
    let stranger = authority("office", 2).issue(&lists);
    assert!(check(&[stranger], &[good(&lists), its_own.clone()]).is_err());
    let mut other = lists;
    let crls = [good(&other), its_own];
    for usages in [vec![KeyUsagePurpose::DigitalSignature], Vec::new()] {
        other.params.key_usages = usages;
        assert!(check(&[world.office.issue(&other)], &crls).is_err());
    }
    other.params.key_usages = vec![KeyUsagePurpose::CrlSign];
    assert_eq!(check(&[world.office.issue(&other)], &crls), Ok(()));
    other.params.not_after = datetime!(2026-01-01 00:00:00 UTC);
    assert!(check(&[world.office.issue(&other)], &crls).is_err(), "its certificate has ended");
}

#[test]
fn a_rolled_key_speaks_for_what_the_old_one_issued() {
    let root = authority("root", 1);
    let (old, new) = (authority("office", 2), authority("office", 3));
    let person = old.issue(&Party::leaf("person", PERSON));
    let path = path(&[person, new.issue(&old), root.issue(&new)], &root);
    let lists = [good(&new), good(&root)];
    assert!(path.check_revocation(&lists, NOW).is_ok());
    let lists = [revoking(&new, PERSON), good(&root)];
    assert!(matches!(
        path.check_revocation(&lists, NOW),
        Err(RevocationError::Revoked { at: 0, .. })
    ));
    // The old key does not speak for its own certificate.
    let lists = [good(&old), good(&root)];
    assert!(matches!(
        path.check_revocation(&lists, NOW),
        Err(RevocationError::Unknown { at: 1, .. })
    ));
}

#[test]
fn an_authority_below_does_not_speak_for_one_above() {
    let root = authority("root", 1);
    let (rolled, below) = (authority("root", 2), authority("root", 3));
    let person = below.issue(&Party::leaf("person", PERSON));
    let path = path(&[person, rolled.issue(&below), root.issue(&rolled)], &root);
    let check = |lists: &[Vec<u8>]| path.check_revocation(lists, NOW).map(drop);
    assert_eq!(check(&[good(&root), good(&rolled), good(&below)]), Ok(()));
    let unspoken = |at| Err(unknown(at, StatusError::BadSignature));
    assert_eq!(check(&[good(&rolled), good(&below)]), unspoken(2));
    assert_eq!(check(&[good(&below)]), unspoken(1));
    // What the root says of it counts, whatever those below say.
    assert!(matches!(
        check(&[good(&rolled), good(&below), revoking(&root, 2)]),
        Err(RevocationError::Revoked { at: 2, .. })
    ));
}

#[test]
fn a_key_that_is_asked_about_vouches_for_nobody_who_speaks_for_it() {
    let (root, office) = (authority("office", 1), authority("office", 2));
    let helper = authority("office", 7);
    let twin = Party {
        key: rcgen::KeyPair::from_pem(&office.key.serialize_pem()).unwrap(),
        ..authority("office", 8)
    };
    // The root speaks for the twin's certificate alone, by that certificate's own point.
    let points = sequence(&[sequence(&[point("http://a.jp/twin.crl")])]);
    let twin = twin.with_extension(&[2, 5, 29, 31], points, false);
    let of_twin = of_point(&root, "http://a.jp/twin.crl");
    let person = office.issue(&Party::leaf("person", PERSON));
    let chain = [person, root.issue(&office), root.issue(&helper), root.issue(&twin)];
    let path = path(&chain, &root);
    let lists = [of_twin, good(&helper), good(&office)];
    assert!(matches!(
        path.check_revocation(&lists, NOW),
        Err(RevocationError::Unknown { at: 1, .. })
    ));
}

#[test]
fn the_order_of_lists_changes_no_verdict() {
    let world = World::new();
    let delta = list(&world.office, |spec| {
        spec.extensions.push(ExtensionSpec::id_ce(27, true, vec![2, 1, 1]));
    });
    let listing = |entry: CrlEntrySpec| list(&world.office, |spec| spec.entries.push(entry));
    let held = listing(CrlEntrySpec::held(serial(PERSON), NOW));
    let earlier = Timestamp::from_secs(NOW.as_secs() - 60);
    let revoked = |since| CrlEntrySpec::revoked(serial(PERSON), since, Reason::KeyCompromise);
    let (first, second) = (listing(revoked(earlier)), listing(revoked(NOW)));
    let reason = Reason::KeyCompromise;
    let worst = RevocationError::Revoked { at: 0, since: earlier, reason };
    let cases = [
        (vec![&held, &delta], RevocationError::Delta { at: 0 }),
        (vec![&second, &delta, &held], RevocationError::Delta { at: 0 }),
        (vec![&held, &second, &first], worst),
        (vec![&second, &first], worst),
    ];
    for (place, (said, expected)) in cases.into_iter().enumerate() {
        let forth: Vec<_> = said.into_iter().cloned().chain([good(&world.root)]).collect();
        let back: Vec<_> = forth.iter().rev().cloned().collect();
        assert_eq!(world.check(&forth), Err(expected), "case {place}");
        assert_eq!(world.check(&back), Err(expected), "case {place}, from the end");
    }
}

#[test]
fn serials_of_either_sign_are_told_apart() {
    let world = World::new();
    let person = world.office.issue(&Party::leaf("person", 0x7F));
    let negative = world.office.sign_again_with_serial(&person, 0x7F, 0xFF);
    let positive = world.office.issue(&Party::leaf("person", 0xFF));
    let entry = |octets: &[u8]| {
        CrlEntrySpec::revoked(Serial::of_der(octets).unwrap(), NOW, Reason::KeyCompromise)
    };
    let check = |leaf: &Vec<u8>, listed: &[u8]| {
        let path = path(&[leaf.clone(), world.root.issue(&world.office)], &world.root);
        let of_people = list(&world.office, |spec| spec.entries.push(entry(listed)));
        path.check_revocation(&[of_people, good(&world.root)], NOW).is_ok()
    };
    assert!(!check(&negative, &[0xFF]) && !check(&positive, &[0, 0xFF]));
    assert!(check(&negative, &[0, 0xFF]) && check(&positive, &[0xFF]));
}

#[test]
fn lists_are_bounded() {
    let world = World::new();
    let many = vec![good(&world.root); 65];
    assert_eq!(world.check(&many), Err(RevocationError::TooMany { got: 65, max: 64 }));
}
