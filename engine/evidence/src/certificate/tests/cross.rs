//! The search for a path: cross certificates, several roots, keys that roll over, and its bounds.

use crate::{
    android::encode::{element, sequence},
    certificate::{ChainError, ChainPolicy, Depth, TrustAnchors, verify_chain, verify_path},
    signature::count,
    testca::{NOW, Party},
};
use rcgen::{BasicConstraints, GeneralSubtree, IsCa, NameConstraints};
use time::macros::datetime;

type Outcome = Result<(), ChainError>;

fn verify(chain: &[Vec<u8>], anchors: &[&Party]) -> Outcome {
    let anchors = TrustAnchors::from_der(anchors.iter().map(|root| root.self_signed())).unwrap();
    verify_chain(chain, &anchors, &ChainPolicy::default(), NOW).map(drop)
}

/// The authority, with something else in its certificate.
fn again(party: &Party, change: impl FnOnce(&mut Party)) -> Party {
    let key = rcgen::KeyPair::from_pem(&party.key.serialize_pem()).unwrap();
    let mut again = Party { params: party.params.clone(), key };
    change(&mut again);
    again
}

#[test]
fn an_authority_under_two_roots_is_reached_by_either() {
    let (one, two) = (Party::authority("one", 1), Party::authority("two", 2));
    let between = Party::authority("between", 3);
    let leaf = between.issue(&Party::leaf("person", 4));
    let both = [leaf, one.issue(&between), two.issue(&between)];
    for roots in [vec![&one], vec![&two], vec![&one, &two]] {
        assert_eq!(verify(&both, &roots), Ok(()));
    }
    assert_eq!(verify(&both[..2], &[&two]), Err(ChainError::UnknownIssuer));
    assert_eq!(verify(&both, &[&between]), Ok(()), "an anchor in the middle");
}

#[test]
fn a_path_that_fails_gives_way_to_one_that_holds() {
    let (old, new) = (Party::authority("old root", 1), Party::authority("new root", 2));
    let between = Party::authority("between", 3);
    let leaf = between.issue(&Party::leaf("person", 4));
    let good = new.issue(&between);
    type Spoil = fn(&mut Party);
    let spoils: [(Spoil, ChainError); 5] = [
        (|party| party.params.not_after = datetime!(2026-01-01 00:00:00 UTC), ChainError::Expired),
        (|party| party.params.is_ca = IsCa::ExplicitNoCa, ChainError::NotAnAuthority),
        (
            |party| party.params.key_usages = vec![rcgen::KeyUsagePurpose::CrlSign],
            ChainError::NotAnAuthority,
        ),
        (
            |party| {
                let mut unknown = rcgen::CustomExtension::from_oid_content(&[1, 2, 3], vec![5, 0]);
                unknown.set_criticality(true);
                party.params.custom_extensions.push(unknown);
            },
            ChainError::CriticalExtension,
        ),
        (
            |party| {
                let name = rcgen::DistinguishedName::new();
                party.params.name_constraints = Some(NameConstraints {
                    permitted_subtrees: Vec::new(),
                    excluded_subtrees: vec![GeneralSubtree::DirectoryName(name)],
                });
            },
            ChainError::NameConstraint,
        ),
    ];
    for (place, (spoil, fault)) in spoils.into_iter().enumerate() {
        let bad = old.issue(&again(&between, spoil));
        let chain = |others: &[&Vec<u8>]| {
            std::iter::once(&leaf).chain(others.iter().copied()).cloned().collect::<Vec<_>>()
        };
        assert_eq!(verify(&chain(&[&bad]), &[&old, &new]), Err(fault), "case {place}");
        assert_eq!(verify(&chain(&[&bad, &good]), &[&old, &new]), Ok(()), "case {place}");
        assert_eq!(verify(&chain(&[&good, &bad]), &[&old, &new]), Ok(()), "case {place}");
    }
}

#[test]
fn a_key_rolls_over_by_certificates_of_the_old_and_the_new_key() {
    let root = Party::authority("root", 1);
    let (old, new) = (Party::authority("office", 2), Party::authority("office", 3));
    let by_old = old.issue(&Party::leaf("person", 4));
    let by_new = new.issue(&Party::leaf("person", 5));
    let (old_with_new, new_with_old) = (new.issue(&old), old.issue(&new));
    assert_eq!(verify(&[by_old.clone(), old_with_new.clone(), root.issue(&new)], &[&root]), Ok(()));
    assert_eq!(verify(&[by_new, new_with_old, root.issue(&old)], &[&root]), Ok(()));
    assert_eq!(verify(&[by_old, root.issue(&new)], &[&root]), Err(ChainError::BadSignature));
}

#[test]
fn self_issued_authorities_do_not_lengthen_a_path() {
    let root = Party::authority("root", 1);
    let mut office = Party::authority("office", 2);
    office.params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    let rolled = Party::authority("office", 3);
    let leaf = rolled.issue(&Party::leaf("person", 4));
    let chain = [leaf, office.issue(&rolled), root.issue(&office)];
    assert_eq!(verify(&chain, &[&root]), Ok(()));
    let branch = Party::authority("branch", 5);
    let leaf = branch.issue(&Party::leaf("person", 4));
    let chain = [leaf, office.issue(&branch), root.issue(&office)];
    assert_eq!(verify(&chain, &[&root]), Err(ChainError::NotAnAuthority));
}

#[test]
fn an_anchor_is_held_to_its_own_words() {
    let between = Party::authority("between", 2);
    let leaf = between.issue(&Party::leaf("person", 3));
    let check = |change: fn(&mut Party)| {
        let root = again(&Party::authority("root", 1), change);
        verify(&[leaf.clone(), root.issue(&between)], &[&root])
    };
    assert_eq!(check(|_| ()), Ok(()));
    let refused = Err(ChainError::NotAnAuthority);
    assert_eq!(
        check(|root| root.params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0))),
        refused
    );
    assert_eq!(check(|root| root.params.is_ca = IsCa::NoCa), refused);
    assert_eq!(
        check(|root| root.params.key_usages = vec![rcgen::KeyUsagePurpose::CrlSign]),
        refused
    );
    let ended = |root: &mut Party| root.params.not_after = datetime!(2026-01-01 00:00:00 UTC);
    assert_eq!(check(ended), Err(ChainError::Expired));
}

#[test]
fn names_chain_however_they_are_written() {
    let root = Party::authority("Root  of the City", 1);
    let mut written = again(&root, |_| ());
    written.params.distinguished_name = rcgen::DistinguishedName::new();
    let text = rcgen::DnValue::PrintableString(" ROOT of the  city".try_into().unwrap());
    written.params.distinguished_name.push(rcgen::DnType::CommonName, text);
    let leaf = written.issue(&Party::leaf("person", 2));
    assert_eq!(verify(std::slice::from_ref(&leaf), &[&root]), Ok(()));
    let anchors = TrustAnchors::from_der([root.self_signed()]).unwrap();
    let path = verify_path(&[leaf], &anchors, &ChainPolicy::default(), NOW).unwrap();
    let issuer = path.authorities().next().unwrap();
    assert_eq!(path.certificate().issuer_id(), issuer.id());
    assert_ne!(path.certificate().issuer_der(), issuer.name_der());
}

#[test]
fn an_issuer_has_a_name() {
    let mut root = Party::authority("root", 1);
    root.params.distinguished_name = rcgen::DistinguishedName::new();
    let leaf = root.issue(&Party::leaf("person", 2));
    assert_eq!(verify(&[leaf], &[&root]), Err(ChainError::NotAnAuthority));
}

#[test]
fn the_depth_of_a_path_is_bounded() {
    let root = Party::authority("root", 1);
    let between = Party::authority("between", 2);
    let chain = [between.issue(&Party::leaf("person", 3)), root.issue(&between)];
    let anchors = TrustAnchors::from_der([root.self_signed()]).unwrap();
    for (depth, expected) in [(0, Err(ChainError::NotAnAuthority)), (1, Ok(()))] {
        let policy = ChainPolicy { depth: Depth::at_most(depth), ..ChainPolicy::default() };
        assert_eq!(verify_chain(&chain, &anchors, &policy, NOW).map(drop), expected);
    }
}

/// Fifteen certificates of as many authorities, all of one name and certified crosswise.
fn mesh(signers: &[Party]) -> Vec<Vec<u8>> {
    let around = signers.iter().zip(signers.iter().cycle().skip(1));
    let across = signers.iter().zip(signers.iter().cycle().skip(2));
    around.chain(across).map(|(by, about)| by.issue(about)).take(15).collect()
}

#[test]
fn a_hostile_set_of_cross_certificates_ends_in_bounded_work() {
    let root = Party::authority("same", 1);
    let signers: Vec<_> = (0..8).map(|serial| Party::authority("same", 10 + serial)).collect();
    let mut chain = vec![signers[0].issue(&Party::leaf("person", 2))];
    chain.extend(mesh(&signers));
    let before = count::so_far();
    let refused = verify(&chain, &[&root]).unwrap_err();
    let spent = count::so_far() - before;
    assert_eq!(refused, ChainError::TooMuchWork);
    assert!(spent <= u64::from(crate::certificate::MAX_SIGNATURES), "{spent} signatures");
}

#[test]
fn steps_are_bounded_where_signatures_are_known() {
    // Seven certificates of one key under seven names, each certified by all: few signatures to
    // verify, and thousands of ways through.
    let root = Party::authority("root", 1);
    let key = || rcgen::KeyPair::from_pem(&root.key.serialize_pem()).unwrap();
    let named = |name: &str| Party { params: Party::authority(name, 2).params, key: key() };
    let names = ["a", "b", "c", "d"].map(named);
    let mut chain = vec![names[0].issue(&Party::leaf("person", 3))];
    for by in &names {
        chain.extend(
            names.iter().filter(|about| !std::ptr::eq(*about, by)).map(|about| by.issue(about)),
        );
    }
    let other = Party::authority("root", 4);
    let before = count::so_far();
    let refused = verify(&chain, &[&other]).unwrap_err();
    assert!(matches!(refused, ChainError::UnknownIssuer | ChainError::TooMuchWork), "{refused}");
    assert!(count::so_far() - before <= u64::from(crate::certificate::MAX_SIGNATURES));
}

#[test]
fn a_signature_algorithm_is_written_as_it_should_be() {
    let mut root = Party::leaf("root", 1);
    root.params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    root.params.key_usages = vec![rcgen::KeyUsagePurpose::KeyCertSign];
    let leaf = root.issue(&Party::leaf("person", 2));
    assert_eq!(verify(std::slice::from_ref(&leaf), &[&root]), Ok(()));
    // ecdsa-with-SHA256, 1.2.840.10045.4.3.2, with NULL for parameters that have to be absent.
    let oid = element(&[6], &[0x2A, 0x86, 0x48, 0xCE, 0x3D, 4, 3, 2]);
    let null = sequence(&[oid.clone(), vec![5, 0]]);
    let with_null = root.sign_again(&leaf, &null, &null);
    assert_eq!(verify(&[with_null], &[&root]), Err(ChainError::UnsupportedAlgorithm));
    let plain = sequence(&[oid]);
    let again = root.sign_again(&leaf, &plain, &plain);
    assert_eq!(verify(&[again], &[&root]), Ok(()));
}
