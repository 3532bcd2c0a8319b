//! What is signed and sent.

use super::*;
use ring::signature::{self, UnparsedPublicKey, VerificationAlgorithm};
use simbind_core::transcript::{Audience, Transcript};
use simbind_proto::v1::{Evidence, SignatureScheme};
use simbind_rules::facts;
use x509_parser::prelude::FromDer as _;

/// Whether the certificate's key signed the message, as the scheme says.
fn verify(evidence: &Evidence, message: &[u8]) {
    let leaf = evidence.certificate_chain.first().unwrap();
    let (_, leaf) = x509_parser::certificate::X509Certificate::from_der(leaf).unwrap();
    let signed = evidence.signature.as_ref().unwrap();
    let algorithm: &dyn VerificationAlgorithm = match signed.scheme() {
        SignatureScheme::RsaPkcs1Sha256 => &signature::RSA_PKCS1_2048_8192_SHA256,
        SignatureScheme::EcdsaP256Sha256 => &signature::ECDSA_P256_SHA256_ASN1,
        SignatureScheme::EcdsaP384Sha384 => &signature::ECDSA_P384_SHA384_ASN1,
        SignatureScheme::Unspecified => panic!("no scheme"),
    };
    let key = &leaf.public_key().subject_public_key.data;
    UnparsedPublicKey::new(algorithm, key).verify(message, &signed.value).unwrap();
}

#[test]
fn what_the_card_signed_is_the_transcript_of_what_is_sent() {
    for algorithm in [Algorithm::Rsa2048, Algorithm::P256, Algorithm::P384] {
        let (mut link, engine) = (Held::of(algorithm), Keeps::default());
        tap(&mut link, &engine, testing::USER_PIN).unwrap();
        let taps = engine.taps.borrow();
        let [sent] = &**taps else { panic!("{taps:?}") };
        let evidence = sent.evidence.as_ref().unwrap();
        assert_eq!((sent.channel(), &*sent.reader_id), (Channel::TapBare, DOOR));
        assert_eq!(evidence.iccid.as_deref(), Some(testing::ICCID));
        assert_eq!(sent.read_iccid, evidence.iccid);
        assert_eq!(evidence.signature_counter, Some(1), "the first signature of this key");
        assert_eq!(evidence.certificate_chain.len(), 2, "the authority is on the card");
        assert!(sent.round_trip_micros.is_some());
        let audience = Audience::Reader(DOOR.parse().unwrap());
        let message = Transcript {
            challenge: &evidence.challenge,
            audience: &audience,
            channel: facts::Channel::TapBare,
            iccid: Some(testing::ICCID.parse().unwrap()),
            imei: None,
            toolkit_imei: None,
            counter: evidence.signature_counter,
            app: None,
            signed_at: Still.now(),
            ui_app: None,
        };
        verify(evidence, &message.encode());
    }
}

#[test]
fn a_card_that_was_here_before_is_not_read_again() {
    let (mut link, engine) = (Held::of(Algorithm::P256), Keeps::default());
    let (mut pins, mut chains) = (Enters(Ok(testing::USER_PIN), vec![]), ChainCache::new(4));
    tap_with(&mut link, &engine, &mut pins, &mut chains).unwrap();
    let first = std::mem::take(&mut link.sent).len();
    tap_with(&mut link, &engine, &mut pins, &mut chains).unwrap();
    assert!(link.sent.len() + 6 < first, "{} after {first}", link.sent.len());
    let taps = engine.taps.borrow();
    let chain = |at: usize| taps[at].evidence.as_ref().unwrap().certificate_chain.clone();
    assert_eq!(chain(0), chain(1));
    assert_eq!(taps[1].evidence.as_ref().unwrap().signature_counter, Some(2));
    assert_ne!(taps[0].request_id, taps[1].request_id);
}

#[test]
fn a_challenge_for_another_reader_is_not_signed() {
    let engine = Keeps { other_audience: true, ..Keeps::default() };
    let mut link = Held::of(Algorithm::P256);
    let refused = tap(&mut link, &engine, testing::USER_PIN).unwrap_err();
    assert!(matches!(refused, NoAnswer::Engine(EngineFault::Malformed(_))), "{refused}");
    assert!(!link.sent.iter().any(|command| command.starts_with(&[0x80, 0x2A])));
}

#[test]
fn a_decision_without_a_verdict_lets_nobody_in() {
    let engine = Keeps { no_verdict: true, ..Keeps::default() };
    let refused = tap(&mut Held::of(Algorithm::P256), &engine, testing::USER_PIN).unwrap_err();
    assert!(matches!(refused, NoAnswer::Engine(EngineFault::Malformed(_))), "{refused}");
}

#[test]
fn without_an_engine_the_card_is_asked_nothing_and_the_person_no_pin() {
    let engine = Keeps { away: true, ..Keeps::default() };
    let mut link = Held::of(Algorithm::P256);
    let mut pins = Enters(Ok(testing::USER_PIN), vec![]);
    let told = tap_with(&mut link, &engine, &mut pins, &mut ChainCache::new(4)).unwrap_err();
    assert_eq!(told.to_string(), "the engine is away: no answer");
    assert!(link.sent.is_empty() && pins.1.is_empty());
}
