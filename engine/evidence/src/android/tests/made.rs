//! Chains of our own making.

use crate::{
    android::{
        AttestationError, AttestationPolicy, AttestationRoots, BootState, ExpectedApp,
        ExpectedAttestation, Irregularity, KeyAttestation, Origin, SecurityLevel, StatusList,
        Weakness,
        encode::{KEY_DESCRIPTION_OID, KeyDescriptionSpec, encode_key_description},
        verify,
    },
    certificate::AnchorError,
    inspect::CertificateSummary,
    testca::{NOW, Party},
};
use rcgen::{IsCa, KeyPair, PKCS_ED25519};
use simbind_core::time::Timestamp;
use time::macros::datetime;

pub(super) const CHALLENGE: &[u8] = b"a challenge of the tests";
const SIGNER: [u8; 32] = [0x11; 32];

pub(super) struct World {
    pub(super) root: Party,
    pub(super) intermediate: Party,
    pub(super) batch: Party,
    pub(super) leaf: Party,
}

pub(super) fn spec() -> KeyDescriptionSpec {
    KeyDescriptionSpec {
        challenge: CHALLENGE.to_vec(),
        packages: vec!["jp.example.simbind".into()],
        signer_digests: vec![SIGNER],
        imeis: vec!["490154203237518".parse().unwrap(), "356938035643809".parse().unwrap()],
        ..KeyDescriptionSpec::default()
    }
}

impl World {
    pub(super) fn new(description: Vec<u8>) -> Self {
        Self {
            root: Party::authority("root", 0xA001),
            intermediate: Party::authority("intermediate", 0x1234_5678),
            batch: Party::authority("batch", 0xCC66),
            leaf: Party::leaf("Android Keystore Key", 1).with_extension(
                KEY_DESCRIPTION_OID,
                description,
                false,
            ),
        }
    }

    pub(super) fn chain(&self) -> Vec<Vec<u8>> {
        vec![
            self.batch.issue(&self.leaf),
            self.intermediate.issue(&self.batch),
            self.root.issue(&self.intermediate),
            self.root.self_signed(),
        ]
    }

    pub(super) fn roots(&self) -> AttestationRoots {
        AttestationRoots::from_der([self.root.self_signed()]).unwrap()
    }

    pub(super) fn verify(&self, chain: &[Vec<u8>]) -> Result<KeyAttestation, AttestationError> {
        self.verify_at(chain, NOW)
    }

    fn verify_at(
        &self,
        chain: &[Vec<u8>],
        at: Timestamp,
    ) -> Result<KeyAttestation, AttestationError> {
        let expected = ExpectedAttestation { challenge: CHALLENGE, apps: &[] };
        verify(chain, &self.roots(), &StatusList::default(), &expected, at)
    }
}

fn weakest(spec: &KeyDescriptionSpec, policy: &AttestationPolicy) -> Option<Weakness> {
    let world = World::new(encode_key_description(spec));
    world.verify(&world.chain()).unwrap().weakest(policy)
}

#[test]
fn a_made_attestation_is_read_back() {
    let made = spec();
    let world = World::new(encode_key_description(&made));
    let read = world.verify(&world.chain()).unwrap();
    assert_eq!(read.weakest(&AttestationPolicy::default()), None);
    assert_eq!(read.level(), SecurityLevel::TrustedEnvironment);
    assert_eq!((read.boot(), read.locked()), (Some(BootState::Verified), Some(true)));
    assert_eq!((read.os_patch(), read.origin()), (Some(202_610), Some(Origin::Generated)));
    assert_eq!(read.imeis(), made.imeis);
    assert_eq!(read.challenge(), CHALLENGE);
    assert_eq!(read.attestation_version(), 300);
    let application = read.application().unwrap();
    assert_eq!(application.packages[0].name, "jp.example.simbind");
    assert_eq!(application.signer_digests, [SIGNER]);
    assert_eq!(read.public_key().unwrap().spki_der(), read.spki_der());
    assert_eq!(read.valid_until(), Timestamp::from_secs(2_051_222_401));
    assert!(read.irregularities().is_empty());
    let without_root = &world.chain()[..3];
    assert_eq!(world.verify(without_root).unwrap(), read);
}

#[test]
fn the_weakest_link_is_named() {
    type Change = fn(&mut KeyDescriptionSpec);
    let cases: &[(Change, Option<Weakness>)] = &[
        (|_| (), None),
        (|s| s.version = 500, None),
        (|s| s.version = 70_000, None),
        (|s| s.keymint_level = SecurityLevel::StrongBox, None),
        (|s| s.challenge = b"another".to_vec(), Some(Weakness::WrongChallenge)),
        (|s| s.challenge = Vec::new(), Some(Weakness::WrongChallenge)),
        (|s| s.attestation_level = SecurityLevel::Software, Some(Weakness::SoftwareLevel)),
        (|s| s.keymint_level = SecurityLevel::Software, Some(Weakness::SoftwareLevel)),
        (|s| s.keymint_level = SecurityLevel::Other(3), Some(Weakness::SoftwareLevel)),
        (|s| s.origin = Origin::Imported, Some(Weakness::NotGenerated)),
        (|s| s.origin = Origin::SecurelyImported, Some(Weakness::NotGenerated)),
        (|s| s.origin = Origin::Other(9), Some(Weakness::NotGenerated)),
        (|s| s.locked = false, Some(Weakness::Unlocked)),
        (|s| s.boot_state = BootState::Failed, Some(Weakness::BootFailed)),
        (|s| s.boot_state = BootState::Other(7), Some(Weakness::BootFailed)),
        (|s| s.boot_state = BootState::Unverified, Some(Weakness::BootUnverified)),
        (|s| s.boot_state = BootState::SelfSigned, Some(Weakness::BootSelfSigned)),
        (|s| s.os_patch = 201_801, None),
    ];
    for (place, (change, expected)) in cases.iter().enumerate() {
        let mut changed = spec();
        change(&mut changed);
        let found = weakest(&changed, &AttestationPolicy::default());
        assert_eq!(found, *expected, "case {place}");
    }
    let strict = AttestationPolicy {
        least_level: SecurityLevel::StrongBox,
        oldest_os_patch: Some(202_611),
        ..AttestationPolicy::default()
    };
    assert_eq!(weakest(&spec(), &strict), Some(Weakness::LevelTooLow));
    let patched = AttestationPolicy { oldest_os_patch: Some(202_611), ..Default::default() };
    assert_eq!(weakest(&spec(), &patched), Some(Weakness::OldPatch));
    let patched = AttestationPolicy { oldest_os_patch: Some(202_610), ..Default::default() };
    assert_eq!(weakest(&spec(), &patched), None);
}

#[test]
fn only_an_expected_app_signed_by_its_own_signer_matches() {
    let app = ExpectedApp { package: "jp.example.simbind".parse().unwrap(), signers: vec![SIGNER] };
    type Change = fn(&mut KeyDescriptionSpec);
    let cases: &[(Change, bool)] = &[
        (|_| (), true),
        (|s| s.packages = vec!["jp.example.rogue".into()], false),
        (|s| s.packages.clear(), false),
        (|s| s.signer_digests = vec![[0x22; 32]], false),
        (|s| s.signer_digests.push([0x22; 32]), false),
        (|s| s.signer_digests.clear(), false),
    ];
    for (place, (change, matches)) in cases.iter().enumerate() {
        let mut changed = spec();
        change(&mut changed);
        let world = World::new(encode_key_description(&changed));
        let expected =
            ExpectedAttestation { challenge: CHALLENGE, apps: std::slice::from_ref(&app) };
        let read =
            verify(&world.chain(), &world.roots(), &StatusList::default(), &expected, NOW).unwrap();
        assert_eq!(read.app_matches(), Some(*matches), "case {place}");
        let weakness = (!matches).then_some(Weakness::WrongApp);
        assert_eq!(read.weakest(&AttestationPolicy::default()), weakness, "case {place}");
    }
}

#[test]
fn a_chain_has_one_shape() {
    use AttestationError as E;
    let world = World::new(encode_key_description(&spec()));
    let stranger = World::new(encode_key_description(&spec()));
    let [leaf, batch, intermediate, root] = <[_; 4]>::try_from(world.chain()).unwrap();
    let mut trailing = leaf.clone();
    trailing.push(0);
    let cases = [
        (vec![], E::Empty),
        (vec![&root], E::RootOutOfPlace { at: 0 }),
        (vec![&leaf], E::UnknownRoot),
        (vec![&leaf, &batch], E::UnknownRoot),
        (vec![&leaf, &root], E::IssuerName { at: 0 }),
        (vec![&leaf, &intermediate, &root], E::IssuerName { at: 0 }),
        (vec![&leaf, &batch, &batch, &intermediate, &root], E::IssuerName { at: 1 }),
        (vec![&batch, &leaf, &intermediate, &root], E::IssuerName { at: 0 }),
        (vec![&leaf, &batch, &intermediate, &root, &root], E::RootOutOfPlace { at: 3 }),
        (vec![&leaf, &batch, &intermediate, &root, &batch], E::RootOutOfPlace { at: 3 }),
        (vec![&leaf, &leaf, &batch, &intermediate, &root], E::IssuerName { at: 0 }),
        (vec![&root, &intermediate, &batch, &leaf], E::RootOutOfPlace { at: 0 }),
        (vec![&trailing, &batch, &intermediate, &root], E::Malformed { at: 0 }),
    ];
    for (place, (chain, error)) in cases.into_iter().enumerate() {
        let chain: Vec<Vec<u8>> = chain.into_iter().cloned().collect();
        assert_eq!(world.verify(&chain), Err(error), "case {place}");
    }
    assert_eq!(stranger.verify(&world.chain()), Err(E::UnknownRoot));
    let mut mixed = world.chain();
    mixed[0] = stranger.chain()[0].clone();
    assert_eq!(world.verify(&mixed), Err(E::Signature { at: 0 }));
}

#[test]
fn lengths_are_bounded_before_anything_is_parsed() {
    let world = World::new(encode_key_description(&spec()));
    let many = vec![vec![0]; 11];
    assert_eq!(world.verify(&many), Err(AttestationError::TooMany { got: 11, max: 10 }));
    let mut large = world.chain();
    large[1] = vec![0x30; 1_000_000];
    let too_large = AttestationError::TooLarge { at: 1, got: 1_000_000, max: 16_384 };
    assert_eq!(world.verify(&large), Err(too_large));
}

#[test]
fn a_key_description_stands_in_the_leaf_alone() {
    let description = encode_key_description(&spec());
    let mut world = World::new(description.clone());
    world.leaf.params.custom_extensions.clear();
    assert_eq!(world.verify(&world.chain()), Err(AttestationError::NoKeyDescription));

    let mut world = World::new(description.clone());
    world.batch = world.batch.with_extension(KEY_DESCRIPTION_OID, description.clone(), false);
    let misplaced = AttestationError::KeyDescriptionOutOfPlace { at: 1 };
    assert_eq!(world.verify(&world.chain()), Err(misplaced.clone()));
    assert!(!misplaced.is_of_chain());

    let mut world = World::new(description.clone());
    world.leaf = world.leaf.with_extension(KEY_DESCRIPTION_OID, description, false);
    assert_eq!(world.verify(&world.chain()), Err(AttestationError::Malformed { at: 0 }));
}

#[test]
fn a_key_that_is_attested_cannot_attest_another() {
    let world = World::new(encode_key_description(&spec()));
    let forged = Party::leaf("forged", 1).with_extension(
        KEY_DESCRIPTION_OID,
        encode_key_description(&spec()),
        false,
    );
    let mut chain = world.chain();
    chain.insert(0, world.leaf.issue(&forged));
    let out_of_place = Err(AttestationError::KeyDescriptionOutOfPlace { at: 1 });
    assert_eq!(world.verify(&chain), out_of_place);
    // So it is told where the batch certificate, now one place on, may not issue either.
    let mut world = World::new(encode_key_description(&spec()));
    world.batch.params.is_ca = IsCa::ExplicitNoCa;
    let mut chain = world.chain();
    chain.insert(0, world.leaf.issue(&forged));
    assert_eq!(world.verify(&chain), out_of_place);
    // A signature that does not verify is told first.
    let last = chain[0].len() - 1;
    chain[0][last] ^= 1;
    assert!(world.verify(&chain).unwrap_err().is_of_chain());
}

#[test]
fn roots_with_keys_of_another_kind_are_passed_over_while_one_is_left() {
    let world = World::new(encode_key_description(&spec()));
    let mut other = Party::authority("other", 7);
    other.key = KeyPair::generate_for(&PKCS_ED25519).unwrap();
    let (sound, other) = (world.root.self_signed(), other.self_signed());
    for roots in [[other.clone(), sound.clone()], [sound.clone(), other.clone()]] {
        let roots = AttestationRoots::from_der(roots).unwrap();
        assert_eq!(roots.root_of(&sound), world.roots().root_of(&sound));
    }
    let none = AttestationRoots::from_der([other]).unwrap_err();
    assert_eq!(none, AnchorError::UnsupportedKeys);
    let cut = AttestationRoots::from_der([&sound[..9]]).unwrap_err();
    assert_eq!(cut, AnchorError::Malformed { at: 0 });
}

#[test]
fn only_the_batch_certificate_may_lack_the_mark_of_an_authority() {
    let description = encode_key_description(&spec());
    let mut world = World::new(description.clone());
    world.batch.params.is_ca = IsCa::ExplicitNoCa;
    let read = world.verify(&world.chain()).unwrap();
    assert_eq!(read.irregularities(), [Irregularity::BatchNotAnAuthority]);

    let mut world = World::new(description.clone());
    world.intermediate.params.is_ca = IsCa::ExplicitNoCa;
    let refused = Err(AttestationError::NotAnAuthority { at: 2 });
    assert_eq!(world.verify(&world.chain()), refused);

    let mut world = World::new(description);
    world.intermediate.params.is_ca = IsCa::Ca(rcgen::BasicConstraints::Constrained(0));
    assert_eq!(world.verify(&world.chain()), refused);
}

#[test]
fn null_parameters_pass_for_ecdsa_with_sha256_alone() {
    const PLAIN: &[u8] = &[0x30, 10, 6, 8, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 4, 3, 2];
    const NULL: &[u8] = &[0x30, 12, 6, 8, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 4, 3, 2, 5, 0];
    const NULL_384: &[u8] = &[0x30, 12, 6, 8, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 4, 3, 3, 5, 0];
    let mut world = World::new(encode_key_description(&spec()));
    let unsupported = Err(AttestationError::SignatureAlgorithm { at: 0 });
    let mut chain = world.chain();
    chain[0] = world.batch.sign_again(&chain[0], NULL_384, NULL_384);
    assert_eq!(world.verify(&chain), unsupported);

    world.batch.key = Party::leaf("p256", 0).key;
    let chain = world.chain();
    let with = |inner, outer| {
        let mut chain = chain.clone();
        chain[0] = world.batch.sign_again(&chain[0], inner, outer);
        world.verify(&chain)
    };
    assert_eq!(with(NULL, NULL).unwrap().irregularities(), [Irregularity::NullEcdsaParameters]);
    assert!(with(PLAIN, PLAIN).unwrap().irregularities().is_empty());
    assert_eq!(with(PLAIN, NULL), Err(AttestationError::Malformed { at: 0 }));
    assert_eq!(with(NULL, PLAIN), Err(AttestationError::Malformed { at: 0 }));
}

#[test]
fn validity_is_inclusive_and_the_copy_of_the_root_has_none() {
    let mut world = World::new(encode_key_description(&spec()));
    world.batch.params.not_before = datetime!(2026-09-01 00:00:00 UTC);
    world.batch.params.not_after = datetime!(2026-10-02 00:00:00 UTC);
    world.root.params.not_after = datetime!(2024-01-01 00:00:00 UTC);
    let chain = world.chain();
    let (first, last) = (1_788_220_800, 1_790_899_200);
    let at = |secs| world.verify_at(&chain, Timestamp::from_secs(secs)).map(|read| read.locked());
    assert_eq!(at(first - 1), Err(AttestationError::NotYetValid { at: 1 }));
    assert_eq!(at(first), Ok(Some(true)));
    assert_eq!(at(last), Ok(Some(true)));
    assert_eq!(at(last + 1), Err(AttestationError::Expired { at: 1 }));
    let read = world.verify_at(&chain, NOW).unwrap();
    assert_eq!(read.valid_until(), Timestamp::from_secs(last + 1));
}

#[test]
fn an_unknown_critical_extension_refuses_the_chain() {
    let mut world = World::new(encode_key_description(&spec()));
    world.batch = world.batch.with_extension(&[1, 2, 3, 4], vec![5, 0], true);
    let refused = Err(AttestationError::CriticalExtension { at: 1 });
    assert_eq!(world.verify(&world.chain()), refused);
    let mut world = World::new(encode_key_description(&spec()));
    world.batch = world.batch.with_extension(&[1, 2, 3, 4], vec![5, 0], false);
    assert!(world.verify(&world.chain()).is_ok());
}

#[test]
fn a_key_of_another_kind_is_attested_but_cannot_be_used() {
    let mut world = World::new(encode_key_description(&spec()));
    world.leaf.key = KeyPair::generate_for(&PKCS_ED25519).unwrap();
    let read = world.verify(&world.chain()).unwrap();
    assert_eq!(read.public_key(), None);
    assert_eq!(read.weakest(&AttestationPolicy::default()), None);
}

#[test]
fn booleans_that_are_not_der_pass_in_certificates_too() {
    let world = World::new(encode_key_description(&spec()));
    let mut chain = world.chain();
    chain[0] = world.batch.sign_again_with_loose_booleans(&chain[0]);
    chain[1] = world.intermediate.sign_again_with_loose_booleans(&chain[1]);
    chain[2] = world.root.sign_again_with_loose_booleans(&chain[2]);
    let read = world.verify(&chain).unwrap();
    assert_eq!(read.locked(), Some(true));
    assert!(read.irregularities().is_empty());
}

#[test]
fn each_patch_level_can_be_too_old_and_one_that_is_not_said_is() {
    let with = |policy: &AttestationPolicy| weakest(&spec(), policy);
    let vendor =
        AttestationPolicy { oldest_vendor_patch: Some(202_001), ..AttestationPolicy::default() };
    assert_eq!(with(&vendor), Some(Weakness::OldVendorPatch));
    let boot =
        AttestationPolicy { oldest_boot_patch: Some(202_001), ..AttestationPolicy::default() };
    assert_eq!(with(&boot), Some(Weakness::OldBootPatch));
}

#[test]
fn the_root_of_a_chain_is_told_by_its_last_certificate() {
    let world = World::new(encode_key_description(&spec()));
    let (chain, roots) = (world.chain(), world.roots());
    let key = CertificateSummary::from_der(&chain[3]).unwrap().key_sha256;
    assert_eq!(roots.root_of(&chain[3]), Some(key));
    assert_eq!(roots.root_of(&chain[2]), Some(key));
    assert_eq!(roots.root_of(&chain[1]), None);
    let mut broken = chain[2].clone();
    *broken.last_mut().unwrap() ^= 1;
    assert_eq!(roots.root_of(&broken), None);
}
