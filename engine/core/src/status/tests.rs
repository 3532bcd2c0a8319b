use super::*;
use proptest::prelude::*;

const HOUR: i64 = 3600;
const HELD: Standing = Standing::Held { since: Timestamp::from_secs(0) };
const REVOKED: Standing =
    Standing::Revoked { since: Timestamp::from_secs(0), reason: RevocationReason::UNSPECIFIED };
use Source::{List, Responder, Stapled, Word};

fn answer(source: Source, standing: Standing, hour: i64) -> Answer {
    let as_of = Timestamp::from_secs(hour * HOUR);
    let next = Some(Timestamp::from_secs((hour + 24) * HOUR));
    Answer { standing, source, as_of, next, learned_at: as_of }
}

/// What is known after each answer in turn; the newest of the list is the list.
fn joined(answers: &[(Source, Standing, i64)]) -> Option<Standing> {
    let mut known = Known::default();
    let mut list: Option<Answer> = None;
    for (source, standing, hour) in answers {
        let told = answer(*source, *standing, *hour);
        known.take(told);
        if *source == List && list.is_none_or(|list| told.as_of > list.as_of) {
            list = Some(told);
        }
    }
    known.joined(list, None, Timestamp::from_secs(100 * HOUR)).map(|answer| answer.standing)
}

#[test]
fn what_the_voices_come_to() {
    use Standing::Good;
    type Case<'a> = (&'a str, &'a [(Source, Standing, i64)], Option<Standing>);
    let cases: &[Case<'_>] = &[
        ("nobody spoke", &[], None),
        ("one good answer", &[(Responder, Good, 1)], Some(Good)),
        ("a list that has it not", &[(List, Good, 1)], Some(Good)),
        (
            "a stapled good does not hide a list's revocation",
            &[(List, REVOKED, 1), (Stapled, Good, 9)],
            Some(REVOKED),
        ),
        ("nor does a newer list", &[(List, REVOKED, 1), (List, Good, 9)], Some(REVOKED)),
        ("nor does the issuer's word", &[(Responder, REVOKED, 1), (Word, Good, 9)], Some(REVOKED)),
        (
            "a hold stands against an older answer",
            &[(Responder, HELD, 5), (Stapled, Good, 4)],
            Some(HELD),
        ),
        (
            "and against one of the same time",
            &[(Responder, HELD, 5), (Stapled, Good, 5)],
            Some(HELD),
        ),
        (
            "a newer answer of the same voice lifts it",
            &[(Responder, HELD, 5), (Stapled, Good, 6)],
            Some(Good),
        ),
        ("a weaker voice does not", &[(Responder, HELD, 5), (List, Good, 6)], Some(HELD)),
        (
            "nor a signed answer the issuer's word",
            &[(Word, HELD, 5), (Responder, Good, 6)],
            Some(HELD),
        ),
        (
            "the issuer's word lifts any",
            &[(List, HELD, 5), (Responder, HELD, 5), (Word, Good, 6)],
            Some(Good),
        ),
        ("an older word does not", &[(List, HELD, 5), (Word, Good, 4)], Some(HELD)),
        (
            "a list's hold is lifted by a newer list",
            &[(List, HELD, 5), (List, Good, 6)],
            Some(Good),
        ),
        ("and by a newer answer", &[(List, HELD, 5), (Responder, Good, 6)], Some(Good)),
        ("not by an older one", &[(List, HELD, 5), (Responder, Good, 4)], Some(HELD)),
    ];
    for (says, answers, expected) in cases {
        assert_eq!(joined(answers), *expected, "{says}");
    }
}

#[test]
fn an_answer_never_goes_back_behind_an_earlier_one() {
    let mut known = Known::default();
    let told = |known: &mut Known, standing, hour| known.take(answer(Responder, standing, hour));
    assert_eq!(told(&mut known, Standing::Good, 5), Taken::Taken);
    assert_eq!(told(&mut known, Standing::Good, 5), Taken::Known);
    assert_eq!(told(&mut known, HELD, 4), Taken::Overtaken);
    assert_eq!(told(&mut known, HELD, 5), Taken::Taken);
    assert_eq!(told(&mut known, Standing::Good, 5), Taken::Overtaken);
    assert_eq!(told(&mut known, REVOKED, 1), Taken::Taken, "late is not too late for it");
    assert_eq!(told(&mut known, REVOKED, 7), Taken::Known);
    assert_eq!(told(&mut known, Standing::Good, 9), Taken::Overtaken);
}

/// An answer with its own time and that at which it was learned, in seconds.
fn told(source: Source, standing: Standing, as_of: i64, learned_at: i64) -> Answer {
    let (as_of, learned_at) = (Timestamp::from_secs(as_of), Timestamp::from_secs(learned_at));
    Answer { standing, source, as_of, next: None, learned_at }
}

#[test]
fn a_hold_is_not_dropped_for_an_answer_of_good_from_ahead() {
    let now = Timestamp::from_secs(9000);
    for source in [Responder, Stapled, Word] {
        for (as_of, learned_at) in [(1060, 1060), (1001, 1001), (900, 1001), (701, 1300)] {
            let mut known = Known::default();
            known.take(told(source, Standing::Good, 1240, 1000));
            let hold = told(source, HELD, as_of, learned_at);
            assert_eq!(known.take(hold), Taken::Taken, "{source:?} {as_of}");
            assert_eq!(known.joined(None, None, now).map(|a| a.standing), Some(HELD));
        }
        let mut known = Known::default();
        known.take(told(source, Standing::Good, 1240, 1000));
        let long_before = told(source, HELD, 700, 1060);
        assert_eq!(known.take(long_before), Taken::Overtaken, "a hold from before all skew");
        let mut known = Known::default();
        known.take(told(source, Standing::Good, 1000, 1000));
        let before = told(source, HELD, 900, 1060);
        assert_eq!(known.take(before), Taken::Overtaken, "a clock that was not ahead tells order");
    }
}

#[test]
fn an_answer_of_good_from_ahead_lifts_no_hold_of_another_voice_that_comes_after_it() {
    let now = Timestamp::from_secs(9000);
    let mut known = Known::default();
    known.take(told(Word, Standing::Good, 1240, 1000));
    let list = told(List, HELD, 1060, 1070);
    assert_eq!(known.joined(Some(list), None, now).map(|a| a.standing), Some(HELD));
    known.take(told(Word, Standing::Good, 1080, 1080));
    assert_eq!(known.joined(Some(list), None, now).map(|a| a.standing), Some(Standing::Good));
}

#[test]
fn a_release_from_a_clock_that_is_ahead_counts() {
    let now = Timestamp::from_secs(9000);
    let mut known = Known::default();
    known.take(told(Word, HELD, 990, 990));
    assert_eq!(known.take(told(Word, Standing::Good, 1010, 1000)), Taken::Taken);
    assert_eq!(known.joined(None, None, now).map(|a| a.standing), Some(Standing::Good));
}

#[test]
fn the_answer_that_is_least_overdue_speaks_for_good() {
    let now = Timestamp::from_secs(30 * HOUR);
    let mut known = Known::default();
    let short = Answer {
        next: Some(Timestamp::from_secs(29 * HOUR)),
        ..answer(Responder, Standing::Good, 28)
    };
    known.take(short);
    let list = answer(List, Standing::Good, 20);
    let spoke = known.joined(Some(list), None, now).unwrap();
    assert_eq!((spoke.source, spoke.overdue(now)), (List, Duration::ZERO));
    assert_eq!(spoke.age(now), Duration::from_secs(10 * 3600));
    let alone = known.joined(None, None, now).unwrap();
    assert_eq!(alone.overdue(now), Duration::from_secs(3600));
    let fresh = answer(Stapled, Standing::Good, 29);
    assert_eq!(known.joined(Some(list), Some(fresh), now).unwrap().source, Stapled);
}

#[test]
fn reasons_are_those_of_the_standard() {
    for number in 0..=255 {
        let known = [0, 1, 2, 3, 4, 5, 9, 10].contains(&number);
        assert_eq!(RevocationReason::of(number).number(), if known { number } else { 0 });
    }
}

fn any_answer() -> impl Strategy<Value = (Source, Standing, i64)> {
    let source = prop_oneof![Just(List), Just(Responder), Just(Stapled), Just(Word)];
    let standing = prop_oneof![4 => Just(Standing::Good), 4 => Just(HELD), 1 => Just(REVOKED)];
    (source, standing, 0_i64..12)
}

proptest! {
    #[test]
    fn the_order_in_which_answers_come_makes_no_difference(
        answers in proptest::collection::vec(any_answer(), 0..8),
        shuffled in any::<prop::sample::Index>(),
    ) {
        // Of one list and time there is one answer.
        let mut seen = std::collections::BTreeSet::new();
        let answers: Vec<_> = answers
            .into_iter()
            .filter(|(source, _, hour)| *source != List || seen.insert(*hour))
            .collect();
        let mut other = answers.clone();
        other.reverse();
        if !other.is_empty() {
            let by = shuffled.index(other.len());
            other.rotate_left(by);
        }
        prop_assert_eq!(joined(&answers), joined(&other));
    }

    #[test]
    fn an_answer_that_is_shown_again_changes_nothing(
        answers in proptest::collection::vec(any_answer(), 1..8),
        again in any::<prop::sample::Index>(),
    ) {
        let mut replayed = answers.clone();
        replayed.push(answers[again.index(answers.len())]);
        prop_assert_eq!(joined(&answers), joined(&replayed));
    }

    #[test]
    fn once_revoked_is_revoked(answers in proptest::collection::vec(any_answer(), 0..8), at in 0_i64..12) {
        let mut all = vec![(Responder, REVOKED, at)];
        all.extend(answers);
        prop_assert_eq!(joined(&all), Some(REVOKED));
    }
}

#[test]
fn a_word_that_has_run_out_lifts_a_hold_and_makes_nothing_overdue() {
    let (early, late) = (Timestamp::from_secs(20 * HOUR), Timestamp::from_secs(200 * HOUR));
    let mut known = Known::default();
    known.take(answer(Word, HELD, 4));
    known.take(answer(Word, Standing::Good, 5));
    assert_eq!(known.joined(None, None, early).map(|said| said.source), Some(Word));
    assert_eq!(known.joined(None, None, late), None, "as if nobody had spoken");
    let held = Answer { next: Some(late), ..answer(List, HELD, 3) };
    let lifted = known.joined(Some(held), None, late).unwrap();
    assert_eq!((lifted.standing, lifted.source), (Standing::Good, List));
    assert_eq!(lifted.overdue(late), Duration::ZERO);
    let again = answer(List, HELD, 6);
    assert_eq!(known.joined(Some(again), None, late), Some(again), "held again since");
}
