use super::made::{CHALLENGE, World, spec};
use crate::{
    android::{
        AttestationError, AttestationRoots, ExpectedAttestation, StatusList,
        encode::encode_key_description, verify,
    },
    testca::NOW,
};

#[test]
fn a_name_may_be_written_otherwise_in_the_certificate_above() {
    let world = World::new(encode_key_description(&spec()));
    let (root, intermediate) =
        (world.root.renamed("root"), world.intermediate.renamed("intermediate"));
    let chain = [
        world.batch.issue(&world.leaf),
        world.intermediate.issue(&world.batch),
        world.root.issue(&intermediate),
    ];
    let renamed = AttestationRoots::from_der([root.self_signed()]).unwrap();
    let expected = ExpectedAttestation { challenge: CHALLENGE, apps: &[] };
    assert!(verify(&chain, &renamed, &StatusList::default(), &expected, NOW).is_ok());
    assert_eq!(renamed.root_of(&chain[2]), world.roots().root_of(&world.root.self_signed()));
    let other = World { intermediate: world.intermediate.renamed("other"), ..world };
    let chain = [chain[0].clone(), chain[1].clone(), other.root.issue(&other.intermediate)];
    assert_eq!(other.verify(&chain).unwrap_err(), AttestationError::IssuerName { at: 1 });
}
