use super::*;
use crate::{
    ids::Iccid,
    line::{EventKind, ReissueCause, SuspensionCause, tests::binding},
};
use proptest::prelude::*;
use simbind_rules::facts::BindingState;
use std::time::Duration;

/// Seconds after the binding was proved.
fn at(binding: &Binding, secs: i64) -> Timestamp {
    Timestamp::from_secs(binding.proven_at.as_millis() / 1000 + secs)
}

fn event(binding: &Binding, id: &str, secs: i64, kind: EventKind) -> SimEvent {
    SimEvent {
        id: id.parse().unwrap(),
        carrier: "docomo".parse().unwrap(),
        occurred_at: at(binding, secs),
        kind,
    }
}

const LOST: EventKind = EventKind::LineSuspended { cause: SuspensionCause::Lost };
const REISSUED: EventKind = EventKind::SimReissued { new_iccid: None, cause: ReissueCause::Unsaid };
const LATER: i64 = 1000;

fn drive(binding: &mut Binding, id: &str, kind: EventKind) -> Option<Consequence> {
    let told = event(binding, id, LATER, kind);
    binding.drive(&told, at(binding, LATER + 1))
}

fn undo(binding: &mut Binding, id: &str) -> Option<Effect> {
    let docomo = "docomo".parse().unwrap();
    binding.undo(&docomo, &id.parse().unwrap(), CertificateUse::Free)
}

fn clerk() -> Source {
    Source::Caller("counter".parse().unwrap())
}

fn fact(binding: &Binding) -> BindingState {
    binding.state.fact()
}

#[test]
fn each_kind_does_what_it_says_and_its_correction_undoes_it() {
    use LifecycleReason as Why;
    let iccid: Iccid = "8981100000000000028".parse().unwrap();
    let table = [
        (LOST, Some((BindingState::Held, Why::Lost))),
        (
            EventKind::LineSuspended { cause: SuspensionCause::Stolen },
            Some((BindingState::Held, Why::Stolen)),
        ),
        (EventKind::LineSuspended { cause: SuspensionCause::Other }, None),
        (EventKind::LineSuspended { cause: SuspensionCause::Unsaid }, None),
        (REISSUED, Some((BindingState::Suspended, Why::SimReissued))),
        (
            EventKind::SimReissued { new_iccid: Some(iccid), cause: ReissueCause::Esim },
            Some((BindingState::Suspended, Why::SimReissued)),
        ),
        (EventKind::EsimTransferred { eid: None }, Some((BindingState::Suspended, Why::EsimMoved))),
        (EventKind::EsimDownloaded { eid: None }, Some((BindingState::Suspended, Why::EsimMoved))),
        (EventKind::PortedOut, Some((BindingState::Suspended, Why::PortedOut))),
        (EventKind::ContractEnded, Some((BindingState::Revoked, Why::LineEnded))),
        (EventKind::ContractTransferred, Some((BindingState::Revoked, Why::LineTransferred))),
        (EventKind::ContractInherited, Some((BindingState::Revoked, Why::LineInherited))),
        (EventKind::IccidRecycled, Some((BindingState::Revoked, Why::Recycled))),
        (EventKind::ImsiChanged, None),
        (EventKind::PortedIn, None),
        (EventKind::LineResumed, None),
        (EventKind::LoanerEnded, None),
    ];
    for (kind, expected) in table {
        let mut own = binding();
        let before = own.clone();
        let done = drive(&mut own, "e1", kind.clone());
        let now = done.map(|done| (fact(&own), done.why));
        assert_eq!(now, expected, "{kind:?}");
        if expected.is_none() {
            assert_eq!(own, before, "{kind:?}");
            continue;
        }
        undo(&mut own, "e1").unwrap();
        assert_eq!(own, before, "{kind:?}");
    }
}

#[test]
fn what_happened_before_the_proof_does_nothing_and_a_whole_minute_or_no_time_counts() {
    for (secs, learned, counts) in [
        (-3600, 10, false),
        (-61, 10, false),
        (-59, 10, true),
        (-59, -1, false),
        (1, 10, true),
        (-1_790_000_000, 10, true),
    ] {
        let mut own = binding();
        let told = event(&own, "e1", secs, LOST);
        let done = own.drive(&told, at(&own, learned));
        assert_eq!(done.is_some(), counts, "{secs} learned {learned}");
    }
}

#[test]
fn a_loss_from_before_a_release_does_not_hold_again_and_a_later_one_does() {
    let mut own = binding();
    own.apply(Act::Hold, LifecycleReason::Lost, &clerk(), at(&own, 100)).unwrap();
    own.apply(Act::Release, LifecycleReason::Found, &clerk(), at(&own, 5000)).unwrap();
    let before = event(&own, "e1", 90, LOST);
    assert_eq!(own.drive(&before, at(&own, 6000)), None);
    let after = event(&own, "e2", 5500, LOST);
    assert!(own.drive(&after, at(&own, 6000)).is_some());
}

#[test]
fn a_reissue_to_the_sim_that_was_proved_suspends_nothing() {
    let mut own = binding();
    let proved =
        EventKind::SimReissued { new_iccid: Some(own.sim.iccid), cause: ReissueCause::Esim };
    assert_eq!(drive(&mut own, "e1", proved), None);
    let eid = "89049032123451234512345678901235".parse().unwrap();
    own.sim.eid = Some(eid);
    assert_eq!(drive(&mut own, "e2", EventKind::EsimTransferred { eid: Some(eid) }), None);
}

#[test]
fn a_hold_that_somebody_asked_for_outlives_the_event_that_is_taken_back() {
    // Before the event, after it, and anew after a release.
    for order in 0..3 {
        let mut own = binding();
        let hold = |own: &mut Binding, secs| {
            let now = at(own, secs);
            own.apply(Act::Hold, LifecycleReason::Lost, &clerk(), now).unwrap();
        };
        if order == 0 {
            hold(&mut own, 900);
        }
        assert!(drive(&mut own, "e1", LOST).is_some());
        if order == 2 {
            let now = at(&own, 1100);
            own.apply(Act::Release, LifecycleReason::Found, &clerk(), now).unwrap();
        }
        if order > 0 {
            hold(&mut own, 1200);
        }
        assert_eq!(undo(&mut own, "e1"), None, "{order}");
        assert_eq!(fact(&own), BindingState::Held, "{order}");
    }
}

#[test]
fn what_two_events_did_stands_until_both_are_taken_back() {
    for (kind, state) in [
        (LOST, BindingState::Held),
        (REISSUED, BindingState::Suspended),
        (EventKind::ContractEnded, BindingState::Revoked),
    ] {
        for (first, second) in [("e1", "e2"), ("e2", "e1")] {
            let mut own = binding();
            assert!(drive(&mut own, "e1", kind.clone()).is_some());
            assert!(drive(&mut own, "e2", kind.clone()).is_some());
            assert_eq!(undo(&mut own, first), None);
            assert_eq!(fact(&own), state);
            assert!(undo(&mut own, second).is_some());
            assert_eq!(own, binding());
        }
    }
}

#[test]
fn an_end_is_undone_once_and_only_where_nothing_else_ended_it() {
    let mut own = binding();
    drive(&mut own, "e1", EventKind::ContractEnded).unwrap();
    let docomo = "docomo".parse().unwrap();
    let mut anew = own.clone();
    let kept = anew.undo(&docomo, &"e1".parse().unwrap(), CertificateUse::BoundAnew);
    assert_eq!((kept, fact(&anew)), (None, BindingState::Revoked), "its certificate is another's");
    assert_eq!(undo(&mut anew, "e1"), None);

    let mut theirs = own.clone();
    let now = at(&own, 2000);
    theirs.apply(Act::Revoke, LifecycleReason::Owner, &clerk(), now).unwrap();
    assert_eq!(undo(&mut theirs, "e1"), None);
    let state = State::Ended { end: End::Revoked, why: LifecycleReason::Owner };
    assert_eq!(theirs.state, state, "its owner ended it too");

    assert_eq!(undo(&mut own, "e1"), Some(Effect::End));
    assert_eq!(own, binding());
}

#[test]
fn a_hold_asked_for_after_a_mistaken_end_is_there_when_the_end_is_taken_back() {
    let mut own = binding();
    drive(&mut own, "e1", EventKind::ContractEnded).unwrap();
    let now = at(&own, 2000);
    own.apply(Act::Hold, LifecycleReason::Stolen, &clerk(), now).unwrap();
    assert_eq!(fact(&own), BindingState::Revoked);
    undo(&mut own, "e1").unwrap();
    assert_eq!(own.state, State::held(LifecycleReason::Stolen));
}

#[test]
fn a_life_that_comes_back_is_not_held_by_what_was_taken_back_before_it() {
    let mut own = binding();
    drive(&mut own, "e1", LOST).unwrap();
    drive(&mut own, "e2", REISSUED).unwrap();
    drive(&mut own, "e3", EventKind::ContractEnded).unwrap();
    undo(&mut own, "e1");
    undo(&mut own, "e3").unwrap();
    assert_eq!(fact(&own), BindingState::Suspended, "the reissue stands");
    undo(&mut own, "e2").unwrap();
    assert_eq!(own, binding());
}

#[test]
fn a_suspected_clone_is_not_released_by_a_correction() {
    let mut own = binding();
    drive(&mut own, "e1", LOST).unwrap();
    let now = at(&own, 2000);
    own.apply(Act::Hold, LifecycleReason::CounterRegressed, &Source::Engine, now).unwrap();
    drive(&mut own, "e2", LOST);
    undo(&mut own, "e1");
    undo(&mut own, "e2");
    assert_eq!(own.state, State::held(LifecycleReason::CounterRegressed));
}

#[test]
fn a_proof_makes_a_suspension_past_and_its_correction_changes_nothing() {
    let mut own = binding();
    drive(&mut own, "e1", REISSUED).unwrap();
    let now = at(&own, 5000);
    own.apply(Act::Reprove, LifecycleReason::Clerical, &clerk(), now).unwrap();
    let proved = own.clone();
    assert_eq!(undo(&mut own, "e1"), None);
    assert_eq!(own, proved);
}

#[test]
fn more_events_than_are_kept_are_never_undone_by_taking_some_back() {
    let mut own = binding();
    for number in 0..=Driven::MOST {
        drive(&mut own, &format!("e{number}"), LOST).unwrap();
    }
    for number in 0..=Driven::MOST {
        assert_eq!(undo(&mut own, &format!("e{number}")), None);
    }
    assert_eq!(fact(&own), BindingState::Held);
}

fn any_kind() -> impl Strategy<Value = EventKind> {
    prop_oneof![
        Just(LOST),
        Just(REISSUED),
        Just(EventKind::PortedOut),
        Just(EventKind::ContractEnded),
        Just(EventKind::IccidRecycled),
        Just(EventKind::LineResumed),
        Just(EventKind::ImsiChanged),
    ]
}

proptest! {
    /// Whatever events come, and in whatever order they are taken back: when all are, the binding is
    /// as if none had come.
    #[test]
    fn when_all_events_are_taken_back_nothing_of_them_is_left(
        kinds in proptest::collection::vec(any_kind(), 1..12),
        order in proptest::collection::vec(any::<prop::sample::Index>(), 12),
    ) {
        let mut own = binding();
        let mut standing = Vec::new();
        for (number, kind) in kinds.iter().enumerate() {
            drive(&mut own, &format!("e{number}"), kind.clone());
            standing.push(format!("e{number}"));
        }
        for index in order {
            if standing.is_empty() {
                break;
            }
            let id = standing.remove(index.index(standing.len()));
            undo(&mut own, &id);
        }
        prop_assert_eq!(own, binding());
    }

    /// An event that is taken back before it comes does nothing; one taken back later leaves what
    /// the others did.
    #[test]
    fn taking_one_back_leaves_what_the_others_did(
        kinds in proptest::collection::vec(any_kind(), 1..10),
        which in any::<prop::sample::Index>(),
    ) {
        let wrong = which.index(kinds.len());
        let (mut all, mut others) = (binding(), binding());
        for (number, kind) in kinds.iter().enumerate() {
            drive(&mut all, &format!("e{number}"), kind.clone());
            if number != wrong {
                drive(&mut others, &format!("e{number}"), kind.clone());
            }
        }
        undo(&mut all, &format!("e{wrong}"));
        prop_assert_eq!(all.state.fact(), others.state.fact());
    }

    /// Nothing that a clerk asked for is undone by a correction.
    #[test]
    fn no_correction_undoes_what_a_clerk_did(
        kinds in proptest::collection::vec(any_kind(), 1..8),
        place in any::<prop::sample::Index>(),
        end in any::<bool>(),
    ) {
        let place = place.index(kinds.len() + 1);
        let mut own = binding();
        let act = if end { Act::Revoke } else { Act::Hold };
        for number in 0..=kinds.len() {
            if number == place {
                let now = at(&own, LATER + 2).plus(Duration::from_secs(1));
                own.apply(act, LifecycleReason::Owner, &clerk(), now).unwrap();
            }
            if let Some(kind) = kinds.get(number) {
                drive(&mut own, &format!("e{number}"), kind.clone());
            }
        }
        for number in 0..kinds.len() {
            undo(&mut own, &format!("e{number}"));
        }
        let expected = if end { BindingState::Revoked } else { BindingState::Held };
        prop_assert_eq!(own.state.fact(), expected);
    }
}
