//! The handset's token.

use super::*;
use simbind_proto::v1::{SignatureScheme, handset_token::Proof};

#[test]
fn a_token_that_the_handset_hands_over_is_passed_on_and_signed_as_such_a_tap() {
    for handed in [None, Some(vec![0, 2, 7, 8, 2, 9])] {
        let (mut link, engine) = (Held::of(Algorithm::P256), Keeps::default());
        (link.asked, link.handed) = (TokenUse::Asked, handed.clone());
        tap(&mut link, &engine, testing::USER_PIN).unwrap();
        let taps = engine.taps.borrow();
        let [sent] = &**taps else { panic!("{taps:?}") };
        let token = sent.evidence.as_ref().unwrap().handset_token.clone();
        let Some(token) = token else {
            assert_eq!((sent.channel(), handed), (Channel::TapBare, None));
            continue;
        };
        assert_eq!((sent.channel(), &token.token[..]), (Channel::TapToken, &[7, 8][..]));
        let Some(Proof::Signature(signature)) = token.proof else { panic!("no signature") };
        assert_eq!(signature.scheme(), SignatureScheme::EcdsaP256Sha256);
    }
}

#[test]
fn a_handset_that_hands_over_nonsense_is_not_taken_for_one_without_a_token() {
    let (mut link, engine) = (Held::of(Algorithm::P256), Keeps::default());
    (link.asked, link.handed) = (TokenUse::Asked, Some(vec![0, 9, 1]));
    let refused = tap(&mut link, &engine, testing::USER_PIN).unwrap_err();
    assert_eq!(refused, NoAnswer::Card(CardError::new(Step::Token, CardFault::Malformed)));
    assert!(engine.taps.borrow().is_empty());
}
