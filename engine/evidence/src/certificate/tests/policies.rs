//! What authorities demand of policies, and how certificates must be made.

use crate::{
    android::encode::{element, sequence},
    certificate::{
        ChainError, ChainPolicy, KeyUsageRule, Profile, ProfileFault, SubjectRule, TrustAnchors,
        verify_chain,
    },
    oid::Oid,
    testca::{NOW, Party},
};
use rcgen::{BasicConstraints, IsCa, KeyUsagePurpose, SerialNumber};

const POLICIES: &[u64] = &[2, 5, 29, 32];
const MAPPINGS: &[u64] = &[2, 5, 29, 33];
const DEMANDS: &[u64] = &[2, 5, 29, 36];
const INHIBIT_ANY: &[u64] = &[2, 5, 29, 54];
const CARD: &str = "1.2.392.200149.8.5.1.3.30";
const OTHER: &str = "1.2.392.200149.8.5.1.1.30";
const ANY: &str = "2.5.29.32.0";

fn oid(text: &str) -> Vec<u8> {
    element(&[6], text.parse::<Oid>().unwrap().der())
}

/// A certificate in a path: the policies that it names, and another extension.
struct Said(&'static [&'static str], Option<(&'static [u64], Vec<u8>)>);

impl Said {
    fn of(self, mut party: Party) -> Party {
        if !self.0.is_empty() {
            let named: Vec<_> = self.0.iter().map(|policy| sequence(&[oid(policy)])).collect();
            party = party.with_extension(POLICIES, sequence(&named), true);
        }
        match self.1 {
            Some((kind, value)) => party.with_extension(kind, value, true),
            None => party,
        }
    }
}

/// From how many certificates below on a policy must be named.
fn explicit(after: u8) -> Option<(&'static [u64], Vec<u8>)> {
    Some((DEMANDS, sequence(&[vec![0x80, 1, after]])))
}

fn no_any(after: u8) -> Option<(&'static [u64], Vec<u8>)> {
    Some((INHIBIT_ANY, vec![2, 1, after]))
}

fn maps(from: &str, to: &str) -> Option<(&'static [u64], Vec<u8>)> {
    Some((MAPPINGS, sequence(&[sequence(&[oid(from), oid(to)])])))
}

fn check(required: &[&str], upper: Said, lower: Said, leaf: Said) -> Result<(), ChainError> {
    let root = Party::authority("root", 1);
    let upper = upper.of(Party::authority("upper", 2));
    let lower = lower.of(Party::authority("lower", 3));
    let leaf = leaf.of(Party::leaf("person", 4));
    let anchors = TrustAnchors::from_der([root.self_signed()]).unwrap();
    let policies = required.iter().map(|policy| policy.parse().unwrap()).collect();
    let policy = ChainPolicy { policies, ..ChainPolicy::default() };
    let chain = [lower.issue(&leaf), upper.issue(&lower), root.issue(&upper)];
    verify_chain(&chain, &anchors, &policy, NOW).map(drop)
}

#[test]
fn authorities_may_demand_that_a_policy_is_named() {
    let broken = |at| Err(ChainError::Policy { at });
    let none = || Said(&[], None);
    let card = || Said(&[CARD], None);
    let cases = [
        (check(&[], none(), none(), none()), Ok(())),
        (check(&[], Said(&[CARD], explicit(0)), card(), card()), Ok(())),
        (check(&[], Said(&[CARD], explicit(0)), card(), none()), broken(0)),
        (check(&[], Said(&[CARD], explicit(0)), Said(&[OTHER], None), card()), broken(1)),
        (check(&[], Said(&[CARD], explicit(1)), none(), none()), broken(0)),
        (check(&[], Said(&[CARD], explicit(2)), none(), none()), broken(0)),
        (check(&[], Said(&[CARD], explicit(3)), none(), none()), Ok(())),
        (check(&[], none(), none(), Said(&[CARD], explicit(0))), broken(0)),
        (check(&[], card(), card(), Said(&[CARD], explicit(0))), Ok(())),
    ];
    for (place, (found, expected)) in cases.into_iter().enumerate() {
        assert_eq!(found, expected, "case {place}");
    }
}

#[test]
fn any_policy_says_nothing_where_an_authority_inhibits_it() {
    let any = || Said(&[ANY], None);
    let card = || Said(&[CARD], None);
    let cases = [
        (check(&[CARD], any(), any(), card()), Ok(())),
        (check(&[CARD], Said(&[CARD], no_any(1)), any(), card()), Ok(())),
        (
            check(&[CARD], Said(&[CARD], no_any(0)), any(), card()),
            Err(ChainError::Policy { at: 1 }),
        ),
        (check(&[CARD], Said(&[ANY], no_any(0)), card(), card()), Ok(())),
        (check(&[CARD], any(), any(), any()), Err(ChainError::Policy { at: 0 })),
    ];
    for (place, (found, expected)) in cases.into_iter().enumerate() {
        assert_eq!(found, expected, "case {place}");
    }
}

#[test]
fn a_mapped_policy_ends_where_it_is_mapped() {
    let card = || Said(&[CARD], None);
    let mapped = || Said(&[CARD, OTHER], maps(CARD, OTHER));
    assert_eq!(check(&[CARD], mapped(), card(), card()), Err(ChainError::Policy { at: 1 }));
    let other = || Said(&[OTHER], None);
    assert_eq!(check(&[CARD], mapped(), other(), other()), Err(ChainError::Policy { at: 1 }));
    assert_eq!(check(&[OTHER], mapped(), other(), other()), Ok(()));
    assert_eq!(check(&[], mapped(), card(), card()), Ok(()));
    let blind = Said(&[ANY], maps(CARD, OTHER));
    assert_eq!(check(&[CARD], blind, card(), card()), Err(ChainError::Policy { at: 1 }));
}

#[test]
fn broken_words_on_policies_refuse_the_certificate() {
    let broken: [(&[u64], Vec<u8>); 8] = [
        (DEMANDS, sequence(&[])),
        (DEMANDS, sequence(&[vec![0x80, 1, 0xFF]])),
        (DEMANDS, sequence(&[vec![0x82, 1, 0]])),
        (INHIBIT_ANY, vec![2, 1, 0xFF]),
        (MAPPINGS, sequence(&[])),
        (MAPPINGS, sequence(&[sequence(&[oid(ANY), oid(CARD)])])),
        (POLICIES, sequence(&[])),
        (POLICIES, sequence(&[sequence(&[oid(CARD)]), sequence(&[oid(CARD)])])),
    ];
    for (place, broken) in broken.into_iter().enumerate() {
        let (none, lower) = (Said(&[], None), Said(&[], Some(broken)));
        let found = check(&[], none, lower, Said(&[], None));
        assert_eq!(found, Err(ChainError::Malformed { at: 1 }), "case {place}");
    }
}

/// A chain that a strict profile takes, but for a change.
fn strict(change: impl Fn(&mut Party, &mut Party, &mut Party)) -> Result<(), ChainError> {
    let mut root = Party::authority("root", 1);
    let mut between = Party::authority("between", 2);
    let mut leaf = Party::leaf("person", 3);
    between.params.use_authority_key_identifier_extension = true;
    leaf.params.use_authority_key_identifier_extension = true;
    change(&mut root, &mut between, &mut leaf);
    let anchors = TrustAnchors::from_der([root.self_signed()]).unwrap();
    let policy = |profile| ChainPolicy {
        profile,
        subject: SubjectRule::Any,
        key_usage: KeyUsageRule::Any,
        ..ChainPolicy::default()
    };
    let chain = [between.issue(&leaf), root.issue(&between)];
    assert_eq!(verify_chain(&chain, &anchors, &policy(Profile::Path), NOW).map(drop), Ok(()));
    verify_chain(&chain, &anchors, &policy(Profile::Strict), NOW).map(drop)
}

fn with(party: &mut Party, oid: &[u64], content: Vec<u8>, critical: bool) {
    let mut extension = rcgen::CustomExtension::from_oid_content(oid, content);
    extension.set_criticality(critical);
    party.params.custom_extensions.push(extension);
}

/// No subject, and alternative names that are critical or not.
fn nameless(party: &mut Party, critical: Option<bool>) {
    party.params.distinguished_name = rcgen::DistinguishedName::new();
    if let Some(critical) = critical {
        with(party, &[2, 5, 29, 17], sequence(&[element(&[0x82], b"a.b")]), critical);
    }
}

#[test]
fn a_strict_profile_asks_how_certificates_are_made() {
    use ProfileFault as Fault;
    let broken = |at, fault| Err(ChainError::Profile { at, fault });
    type Change = fn(&mut Party, &mut Party, &mut Party);
    let cases: [(Change, Result<(), ChainError>); 15] = [
        (|_, _, _| (), Ok(())),
        (
            |_, _, leaf| leaf.params.serial_number = Some(SerialNumber::from(0_u64)),
            broken(0, Fault::SerialNumber),
        ),
        (
            |_, _, leaf| leaf.params.serial_number = Some(SerialNumber::from_slice(&[1; 21])),
            broken(0, Fault::SerialNumber),
        ),
        (
            |_, _, leaf| leaf.params.serial_number = Some(SerialNumber::from_slice(&[0x7F; 20])),
            Ok(()),
        ),
        (
            |_, _, leaf| leaf.params.use_authority_key_identifier_extension = false,
            broken(0, Fault::AuthorityKeyIdentifier),
        ),
        (
            |_, between, _| between.params.use_authority_key_identifier_extension = false,
            broken(1, Fault::AuthorityKeyIdentifier),
        ),
        (|root, _, _| root.params.use_authority_key_identifier_extension = true, Ok(())),
        (
            |root, _, _| with(root, &[2, 5, 29, 35], sequence(&[vec![0x80, 1, 1]]), false),
            broken(2, Fault::AuthorityKeyIdentifier),
        ),
        (
            |_, between, _| with(between, DEMANDS, sequence(&[vec![0x80, 1, 9]]), false),
            broken(1, Fault::NotCritical),
        ),
        (
            |_, _, leaf| leaf.params.key_usages = vec![KeyUsagePurpose::KeyCertSign],
            broken(0, Fault::NoAuthoritysExtension),
        ),
        (
            |_, _, leaf| {
                with(
                    leaf,
                    &[2, 5, 29, 30],
                    sequence(&[element(&[0xA0], &sequence(&[element(&[0x82], b"a.b")]))]),
                    false,
                )
            },
            broken(0, Fault::NoAuthoritysExtension),
        ),
        (
            |_, _, leaf| with(leaf, &[1, 3, 6, 1, 5, 5, 7, 1, 1], vec![5, 0], false),
            broken(0, Fault::BrokenExtension),
        ),
        (|_, _, leaf| nameless(leaf, None), broken(0, Fault::NoSubject)),
        (|_, _, leaf| nameless(leaf, Some(false)), broken(0, Fault::NoSubject)),
        (|_, _, leaf| nameless(leaf, Some(true)), Ok(())),
    ];
    for (place, (change, expected)) in cases.into_iter().enumerate() {
        assert_eq!(strict(change), expected, "case {place}");
    }
}

#[test]
fn an_authority_ends_a_path_only_where_it_may() {
    let root = Party::authority("root", 1);
    let mut office = Party::authority("office", 2);
    office.params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    let anchors = TrustAnchors::from_der([root.self_signed()]).unwrap();
    let chain = [root.issue(&office)];
    for (subject, expected) in
        [(SubjectRule::Any, Ok(())), (SubjectRule::EndEntity, Err(ChainError::AuthorityAsLeaf))]
    {
        let policy =
            ChainPolicy { subject, key_usage: KeyUsageRule::Any, ..ChainPolicy::default() };
        assert_eq!(verify_chain(&chain, &anchors, &policy, NOW).map(drop), expected);
    }
}

#[test]
fn a_path_whose_policies_fail_gives_way_to_one_whose_policies_hold() {
    let root = Party::authority("root", 1);
    let plain = Party::authority("office", 2);
    let key = rcgen::KeyPair::from_pem(&plain.key.serialize_pem()).unwrap();
    let said = Said(&[CARD], None).of(Party { params: plain.params.clone(), key });
    let leaf = plain.issue(&Said(&[CARD], None).of(Party::leaf("person", 3)));
    let (without, with) = (root.issue(&plain), root.issue(&said));
    let anchors = TrustAnchors::from_der([root.self_signed()]).unwrap();
    let policy = ChainPolicy { policies: vec![CARD.parse().unwrap()], ..ChainPolicy::default() };
    let check = |others: &[&Vec<u8>]| {
        let chain: Vec<_> = [&leaf].into_iter().chain(others.iter().copied()).collect();
        verify_chain(&chain, &anchors, &policy, NOW).map(drop)
    };
    assert_eq!(check(&[&without]), Err(ChainError::Policy { at: 1 }));
    assert_eq!(check(&[&without, &with]), Ok(()));
    assert_eq!(check(&[&with, &without]), Ok(()));
}
