use super::Chains;
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose};
use simbind_core::time::Timestamp;
use simbind_evidence::{
    certificate::{ChainError, ChainPolicy, TrustAnchors},
    signature::count,
};
use time::macros::datetime;

/// 2026-10-01T00:00:00Z.
const NOW: Timestamp = Timestamp::from_secs(1_790_812_800);
/// 2030-01-01T00:00:00Z, when the authority's certificate ends; the people's end later.
const END: Timestamp = Timestamp::from_secs(1_893_456_000);

struct World {
    params: CertificateParams,
    key: KeyPair,
    root: Vec<u8>,
    chains: Chains,
}

fn params(name: &str) -> CertificateParams {
    let mut params = CertificateParams::new(Vec::<String>::new()).unwrap();
    params.distinguished_name.push(DnType::CommonName, name);
    params.not_before = datetime!(2021-01-01 00:00:00 UTC);
    params.not_after = datetime!(2035-01-01 00:00:00 UTC);
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params
}

impl World {
    fn new(most: usize) -> Self {
        let mut params = params("authority");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        params.not_after = datetime!(2029-12-31 23:59:59 UTC);
        let key = KeyPair::generate().unwrap();
        let root = params.self_signed(&key).unwrap().der().to_vec();
        Self { params, key, root, chains: Chains::new(most) }
    }

    fn person(&self) -> Vec<u8> {
        let issuer = Issuer::from_params(&self.params, &self.key);
        let key = KeyPair::generate().unwrap();
        params("person").signed_by(&key, &issuer).unwrap().der().to_vec()
    }

    /// What comes of a chain, and how many signatures that took.
    fn verify(&self, chain: &[Vec<u8>], now: Timestamp) -> (Result<(), ChainError>, u64) {
        let anchors = TrustAnchors::from_der([&self.root]).unwrap();
        let before = count::so_far();
        let outcome = self.chains.verify(chain, (&anchors, &ChainPolicy::default()), now);
        (outcome.map(drop), count::so_far() - before)
    }
}

#[test]
fn a_chain_is_verified_once_while_it_holds() {
    let world = World::new(10);
    let chain = [world.person()];
    assert_eq!(world.verify(&chain, NOW), (Ok(()), 1));
    assert_eq!(world.verify(&chain, NOW), (Ok(()), 0));
    assert_eq!(world.verify(&chain, Timestamp::from_millis(END.as_secs() * 1000 - 1)), (Ok(()), 0));
    assert_eq!(world.verify(&chain, END), (Err(ChainError::Expired), 0));
}

#[test]
fn a_clock_that_goes_back_accepts_nothing() {
    let world = World::new(10);
    let chain = [world.person()];
    assert_eq!(world.verify(&chain, NOW), (Ok(()), 1));
    assert_eq!(world.verify(&chain, Timestamp::EPOCH), (Err(ChainError::NotYetValid), 0));
    assert_eq!(world.verify(&chain, NOW), (Ok(()), 0));
}

#[test]
fn other_bytes_are_another_chain() {
    let world = World::new(10);
    let person = world.person();
    assert_eq!(world.verify(std::slice::from_ref(&person), NOW), (Ok(()), 1));
    let with_root = [person.clone(), world.root.clone()];
    assert_eq!(world.verify(&with_root, NOW), (Ok(()), 1));
    let mut changed = person;
    *changed.last_mut().unwrap() ^= 1;
    assert_eq!(world.verify(&[changed], NOW).0, Err(ChainError::BadSignature));
    // The boundary between certificates counts.
    let [leaf, root] = with_root;
    let (head, tail) = root.split_at(10);
    assert!(world.verify(&[leaf, head.to_vec(), tail.to_vec()], NOW).1 > 0);
}

#[test]
fn refusals_are_not_kept() {
    let world = World::new(10);
    let stranger = World::new(10).person();
    for _ in 0..2 {
        let refused = world.verify(std::slice::from_ref(&stranger), NOW);
        assert_eq!(refused, (Err(ChainError::BadSignature), 1));
    }
    assert_eq!(world.chains.cache.len(), 0);
}

#[test]
fn one_certificate_takes_one_place_in_whatever_company() {
    let world = World::new(100);
    let (person, other) = (world.person(), world.person());
    assert_eq!(world.verify(std::slice::from_ref(&other), NOW), (Ok(()), 1));
    for extra in 0..200_u8 {
        assert_eq!(world.verify(&[person.clone(), vec![extra]], NOW), (Ok(()), 1));
    }
    assert_eq!(world.chains.cache.len(), 2);
    assert_eq!(world.verify(&[other], NOW), (Ok(()), 0), "pushed out by one certificate");
}

#[test]
fn memory_is_bounded() {
    let world = World::new(8);
    for _ in 0..100 {
        assert_eq!(world.verify(&[world.person()], NOW), (Ok(()), 1));
    }
    assert!(world.chains.cache.len() <= 8);
}

#[test]
fn what_is_too_large_is_refused_before_it_is_hashed() {
    let world = World::new(8);
    let many = vec![vec![0; 10]; 17];
    assert_eq!(world.verify(&many, NOW).0, Err(ChainError::TooMany { got: 17, max: 16 }));
    assert_eq!(super::leaf(&many), None);
    assert_eq!(super::leaf(&[vec![0; 20_000]]), None);
    assert_eq!(world.verify(&[], NOW).0, Err(ChainError::Empty));
}
