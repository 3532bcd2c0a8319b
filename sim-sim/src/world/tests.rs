use super::{
    World,
    apple::APPLE_APP_ID,
    attestation::Soundness,
    authority::Branch,
    carrier::Carrier,
    handset::{Handset, Listing, Model, Proof},
    key::Curve,
    numbers,
    person::{Person, Traits},
    sim::Applet,
};
use sha2::{Digest as _, Sha256};
use simbind_core::{
    ids::{Iccid, Imei, Msisdn},
    time::Timestamp,
};
use simbind_evidence::apple::{
    AppAttestError, AppAttestRoots, AppAttestation, AssertionError, Environment, ExpectedApp,
    read_receipt, verify_assertion, verify_attestation,
};
use std::collections::HashSet;
use x509_parser::prelude::*;

fn traits() -> Traits {
    let applet = Applet { counts: true, learns_imei: true, curve: Curve::P384 };
    Traits { carrier: Carrier::Docomo, applet, model: Model::android(2), branch: Branch::Prompt }
}

#[test]
fn one_seed_gives_one_world() {
    let one = World::new(7, 3).unwrap();
    let two = World::new(7, 3).unwrap();
    assert_eq!(one.anchors_pem(), two.anchors_pem());
    assert_eq!(one.attestation_roots_pem(), two.attestation_roots_pem());
    assert_eq!(one.apple_roots_pem(), two.apple_roots_pem());
    assert_ne!(one.anchors_pem(), World::new(8, 3).unwrap().anchors_pem());
    let a = Person::make(&one, 2, traits()).unwrap();
    let b = Person::make(&two, 2, traits()).unwrap();
    assert_eq!(a.sim.chain, b.sim.chain);
    assert_eq!(a.handsets.bound.imeis, b.handsets.bound.imeis);
}

#[test]
fn a_persons_certificate_verifies_under_the_anchor() {
    let world = World::new(1, 1).unwrap();
    let person = Person::make(&world, 0, traits()).unwrap();
    let (_, anchor) = X509Certificate::from_der(world.authority.der()).unwrap();
    let (_, leaf) = X509Certificate::from_der(&person.sim.chain[0]).unwrap();
    leaf.verify_signature(Some(anchor.public_key())).unwrap();
    assert!(leaf.key_usage().unwrap().unwrap().value.digital_signature());
    let policies = leaf
        .extensions()
        .iter()
        .find_map(|e| match e.parsed_extension() {
            ParsedExtension::CertificatePolicies(p) => Some(p),
            _ => None,
        })
        .unwrap();
    assert_eq!(policies[0].policy_id.to_id_string(), "1.2.392.200149.8.5.1.3.30");
}

#[test]
fn an_attestation_chain_verifies_and_carries_the_challenge() {
    let world = World::new(1, 1).unwrap();
    let handset = Handset::make(&world, 0, Model::android(2)).unwrap();
    let challenge = [0xC7; 50];
    let now = Timestamp::from_secs(1_790_000_000);
    let evidence = handset.evidence(&world, &challenge, now).unwrap();
    let chain: Vec<_> = evidence
        .key_attestation_chain
        .iter()
        .map(|der| X509Certificate::from_der(der).unwrap().1)
        .collect();
    chain[0].verify_signature(Some(chain[1].public_key())).unwrap();
    chain[1].verify_signature(Some(chain[2].public_key())).unwrap();
    let extension = chain[0]
        .extensions()
        .iter()
        .find(|e| e.oid.to_id_string() == "1.3.6.1.4.1.11129.2.1.17")
        .unwrap();
    assert!(extension.value.windows(50).any(|window| window == challenge));
    assert_eq!(handset.model.soundness, Soundness::Sound);
}

/// What the engine's verifier says of an iPhone's attestation.
fn attested(
    world: &World,
    handset: &Handset,
    now: Timestamp,
) -> Result<AppAttestation, AppAttestError> {
    let evidence = handset.evidence(world, b"a challenge", now).unwrap();
    assert!(evidence.imeis.is_empty() && evidence.key_attestation_chain.is_empty());
    let sent = evidence.app_attest.unwrap();
    let roots = AppAttestRoots::from_pem(world.apple_roots_pem().as_bytes()).unwrap();
    let app = ExpectedApp { app_id: APPLE_APP_ID, environment: Environment::Production };
    let hash = Sha256::digest(b"a challenge");
    verify_attestation(&sent.attestation, &sent.key_id, &hash, &app, &roots, now)
}

#[test]
fn an_iphone_proves_itself_by_app_attest_and_counts() {
    let world = World::new(1, 1).unwrap();
    let now = Timestamp::from_secs(1_790_000_000);
    let mut iphone = Handset::make(&world, 0, Model::IPHONE).unwrap();
    let mut copy = iphone.clone();
    let attestation = attested(&world, &iphone, now).unwrap();
    read_receipt(attestation.receipt()).unwrap().is_for(&attestation).unwrap();
    let hash = Sha256::digest(b"a message");
    let verified = |proof: Proof, previous| {
        let Proof::Assertion(assertion) = proof else { panic!("not an assertion") };
        let key = attestation.public_key();
        verify_assertion(&assertion, key, &hash, APPLE_APP_ID, previous)
    };
    for previous in 0..3 {
        let assertion = verified(iphone.prove(b"a message").unwrap(), previous).unwrap();
        assert_eq!(assertion.counter(), previous + 1);
    }
    let behind = verified(copy.prove(b"a message").unwrap(), 3);
    assert_eq!(behind, Err(AssertionError::Counter { counter: 1, previous: 3 }));
    iphone.restore().unwrap();
    let other = verified(iphone.prove(b"a message").unwrap(), 0);
    assert_eq!(other, Err(AssertionError::Signature));
    assert_ne!(attested(&world, &iphone, now).unwrap().key_id(), attestation.key_id());
}

#[test]
fn iphones_of_attackers_are_of_another_environment_or_app() {
    let world = World::new(1, 1).unwrap();
    let now = Timestamp::from_secs(1_790_000_000);
    let found = Environment::Development;
    let cases = [
        (Soundness::Developed, AppAttestError::Environment { found }),
        (Soundness::OtherApp, AppAttestError::App),
    ];
    for (soundness, error) in cases {
        let iphone = Handset::make(&world, 0, Model { soundness, ..Model::IPHONE }).unwrap();
        assert_eq!(attested(&world, &iphone, now).map(drop), Err(error));
    }
}

#[test]
fn numbers_parse_and_stay_apart() {
    let mut seen = HashSet::new();
    for number in 0..5_000 {
        for carrier in Carrier::ALL {
            let iccid: Iccid = numbers::iccid(carrier.issuer(), 42, number).parse().unwrap();
            let resold = carrier.host().is_some_and(|host| host.issuer() == carrier.issuer());
            assert!(seen.insert(iccid.to_digits()) || resold);
        }
        let listing = if number % 2 == 0 { Listing::Usual } else { Listing::Unlisted };
        let imei: Imei = numbers::imei(listing, 42, number).unwrap().parse().unwrap();
        assert!(seen.insert(imei.to_digits()));
        let msisdn = numbers::msisdn(42, number);
        msisdn.parse::<Msisdn>().unwrap();
        assert!(seen.insert(msisdn));
    }
}
