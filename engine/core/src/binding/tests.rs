mod chart;
mod lives;
mod release;

use super::{
    Act, Before, End, LifecycleReason as Why, Phase, Refused, State, TRANSITIONS, Transition,
};

const ENDED: State = State::Ended { end: End::Revoked, why: Why::Owner };
const HELD: State = State::held(Why::Lost);
const CLONED: State = State::held(Why::CounterRegressed);

/// A state of each phase; of held ones, one for each state that they may go back to.
fn states() -> Vec<State> {
    let why = Why::SimReissued;
    let ended = |end| State::Ended { end, why: Why::Owner };
    vec![
        State::Pending,
        State::Active,
        State::Suspended { why },
        State::Held { why: Why::Lost, before: Before::Pending },
        HELD,
        State::Held { why: Why::Lost, before: Before::Suspended { why } },
        ended(End::Revoked),
        ended(End::Expired),
        ended(End::Superseded),
    ]
}

#[test]
fn the_table_is_what_happens_and_nothing_else() {
    let mut seen = Vec::new();
    for state in states() {
        for act in Act::ALL {
            let known = TRANSITIONS.iter().any(|t| (t.from, t.act) == (state.phase(), act));
            match state.apply(act, Why::Owner) {
                Ok(to) => seen.push(Transition { from: state.phase(), act, to: to.phase() }),
                Err(refused) => assert!(!known, "{refused:?}: {act:?} from {state:?}"),
            }
        }
    }
    for made in &seen {
        assert!(TRANSITIONS.contains(made), "{made:?} is not in the table");
    }
    for row in TRANSITIONS {
        assert!(seen.contains(row), "{row:?} never happens");
        assert!(!row.from.is_end(), "{row:?} leaves an end");
        assert_eq!(TRANSITIONS.iter().filter(|other| *other == row).count(), 1, "{row:?} twice");
    }
}

#[test]
fn every_phase_is_reached_and_every_living_one_can_end() {
    for phase in Phase::ALL {
        let reached = phase == Phase::Pending || TRANSITIONS.iter().any(|t| t.to == phase);
        assert!(reached, "{phase:?}");
        let revoked = TRANSITIONS.iter().any(|t| t.from == phase && t.to == Phase::Revoked);
        assert_eq!(revoked, !phase.is_end(), "{phase:?}");
    }
}

#[test]
fn a_refusal_says_why() {
    let table = [
        (State::Active, Act::Activate, Refused::NotPending),
        (State::Active, Act::GiveUp, Refused::NotPending),
        (State::Active, Act::Release, Refused::NotHeld),
        (State::Active, Act::Resume, Refused::NotSuspended),
        (State::Pending, Act::Suspend, Refused::NotActive),
        (State::Pending, Act::Reprove, Refused::NotActive),
        (State::Pending, Act::Supersede, Refused::NotActive),
        (CLONED, Act::Release, Refused::Cloned),
    ];
    for (state, act, refused) in table {
        assert_eq!(state.apply(act, Why::Owner), Err(refused), "{act:?} {state:?}");
    }
    for act in Act::ALL {
        assert_eq!(ENDED.apply(act, Why::Owner), Err(Refused::Ended), "{act:?}");
    }
}

#[test]
fn a_weightier_hold_takes_the_place_of_another_and_a_lighter_one_changes_nothing() {
    let hold = |state: State, why| state.apply(Act::Hold, why).unwrap();
    assert_eq!(hold(HELD, Why::CounterRegressed), CLONED);
    assert_eq!(hold(HELD, Why::Stolen), State::held(Why::Stolen));
    assert_eq!(hold(HELD, Why::Lost), HELD);
    assert_eq!(hold(HELD, Why::Owner), HELD);
    assert_eq!(hold(CLONED, Why::Stolen), CLONED);
    assert_eq!(hold(State::held(Why::Clerical), Why::Lost), HELD);
}

#[test]
fn a_release_gives_back_what_was_held_and_a_suspension_outlives_it() {
    let why = Why::EsimMoved;
    for state in [State::Pending, State::Active, State::Suspended { why }] {
        let held = state.apply(Act::Hold, Why::Lost).unwrap();
        assert_eq!(held.apply(Act::Release, Why::Found), Ok(state));
    }
    let broke = HELD.apply(Act::Suspend, why).unwrap();
    assert_eq!(broke.apply(Act::Release, Why::Found), Ok(State::Suspended { why }));
    for act in [Act::Reprove, Act::Resume] {
        assert_eq!(broke.apply(act, Why::Owner), Ok(HELD), "{act:?}");
    }
    let pending = State::Held { why: Why::Lost, before: Before::Pending };
    for act in [Act::Reprove, Act::Resume, Act::Suspend] {
        assert_eq!(pending.apply(act, why), Ok(pending), "{act:?} activates nothing");
    }
}
