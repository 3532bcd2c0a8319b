use super::{
    World,
    attestation::Soundness,
    carrier::Carrier,
    handset::{Handset, Model},
    key::Curve,
    numbers,
    person::{Person, Traits},
    sim::Applet,
};
use simbind_core::{
    ids::{Iccid, Imei, Msisdn},
    time::Timestamp,
};
use std::collections::HashSet;
use x509_parser::prelude::*;

fn traits() -> Traits {
    let applet = Applet { counts: true, learns_imei: true, curve: Curve::P384 };
    Traits { carrier: Carrier::Docomo, applet, model: Model::android(2) }
}

#[test]
fn one_seed_gives_one_world() {
    let one = World::new(7, 3).unwrap();
    let two = World::new(7, 3).unwrap();
    assert_eq!(one.anchors_pem(), two.anchors_pem());
    assert_eq!(one.attestation_roots_pem(), two.attestation_roots_pem());
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

#[test]
fn numbers_parse_and_stay_apart() {
    let mut seen = HashSet::new();
    for number in 0..5_000 {
        for carrier in Carrier::ALL {
            let iccid: Iccid = numbers::iccid(carrier.issuer(), 42, number).parse().unwrap();
            let resold = carrier.host().is_some_and(|host| host.issuer() == carrier.issuer());
            assert!(seen.insert(iccid.to_digits()) || resold);
        }
        let imei: Imei = numbers::imei(number % 2 == 0, 42, number).unwrap().parse().unwrap();
        assert!(seen.insert(imei.to_digits()));
        let msisdn = numbers::msisdn(42, number);
        msisdn.parse::<Msisdn>().unwrap();
        assert!(seen.insert(msisdn));
    }
}
