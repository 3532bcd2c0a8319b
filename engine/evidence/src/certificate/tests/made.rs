use crate::{
    certificate::{
        AnchorError, Authority, ChainError, ChainPolicy, KeyUsageRule, MaySignCrls, TrustAnchors,
        VerifiedCertificate, verify_chain,
    },
    oid::Oid,
    pem::PemError,
    signature::{KeyError, KeyType},
    testca::{NOW, Party},
};
use proptest::prelude::*;
use rcgen::{
    BasicConstraints, ExtendedKeyUsagePurpose, IsCa, KeyPair, KeyUsagePurpose, PKCS_ED25519,
};
use simbind_core::{ids::CertificateId, time::Timestamp};
use time::macros::datetime;

const POLICIES: &[u64] = &[2, 5, 29, 32];
const CARD: &str = "1.2.392.200149.8.5.1.3.30";

/// The certificate-policies extension with these policies.
fn policies(oids: &[&str]) -> Vec<u8> {
    use crate::android::encode::{element, sequence};
    let infos: Vec<_> = oids
        .iter()
        .map(|oid| sequence(&[element(&[6], oid.parse::<Oid>().unwrap().der())]))
        .collect();
    sequence(&infos)
}

struct World {
    root: Party,
    intermediate: Party,
    leaf: Party,
}

impl World {
    /// One world, and one in which policies are critical.
    fn both() -> [Self; 2] {
        let mut critical = Self::new();
        critical.leaf = critical.leaf.with_extension(POLICIES, policies(&[CARD]), true);
        [Self::new(), critical]
    }

    fn new() -> Self {
        Self {
            root: Party::authority("root", 1),
            intermediate: Party::authority("intermediate", 2),
            leaf: Party::leaf("person", 0x00AB_CDEF),
        }
    }

    fn chain(&self) -> Vec<Vec<u8>> {
        vec![self.intermediate.issue(&self.leaf), self.root.issue(&self.intermediate)]
    }

    fn anchors(&self) -> TrustAnchors {
        TrustAnchors::from_der([self.root.self_signed()]).unwrap()
    }

    fn check(&self, policy: &ChainPolicy) -> Result<VerifiedCertificate, ChainError> {
        verify_chain(&self.chain(), &self.anchors(), policy, NOW)
    }

    fn verify(&self, chain: &[Vec<u8>]) -> Result<VerifiedCertificate, ChainError> {
        verify_chain(chain, &self.anchors(), &ChainPolicy::default(), NOW)
    }
}

#[test]
fn a_chain_to_an_anchor_is_verified_and_read() {
    for mut world in World::both() {
        world.intermediate.params.not_after = datetime!(2030-01-01 00:00:00 UTC);
        let chain = world.chain();
        let read = world.verify(&chain).unwrap();
        assert_eq!(read.id(), CertificateId::of_der(&chain[0]));
        assert_eq!(read.serial(), [0xAB, 0xCD, 0xEF]);
        assert_eq!(read.public_key().key_type(), KeyType::EcP256);
        assert_eq!(read.not_before(), Timestamp::from_secs(1_609_459_200));
        assert_eq!(read.not_after(), Timestamp::from_secs(2_051_222_400));
        assert_eq!(read.valid_from(), read.not_before());
        assert_eq!(read.valid_until(), Timestamp::from_secs(1_893_456_001));
        assert!(!read.issuer_der().is_empty());
        assert!(!format!("{read:?}").contains("171, 205, 239"), "the serial shows in Debug");

        let mut with_anchor = chain;
        with_anchor.push(world.root.self_signed());
        assert_eq!(world.verify(&with_anchor).unwrap(), read);
    }
}

#[test]
fn order_and_extra_certificates_do_not_matter() {
    for world in World::both() {
        let stranger = World::new();
        let [leaf, intermediate] = <[_; 2]>::try_from(world.chain()).unwrap();
        let root = world.root.self_signed();
        let other = stranger.chain()[1].clone();
        let junk = vec![0x30, 0];
        let read = world.verify(&[leaf.clone(), intermediate.clone()]).unwrap();
        let cases = [
            vec![&leaf, &root, &intermediate],
            vec![&leaf, &intermediate, &intermediate],
            vec![&leaf, &other, &intermediate, &other],
            vec![&leaf, &junk, &root, &leaf, &intermediate],
        ];
        for (place, chain) in cases.into_iter().enumerate() {
            let chain: Vec<Vec<u8>> = chain.into_iter().cloned().collect();
            assert_eq!(world.verify(&chain).as_ref(), Ok(&read), "case {place}");
        }
    }
}

#[test]
fn without_a_path_a_chain_is_refused() {
    for world in World::both() {
        let stranger = World::new();
        let [leaf, intermediate] = <[_; 2]>::try_from(world.chain()).unwrap();
        let root = world.root.self_signed();
        let other = stranger.chain()[1].clone();
        let mut trailing = leaf.clone();
        trailing.push(0);
        let mut broken = intermediate.clone();
        broken.push(0);
        let cases = [
            (vec![], ChainError::Empty),
            (vec![&leaf], ChainError::UnknownIssuer),
            (vec![&leaf, &root], ChainError::UnknownIssuer),
            (vec![&leaf, &other], ChainError::BadSignature),
            (vec![&trailing, &intermediate], ChainError::Malformed { at: 0 }),
            (vec![&leaf, &root, &broken], ChainError::Malformed { at: 2 }),
            (vec![&intermediate], ChainError::KeyUsage),
        ];
        for (place, (chain, error)) in cases.into_iter().enumerate() {
            let chain: Vec<Vec<u8>> = chain.into_iter().cloned().collect();
            assert_eq!(world.verify(&chain), Err(error), "case {place}");
        }
        assert_eq!(stranger.verify(&world.chain()), Err(ChainError::BadSignature));
    }
}

#[test]
fn lengths_are_bounded_before_anything_is_parsed() {
    let world = World::new();
    let many = vec![vec![0]; 17];
    assert_eq!(world.verify(&many), Err(ChainError::TooMany { got: 17, max: 16 }));
    let mut large = world.chain();
    large[0] = vec![0x30; 1_000_000];
    let too_large = ChainError::TooLarge { at: 0, got: 1_000_000, max: 16_384 };
    assert_eq!(world.verify(&large), Err(too_large));
}

#[test]
fn validity_is_inclusive() {
    for mut world in World::both() {
        world.leaf.params.not_before = datetime!(2026-09-01 00:00:00 UTC);
        world.leaf.params.not_after = datetime!(2026-10-02 00:00:00 UTC);
        let (chain, anchors) = (world.chain(), world.anchors());
        let at = |millis| {
            let at = Timestamp::from_millis(millis);
            verify_chain(&chain, &anchors, &ChainPolicy::default(), at).map(drop)
        };
        let (first, last) = (1_788_220_800_000, 1_790_899_200_000);
        assert_eq!(at(first - 1), Err(ChainError::NotYetValid));
        assert_eq!(at(first), Ok(()));
        assert_eq!(at(last + 999), Ok(()));
        assert_eq!(at(last + 1_000), Err(ChainError::Expired));
        assert_eq!(at(-1), Err(ChainError::NotYetValid));
        let until = verify_chain(&chain, &anchors, &ChainPolicy::default(), NOW).unwrap();
        assert_eq!(until.valid_until(), Timestamp::from_millis(last + 1_000));
    }
}

#[test]
fn key_usage_must_allow_digital_signatures() {
    for mut world in World::both() {
        world.leaf.params.key_usages = vec![KeyUsagePurpose::ContentCommitment];
        assert_eq!(world.check(&ChainPolicy::default()), Err(ChainError::KeyUsage));
        let any = ChainPolicy { key_usage: KeyUsageRule::Any, ..ChainPolicy::default() };
        assert!(world.check(&any).is_ok());
        world.leaf.params.key_usages.clear();
        assert_eq!(world.check(&ChainPolicy::default()), Err(ChainError::KeyUsage));
    }
}

#[test]
fn an_extended_usage_is_required_where_it_is_there() {
    for mut world in World::both() {
        let client = ChainPolicy {
            extended_key_usage: Some("1.3.6.1.5.5.7.3.2".parse().unwrap()),
            ..ChainPolicy::default()
        };
        assert!(world.check(&client).is_ok());
        world.leaf.params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        assert!(world.check(&client).is_ok());
        world.leaf.params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        assert_eq!(world.check(&client), Err(ChainError::KeyUsage));
        assert!(world.check(&ChainPolicy::default()).is_ok());
    }
}

#[test]
fn a_policy_is_required_all_along_the_path() {
    let wanted = ChainPolicy { policies: vec![CARD.parse().unwrap()], ..ChainPolicy::default() };
    let (any, other) = ("2.5.29.32.0", "1.2.392.200149.8.5.1.1.30");
    type Named<'p> = Option<&'p [&'p str]>;
    let cases: &[(Named<'_>, Named<'_>, Result<(), ChainError>)] = &[
        (Some(&[CARD]), Some(&[CARD]), Ok(())),
        (Some(&[other, CARD]), Some(&[any]), Ok(())),
        (None, Some(&[CARD]), Err(ChainError::Policy { at: 0 })),
        (Some(&[other]), Some(&[CARD]), Err(ChainError::Policy { at: 0 })),
        (Some(&[any]), Some(&[CARD]), Err(ChainError::Policy { at: 0 })),
        (Some(&[CARD]), None, Err(ChainError::Policy { at: 1 })),
        (Some(&[CARD]), Some(&[other]), Err(ChainError::Policy { at: 1 })),
    ];
    for (place, (leaf, intermediate, expected)) in cases.iter().enumerate() {
        for critical in [false, true] {
            let mut world = World::new();
            if let Some(oids) = leaf {
                world.leaf = world.leaf.with_extension(POLICIES, policies(oids), critical);
            }
            if let Some(oids) = intermediate {
                let party = world.intermediate;
                world.intermediate = party.with_extension(POLICIES, policies(oids), critical);
            }
            let found = world.check(&wanted).map(drop);
            assert_eq!(found, *expected, "case {place}, critical {critical}");
        }
    }
}

#[test]
fn an_issuer_must_be_an_authority() {
    for mut world in World::both() {
        let mut check = |is_ca, usage: &[KeyUsagePurpose]| {
            world.intermediate.params.is_ca = is_ca;
            world.intermediate.params.key_usages = usage.to_vec();
            world.check(&ChainPolicy::default()).map(drop)
        };
        let short = || IsCa::Ca(BasicConstraints::Constrained(0));
        let refused = Err(ChainError::NotAnAuthority);
        assert_eq!(check(IsCa::ExplicitNoCa, &[KeyUsagePurpose::KeyCertSign]), refused);
        assert_eq!(check(short(), &[KeyUsagePurpose::CrlSign]), refused);
        assert_eq!(check(short(), &[]), Ok(()));
        assert_eq!(check(short(), &[KeyUsagePurpose::KeyCertSign]), Ok(()));
    }
    for mut world in World::both() {
        world.leaf.params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        assert_eq!(world.check(&ChainPolicy::default()), Err(ChainError::AuthorityAsLeaf));
    }
}

#[test]
fn a_path_is_no_longer_than_its_issuers_allow() {
    for mut world in World::both() {
        let middle = Party::authority("middle", 3);
        let chain = |world: &World| {
            let [leaf, top] = [middle.issue(&world.leaf), world.root.issue(&world.intermediate)];
            vec![leaf, world.intermediate.issue(&middle), top]
        };
        assert!(world.verify(&chain(&world)).is_ok());
        world.intermediate.params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        assert_eq!(world.verify(&chain(&world)), Err(ChainError::NotAnAuthority));
        world.intermediate.params.is_ca = IsCa::Ca(BasicConstraints::Constrained(1));
        assert!(world.verify(&chain(&world)).is_ok());
    }
}

proptest! {
    #[test]
    fn random_bytes_are_no_chain(
        chain in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..300), 0..4),
    ) {
        prop_assert!(World::new().verify(&chain).is_err());
    }

    #[test]
    fn a_changed_chain_is_read_without_panic(
        critical in any::<bool>(),
        changes in proptest::collection::vec((0_usize..2, any::<usize>(), any::<u8>()), 1..6),
    ) {
        let world = &World::both()[usize::from(critical)];
        let whole = world.chain();
        let mut chain = whole.clone();
        for (certificate, place, octet) in changes {
            let length = chain[certificate].len();
            chain[certificate][place % length] = octet;
        }
        prop_assert_eq!(world.verify(&chain).is_ok(), chain == whole);
    }
}

#[test]
fn an_unknown_critical_extension_refuses_the_chain() {
    let mut world = World::new();
    world.leaf = world.leaf.with_extension(&[1, 2, 3, 4], vec![5, 0], false);
    assert!(world.check(&ChainPolicy::default()).is_ok());
    world.leaf = world.leaf.with_extension(&[1, 2, 3, 5], vec![5, 0], true);
    assert_eq!(world.check(&ChainPolicy::default()), Err(ChainError::CriticalExtension));
}

#[test]
fn a_key_of_another_kind_is_refused_by_name() {
    let mut world = World::new();
    world.leaf.key = KeyPair::generate_for(&PKCS_ED25519).unwrap();
    let named = KeyError::UnsupportedAlgorithm("1.3.101.112".into());
    assert_eq!(world.check(&ChainPolicy::default()), Err(ChainError::UnsupportedKey(named)));
}

#[test]
fn no_bit_of_a_chain_can_change() {
    for world in World::both() {
        let (chain, anchors) = (world.chain(), world.anchors());
        for place in 0..chain.len() {
            for bit in 0..chain[place].len() * 8 {
                let mut changed = chain.clone();
                changed[place][bit / 8] ^= 1 << (bit % 8);
                let outcome = verify_chain(&changed, &anchors, &ChainPolicy::default(), NOW);
                assert!(outcome.is_err(), "certificate {place} bit {bit}");
            }
        }
    }
}

#[test]
fn anchors_are_read_from_pem_and_never_empty() {
    let world = World::new();
    let pem = world.root.params.self_signed(&world.root.key).unwrap().pem();
    assert_eq!(TrustAnchors::from_pem(pem.as_bytes()).unwrap().len(), 1);
    assert_eq!(TrustAnchors::from_pem(b"").unwrap_err(), AnchorError::Empty);
    let broken = b"-----BEGIN CERTIFICATE-----\n%\n-----END CERTIFICATE-----\n";
    assert_eq!(
        TrustAnchors::from_pem(broken).unwrap_err(),
        AnchorError::Pem(PemError::Broken { at: 0 })
    );
    let malformed = TrustAnchors::from_der([[0x30, 0x00]]).unwrap_err();
    assert_eq!(malformed, AnchorError::Malformed { at: 0 });
}

#[test]
fn the_issuer_is_known_by_its_name_and_key() {
    let world = World::new();
    let authority = Authority::from_der(&world.root.issue(&world.intermediate)).unwrap();
    let read = world.check(&ChainPolicy::default()).unwrap();
    assert_eq!(read.issuer_id(), authority.id());
    let again = Authority::from_der(&world.intermediate.self_signed()).unwrap();
    assert_eq!(again.id(), authority.id(), "another certificate of the same authority");
    assert_eq!(authority.name_der(), read.issuer_der());
    assert_eq!(authority.may_sign_crls(), MaySignCrls::No);

    let direct = verify_chain(
        &[world.root.issue(&world.leaf)],
        &world.anchors(),
        &ChainPolicy::default(),
        NOW,
    );
    let root = Authority::from_der(&world.root.self_signed()).unwrap();
    assert_eq!(direct.unwrap().issuer_id(), root.id());
}
