use super::{DAY, Scenario, ScenarioError};
use crate::catalogue::{Kind, Needs, Side};

#[test]
fn the_day_that_ships_has_every_kind() {
    let day = Scenario::day().unwrap();
    let named: Vec<Kind> = day
        .honest
        .iter()
        .chain(&day.ambiguous)
        .chain(&day.attacks)
        .map(|(kind, _)| *kind)
        .collect();
    // Whoever is barred plays a part in an owner's day.
    let kinds = Kind::ALL.iter().filter(|kind| kind.side() != Side::Barred);
    for kind in kinds.filter(|kind| kind.entry().needs != Needs::Weeks) {
        assert!(named.contains(kind), "{}", kind.name());
    }
}

#[test]
fn a_year_brings_every_kind_that_no_day_shows_by_itself() {
    let year = Scenario::year().unwrap();
    let named = year.honest.iter().chain(&year.ambiguous).chain(&year.attacks);
    let named: Vec<Kind> = named.chain(&year.mix).map(|(kind, _)| *kind).collect();
    // What a person has shows in everyday checks.
    let everyday = [Kind::Iphone, Kind::UnlistedHandset, Kind::LateList];
    let kinds = Kind::ALL.iter().filter(|kind| kind.side() != Side::Barred);
    // A year's orders would be waited for one by one: the day plays them.
    // And a registry would stand for everybody's year.
    let kept = |kind: &&Kind| !matches!(kind.entry().needs, Needs::Platform | Needs::Registry);
    let kinds = kinds.filter(kept);
    for kind in kinds.filter(|kind| !everyday.contains(kind)) {
        assert!(named.contains(kind), "{}", kind.name());
    }
}

#[test]
fn an_attack_may_not_stand_among_the_honest() {
    let text = DAY.replace("[honest]\n", "[honest]\nreplay = 1\n");
    let error = Scenario::parse(&text).unwrap_err();
    assert_eq!(error.to_string(), "[honest] cannot have \"replay\"");
}

#[test]
fn numbers_outside_their_range_are_refused() {
    for (good, bad) in [
        ("settle_days = 30", "settle_days = 0"),
        ("tick_minutes = 5", "tick_minutes = 0"),
        ("heartbeat_minutes = 5", "heartbeat_minutes = 1500"),
        ("most = 6", "most = 60"),
        ("least = 3", "least = 9"),
    ] {
        let error = Scenario::parse(&DAY.replace(good, bad)).unwrap_err();
        assert!(matches!(error, ScenarioError::Range { .. }), "{bad}");
    }
    assert!(matches!(Scenario::parse("name = 1"), Err(ScenarioError::Shape(_))));
}

#[test]
fn names_of_kinds_are_unique_and_attacks_say_what_must_be_named() {
    for kind in Kind::ALL {
        assert_eq!(Kind::named(kind.name()), Some(*kind));
        let entry = kind.entry();
        let says = !entry.edges.is_empty() || !entry.reasons.is_empty();
        assert_eq!(says, entry.side != Side::Honest, "{}", kind.name());
    }
}
