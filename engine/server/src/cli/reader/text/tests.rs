use super::*;
use crate::reader::{CardError, CardFault, LinkFault, Step};
use simbind_proto::v1::{Reason, StepUp};
use std::collections::BTreeMap;

fn parts() -> Parts {
    let millis = Duration::from_millis;
    Parts {
        total: millis(100),
        card: BTreeMap::from([(Step::Number, millis(20)), (Step::Signature, millis(30))]),
        person: millis(25),
        challenge: millis(1),
        decision: millis(4),
        round_trip: Some(millis(29)),
        commands: 11,
    }
}

#[test]
fn a_step_up_is_told_with_what_to_do_in_both_languages() {
    let step_up = StepUp {
        methods: vec![StepUpMethod::Card.into(), StepUpMethod::Counter.into()],
        step_up_id: "stp_1".to_owned(),
        expires_at: None,
    };
    let reason = Reason {
        code: "BINDING_SUSPENDED".to_owned(),
        text_ja: "停止中です。".to_owned(),
        text_en: "It is suspended.".to_owned(),
        next_ja: "窓口へ。".to_owned(),
        next_en: "See a counter.".to_owned(),
    };
    let decision = Decision {
        verdict: Some(Verdict::StepUp(step_up)),
        reasons: vec![reason],
        support_code: "ABC".to_owned(),
        ..Decision::default()
    };
    let end = TapEnd { outcome: Ok(decision), parts: parts() };
    assert_eq!(
        people(&end),
        "追加の本人確認が必要 / one more proof is needed\n  BINDING_SUSPENDED\n    \
         停止中です。 窓口へ。\n    It is suspended. See a counter.\n  \
         本人確認の方法 / proofs: card, counter\n  お問い合わせ番号 / support code: ABC\n  \
         card 50.0 ms, PIN 25.0 ms, engine 5.0 ms, reader 20.0 ms"
    );
    let told = json(&end);
    assert_eq!((&told["verdict"], &told["step_up_id"]), (&json!("step_up"), &json!("stp_1")));
    assert_eq!(told["methods"], json!(["card", "counter"]));
    assert_eq!(told["micros"]["own"], json!(20_000));
    assert_eq!(told["micros"]["card_steps"]["signature"], json!(30_000));
    assert_eq!(told["micros"]["round_trip"], json!(29_000));
}

#[test]
fn no_answer_is_never_a_verdict() {
    let gone = CardError::new(Step::Signature, CardFault::Link(LinkFault::Removed));
    for (why, code, step, left) in [
        (NoAnswer::Card(gone), "CARD", json!("signature"), Value::Null),
        (NoAnswer::PinBlocked, "PIN_BLOCKED", Value::Null, json!(0)),
        (NoAnswer::PinWrong(TriesLeft::Some(1)), "PIN_WRONG", Value::Null, json!(1)),
        (EngineFault::Away("x".into()).into(), "ENGINE_AWAY", Value::Null, Value::Null),
    ] {
        let end = TapEnd { outcome: Err(why), parts: parts() };
        let told = json(&end);
        assert_eq!(told["verdict"], Value::Null);
        assert_eq!(told["fault"]["code"], json!(code));
        assert_eq!((&told["fault"]["step"], &told["fault"]["tries_left"]), (&step, &left));
        assert!(people(&end).starts_with("応答なし / no answer: "));
    }
}
