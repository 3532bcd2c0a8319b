use super::{End, LifecycleReason as Why, Refused, State};

const ENDED: State = State::Ended { end: End::Revoked, why: Why::Owner };
const HELD: State = State::Held { why: Why::Lost };
const CLONED: State = State::Held { why: Why::CounterRegressed };

#[test]
fn only_the_transitions_of_the_table_are_possible() {
    let table = [
        (State::Pending, Ok(State::Active), Ok(HELD), Err(Refused::NotHeld)),
        (State::Active, Err(Refused::NotPending), Ok(HELD), Err(Refused::NotHeld)),
        (HELD, Err(Refused::NotPending), Err(Refused::AlreadyHeld), Ok(State::Active)),
        (CLONED, Err(Refused::NotPending), Err(Refused::AlreadyHeld), Err(Refused::Cloned)),
        (ENDED, Err(Refused::Ended), Err(Refused::Ended), Err(Refused::Ended)),
    ];
    for (from, activated, held, released) in table {
        assert_eq!(from.activate(), activated, "activate {from:?}");
        assert_eq!(from.hold(Why::Lost), held, "hold {from:?}");
        assert_eq!(from.release(), released, "release {from:?}");
        let ended = if from == ENDED { Err(Refused::Ended) } else { Ok(ENDED) };
        assert_eq!(from.end(End::Revoked, Why::Owner), ended, "end {from:?}");
    }
}

#[test]
fn a_suspected_clone_replaces_a_milder_hold() {
    assert_eq!(HELD.hold(Why::CounterRegressed), Ok(CLONED));
}
