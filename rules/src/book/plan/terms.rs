//! A condition as an "or" of terms.

use super::set::Set;
use crate::condition::{Cond, Op};
use crate::facts::{Fact, FactType};

/// What an atom reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Key {
    /// The value of a fact.
    One(Fact),
    /// How a fact stands to another of its type: 0 less, 1 equal, 2 greater. The lesser is first.
    Two(Fact, Fact),
}

impl Key {
    /// Whether its values are cut where atoms change.
    pub(super) const fn is_number(self) -> bool {
        match self {
            Self::One(fact) => matches!(fact.ty(), FactType::Duration | FactType::Int),
            Self::Two(..) => false,
        }
    }
}

/// Atoms that hold together, each key once, in order.
pub(super) type Term = Vec<(Key, Set)>;

/// A condition as terms of which one holds.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Terms {
    pub(super) any: Vec<Term>,
    pub(super) fit: Fit,
}

/// How the terms stand to the condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fit {
    /// They are the condition.
    Exact,
    /// The condition would make too many: it is never truer than these.
    Wider,
}

impl Terms {
    /// The terms of a condition, at most `most` of them; `most` is at least 1.
    pub(super) fn of(cond: &Cond, most: usize) -> Self {
        expand(cond, true, most)
    }

    /// Terms that say nothing.
    pub(super) fn nothing() -> Self {
        Self { any: vec![Vec::new()], fit: Fit::Wider }
    }

    fn atom(key: Key, set: Set, positive: bool) -> Self {
        let set = if positive { set } else { set.complement() };
        Self { any: vec![vec![(key, set)]], fit: Fit::Exact }
    }
}

fn expand(cond: &Cond, positive: bool, most: usize) -> Terms {
    match cond {
        Cond::Among { fact, mask } => Terms::atom(Key::One(*fact), Set::among(*mask), positive),
        Cond::Number { fact, op, value } => {
            Terms::atom(Key::One(*fact), Set::compared(*op, *value), positive)
        }
        Cond::Facts { left, op, right } => {
            let (left, op, right) =
                if left <= right { (left, *op, right) } else { (right, op.mirrored(), left) };
            Terms::atom(Key::Two(*left, *right), orderings(op), positive)
        }
        Cond::Not(part) => expand(part, !positive, most),
        Cond::And(parts) => join(parts, positive, positive, most),
        Cond::Or(parts) => join(parts, !positive, positive, most),
    }
}

/// The orderings of which an operator holds.
fn orderings(op: Op) -> Set {
    Set::among((0..3).filter(|at| op.holds(*at, 1)).fold(0, |mask, at| mask | 1 << at))
}

fn join(parts: &[Cond], all: bool, positive: bool, most: usize) -> Terms {
    let parts = parts.iter().map(|part| expand(part, positive, most));
    if all { every(parts, most) } else { any(parts, most) }
}

fn any(parts: impl Iterator<Item = Terms>, most: usize) -> Terms {
    let mut found = Terms { any: Vec::new(), fit: Fit::Exact };
    for part in parts {
        found.fit = found.fit.worse(part.fit);
        part.any.into_iter().for_each(|term| add(&mut found.any, term));
        if found.any.len() > most {
            return Terms::nothing();
        }
    }
    found
}

/// Distributes. A part that would make too many terms is left out, which widens.
fn every(parts: impl Iterator<Item = Terms>, most: usize) -> Terms {
    let mut found = Terms { any: vec![Vec::new()], fit: Fit::Exact };
    for part in parts {
        let mut both = Vec::new();
        for a in &found.any {
            for b in &part.any {
                if both.len() <= most {
                    add(&mut both, meet(a, b));
                }
            }
        }
        found.fit = found.fit.worse(part.fit);
        if both.len() > most {
            found.fit = Fit::Wider;
        } else {
            found.any = both;
        }
    }
    found
}

/// Adds a term; with one that differs in the set of one key it becomes one.
fn add(terms: &mut Vec<Term>, term: Term) {
    for other in &mut *terms {
        if other.len() != term.len() || other.iter().zip(&term).any(|(a, b)| a.0 != b.0) {
            continue;
        }
        let mut differing = other.iter_mut().zip(&term).filter(|(a, b)| a.1 != b.1);
        match (differing.next(), differing.next()) {
            (None, _) => return,
            (Some((a, b)), None) => {
                a.1 = a.1.union(&b.1);
                return;
            }
            _ => {}
        }
    }
    terms.push(term);
}

fn meet(a: &Term, b: &Term) -> Term {
    let mut both = a.clone();
    for (key, set) in b {
        match both.binary_search_by_key(key, |(key, _)| *key) {
            Ok(at) => {
                if let Some((_, same)) = both.get_mut(at) {
                    *same = same.intersection(set);
                }
            }
            Err(at) => both.insert(at, (*key, set.clone())),
        }
    }
    both
}

impl Fit {
    fn worse(self, other: Self) -> Self {
        if self == Self::Wider { self } else { other }
    }
}
