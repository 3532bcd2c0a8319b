use super::*;
use crate::card::{Algorithm, testing};
use rand::SeedableRng as _;
use rand_chacha::ChaCha20Rng;
use simbind_evidence::signature::{PublicKey, SignatureScheme, verify};

const NOW: Timestamp = Timestamp::from_millis(1_790_000_000_123);
const SELECT: &[u8] = b"\x00\xA4\x04\x0C\x09\xF0simbind\x01";
const GET: &[u8] = &[0x80, 0xCA, 0x9F, 0x80, 0x00];

fn iccid() -> Iccid {
    testing::ICCID.parse().unwrap()
}

fn inside() -> State {
    testing::card(Algorithm::P256).state().clone()
}

fn certificate() -> CertificateId {
    CertificateId::from_sha256([0xC1; 32])
}

fn android() -> Phone {
    Phone::android(&World::new(1, 1).unwrap(), 1, certificate(), iccid()).unwrap()
}

/// What the app answers; `None` where the SIM does.
fn sent(phone: &mut Phone, random: &mut ChaCha20Rng, command: &[u8]) -> Option<(Vec<u8>, u16)> {
    match phone.command(command, &inside(), NOW, random).unwrap() {
        Routed::App(answer) => Some((answer.data.to_vec(), answer.status.word())),
        Routed::Sim => None,
    }
}

/// All that the app hands over when it is asked for a token.
fn handed(phone: &mut Phone, random: &mut ChaCha20Rng) -> (HandsetToken, u8, Vec<u8>) {
    assert_eq!(sent(phone, random, SELECT), Some((vec![], 0x9000)));
    let (mut all, mut status) = sent(phone, random, GET).unwrap();
    while let [0x61, left] = status.to_be_bytes() {
        let more = sent(phone, random, &[0x00, 0xC0, 0x00, 0x00, left]).unwrap();
        all.extend(more.0);
        status = more.1;
    }
    assert_eq!(status, 0x9000);
    let length = usize::from(u16::from_be_bytes([all[0], all[1]]));
    let token = HandsetToken::parse(&all[2..2 + length]).unwrap();
    (token, all[2 + length], all[3 + length..].to_vec())
}

#[test]
fn a_token_is_of_now_and_of_its_sim_and_signed_by_the_handsets_key() {
    let (mut phone, mut random) = (android(), ChaCha20Rng::seed_from_u64(5));
    let (token, kind, signature) = handed(&mut phone, &mut random);
    assert_eq!((token.certificate, token.iccid, token.issued_at), (certificate(), iccid(), NOW));
    assert_eq!(token.handset_key, phone.handset.key_sha256());
    assert_eq!(kind, 0x02);
    let key = PublicKey::from_spki_der(&phone.handset.spki()).unwrap();
    verify(&key, SignatureScheme::EcdsaP256Sha256, &token.encode(), &signature).unwrap();
    let (again, ..) = handed(&mut phone, &mut random);
    assert_ne!(token.nonce, again.nonce, "no token is handed over twice");
}

#[test]
fn an_assertion_comes_in_parts_and_names_no_imei() {
    let world = World::new(1, 1).unwrap();
    let mut phone = Phone::iphone(&world, 1, certificate(), iccid()).unwrap();
    let (token, kind, assertion) = handed(&mut phone, &mut ChaCha20Rng::seed_from_u64(5));
    assert_eq!((token.imei, kind), (None, 0x04));
    assert!(assertion.len() > 64);
}

#[test]
fn what_is_not_asked_of_the_app_is_the_sims() {
    let (mut phone, mut random) = (android(), ChaCha20Rng::seed_from_u64(5));
    let applet = [&[0x00, 0xA4, 0x04, 0x0C, 0x0A][..], crate::card::JPKI_AID].concat();
    for command in [GET, &[0x00, 0xB0, 0, 0, 0], &applet] {
        assert_eq!(sent(&mut phone, &mut random, command), None, "before: {command:02X?}");
    }
    sent(&mut phone, &mut random, SELECT);
    for (command, status) in [
        (&[0x00, 0xB0, 0, 0, 0][..], 0x6D00),
        (&[0x00, 0xC0, 0, 0, 0], 0x6D00),
        (&[0x80, 0xCA, 0x9F, 0x80, 0x10], 0x6700),
        (&[], 0x6D00),
    ] {
        assert_eq!(
            sent(&mut phone, &mut random, command),
            Some((vec![], status)),
            "{command:02X?}"
        );
    }
    assert_eq!(sent(&mut phone, &mut random, &applet), None);
    assert_eq!(sent(&mut phone, &mut random, GET), None, "the SIM's again");
}

#[test]
fn for_a_sim_that_it_is_not_enrolled_with_the_app_is_not_there() {
    let other = "8981100000000000010".parse().unwrap();
    let world = World::new(1, 1).unwrap();
    let mut phone = Phone::android(&world, 1, certificate(), other).unwrap();
    let mut random = ChaCha20Rng::seed_from_u64(5);
    assert_eq!(sent(&mut phone, &mut random, SELECT), Some((vec![], 0x6A82)));
    assert_eq!(sent(&mut phone, &mut random, GET), None);
}
