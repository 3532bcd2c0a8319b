use super::{super::Side, Kind, Observation, Pair, pairs};
use std::collections::BTreeSet;

/// The pairs of kinds in the rows of the table in ARCHITECTURE.md: the first two in code marks.
fn told_in_architecture() -> BTreeSet<(String, String)> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../ARCHITECTURE.md");
    let text = std::fs::read_to_string(path).unwrap();
    let (_, section) = text.split_once("\n## What nobody can tell apart\n").unwrap();
    let section = section.split("\n## ").next().unwrap();
    let names = |row: &str| {
        let quoted = row.split('`').skip(1).step_by(2);
        let mut kinds = quoted.filter(|name| Kind::named(name).is_some()).map(str::to_owned);
        Some((kinds.next()?, kinds.next()?))
    };
    section.lines().filter(|line| line.starts_with('|')).filter_map(names).collect()
}

#[test]
fn the_list_of_what_nobody_can_tell_apart_is_that_of_the_catalogue() {
    let none = |pair: &&Pair| pair.observation == Observation::None;
    let named = |pair: &Pair| (pair.honest.name().to_owned(), pair.fraud.name().to_owned());
    let played: BTreeSet<_> = pairs().filter(none).map(named).collect();
    assert!(!played.is_empty());
    assert_eq!(told_in_architecture(), played);
}

#[test]
fn an_owner_who_can_be_told_from_a_thief_is_honest_and_one_who_cannot_is_ambiguous() {
    for pair in pairs() {
        let side = match pair.observation {
            Observation::Differs(_) => Side::Honest,
            Observation::None => Side::Ambiguous,
        };
        assert_eq!(pair.honest.side(), side, "{}", pair.honest.name());
        assert_eq!(pair.fraud.side(), Side::Attack, "{}", pair.fraud.name());
    }
}

#[test]
fn every_kind_has_a_twin_but_those_whose_certificate_was_stopped() {
    let twins: BTreeSet<Kind> = pairs().flat_map(|pair| [pair.honest, pair.fraud]).collect();
    let alone = Kind::ALL.iter().filter(|kind| kind.side() != Side::Barred);
    let alone: Vec<_> = alone.filter(|k| !twins.contains(k)).map(|k| k.name()).collect();
    assert!(alone.is_empty(), "without a twin: {alone:?}");
}

#[test]
fn a_pair_is_told_once_and_in_words() {
    let mut seen = BTreeSet::new();
    for pair in pairs() {
        assert!(seen.insert((pair.honest, pair.fraud)), "{pair:?}");
        assert!(!pair.flow.is_empty() && !pair.flow.ends_with('.'), "{pair:?}");
        if let Observation::Differs(words) = pair.observation {
            assert!(words.split(' ').count() > 3 && !words.ends_with('.'), "{pair:?}");
        }
    }
}
