use super::super::{Cond, Tri};
use super::table::{Table, Truth};
use super::typed;
use crate::facts::{Fact, Facts, FeedHealth, Match};

/// Three conditions that are false, unknown and true for these facts.
fn three() -> (Facts, [(Cond, Tri); 3]) {
    let mut facts = Facts::default();
    facts.set_feed_health(FeedHealth::Healthy);
    let among = |fact, mask| Cond::Among { fact, mask };
    let all = [
        (among(Fact::FeedHealth, 0b10), Tri::False),
        (among(Fact::HandsetMatch, 0b1), Tri::Unknown),
        (among(Fact::FeedHealth, 0b1), Tri::True),
    ];
    (facts, all)
}

#[test]
fn and_or_not_follow_the_table_of_the_readme() {
    let table = Table::read();
    let written = |truth: Tri| match truth {
        Tri::False => Truth::False,
        Tri::Unknown => Truth::Unknown,
        Tri::True => Truth::True,
    };
    let (facts, parts) = three();
    for (a, truth) in &parts {
        assert_eq!(a.eval(&facts), *truth);
        let not = Cond::Not(Box::new(a.clone())).eval(&facts);
        assert_eq!(written(not), table.not(written(*truth)), "!{truth:?}");
        for (b, other) in &parts {
            let pair = || Box::from([a.clone(), b.clone()]);
            let (left, right) = (written(*truth), written(*other));
            let and = written(Cond::And(pair()).eval(&facts));
            let or = written(Cond::Or(pair()).eval(&facts));
            assert_eq!(and, table.and(left, right), "{truth:?} && {other:?}");
            assert_eq!(or, table.or(left, right), "{truth:?} || {other:?}");
        }
    }
}

#[test]
fn every_comparison_with_an_unknown_fact_is_unknown() {
    for source in [
        "handset.match == 'yes'",
        "handset.match != 'yes'",
        "handset.match in ['yes', 'no']",
        "!(handset.match == 'yes')",
        "handset.match_age < duration('1h')",
        "handset.match_age >= duration('1h')",
        "handset.changed_age < binding.age",
        "handset.match == sim.match",
    ] {
        let cond = typed(source).unwrap().bind(&|_| None).unwrap();
        assert_eq!(cond.eval(&Facts::default()), Tri::Unknown, "{source}");
    }
}

#[test]
fn one_side_unknown_leaves_a_comparison_of_facts_unknown() {
    let cond = typed("handset.match == sim.match").unwrap().bind(&|_| None).unwrap();
    let mut facts = Facts::default();
    facts.set_handset_match(Match::Yes);
    assert_eq!(cond.eval(&facts), Tri::Unknown);
    facts.set_sim_match(Match::Yes);
    assert_eq!(cond.eval(&facts), Tri::True);
}

#[test]
fn a_parameter_takes_its_value_and_its_direction_is_seen() {
    let typed = typed("param.wait > handset.match_age && !(pin.failures < param.tries)").unwrap();
    let cond = typed.bind(&|name| Some(if name == "wait" { 1_000 } else { 3 })).unwrap();
    let mut facts = Facts::default();
    facts.set_pin_failures(3);
    facts.set_handset_match_age(std::time::Duration::from_millis(999));
    assert_eq!(cond.eval(&facts), Tri::True);
    facts.set_pin_failures(2);
    assert_eq!(cond.eval(&facts), Tri::False);
    let mut uses = Vec::new();
    typed.param_uses(&mut |name, _, grows| uses.push((name.to_owned(), grows)));
    assert_eq!(uses, [("wait".to_owned(), true), ("tries".to_owned(), false)]);
}
