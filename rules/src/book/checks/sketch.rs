//! A few facts at which a rule speaks, and proofs about one rule or two.

use std::sync::OnceLock;

use crate::book::Armed;
use crate::book::verdicts::{ALLOW, Field, says};
use crate::condition::Tri;
use crate::facts::{Fact, FactType, Facts, usual_facts_of};
use crate::space::{Diagrams, Op, complete, law_against};
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
    /// Nothing is known.
    Open,
}

/// Sketches a rule.
pub(super) fn sketch(rule: &Armed, kind: CheckKind) -> Sketch {
    let Ok(mut field) = Field::of(kind, std::iter::once(rule), Diagrams::new()) else {
        return Sketch::Open;
    };
    let Ok(said) = field.contribution(rule) else { return Sketch::Open };
    let mut values = [Tri::True, Tri::Unknown].map(|tri| says(rule, tri).0).to_vec();
    values.dedup();
    let mut points = Vec::new();
    for value in values.into_iter().filter(|value| *value != ALLOW) {
        for rest in [usual_facts_of(kind), elsewhere(kind).clone()] {
            let Ok(Some(facts)) = field.nearest(said, &rest, &|bits| bits == value) else {
                continue;
            };
            points.extend(complete(kind, &facts, &|fact| field.axes.reads(fact)));
        }
    }
    if !points.is_empty() {
        let silent = field.nearest(said, &usual_facts_of(kind), &|bits| bits == ALLOW);
        return Sketch::Speaks { points, always: silent == Ok(None) };
    }
    match field.nearest(said, &usual_facts_of(kind), &|bits| bits != ALLOW) {
        Ok(None) => Sketch::Never(why(&mut field, said, kind)),
        _ => Sketch::Open,
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
        complete(kind, &facts, &|_| false).unwrap_or_else(|| usual_facts_of(kind))
    })
}

/// Whether `over` asks for as much as `rule` at these facts.
pub(super) fn covers_at(over: &Armed, rule: &Armed, facts: &Facts) -> bool {
    let (over, rule) = (says(over, over.cond.eval(facts)).0, says(rule, rule.cond.eval(facts)).0);
    over & rule == over
}

/// Whether it is proved that `over` asks for as much as `rule` at all plausible facts.
pub(super) fn covers(over: &Armed, rule: &Armed, kind: CheckKind) -> bool {
    let proof = || {
        let mut field = Field::of(kind, [over, rule].into_iter(), Diagrams::new()).ok()?;
        let (rest, over) = (field.contribution(rule).ok()?, field.contribution(over).ok()?);
        let compared = field.space.apply(Op::Compare, rest, over).ok()?;
        // 1 and 3: the other leaves a method that the rule takes away.
        field.nearest(compared, &usual_facts_of(kind), &|value| value == 1 || value == 3).ok()
    };
    proof() == Some(None)
}
