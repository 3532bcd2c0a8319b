//! Whether two trees answer alike, decided over the finitely many regions of their facts.

use super::super::Cond;
use crate::facts::{Fact, FactType};

/// What is known of a mutant that no sample showed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Equivalence {
    /// No known facts tell the two apart.
    Proven,
    /// Some facts do.
    Refuted,
    /// There are too many regions to look at.
    TooLarge,
}

/// Partial assignments that are looked at for one mutant.
const MOST_STEPS: usize = 20_000;

/// Whether two trees answer alike on all known facts.
///
/// An enum has as many regions as names. A number that is compared with constants alone changes at
/// each of them: they and their neighbours stand for all values. Numbers that are compared with
/// each other are taken with the constants of all of them, and beside each constant as many whole
/// numbers as there are such facts, which covers every order that facts and constants can stand
/// in. So the product of the regions decides. It is walked fact by fact, with what is left of each
/// tree; where the same is left of both, the facts that are still open cannot tell them apart.
pub(super) fn equivalence(a: &Cond, b: &Cond) -> Equivalence {
    let mut reads = Reads::default();
    let (mut one, mut other) = (a, b);
    while let Some(inner) = only_difference(one, other) {
        (one, other) = inner;
    }
    for cond in [one, other, a, b] {
        reads.see(cond);
    }
    let mut order = Vec::new();
    for fact in &reads.facts {
        if !order.contains(fact) {
            order.push(*fact);
        }
    }
    reads.facts.clone_from(&order);
    let regions: Vec<_> = order.into_iter().map(|fact| (fact, reads.regions(fact))).collect();
    let mut steps = MOST_STEPS;
    walk(&Left::Open(a.clone()), &Left::Open(b.clone()), &regions, &mut Vec::new(), &mut steps)
}

/// The parts in which two trees differ, if everything round them is the same.
fn only_difference<'a>(a: &'a Cond, b: &'a Cond) -> Option<(&'a Cond, &'a Cond)> {
    match (a, b) {
        (Cond::Not(a), Cond::Not(b)) => Some((a, b)),
        (Cond::And(a), Cond::And(b)) | (Cond::Or(a), Cond::Or(b)) if a.len() == b.len() => {
            let mut differ = a.iter().zip(b).filter(|(a, b)| a != b);
            differ.next().filter(|_| differ.next().is_none())
        }
        _ => None,
    }
}

/// What is left of a tree once some facts are settled.
#[derive(PartialEq)]
enum Left {
    Settled(bool),
    Open(Cond),
}

type Settled = [(Fact, i64)];

fn left_of(cond: &Cond, facts: &Settled) -> Left {
    let value = |fact: &Fact| facts.iter().find(|(of, _)| of == fact).map(|(_, value)| *value);
    let settled =
        |truth: Option<bool>| truth.map_or_else(|| Left::Open(cond.clone()), Left::Settled);
    match cond {
        Cond::Among { fact, mask } => settled(value(fact).map(|at| mask >> at & 1 == 1)),
        Cond::Number { fact, op, value: constant } => {
            settled(value(fact).map(|value| op.holds(value, *constant)))
        }
        Cond::Facts { left, op, right } => {
            settled(value(left).zip(value(right)).map(|(left, right)| op.holds(left, right)))
        }
        Cond::Not(part) => match left_of(part, facts) {
            Left::Settled(truth) => Left::Settled(!truth),
            Left::Open(part) => Left::Open(Cond::Not(Box::new(part))),
        },
        Cond::And(parts) => joined(parts, facts, false, Cond::And),
        Cond::Or(parts) => joined(parts, facts, true, Cond::Or),
    }
}

fn joined(parts: &[Cond], facts: &Settled, ends: bool, make: fn(Box<[Cond]>) -> Cond) -> Left {
    let mut open = Vec::new();
    for part in parts {
        match left_of(part, facts) {
            Left::Settled(truth) if truth == ends => return Left::Settled(ends),
            Left::Settled(_) => {}
            Left::Open(part) => open.push(part),
        }
    }
    match open.len() {
        0 => Left::Settled(!ends),
        1 => Left::Open(open.remove(0)),
        _ => Left::Open(make(open.into())),
    }
}

fn walk(
    a: &Left,
    b: &Left,
    regions: &[(Fact, Vec<i64>)],
    facts: &mut Vec<(Fact, i64)>,
    steps: &mut usize,
) -> Equivalence {
    if a == b {
        return Equivalence::Proven;
    }
    if let (Left::Settled(_), Left::Settled(_)) = (a, b) {
        return Equivalence::Refuted;
    }
    let Some(left) = steps.checked_sub(1) else { return Equivalence::TooLarge };
    *steps = left;
    let ((fact, values), rest) = regions.split_first().expect("all known, all settled");
    for value in values {
        facts.push((*fact, *value));
        let less = |left: &Left| match left {
            Left::Settled(truth) => Left::Settled(*truth),
            Left::Open(cond) => left_of(cond, facts),
        };
        let found = walk(&less(a), &less(b), rest, facts, steps);
        facts.pop();
        if found != Equivalence::Proven {
            return found;
        }
    }
    Equivalence::Proven
}

/// What two trees read.
#[derive(Default)]
struct Reads {
    facts: Vec<Fact>,
    /// Those that are compared with another.
    compared: Vec<Fact>,
    constants: Vec<(Fact, i64)>,
}

impl Reads {
    fn see(&mut self, cond: &Cond) {
        match cond {
            Cond::Among { fact, .. } => self.facts.push(*fact),
            Cond::Number { fact, value, .. } => {
                self.facts.push(*fact);
                self.constants.push((*fact, *value));
            }
            Cond::Facts { left, right, .. } => {
                self.facts.extend([*left, *right]);
                self.compared.extend([*left, *right]);
            }
            Cond::Not(part) => self.see(part),
            Cond::And(parts) | Cond::Or(parts) => parts.iter().for_each(|part| self.see(part)),
        }
    }

    fn regions(&self, fact: Fact) -> Vec<i64> {
        let most = match fact.ty() {
            FactType::Enum(of) => return (0_i64..).take(of.variants.len()).collect(),
            FactType::Bool => return vec![0, 1],
            FactType::Int => i64::from(u32::MAX),
            FactType::Duration => i64::MAX,
        };
        let together = self.compared.contains(&fact);
        let alike = |other: Fact| {
            other == fact || together && other.ty() == fact.ty() && self.compared.contains(&other)
        };
        let beside = self.facts.iter().filter(|other| alike(**other)).count();
        let beside = i64::try_from(beside).unwrap();
        let own = self.constants.iter().filter(|(of, _)| alike(*of)).map(|(_, value)| *value);
        let mut all = Vec::new();
        for value in own.chain([0, most]) {
            let range = value.saturating_sub(beside)..=value.saturating_add(beside);
            all.extend(range.filter(|value| (0..=most).contains(value)));
        }
        all.sort_unstable();
        all.dedup();
        all
    }
}
