use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, TestRunner};

use super::super::tree::Op;
use super::super::{Cond, Tri};
use super::generate::{Written, condition, facts, forgotten, variables};
use super::typed;
use crate::facts::Facts;

fn ours(written: &Written) -> Cond {
    typed(&written.ours)
        .unwrap_or_else(|found| panic!("{}: {found:?}", written.ours))
        .bind(&|_| None)
        .unwrap()
}

fn oracle(program: &cel::Program, facts: &Facts) -> bool {
    match program.execute(&variables(facts)) {
        Ok(cel::Value::Bool(truth)) => truth,
        other => panic!("{other:?}"),
    }
}

proptest! {
    #![proptest_config(Config::with_cases(512))]

    #[test]
    fn known_facts_give_what_the_interpreter_gives(
        written in condition(),
        samples in prop::collection::vec(facts(), 16),
    ) {
        let cond = ours(&written);
        let program = cel::Program::compile(&written.cel).unwrap();
        for facts in &samples {
            let expected = Tri::from(oracle(&program, facts));
            prop_assert_eq!(cond.eval(facts), expected, "{} on {:?}", written.ours, facts);
        }
    }

    #[test]
    fn what_is_decided_with_facts_unknown_stays_decided_when_they_are_known(
        written in condition(),
        known in facts(),
        gone in forgotten(),
    ) {
        let cond = ours(&written);
        let mut less = known.clone();
        for fact in gone {
            less.forget(fact);
        }
        let early = cond.eval(&less);
        if early != Tri::Unknown {
            prop_assert_eq!(early, cond.eval(&known));
        }
    }
}

/// Every tree that differs from this one in one node.
fn mutants(cond: &Cond) -> Vec<Cond> {
    let flip = |op: Op| match op {
        Op::Eq => Op::Ne,
        Op::Ne => Op::Eq,
        Op::Lt => Op::Le,
        Op::Le => Op::Lt,
        Op::Gt => Op::Ge,
        Op::Ge => Op::Gt,
    };
    let parts_of = |parts: &[Cond], make: fn(Box<[Cond]>) -> Cond| {
        let mut found = Vec::new();
        for at in 0..parts.len() {
            for mutant in mutants(&parts[at]) {
                let mut parts = parts.to_vec();
                parts[at] = mutant;
                found.push(make(parts.into()));
            }
        }
        found
    };
    match cond {
        Cond::Among { fact, mask } => vec![Cond::Among { fact: *fact, mask: mask ^ 1 }],
        Cond::Number { fact, op, value } => {
            vec![Cond::Number { fact: *fact, op: flip(*op), value: *value }]
        }
        Cond::Facts { left, op, right } => {
            vec![Cond::Facts { left: *left, op: flip(*op), right: *right }]
        }
        Cond::Not(part) => {
            let inner = mutants(part).into_iter().map(|part| Cond::Not(Box::new(part)));
            std::iter::once((**part).clone()).chain(inner).collect()
        }
        Cond::And(parts) => {
            let mut found = parts_of(parts, Cond::And);
            found.push(Cond::Or(parts.clone()));
            found
        }
        Cond::Or(parts) => {
            let mut found = parts_of(parts, Cond::Or);
            found.push(Cond::And(parts.clone()));
            found
        }
    }
}

/// The comparison above is worth something only if its conditions vary over its facts and if it
/// would see a wrong node. Both are measured here, on the same generators.
#[test]
fn the_comparison_would_see_most_wrong_nodes() {
    let mut runner = TestRunner::deterministic();
    let samples: Vec<Facts> =
        (0..64).map(|_| facts().new_tree(&mut runner).unwrap().current()).collect();
    let (mut constant, mut total, mut caught, mut seeded) = (0_u32, 0_u32, 0_u32, 0_u32);
    for _ in 0..500 {
        let written = condition().new_tree(&mut runner).unwrap().current();
        let cond = ours(&written);
        let answers = |cond: &Cond| samples.iter().map(|f| cond.eval(f)).collect::<Vec<_>>();
        let right = answers(&cond);
        total += 1;
        constant += u32::from(right.iter().all(|answer| *answer == right[0]));
        for mutant in mutants(&cond) {
            seeded += 1;
            caught += u32::from(answers(&mutant) != right);
        }
    }
    println!("constant {constant} of {total}, mutants caught {caught} of {seeded}");
    assert!(constant * 4 < total, "{constant} of {total} conditions never vary");
    assert!(caught * 10 > seeded * 6, "{caught} of {seeded} wrong nodes seen");
}
