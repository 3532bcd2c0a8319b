//! Whole books against the `cel` interpreter and the written truth table: which rules speak.
//!
//! `SIMBIND_COMPARISONS` sets how many comparisons are made and `SIMBIND_SEED` which.

use std::collections::BTreeSet;

use super::source;
use crate::book::{FiredBy, RuleBook};
use crate::condition::tests::dice::Dice;
use crate::condition::tests::expr::Expr;
use crate::condition::tests::generate::{PARAMS, Palette, Param, condition, deep, value};
use crate::condition::tests::oracle::{holds, run};
use crate::condition::tests::sample::{Domain, forget, samples};
use crate::condition::tests::table::{Table, Truth};
use crate::condition::tests::write::{Seen, cel as for_cel, duration, ours};
use crate::facts::{Fact, Facts, Knowledge};
use crate::verdict::CheckKind;

const USUAL_SEED: u64 = 20_261_125;

struct Case {
    rules: Vec<Expr>,
    /// Which of them say nothing where their condition is unknown.
    ignoring: Vec<bool>,
    values: [(&'static str, i64); 2],
    book: RuleBook,
}

/// Conditions that share parts, as the rules of one book do.
fn rules(dice: &mut Dice) -> Vec<Expr> {
    let params = PARAMS.map(|param| Param { grows: Some(true), ..param });
    let palette = Palette::new(&params, 10, dice);
    let shared: Vec<_> =
        (0..6).map(|_| condition(&palette, 1 + dice.below(3), true, dice)).collect();
    // As many as a pack can hold, now and then.
    let count = if dice.one_in(8) { 256 } else { 1 + dice.below(60) };
    let rule = |dice: &mut Dice| {
        let parts = match dice.below(4) {
            0 => return dice.pick(&shared).clone(),
            1 if dice.one_in(8) => return deep(&palette, 4 + dice.below(12), true, dice),
            1 => return condition(&palette, 1 + dice.below(6), true, dice),
            _ => (0..2 + dice.below(2)).map(|_| dice.pick(&shared).clone()).collect(),
        };
        if dice.one_in(2) { Expr::And(parts) } else { Expr::Or(parts) }
    };
    (0..count).map(|_| rule(dice)).collect()
}

fn draw(dice: &mut Dice) -> Case {
    loop {
        let rules = rules(dice);
        let values =
            [("wait", value(Fact::BindingAge, dice)), ("tries", value(Fact::PinFailures, dice))];
        let texts: Vec<_> = rules.iter().map(|rule| ours(rule, dice, &mut Seen::new())).collect();
        if texts.iter().any(|text| text.len() > 2_000) {
            continue;
        }
        let ignoring: Vec<_> = rules.iter().map(|_| dice.one_in(2)).collect();
        let mut text = format!(
            "[pack]\nid = \"nation\"\napplies_to = {{ country = \"JP\" }}\n\
             [param.wait]\ndefault = \"{}\"\nmin = \"0s\"\nmax = \"36500d\"\nsofter = \"shorter\"\n\
             [param.tries]\ndefault = {}\nmin = 0\nmax = 4294967295\nsofter = \"lower\"\n",
            duration(values[0].1, dice, &mut Seen::new()),
            values[1].1
        );
        for (at, (rule, when)) in rules.iter().zip(texts).enumerate() {
            let when = toml::Value::from(when);
            text.push_str(&format!("[[rule]]\nid = \"r{at}\"\non = [\"login\"]\nwhen = {when}\n"));
            text.push_str("verdict = \"deny\"\nreason = \"PATCH_OLD\"\n");
            if rule.facts().into_iter().any(can_be_unknown) {
                let word = if ignoring[at] { "ignore" } else { "deny" };
                text.push_str(&format!("unknown = \"{word}\"\n"));
            }
        }
        let book = RuleBook::compile_unchecked(&[source("nation.toml", &text)])
            .unwrap_or_else(|found| panic!("{}\n{text}", super::lines(&found)));
        return Case { rules, ignoring, values, book };
    }
}

fn can_be_unknown(fact: Fact) -> bool {
    matches!(fact.knowledge(), Knowledge::Sometimes { .. })
}

/// Facts for all rules together, and some that make single comparisons of one rule decide.
fn facts(case: &Case, dice: &mut Dice) -> Vec<Facts> {
    let all: Vec<&Expr> = case.rules.iter().collect();
    let domain = Domain::of(&all, &case.values);
    let mut drawn: Vec<_> = (0..8).map(|_| domain.draw(dice)).collect();
    let mut aimed = samples(dice.pick(&case.rules), &case.values, 2, dice);
    dice.shuffle(&mut aimed);
    drawn.extend(aimed.into_iter().take(24));
    drawn
}

/// The numbers of the rules that spoke, each with why.
fn spoke(case: &Case, facts: &Facts) -> Vec<(usize, FiredBy)> {
    let chain = case.book.chain(None, None);
    let outcome = case.book.evaluate(chain, CheckKind::Login, facts);
    let number = |name: &str| name.strip_prefix("nation/r").unwrap().parse().unwrap();
    outcome.fired.iter().map(|spoke| (number(&case.book.rule_name(spoke.rule)), spoke.by)).collect()
}

#[test]
fn a_book_lets_speak_the_rules_that_the_interpreter_says_hold() {
    let (comparisons, mut dice) = run("books against the interpreter", USUAL_SEED);
    let (mut made, mut held) = (0_u64, 0_u64);
    while made < comparisons {
        let case = draw(&mut dice);
        let compile = |rule| cel::Program::compile(&for_cel(rule)).unwrap();
        let programs: Vec<_> = case.rules.iter().map(compile).collect();
        for facts in facts(&case, &mut dice) {
            let each = case.rules.iter().zip(&programs).enumerate();
            let expected: Vec<_> = each
                .filter(|(_, (rule, program))| holds(program, rule, &facts, &case.values))
                .map(|(at, _)| (at, FiredBy::Condition))
                .collect();
            assert_eq!(spoke(&case, &facts), expected, "{:?} {facts:?}", case.rules);
            made += u64::try_from(case.rules.len()).unwrap();
            held += u64::try_from(expected.len()).unwrap();
        }
    }
    println!("{made} rules asked, {held} held");
    assert!((made / 10..made * 9 / 10).contains(&held), "{held} of {made}");
}

#[test]
fn a_book_lets_speak_what_the_written_table_says_is_true_or_unknown() {
    let (comparisons, mut dice) = run("books against the truth table", USUAL_SEED);
    let table = Table::read();
    let (mut made, mut seen) = (0_u64, BTreeSet::new());
    while made < comparisons {
        let case = draw(&mut dice);
        for facts in facts(&case, &mut dice) {
            let facts = forget(&facts, Fact::ALL, &mut dice);
            let by = |rule: &Expr, ignoring: bool| {
                let says = rule.facts().into_iter().any(can_be_unknown);
                match rule.truth(&facts, &case.values, &table) {
                    Truth::True => Some(FiredBy::Condition),
                    Truth::Unknown if !says => Some(FiredBy::MissingFact),
                    Truth::Unknown if !ignoring => Some(FiredBy::Unknown),
                    Truth::Unknown | Truth::False => None,
                }
            };
            let rules = case.rules.iter().zip(&case.ignoring).enumerate();
            let expected: Vec<_> = rules
                .filter_map(|(at, (rule, ignoring))| Some((at, by(rule, *ignoring)?)))
                .collect();
            assert_eq!(spoke(&case, &facts), expected, "{:?} {facts:?}", case.rules);
            made += u64::try_from(case.rules.len()).unwrap();
            seen.extend(expected.iter().map(|(_, by)| format!("{by:?}")));
        }
    }
    assert_eq!(seen.len(), 3, "{seen:?}");
}
