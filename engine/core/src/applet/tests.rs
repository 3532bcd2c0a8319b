use super::*;
use proptest::prelude::*;
use std::time::Duration;

fn at(secs: i64) -> Timestamp {
    Timestamp::from_secs(secs)
}

const ACCEPTED: Answer = Answer::Accepted { again: Timestamp::from_secs(1000) };
const REFUSED: Answer = Answer::Refused(Refusal::UnknownSim);

/// Seen at work, then wished locked as order 1.
fn locking() -> Applet {
    Applet::seen().wishing(Wish::Locked, OrderRef(1), at(1))
}

fn action(applet: &Applet) -> Option<Action> {
    applet.open().map(|open| open.action)
}

#[test]
fn each_change_of_the_wish_has_its_order() {
    use {Action as A, Wish as W};
    let cases = [
        (W::Nothing, W::Loaded, Some(A::Load)),
        (W::Nothing, W::Deleted, Some(A::Delete)),
        (W::Loaded, W::Locked, Some(A::Lock)),
        (W::Loaded, W::Deleted, Some(A::Delete)),
        (W::Locked, W::Loaded, Some(A::Unlock)),
        (W::Locked, W::Deleted, Some(A::Delete)),
        (W::Loaded, W::Loaded, None),
        (W::Deleted, W::Loaded, Some(A::Load)),
        (W::Deleted, W::Locked, Some(A::Lock)),
    ];
    for (before, after, expected) in cases {
        let applet = Applet::starting(before).wishing(after, OrderRef(7), at(5));
        assert_eq!(action(&applet), expected, "{before:?} to {after:?}");
    }
}

#[test]
fn a_state_of_the_binding_says_what_the_applet_should_be() {
    use BindingState as B;
    let cases = [
        (B::Pending, Wish::Loaded),
        (B::Active, Wish::Loaded),
        (B::Suspended, Wish::Loaded),
        (B::Held, Wish::Locked),
        (B::Revoked, Wish::Deleted),
        (B::Expired, Wish::Deleted),
        (B::Superseded, Wish::Deleted),
    ];
    for (state, wish) in cases {
        assert_eq!(Wish::of(state), wish, "{state:?}");
    }
}

#[test]
fn the_life_of_an_order() {
    use Stage as S;
    let refused = S::Refused(Refusal::UnknownSim);
    // From a stage, an answer: what becomes of it, and the stage after; `None` where it is closed.
    let cases = [
        (S::Sent, ACCEPTED, Taken::Taken, Some(S::Accepted)),
        (S::Sent, Answer::Confirmed, Taken::Taken, None),
        (S::Sent, REFUSED, Taken::Taken, Some(refused)),
        (S::Sent, Answer::Needless, Taken::Taken, None),
        (S::Accepted, ACCEPTED, Taken::Known, Some(S::Accepted)),
        (S::Accepted, Answer::Confirmed, Taken::Taken, None),
        (S::Accepted, REFUSED, Taken::Taken, Some(refused)),
        (refused, ACCEPTED, Taken::Settled, Some(refused)),
        (refused, REFUSED, Taken::Known, Some(refused)),
        (refused, Answer::Confirmed, Taken::Taken, None),
    ];
    for (stage, answer, taken, after) in cases {
        let sent = locking().sending(OrderRef(1), at(30));
        let applet = match stage {
            S::Due | S::Sent => sent,
            S::Accepted => sent.answered(OrderRef(1), ACCEPTED, at(2)),
            S::Refused(_) => sent.answered(OrderRef(1), REFUSED, at(2)),
        };
        assert_eq!(applet.taking(OrderRef(1), answer), taken, "{stage:?} {answer:?}");
        let applet = applet.answered(OrderRef(1), answer, at(3));
        assert_eq!(applet.open().map(|open| open.stage), after, "{stage:?} {answer:?}");
    }
}

#[test]
fn a_confirmed_lock_is_known_and_an_unlock_follows_it() {
    let locked =
        locking().sending(OrderRef(1), at(30)).answered(OrderRef(1), Answer::Confirmed, at(9));
    assert_eq!(locked.facts(at(20)), (None, Some(AppletState::Locked)));
    assert_eq!(locked.taking(OrderRef(1), Answer::Confirmed), Taken::Known);
    assert_eq!(locked.taking(OrderRef(1), REFUSED), Taken::Settled);
    let unlocking = locked.wishing(Wish::Loaded, OrderRef(2), at(40));
    let facts = unlocking.facts(at(50));
    let order = (AppletOrder::Unlock, Duration::from_secs(10));
    assert_eq!(facts, (Some(order), Some(AppletState::Locked)));
}

#[test]
fn a_hold_that_is_lifted_before_anything_was_sent_orders_nothing() {
    let released = locking().wishing(Wish::Loaded, OrderRef(2), at(2));
    assert_eq!(released.open(), None);
    let sent = locking().sending(OrderRef(1), at(30));
    let released = sent.wishing(Wish::Loaded, OrderRef(2), at(2));
    assert_eq!(action(&released), Some(Action::Unlock), "it may be locked by now");
}

/// Ended as order 1, which was sent.
fn deleting() -> Applet {
    Applet::seen().wishing(Wish::Deleted, OrderRef(1), at(1)).sending(OrderRef(1), at(30))
}

/// The end of before was taken back as order 2.
fn back(applet: Applet) -> Applet {
    applet.wishing(Wish::Loaded, OrderRef(2), at(40))
}

fn confirm(applet: Applet, id: u64, secs: i64) -> Applet {
    let sent = applet.sending(OrderRef(id), at(secs));
    sent.answered(OrderRef(id), Answer::Confirmed, at(secs))
}

const DELETE: AppletOrder = AppletOrder::Delete;
const DELETED: Option<AppletState> = Some(AppletState::Deleted);

#[test]
fn an_end_that_is_taken_back_orders_nothing_before_its_delete_was_sent_and_a_load_after() {
    let ended = Applet::seen().wishing(Wish::Deleted, OrderRef(1), at(1));
    assert_eq!(back(ended).open(), None);
    assert_eq!(back(ended).facts(at(50)), (None, None));
    for sent in [deleting(), confirm(deleting(), 1, 3)] {
        assert_eq!(action(&back(sent)), Some(Action::Load));
        let again = back(sent).wishing(Wish::Deleted, OrderRef(3), at(60));
        let delete = if sent.open().is_some() { Some(Action::Delete) } else { None };
        assert_eq!(action(&again), delete, "what is deleted is not deleted again");
    }
}

#[test]
fn a_delete_that_may_have_been_carried_out_counts_until_the_owner_was_seen_with_the_sim() {
    let doubtful = back(deleting());
    let since = Some((DELETE, Duration::from_secs(49)));
    assert_eq!(doubtful.facts(at(50)), (since, None));
    let loaded = confirm(doubtful, 2, 45);
    assert_eq!(loaded.facts(at(50)), (since, Some(AppletState::Loaded)), "without the key");
    assert_eq!(loaded.proved(at(1)), loaded, "seen before the delete");
    assert_eq!(loaded.proved(at(46)).facts(at(50)), (None, Some(AppletState::Loaded)));
}

#[test]
fn a_key_that_was_deleted_never_comes_back_and_a_new_one_is_another() {
    let loaded = confirm(back(confirm(deleting(), 1, 3)), 2, 45);
    assert_eq!(loaded.facts(at(50)), (None, DELETED));
    assert_eq!(loaded.proved(at(46)), loaded);
    assert_eq!(loaded.with_new_key().facts(at(50)), (None, Some(AppletState::Loaded)));
    assert_eq!(loaded.handed_over().facts(at(50)), (None, DELETED), "that of the old binding");
    let unconfirmed = back(confirm(deleting(), 1, 3)).with_new_key();
    let load = Some((AppletOrder::Load, Duration::from_secs(10)));
    assert_eq!(unconfirmed.facts(at(50)), (load, None));
}

#[test]
fn a_delete_that_the_platform_refused_took_nothing() {
    for (why, there) in [(Refusal::Unsupported, true), (Refusal::NoApplet, false)] {
        let refused = deleting().answered(OrderRef(1), Answer::Refused(why), at(2));
        let order = back(refused).facts(at(50)).0.map(|(order, _)| order);
        let expected = if there { AppletOrder::Load } else { DELETE };
        assert_eq!(order, Some(expected), "{why:?}");
    }
}

#[test]
fn an_applet_that_may_be_gone_is_loaded_and_one_that_was_loaded_again_is_unlocked() {
    let locked = back(deleting()).wishing(Wish::Locked, OrderRef(3), at(41));
    assert_eq!(action(&locked), Some(Action::Lock));
    let released = locked.wishing(Wish::Loaded, OrderRef(4), at(42));
    assert_eq!(action(&released), Some(Action::Load));
    let locked = confirm(back(deleting()), 2, 45).wishing(Wish::Locked, OrderRef(3), at(46));
    let released = confirm(locked, 3, 47).wishing(Wish::Loaded, OrderRef(4), at(48));
    assert_eq!(action(&released), Some(Action::Unlock));
}

#[test]
fn a_late_confirmation_of_an_overtaken_order_confirms_nothing() {
    let sent = locking().sending(OrderRef(1), at(30));
    let unlocking = sent.wishing(Wish::Loaded, OrderRef(2), at(2)).sending(OrderRef(2), at(40));
    assert_eq!(unlocking.taking(OrderRef(1), Answer::Confirmed), Taken::Overtaken);
    assert_eq!(unlocking.answered(OrderRef(1), Answer::Confirmed, at(3)), unlocking);
}

#[test]
fn a_refused_order_stays_open_and_is_not_due() {
    let refused = locking().sending(OrderRef(1), at(30)).answered(OrderRef(1), REFUSED, at(2));
    let open = refused.open().unwrap();
    assert_eq!((open.due(), open.tries), (None, 1));
    assert!(refused.facts(at(3)).0.is_some());
}

#[test]
fn pauses_double_up_to_the_longest_and_jitter_only_shortens() {
    let backoff = Backoff { first: Duration::from_secs(30), longest: Duration::from_secs(3600) };
    let cases = [(0, 30), (1, 30), (2, 60), (3, 120), (7, 1920), (8, 3600), (u32::MAX, 3600)];
    for (tries, secs) in cases {
        assert_eq!(backoff.pause(tries, 0), Duration::from_secs(secs), "{tries}");
        let shortest = Duration::from_secs(secs) * 3 / 4;
        let drawn = backoff.pause(tries, 255);
        assert!(drawn >= shortest && drawn < Duration::from_secs(secs), "{tries}: {drawn:?}");
    }
}

#[derive(Clone, Copy, Debug)]
enum Step {
    Wish(Wish),
    Send,
    /// An answer about the order given so many orders ago.
    Answer(u64, Answer),
}

fn step() -> impl Strategy<Value = Step> {
    let wish = prop_oneof![
        8 => Just(Wish::Loaded), 8 => Just(Wish::Locked), 2 => Just(Wish::Deleted)
    ];
    let answer = prop_oneof![Just(ACCEPTED), Just(Answer::Confirmed), Just(REFUSED)];
    prop_oneof![
        wish.prop_map(Step::Wish),
        Just(Step::Send),
        (0..4_u64, answer).prop_map(|(ago, answer)| Step::Answer(ago, answer)),
    ]
}

proptest! {
    #[test]
    fn the_newest_wish_wins_and_no_order_is_lost(steps in proptest::collection::vec(step(), 0..200)) {
        let mut applet = Applet::seen();
        // What the newest wish was, and whether the SIM may be otherwise.
        let (mut wish, mut last_order, mut sent) = (Wish::Loaded, 0_u64, false);
        for (time, step) in steps.into_iter().enumerate() {
            let now = at(i64::try_from(time).unwrap());
            let before = applet;
            match step {
                Step::Wish(new) => {
                    let id = OrderRef(last_order + 1);
                    applet = applet.wishing(new, id, now);
                    wish = new;
                    if applet.open().is_some_and(|open| open.id == id) { last_order += 1; }
                }
                Step::Send => if let Some(open) = applet.open() {
                    sent |= open.due().is_some();
                    applet = applet.sending(open.id, now.plus(Duration::from_secs(30)));
                },
                Step::Answer(ago, answer) => {
                    let id = OrderRef(last_order.saturating_sub(ago));
                    let own = applet.open().is_some_and(|open| open.id == id);
                    applet = applet.answered(id, answer, now);
                    if !own { prop_assert_eq!(applet, before, "a foreign answer"); }
                    if own && answer == Answer::Confirmed { sent = false; }
                }
            }
            prop_assert_eq!(applet.wish(), wish);
            match applet.open() {
                // What is open leads to the newest wish.
                Some(open) => prop_assert!(matches!(
                    (open.action, wish),
                    (Action::Unlock | Action::Load, Wish::Loaded)
                        | (Action::Lock, Wish::Locked)
                        | (Action::Delete, Wish::Deleted)
                )),
                // Nothing is open only where nothing that was sent is in doubt.
                None => prop_assert!(!sent, "an order was lost"),
            }
            if let Confirmed::Was { .. } = applet.confirmed()
                && before.confirmed() != applet.confirmed() {
                // But for a delete that may have been carried out.
                let order = applet.facts(now).0.map(|(order, _)| order);
                prop_assert!(applet.open().is_none() && matches!(order, None | Some(DELETE)));
            }
        }
    }
}
