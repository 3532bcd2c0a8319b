//! A few facts at which a rule speaks, and proofs about one rule or two.

use std::sync::OnceLock;

use crate::book::Armed;
use crate::book::verdicts::{ALLOW, Field, Open, says};
use crate::condition::Tri;
use crate::facts::{Fact, FactType, Facts, usual_facts_of};
use crate::space::{Diagrams, Op, Steps, around, complete, law_against};
use crate::verdict::CheckKind;

/// What is known of a rule on one kind of check.
#[derive(Debug)]
pub(super) enum Sketch {
    /// It speaks.
    Speaks {
        /// Plausible facts at which it does, among others.
        points: Vec<Facts>,
        /// Whether it is proved that it does at all plausible facts.
        always: bool,
    },
    /// Proved: it never speaks. With why, where that is simple.
    Never(Option<&'static str>),
    /// Nothing is known: facts that a diagram has were not found.
    Open,
    /// Nothing is known: the budget is used up.
    Skipped,
}

/// Branches of the diagrams of one proof, some ten megabytes. A whole chain of the packs that ship
/// needs a tenth.
const BRANCHES: usize = 100_000;

/// Sets of facts that are tried for a rule whose diagram is too large.
const TRIES: usize = 4_096;
/// Of those at which it speaks, how many are kept.
const POINTS: usize = 2;

/// Sketches a rule.
pub(super) fn sketch(rule: &Armed, kind: CheckKind, steps: &Steps) -> Sketch {
    match drawn(rule, kind, steps) {
        Ok(sketch) => sketch,
        Err(Open::Unrealised) => Sketch::Open,
        Err(Open::Exceeded) => tried(rule, kind, steps),
    }
}

/// Without diagrams: facts near the usual ones, and near others, are tried. Where it speaks at
/// some, that is known.
fn tried(rule: &Armed, kind: CheckKind, steps: &Steps) -> Sketch {
    let mut points = Vec::new();
    for rest in [&usual_facts_of(kind), elsewhere(kind)] {
        let near = around(std::iter::once(&rule.cond), kind, rest, TRIES, steps);
        let spoken = near.into_iter().filter(|facts| {
            steps.take(rule.cond.size()).is_ok() && says(rule, rule.cond.eval(facts)).0 != ALLOW
        });
        points.extend(spoken.take(POINTS));
    }
    if points.is_empty() { Sketch::Skipped } else { Sketch::Speaks { points, always: false } }
}

fn drawn(rule: &Armed, kind: CheckKind, steps: &Steps) -> Result<Sketch, Open> {
    let space = Diagrams::within(BRANCHES, steps);
    let mut field = Field::of(kind, std::iter::once(rule), space)?;
    let said = field.contribution(rule)?;
    let mut values = [Tri::True, Tri::Unknown].map(|tri| says(rule, tri).0).to_vec();
    values.dedup();
    let mut points = Vec::new();
    for value in values.into_iter().filter(|value| *value != ALLOW) {
        for rest in [usual_facts_of(kind), elsewhere(kind).clone()] {
            match field.nearest(said, &rest, &|bits| bits == value) {
                Ok(Some(facts)) => {
                    points.extend(complete(kind, &facts, &|fact| field.axes.reads(fact), steps));
                }
                Ok(None) | Err(Open::Unrealised) => {}
                Err(Open::Exceeded) => return Err(Open::Exceeded),
            }
        }
    }
    if !points.is_empty() {
        let silent = field.nearest(said, &usual_facts_of(kind), &|bits| bits == ALLOW);
        return Ok(Sketch::Speaks { points, always: silent == Ok(None) });
    }
    match field.nearest(said, &usual_facts_of(kind), &|bits| bits != ALLOW)? {
        None => Ok(Sketch::Never(why(&mut field, said, kind))),
        Some(_) => Err(Open::Unrealised),
    }
}

fn why(field: &mut Field, said: crate::space::Ref, kind: CheckKind) -> Option<&'static str> {
    let speaks = field.space.map(said, &|bits| u8::from(bits != ALLOW)).ok()?;
    if speaks.value() == Some(0) {
        return Some("its condition contradicts itself");
    }
    let law = law_against(&field.axes, kind, speaks, &mut field.space).ok()?;
    law.map(|law| law.says)
}

/// Steps on the way to facts far from the usual ones: nothing that anybody writes.
const ELSEWHERE: u64 = 10_000_000;

/// Plausible facts far from the usual ones.
fn elsewhere(kind: CheckKind) -> &'static Facts {
    static LOGIN: OnceLock<Facts> = OnceLock::new();
    static TAP: OnceLock<Facts> = OnceLock::new();
    let slot = match kind {
        CheckKind::Login => &LOGIN,
        CheckKind::Tap => &TAP,
    };
    slot.get_or_init(|| {
        let mut facts = usual_facts_of(kind);
        for fact in Fact::ALL {
            facts.put(
                *fact,
                match fact.ty() {
                    FactType::Enum(of) => i64::try_from(of.variants.len()).unwrap_or(1) - 1,
                    FactType::Bool | FactType::Int => 1,
                    FactType::Duration => 86_400_000,
                },
            );
        }
        complete(kind, &facts, &|_| false, &Steps::new(ELSEWHERE))
            .unwrap_or_else(|| usual_facts_of(kind))
    })
}

/// Whether `over` asks for as much as `rule` at these facts.
pub(super) fn covers_at(over: &Armed, rule: &Armed, facts: &Facts) -> bool {
    let (over, rule) = (says(over, over.cond.eval(facts)).0, says(rule, rule.cond.eval(facts)).0);
    over & rule == over
}

/// Whether a rule covers another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cover {
    /// Proved.
    Yes,
    /// Refuted.
    No,
    /// Neither.
    Open,
    /// Neither: the budget is used up.
    Skipped,
}

/// Whether `over` asks for as much as `rule` at all plausible facts.
pub(super) fn covers(over: &Armed, rule: &Armed, kind: CheckKind, steps: &Steps) -> Cover {
    let proof = || {
        let space = Diagrams::within(BRANCHES, steps);
        let mut field = Field::of(kind, [over, rule].into_iter(), space)?;
        let (rest, over) = (field.contribution(rule)?, field.contribution(over)?);
        let compared = field.space.apply(Op::Compare, rest, over)?;
        // 1 and 3: the other leaves a method that the rule takes away.
        field.nearest(compared, &usual_facts_of(kind), &|value| value == 1 || value == 3)
    };
    match proof() {
        Ok(None) => Cover::Yes,
        Ok(Some(_)) => Cover::No,
        Err(Open::Unrealised) => Cover::Open,
        Err(Open::Exceeded) => Cover::Skipped,
    }
}
