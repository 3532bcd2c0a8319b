use super::{WrongCodes, checked, places};
use crate::error::ServiceError;
use simbind_core::{ids::CallerId, time::Timestamp};
use simbind_rules::{Facts, Methods, Place, ReasonCode, StepUpMethod, Verdict};
use std::time::Duration;

fn caller(name: &str) -> CallerId {
    name.parse().unwrap()
}

fn at(secs: i64) -> Timestamp {
    Timestamp::from_secs(1_000_000 + secs)
}

#[test]
fn wrong_codes_are_counted_by_caller_and_fill_up_again_evenly() {
    let codes = WrongCodes::new(4);
    let (desk, other) = (caller("desk"), caller("other"));
    for _ in 0..4 {
        assert_eq!(codes.take(&desk, at(0)), Ok(()));
    }
    let retry_after = Duration::from_secs(900);
    assert_eq!(codes.take(&desk, at(0)), Err(ServiceError::Busy { retry_after }));
    assert_eq!(codes.take(&other, at(0)), Ok(()));
    assert!(codes.take(&desk, at(899)).is_err());
    assert_eq!(codes.take(&desk, at(900)), Ok(()));
    assert!(codes.take(&desk, at(900)).is_err());
    // Long after, it is whole again and no more than that.
    for _ in 0..4 {
        assert_eq!(codes.take(&desk, at(100_000)), Ok(()));
    }
    assert!(codes.take(&desk, at(100_000)).is_err());
}

#[test]
fn a_right_code_costs_nothing() {
    let codes = WrongCodes::new(1);
    let desk = caller("desk");
    for _ in 0..10 {
        assert_eq!(codes.take(&desk, at(0)), Ok(()));
        codes.give_back(&desk);
    }
    assert_eq!(codes.take(&desk, at(0)), Ok(()));
    assert!(codes.take(&desk, at(0)).is_err());
}

#[test]
fn the_callers_that_are_remembered_are_bounded_and_the_rested_ones_are_forgotten() {
    let codes = WrongCodes::new(3600);
    for number in 0..super::codes::CALLERS {
        assert_eq!(codes.take(&caller(&format!("c{number}")), at(0)), Ok(()));
    }
    assert!(codes.take(&caller("one-more"), at(0)).is_err());
    assert_eq!(codes.remembered(), super::codes::CALLERS);
    assert_eq!(codes.take(&caller("one-more"), at(2)), Ok(()));
    assert_eq!(codes.remembered(), 1);
}

fn reason(code: &str) -> ReasonCode {
    ReasonCode::from_name(code).unwrap()
}

#[test]
fn a_step_up_sends_a_person_only_where_an_acceptable_proof_is_given() {
    use Place::{App, Card, Counter, HelpDesk};
    let of =
        |methods: &[StepUpMethod]| Verdict::StepUp(Methods::new(methods.iter().copied()).unwrap());
    let seen = [reason("HANDSET_UNSEEN")];
    let card_or_counter = of(&[StepUpMethod::Card, StepUpMethod::Counter]);
    assert_eq!(places(card_or_counter, &seen), [App, Card, Counter]);
    assert_eq!(places(of(&[StepUpMethod::Counter]), &seen), [App, Counter]);
    let change = [reason("CHANGE_UNEXPLAINED"), reason("SIM_REISSUED")];
    assert_eq!(places(of(&[StepUpMethod::Counter]), &change), [Counter, HelpDesk]);
    assert_eq!(places(of(&[StepUpMethod::Reattest]), &[]), [App]);
    let both = [reason("PIN_LOCKED"), reason("LINE_SUSPENDED")];
    assert_eq!(places(Verdict::Deny, &both), [Card, Counter, Place::Carrier]);
    assert_eq!(places(Verdict::Allow, &both), []);
}

#[test]
fn what_was_checked_is_told_as_of_when_it_was_so() {
    let mut facts = Facts::new();
    for (name, text) in [
        ("binding.state", "active"),
        ("handset.match", "no"),
        ("handset.match_provenance", "carrier_event"),
        ("handset.match_age", "2h"),
        ("sim.latch", "clear"),
        ("sim.changed_age", "never"),
        ("certificate.status_age", "1h"),
    ] {
        facts.set_by_name(name, text).unwrap();
    }
    let found = checked(&facts, at(10_000));
    let told: Vec<_> = found
        .iter()
        .map(|found| (found.matter.fact.name(), &*found.value, found.who.as_deref(), found.at))
        .collect();
    assert_eq!(
        told,
        [
            ("binding.state", "active", None, Some(at(10_000))),
            ("sim.latch", "clear", None, None),
            ("handset.match", "no", Some("carrier_event"), Some(at(2_800))),
        ]
    );
    assert!(found.iter().all(|found| !found.matter.ja.is_ascii() && found.matter.en.is_ascii()));
}
