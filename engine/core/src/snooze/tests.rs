use super::*;
use proptest::prelude::*;

fn at(days: i64) -> Timestamp {
    Timestamp::from_secs(days * 86_400)
}

fn snooze(number: u8, rule: &str, from: i64, until: i64) -> Snooze<()> {
    Snooze {
        id: SnoozeId::from_bytes([number; 16]),
        rule: rule.parse().unwrap(),
        condition: [0; 32],
        from: at(from),
        until: at(until),
        decision: DecisionId::from_bytes([1; 16]),
        by: "ann".parse().unwrap(),
        why: (),
    }
}

/// Because of another decision.
fn by_another(snooze: Snooze<()>) -> Snooze<()> {
    Snooze { decision: DecisionId::from_bytes([2; 16]), ..snooze }
}

#[test]
fn a_snooze_is_refused_that_is_past_too_long_or_there_already() {
    let snoozes = Snoozes::default().with(snooze(1, "nation/a", 0, 5));
    for (tried, expected) in [
        (snooze(2, "nation/b", 1, 1), Err(SnoozeRefused::Past)),
        (snooze(2, "nation/b", 1, 0), Err(SnoozeRefused::Past)),
        (snooze(2, "nation/b", 1, 32), Err(SnoozeRefused::Long)),
        (snooze(2, "nation/b", 1, 31), Ok(())),
        (snooze(2, "nation/a", 4, 6), Err(SnoozeRefused::Snoozed)),
        (snooze(2, "nation/a", 5, 6), Err(SnoozeRefused::Reused)),
        (by_another(snooze(2, "nation/a", 5, 6)), Ok(())),
    ] {
        assert_eq!(snoozes.permit(&tried), expected, "{tried:?}");
    }
}

#[test]
fn at_most_sixteen_are_open_and_those_that_are_over_make_room() {
    let mut snoozes = Snoozes::default();
    for n in 0..16 {
        let next = snooze(n, &format!("nation/{n}"), 0, 5);
        assert_eq!(snoozes.permit(&next), Ok(()));
        snoozes = snoozes.with(next);
    }
    assert_eq!(snoozes.permit(&snooze(16, "nation/16", 1, 5)), Err(SnoozeRefused::Many));
    assert_eq!(snoozes.permit(&snooze(16, "nation/16", 5, 6)), Ok(()));
    let ended = snoozes.without(SnoozeId::from_bytes([3; 16]), at(2));
    assert_eq!(ended.open(at(2)).count(), 15);
    assert_eq!(ended.open(at(1)).count(), 16);
    assert_eq!(ended.permit(&snooze(16, "nation/16", 2, 6)), Ok(()));
    let again = ended.permit_end(SnoozeId::from_bytes([3; 16]), at(2));
    assert_eq!(again, Err(SnoozeRefused::NotOpen));
}

#[test]
fn rules_are_named_as_packs_name_them() {
    for good in ["nation/a", "jp-national/sim-in-another-handset"] {
        assert_eq!(good.parse::<RuleName>().unwrap().as_str(), good);
    }
    let long = format!("nation/{}", "a".repeat(250));
    for bad in ["", "nation", "/a", "nation/", "a/b/c", "nation/\u{e9}", "na tion/a", &long] {
        assert_eq!(bad.parse::<RuleName>(), Err(RuleNameError), "{bad}");
    }
}

proptest! {
    /// However many come and go, what is kept has a bound, and no open one is forgotten.
    #[test]
    fn what_is_kept_has_a_bound(steps in prop::collection::vec((0_i64..3, 1_i64..31), 0..200)) {
        let (mut snoozes, mut now, mut open) = (Snoozes::default(), 0, Vec::new());
        for (number, (later, days)) in steps.into_iter().enumerate() {
            now += later;
            let next = snooze(0, &format!("nation/{number}"), now, now + days);
            open.retain(|(_, until)| *until > now);
            if snoozes.permit(&next).is_ok() {
                open.push((next.rule.clone(), now + days));
                snoozes = snoozes.with(next);
            }
            let held: Vec<_> = snoozes.open(at(now)).map(|held| held.rule.clone()).collect();
            let expected: Vec<_> = open.iter().map(|(rule, _)| rule.clone()).collect();
            prop_assert_eq!(held, expected);
            prop_assert!(snoozes.iter().count() <= 33);
        }
    }
}
