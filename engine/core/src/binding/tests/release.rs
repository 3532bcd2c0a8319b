//! Releases: at once, or after loss and theft with a cool-down and perhaps two callers.

use super::super::{Act, Binding, LifecycleReason as Why, NotReleased, Refused, Source, State};
use crate::{ids::CallerId, line::tests::binding, time::Timestamp};
use simbind_rules::{LifeTerms, Persons};
use std::time::Duration;

const DAY: u64 = 86_400;

fn terms(release_persons: Persons) -> LifeTerms {
    let release_cooldown = Duration::from_secs(DAY);
    LifeTerms { release_cooldown, release_persons, ..LifeTerms::default() }
}

/// Seconds after the hold.
fn after(secs: u64) -> Timestamp {
    Timestamp::from_secs(1_790_000_000).plus(Duration::from_secs(secs))
}

fn caller(name: &str) -> CallerId {
    name.parse().unwrap()
}

fn held(why: Why) -> Binding {
    let mut binding = binding();
    hold(&mut binding, why, 0);
    binding
}

fn hold(binding: &mut Binding, why: Why, at: u64) {
    binding.apply(Act::Hold, why, &Source::Caller(caller("hotline")), after(at)).unwrap();
}

#[test]
fn a_hold_for_another_reason_is_lifted_at_once_and_one_for_loss_after_the_cool_down() {
    let (one, by) = (terms(Persons::One), caller("city-hall"));
    for why in [Why::Owner, Why::Clerical, Why::Issuer] {
        let mut binding = held(why);
        assert_eq!(binding.releasable_from(&terms(Persons::Two)), Some(after(0)));
        binding.release(&by, &terms(Persons::Two), after(1)).unwrap();
        assert_eq!(binding.state, State::Active, "{why:?}");
    }
    for why in [Why::Lost, Why::Stolen] {
        let mut binding = held(why);
        let early = NotReleased::TooEarly { from: after(DAY) };
        assert_eq!(binding.release(&by, &one, after(DAY - 1)), Err(early), "{why:?}");
        assert_eq!(binding.releasable_from(&one), Some(after(DAY)));
        binding.release(&by, &one, after(DAY)).unwrap();
        assert_eq!((binding.state, binding.released_at), (State::Active, Some(after(DAY))));
        assert_eq!(binding.releasable_from(&one), None);
        let lifted = binding.clone();
        binding.release(&by, &one, after(2 * DAY)).unwrap();
        assert_eq!(binding, lifted, "once more changes nothing");
    }
}

#[test]
fn a_second_report_of_loss_does_not_start_the_cool_down_again_and_a_first_one_does() {
    let (one, by) = (terms(Persons::One), caller("city-hall"));
    let mut twice = held(Why::Lost);
    hold(&mut twice, Why::Lost, DAY - 1);
    hold(&mut twice, Why::Stolen, DAY - 1);
    twice.release(&by, &one, after(DAY)).unwrap();
    let mut later = held(Why::Clerical);
    hold(&mut later, Why::Lost, DAY);
    assert_eq!(later.releasable_from(&one), Some(after(2 * DAY)));
}

#[test]
fn where_two_release_the_second_is_another_and_a_new_report_takes_the_request_back() {
    let (two, first, second) = (terms(Persons::Two), caller("city-hall"), caller("ward-office"));
    let mut binding = held(Why::Lost);
    assert_eq!(binding.confirm_release(&second, &two, after(DAY)), Err(NotReleased::NotAsked));
    let early = NotReleased::TooEarly { from: after(DAY) };
    assert_eq!(binding.release(&first, &two, after(1)), Err(early));
    binding.release(&first, &two, after(DAY)).unwrap();
    assert!(matches!(binding.state, State::Held { .. }), "one alone lifts nothing");
    let asked = binding.clone();
    binding.release(&first, &two, after(DAY + 5)).unwrap();
    assert_eq!(binding, asked, "once more changes nothing");
    binding.release(&second, &two, after(DAY + 5)).unwrap();
    assert_eq!(binding, asked, "asking is not confirming");
    let same = binding.confirm_release(&first, &two, after(DAY + 6));
    assert_eq!(same, Err(NotReleased::SameCaller));
    hold(&mut binding, Why::Lost, DAY + 7);
    let taken_back = binding.confirm_release(&second, &two, after(DAY + 8));
    assert_eq!(taken_back, Err(NotReleased::NotAsked));
    binding.release(&first, &two, after(DAY + 9)).unwrap();
    binding.confirm_release(&second, &two, after(DAY + 10)).unwrap();
    assert_eq!(binding.state, State::Active);
    let lifted = binding.clone();
    binding.confirm_release(&second, &two, after(DAY + 11)).unwrap();
    assert_eq!(binding, lifted, "once more changes nothing");
}

#[test]
fn a_suspected_clone_and_what_was_never_held_is_not_released() {
    let (one, by) = (terms(Persons::One), caller("city-hall"));
    let mut cloned = held(Why::CounterRegressed);
    assert_eq!(cloned.release(&by, &one, after(9 * DAY)), Err(Refused::Cloned.into()));
    assert_eq!(cloned.releasable_from(&one), None);
    let mut free = binding();
    assert_eq!(free.release(&by, &one, after(1)), Err(Refused::NotHeld.into()));
    assert_eq!(free.confirm_release(&by, &one, after(1)), Err(Refused::NotHeld.into()));
    let mut ended = held(Why::Lost);
    ended.apply(Act::Revoke, Why::Stolen, &Source::Engine, after(1)).unwrap();
    assert_eq!(ended.release(&by, &one, after(9 * DAY)), Err(Refused::Ended.into()));
}
