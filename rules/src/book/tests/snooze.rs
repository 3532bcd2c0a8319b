//! A snooze holds a rule down to its floor, and to nothing below.

use super::{layered, source};
use crate::book::{Outcome, RuleBook};
use crate::facts::{Facts, Match, SimLatch, usual_facts};
use crate::verdict::{CheckKind, Methods, Severity, StepUpMethod, Verdict};

fn card_counter() -> Verdict {
    Verdict::StepUp(Methods::new([StepUpMethod::Card, StepUpMethod::Counter]).unwrap())
}

fn snoozed(book: &RuleBook, facts: &Facts, rules: &[&str]) -> Outcome {
    let rules: Vec<_> = rules.iter().map(|name| book.rule_ref(name).unwrap()).collect();
    book.evaluate_snoozed(book.chain(Some("big"), None), CheckKind::Login, facts, &rules)
}

/// Facts to which every rule but those that a test means is silent.
fn quiet() -> Facts {
    let mut facts = usual_facts();
    facts.set_handset_match(Match::Yes);
    facts
}

#[test]
fn a_snoozed_rule_asks_for_its_floor() {
    let book = layered("", "").unwrap();
    let mut facts = quiet();
    facts.set_handset_match(Match::No);
    let awake = snoozed(&book, &facts, &[]);
    assert_eq!(awake.verdict, Verdict::Deny);
    let outcome = snoozed(&book, &facts, &["nation/floored"]);
    assert_eq!(outcome.verdict, card_counter());
    assert_eq!(outcome.fired.len(), 1);
    assert_eq!((outcome.reasons, outcome.edge), (awake.reasons, awake.edge));
}

#[test]
fn a_snoozed_rule_whose_floor_is_allow_is_silent() {
    let book = layered("", "").unwrap();
    let mut facts = quiet();
    facts.set_sim_changed_age(std::time::Duration::from_secs(60));
    assert_eq!(snoozed(&book, &facts, &[]).verdict, card_counter());
    let outcome = snoozed(&book, &facts, &["nation/asking"]);
    assert_eq!(outcome.verdict, Verdict::Allow);
    assert!(outcome.fired.is_empty() && outcome.reasons.is_empty() && outcome.edge.is_none());
}

#[test]
fn what_unknown_means_is_not_snoozed() {
    let book = layered("[[adjust]]\nrule = \"floored\"\nunknown = \"deny\"", "").unwrap();
    let facts = usual_facts();
    assert_eq!(snoozed(&book, &facts, &[]).verdict, Verdict::Deny);
    assert_eq!(snoozed(&book, &facts, &["nation/floored"]).verdict, Verdict::Deny);
}

#[test]
fn a_rule_without_a_floor_is_not_snoozed() {
    let book = layered("", "").unwrap();
    let mut facts = quiet();
    facts.set_sim_latch(SimLatch::Recycled);
    let awake = snoozed(&book, &facts, &[]);
    assert_eq!(awake.verdict, Verdict::Deny);
    assert_eq!(snoozed(&book, &facts, &["nation/fixed"]), awake);
}

#[test]
fn a_snooze_leaves_the_other_rules_alone() {
    let book = layered("", "").unwrap();
    let mut facts = quiet();
    facts.set_handset_match(Match::No);
    facts.set_sim_changed_age(std::time::Duration::from_secs(60));
    let outcome = snoozed(&book, &facts, &["nation/asking"]);
    assert_eq!((outcome.verdict, outcome.fired.len()), (Verdict::Deny, 1));
    assert_eq!(book.rule_name(outcome.fired[0].rule), "nation/floored");
}

#[test]
fn a_snooze_does_not_go_behind_what_a_layer_tightened() {
    let tighter = "[[adjust]]\nrule = \"asking\"\nverdict = \"deny\"";
    let book = layered(tighter, "").unwrap();
    let rule = book.rule_ref("nation/asking").unwrap();
    let (nation, big) = (book.chain(None, None), book.chain(Some("big"), None));
    assert_eq!(book.floor(nation, rule), Some(Severity::Allow));
    assert_eq!(book.floor(big, rule), Some(Severity::Deny));
    let mut facts = quiet();
    facts.set_sim_changed_age(std::time::Duration::from_secs(60));
    assert_eq!(snoozed(&book, &facts, &["nation/asking"]).verdict, Verdict::Deny);
}

#[test]
fn a_rule_has_a_floor_where_it_stands_and_was_given_one() {
    let own = "[[rule]]\nid = \"own\"\non = [\"tap\"]\nwhen = \"sim.match == 'no'\"\nverdict = \"deny\"\nunknown = \"deny\"\nfloor = \"allow\"\nstep_up = [\"card\"]\nreason = \"SIM_MISMATCH\"";
    let book = layered(own, "").unwrap();
    let (nation, big) = (book.chain(None, None), book.chain(Some("big"), None));
    let floor = |chain, name: &str| book.floor(chain, book.rule_ref(name).unwrap());
    assert_eq!(floor(nation, "nation/floored"), Some(Severity::StepUp));
    assert_eq!(floor(nation, "nation/fixed"), None);
    assert_eq!(floor(nation, "carrier/own"), None);
    assert_eq!(floor(big, "carrier/own"), Some(Severity::Allow));
}

#[test]
fn every_rule_is_found_by_its_name_and_no_other() {
    let book = RuleBook::shipped().unwrap();
    for number in 0..u32::try_from(book.rules.len()).unwrap() {
        let rule = super::super::RuleRef(number);
        assert_eq!(book.rule_ref(&book.rule_name(rule)), Some(rule));
    }
    let book = RuleBook::compile_unchecked(&[source("n", super::NATION)]).unwrap();
    for name in ["", "nation", "nation/", "/floored", "nation/flored", "carrier/floored"] {
        assert_eq!(book.rule_ref(name), None, "{name}");
    }
}
