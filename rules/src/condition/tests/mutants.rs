//! Trees that differ from the compiler's in one node.

use super::super::Cond;
use super::super::tree::Op;
use super::generate::peers;
use crate::facts::{Fact, FactType};

pub(super) type Mutant = (&'static str, Cond);

const OPS: [Op; 6] = [Op::Eq, Op::Ne, Op::Lt, Op::Le, Op::Gt, Op::Ge];

/// Every tree that differs from this one in one node.
pub(super) fn mutants(cond: &Cond) -> Vec<Mutant> {
    let mut found = vec![("! added", Cond::Not(Box::new(cond.clone())))];
    match cond {
        Cond::Among { fact, mask } => {
            for bit in 0..names(*fact) {
                let mask = mask ^ (1 << bit);
                found.push(("mask bit flipped", Cond::Among { fact: *fact, mask }));
            }
            for other in exchanged(*fact) {
                found.push(("fact exchanged", Cond::Among { fact: other, mask: *mask }));
            }
        }
        Cond::Number { fact, op, value } => {
            for other in OPS.into_iter().filter(|other| other != op) {
                let changed = Cond::Number { fact: *fact, op: other, value: *value };
                found.push(("operator changed", changed));
            }
            for value in [value - 1, value + 1] {
                found.push(("value moved", Cond::Number { fact: *fact, op: *op, value }));
            }
            for other in exchanged(*fact) {
                let changed = Cond::Number { fact: other, op: *op, value: *value };
                found.push(("fact exchanged", changed));
            }
        }
        Cond::Facts { left, op, right } => {
            let (left, op, right) = (*left, *op, *right);
            let ordered = matches!(left.ty(), FactType::Duration | FactType::Int);
            let ops = if ordered { &OPS[..] } else { &OPS[..2] };
            for other in ops.iter().copied().filter(|other| *other != op) {
                found.push(("operator changed", Cond::Facts { left, op: other, right }));
            }
            for other in exchanged(left).filter(|other| *other != right) {
                found.push(("fact exchanged", Cond::Facts { left: other, op, right }));
            }
            for other in exchanged(right).filter(|other| *other != left) {
                found.push(("fact exchanged", Cond::Facts { left, op, right: other }));
            }
        }
        Cond::Not(part) => {
            found.push(("! dropped", (**part).clone()));
            let inner = mutants(part).into_iter();
            found.extend(inner.map(|(kind, part)| (kind, Cond::Not(Box::new(part)))));
        }
        Cond::And(parts) => {
            found.push(("&& and || exchanged", Cond::Or(parts.clone())));
            found.extend(of_parts(parts, Cond::And));
        }
        Cond::Or(parts) => {
            found.push(("&& and || exchanged", Cond::And(parts.clone())));
            found.extend(of_parts(parts, Cond::Or));
        }
    }
    found
}

fn of_parts(parts: &[Cond], make: fn(Box<[Cond]>) -> Cond) -> Vec<Mutant> {
    let mut found = Vec::new();
    for (at, part) in parts.iter().enumerate() {
        let mut fewer = parts.to_vec();
        fewer.remove(at);
        found.push(("part dropped", make(fewer.into())));
        for (kind, mutant) in mutants(part) {
            let mut changed = parts.to_vec();
            changed[at] = mutant;
            found.push((kind, make(changed.into())));
        }
    }
    found
}

fn names(fact: Fact) -> usize {
    match fact.ty() {
        FactType::Enum(of) => of.variants.len(),
        _ => 2,
    }
}

/// Two other facts of the same type.
fn exchanged(fact: Fact) -> impl Iterator<Item = Fact> {
    let all: Vec<_> = peers(fact).collect();
    let after = all.iter().position(|other| other.number() > fact.number()).unwrap_or(0);
    let count = all.len();
    (0..count.min(2)).map(move |step| all[(after + step) % count])
}
