//! The walls stand whatever the packs say.

use super::*;
use crate::binding::{End, LifecycleReason};
use simbind_rules::{CheckKind, Methods, PackSource, ReasonCode, RuleBook, StepUpMethod, Verdict};

const EMPTY: &str = "[pack]\nid = \"nation\"\napplies_to = { country = \"JP\" }\n";
const ASKING: &str = r#"
[[rule]]
id = "asking"
on = ["login"]
when = "relying_party.sensitivity == 'pay'"
verdict = "step_up"
step_up = ["card"]
reason = "SIM_REISSUED"

[[rule]]
id = "refusing"
on = ["login"]
when = "pin.failures >= 3"
verdict = "deny"
reason = "PIN_LOCKED"
"#;

fn ruled(pack: &str, input: &Input, limit: Option<ReasonCode>) -> Ruling {
    let source = PackSource { name: "nation.toml".into(), text: pack.into() };
    let book = RuleBook::compile(&[source]).unwrap();
    rule(&book, book.chain(None, None), CheckKind::Login, &input.facts(), limit)
}

fn reasons(ruling: &Ruling) -> Vec<&str> {
    ruling.reasons.iter().map(|reason| reason.as_str()).collect()
}

#[test]
fn a_pack_without_rules_allows_what_no_wall_refuses() {
    let ruling = ruled(EMPTY, &in_order(), None);
    assert_eq!((ruling.answer.verdict(), reasons(&ruling)), (Verdict::Allow, vec![]));
}

#[test]
fn each_wall_denies_for_its_reason() {
    fn state(input: &mut Input, state: State) {
        input.bound().state = state;
    }
    let (owner, lost) = (LifecycleReason::Owner, LifecycleReason::Lost);
    let ended = move |end| State::Ended { end, why: owner };
    type Case = (Box<dyn Fn(&mut Input)>, &'static str);
    let table: Vec<Case> = vec![
        (Box::new(|i| i.certificate.challenge = ChallengeState::Used), "CHALLENGE_USED"),
        (Box::new(|i| i.certificate.challenge = ChallengeState::Expired), "CHALLENGE_EXPIRED"),
        (Box::new(|i| i.certificate.challenge = ChallengeState::Forged), "CHALLENGE_FORGED"),
        (
            Box::new(|i| i.certificate.challenge = ChallengeState::WrongParty),
            "CHALLENGE_WRONG_PARTY",
        ),
        (
            Box::new(|i| i.certificate.challenge = ChallengeState::WrongChannel),
            "CHALLENGE_WRONG_PARTY",
        ),
        (Box::new(|i| i.certificate.signature = SignatureState::Invalid), "SIGNATURE_INVALID"),
        (Box::new(|i| i.certificate.signature = SignatureState::Withheld), "SIGNATURE_MISSING"),
        (Box::new(|i| i.certificate.chain = ChainState::Expired), "CERTIFICATE_EXPIRED"),
        (Box::new(|i| i.certificate.chain = ChainState::Untrusted), "CERTIFICATE_INVALID"),
        (Box::new(|i| i.certificate.chain = ChainState::WrongUsage), "CERTIFICATE_INVALID"),
        (Box::new(|i| i.certificate.chain = ChainState::WrongPolicy), "CERTIFICATE_INVALID"),
        (Box::new(|i| i.certificate.chain = ChainState::Malformed), "CERTIFICATE_INVALID"),
        (Box::new(|i| i.certificate.chain = ChainState::NotYetValid), "CERTIFICATE_INVALID"),
        (Box::new(|i| i.binding = None), "NOT_BOUND"),
        (Box::new(|i| state(i, State::Pending)), "BINDING_PENDING"),
        (Box::new(move |i| state(i, State::held(lost))), "BINDING_HELD"),
        (Box::new(move |i| state(i, ended(End::Revoked))), "BINDING_REVOKED"),
        (Box::new(move |i| state(i, ended(End::Expired))), "BINDING_EXPIRED"),
        (Box::new(move |i| state(i, ended(End::Superseded))), "BINDING_SUPERSEDED"),
        (Box::new(|i| i.bound().certificate.not_after = NOW), "BINDING_EXPIRED"),
    ];
    for (change, reason) in table {
        let mut input = in_order();
        change(&mut input);
        for pack in [EMPTY.to_owned(), format!("{EMPTY}{ASKING}")] {
            let ruling = ruled(&pack, &input, None);
            assert_eq!((ruling.answer.verdict(), reasons(&ruling)), (Verdict::Deny, vec![reason]));
            for method in StepUpMethod::ALL {
                let after = after_step_up(ruled(&pack, &input, None), method);
                assert_eq!(after.answer, Answer::Deny, "no proof lifts {reason}");
            }
        }
    }
}

#[test]
fn facts_that_nobody_gathered_are_denied() {
    let source = PackSource { name: "nation.toml".into(), text: EMPTY.into() };
    let book = RuleBook::compile(&[source]).unwrap();
    let chain = book.chain(None, None);
    let ruling = rule(&book, chain, CheckKind::Login, &Facts::default(), None);
    assert_eq!(ruling.answer, Answer::Deny);
    let all = ["CHALLENGE_FORGED", "SIGNATURE_INVALID", "CERTIFICATE_INVALID", "NOT_BOUND"];
    assert_eq!(reasons(&ruling), all);
}

#[test]
fn a_limit_that_was_reached_denies_and_comes_after_the_walls() {
    let limit = Some(ReasonCode::RATE_LIMITED);
    let ruling = ruled(EMPTY, &in_order(), limit);
    assert_eq!((ruling.answer, reasons(&ruling)), (Answer::Deny, vec!["RATE_LIMITED"]));
    let mut used = in_order();
    used.certificate.challenge = ChallengeState::Used;
    assert_eq!(reasons(&ruled(EMPTY, &used, limit)), ["CHALLENGE_USED", "RATE_LIMITED"]);
}

#[test]
fn a_step_up_lets_in_only_by_a_method_that_was_asked_for() {
    let pack = format!("{EMPTY}{ASKING}");
    let mut input = in_order();
    input.context.sensitivity = Sensitivity::Pay;
    let card = Methods::new([StepUpMethod::Card]).unwrap();
    for method in StepUpMethod::ALL {
        let asked = ruled(&pack, &input, None);
        assert_eq!(asked.answer.verdict(), Verdict::StepUp(card));
        let after = after_step_up(asked, method);
        if method == StepUpMethod::Card {
            assert_eq!(after.answer.verdict(), Verdict::Allow);
            assert_eq!(reasons(&after), ["STEP_UP_DONE", "SIM_REISSUED"]);
        } else {
            assert_eq!(after.answer.verdict(), Verdict::StepUp(card), "{method:?}");
        }
    }
    input.pin = Pin { failures: 3 };
    let refused = after_step_up(ruled(&pack, &input, None), StepUpMethod::Card);
    assert_eq!(refused.answer, Answer::Deny);
    assert_eq!(after_step_up(ruled(EMPTY, &in_order(), None), StepUpMethod::Card).reasons, []);
}

#[test]
fn a_suspended_binding_is_at_best_stepped_up_by_card_or_counter() {
    let mut input = in_order();
    input.bound().state = State::Suspended { why: LifecycleReason::SimReissued };
    let both = Methods::new([StepUpMethod::Card, StepUpMethod::Counter]).unwrap();
    let ruling = ruled(EMPTY, &input, None);
    assert_eq!(ruling.answer.verdict(), Verdict::StepUp(both));
    assert_eq!(reasons(&ruling), ["BINDING_SUSPENDED"]);
    for method in StepUpMethod::ALL {
        let after = after_step_up(ruled(EMPTY, &input, None), method).answer.verdict();
        let expected = if both.contains(method) { Verdict::Allow } else { Verdict::StepUp(both) };
        assert_eq!(after, expected, "{method:?}");
    }
    // A rule takes methods away, and refuses; it never gives a milder one.
    input.context.sensitivity = Sensitivity::Pay;
    let asking = format!("{EMPTY}{ASKING}");
    let card = Methods::new([StepUpMethod::Card]).unwrap();
    assert_eq!(ruled(&asking, &input, None).answer.verdict(), Verdict::StepUp(card));
    let other = asking.replace(r#"["card"]"#, r#"["sms"]"#).replace("SIM_REISSUED", "APP_UNLISTED");
    assert_eq!(ruled(&other, &input, None).answer, Answer::Deny);
    input.pin = Pin { failures: 3 };
    assert_eq!(ruled(&asking, &input, None).answer, Answer::Deny);
    // Another wall stands before it.
    input.certificate.challenge = ChallengeState::Used;
    assert_eq!(ruled(EMPTY, &input, None).answer, Answer::Deny);
}
