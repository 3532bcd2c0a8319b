//! The compiler's output against the `cel` interpreter, and a measure of what that would notice.
//!
//! `SIMBIND_COMPARISONS` sets how many comparisons are made and `SIMBIND_SEED` which.

use std::collections::BTreeMap;

use super::super::{Cond, Tri};
use super::dice::Dice;
use super::equivalence::{Equivalence, equivalence};
use super::expr::{Expr, Values};
use super::generate::{PARAMS, Palette, condition, deep, value};
use super::mutants::mutants;
use super::oracle::{holds, run};
use super::sample::{forget, samples};
use super::table::{Table, Truth};
use super::typed;
use super::write::{Seen, cel as for_cel, constructs, ours};
use crate::facts::{Fact, Facts};

const USUAL_SEED: u64 = 20_261_123;
/// Samples at each value where a comparison turns.
const ROUNDS: usize = 4;
/// Longer conditions are refused by the compiler.
const LONGEST: usize = 2_000;

struct Case {
    expr: Expr,
    text: String,
    cond: Cond,
    values: [(&'static str, i64); 2],
    samples: Vec<Facts>,
    /// What the interpreter says to each sample.
    expected: Vec<bool>,
    seen: Seen,
}

impl Case {
    fn constant(&self) -> bool {
        self.expected.iter().all(|answer| *answer == self.expected[0])
    }
}

fn random(dice: &mut Dice, seen: &mut Seen) -> Expr {
    if dice.one_in(16) {
        let depth = if dice.one_in(4) { 20 } else { 4 + dice.below(16) };
        let palette = Palette::new(&PARAMS, depth, dice);
        let expr = deep(&palette, depth, true, dice);
        if depth >= 20 {
            seen.insert("nested 20 deep".to_owned());
        }
        return expr;
    }
    let leaves = 1 + dice.below(8);
    let palette = Palette::new(&PARAMS, leaves, dice);
    condition(&palette, leaves, true, dice)
}

fn draw(dice: &mut Dice) -> Case {
    loop {
        let mut seen = Seen::new();
        let expr = random(dice, &mut seen);
        let text = ours(&expr, dice, &mut seen);
        if text.len() > LONGEST {
            continue;
        }
        let values =
            [("wait", value(Fact::BindingAge, dice)), ("tries", value(Fact::PinFailures, dice))];
        let cond = bound(&text, &values);
        let samples = samples(&expr, &values, ROUNDS, dice);
        let program = cel::Program::compile(&for_cel(&expr)).unwrap();
        let expected = samples.iter().map(|facts| holds(&program, &expr, facts, &values));
        let expected = expected.collect();
        return Case { expr, text, cond, values, samples, expected, seen };
    }
}

fn bound(text: &str, values: &Values) -> Cond {
    let typed = typed(text).unwrap_or_else(|found| panic!("{text}: {found:?}"));
    typed.bind(&|name| values.iter().find(|(known, _)| *known == name).map(|p| p.1)).unwrap()
}

#[test]
fn known_facts_give_what_the_interpreter_gives_in_every_construct() {
    let (comparisons, mut dice) = run("against the interpreter", USUAL_SEED);
    let (mut made, mut conditions, mut constant, mut seen) = (0_u64, 0_u64, 0_u64, Seen::new());
    while made < comparisons {
        let case = draw(&mut dice);
        for (facts, expected) in case.samples.iter().zip(&case.expected) {
            let answer = case.cond.eval(facts);
            assert_eq!(answer, Tri::from(*expected), "{} {:?} {facts:?}", case.text, case.values);
        }
        conditions += 1;
        if case.constant() {
            constant += 1;
            continue;
        }
        made += u64::try_from(case.samples.len()).unwrap();
        seen.extend(case.seen);
    }
    println!("{made} comparisons over {conditions} conditions, {constant} constant thrown away");
    assert!(constant * 5 < conditions, "{constant} of {conditions} conditions never vary");
    let missing: Vec<_> = constructs().difference(&seen).cloned().collect();
    assert!(missing.is_empty(), "never written: {missing:?}");
}

#[test]
fn the_comparison_sees_at_least_95_of_100_wrong_nodes() {
    let (comparisons, mut dice) = run("wrong nodes", USUAL_SEED);
    // Kind to caught, missed and equivalent.
    let mut kinds: BTreeMap<&str, [u64; 3]> = BTreeMap::new();
    let (mut undecided, mut conditions) = (0_u64, 0_u64);
    while conditions < comparisons / 400 {
        let case = draw(&mut dice);
        if case.constant() {
            continue;
        }
        conditions += 1;
        for (kind, mutant) in mutants(&case.cond) {
            let mut answers = case.samples.iter().zip(&case.expected);
            let caught =
                answers.any(|(facts, expected)| mutant.eval(facts) != Tri::from(*expected));
            let counts = kinds.entry(kind).or_default();
            if caught {
                if dice.one_in(32) {
                    assert_ne!(equivalence(&case.cond, &mutant), Equivalence::Proven, "{mutant:?}");
                }
                counts[0] += 1;
                continue;
            }
            let found = equivalence(&case.cond, &mutant);
            undecided += u64::from(found == Equivalence::TooLarge);
            counts[if found == Equivalence::Proven { 2 } else { 1 }] += 1;
        }
    }
    let [caught, missed, equivalent] =
        kinds.values().fold([0; 3], |sum, counts| [0, 1, 2].map(|at| sum[at] + counts[at]));
    println!("{conditions} conditions: kind [caught, missed, equivalent] {kinds:?}");
    println!(
        "caught {caught} of {}, {missed} missed ({undecided} of them undecided), {equivalent} \
         proven equivalent and not counted",
        caught + missed
    );
    assert!(caught * 100 >= (caught + missed) * 95, "{caught} caught, {missed} missed");
    for (kind, [caught, missed, _]) in kinds {
        assert!(caught * 100 >= (caught + missed) * 90, "{kind}: {caught} caught, {missed} missed");
    }
}

#[test]
fn facts_that_are_unknown_give_what_the_written_table_gives() {
    let (comparisons, mut dice) = run("against the truth table", USUAL_SEED);
    let table = Table::read();
    let (mut made, mut unknown) = (0_u64, 0_u64);
    while made < comparisons {
        let case = draw(&mut dice);
        let read = case.expr.facts();
        for facts in &case.samples {
            let less = forget(facts, &read, &mut dice);
            let expected = case.expr.truth(&less, &case.values, &table);
            let answer = match case.cond.eval(&less) {
                Tri::False => Truth::False,
                Tri::Unknown => Truth::Unknown,
                Tri::True => Truth::True,
            };
            assert_eq!(answer, expected, "{} {:?} {less:?}", case.text, case.values);
            made += 1;
            unknown += u64::from(expected == Truth::Unknown);
        }
    }
    println!("{made} comparisons, {unknown} came to unknown");
    assert!((made / 10..made * 9 / 10).contains(&unknown), "{unknown} of {made}");
}

#[test]
fn making_an_unknown_fact_known_never_changes_a_decided_answer() {
    let (comparisons, mut dice) = run("learning a fact", USUAL_SEED);
    let (mut made, mut decided) = (0_u64, 0_u64);
    while made < comparisons {
        let case = draw(&mut dice);
        let read = case.expr.facts();
        for facts in &case.samples {
            let mut less = forget(facts, &read, &mut dice);
            let mut before = case.cond.eval(&less);
            let missing: Vec<_> = read.iter().filter(|fact| !less.is_known(**fact)).collect();
            for fact in missing {
                less.put(*fact, facts.slot(*fact).unwrap());
                let after = case.cond.eval(&less);
                assert!(before == Tri::Unknown || before == after, "{} {less:?}", case.text);
                made += 1;
                decided += u64::from(before != Tri::Unknown);
                before = after;
            }
        }
    }
    println!("{made} facts learned, {decided} of them after the answer was decided");
    assert!(decided * 10 > made, "{decided} of {made}");
}
