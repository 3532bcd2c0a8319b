//! The tree that a check evaluates, and its truth table.
//!
//! A condition is false, unknown or true, in that order. `&&` is the least of its parts, `||` the
//! greatest, `!` mirrors; a comparison that reads an unknown fact is unknown. This is Kleene's
//! logic: an unknown part matters only where it could change the answer.

use crate::facts::{Fact, Facts};

/// Three-valued truth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Tri {
    False,
    Unknown,
    True,
}

impl From<bool> for Tri {
    #[inline]
    fn from(truth: bool) -> Self {
        if truth { Self::True } else { Self::False }
    }
}

/// How two numbers compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Op {
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
}

impl Op {
    #[inline]
    pub(crate) fn holds(self, left: i64, right: i64) -> bool {
        match self {
            Self::Eq => left == right,
            Self::Ne => left != right,
            Self::Lt => left < right,
            Self::Le => left <= right,
            Self::Gt => left > right,
            Self::Ge => left >= right,
        }
    }

    /// The operator that holds with its sides exchanged.
    pub(crate) const fn mirrored(self) -> Self {
        match self {
            Self::Lt => Self::Gt,
            Self::Le => Self::Ge,
            Self::Gt => Self::Lt,
            Self::Ge => Self::Le,
            same => same,
        }
    }
}

/// A condition ready to evaluate.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Cond {
    /// The value of an enum or a bool is among those whose bit is set.
    Among {
        fact: Fact,
        mask: u64,
    },
    /// A number against a constant.
    Number {
        fact: Fact,
        op: Op,
        value: i64,
    },
    /// Two facts of one type.
    Facts {
        left: Fact,
        op: Op,
        right: Fact,
    },
    Not(Box<Cond>),
    And(Box<[Cond]>),
    Or(Box<[Cond]>),
}

impl Cond {
    /// How many comparisons there are in it.
    pub(crate) fn size(&self) -> usize {
        match self {
            Self::Among { .. } | Self::Number { .. } | Self::Facts { .. } => 1,
            Self::Not(part) => part.size(),
            Self::And(parts) | Self::Or(parts) => parts.iter().map(Self::size).sum(),
        }
    }

    pub(crate) fn eval(&self, facts: &Facts) -> Tri {
        match self {
            Self::Among { fact, mask } => match facts.slot(*fact) {
                Some(slot) => Tri::from(mask >> (slot & 63) & 1 == 1),
                None => Tri::Unknown,
            },
            Self::Number { fact, op, value } => match facts.slot(*fact) {
                Some(slot) => Tri::from(op.holds(slot, *value)),
                None => Tri::Unknown,
            },
            Self::Facts { left, op, right } => match (facts.slot(*left), facts.slot(*right)) {
                (Some(left), Some(right)) => Tri::from(op.holds(left, right)),
                _ => Tri::Unknown,
            },
            Self::Not(part) => match part.eval(facts) {
                Tri::False => Tri::True,
                Tri::Unknown => Tri::Unknown,
                Tri::True => Tri::False,
            },
            Self::And(parts) => {
                let mut least = Tri::True;
                for part in parts {
                    least = least.min(part.eval(facts));
                    if least == Tri::False {
                        break;
                    }
                }
                least
            }
            Self::Or(parts) => {
                let mut greatest = Tri::False;
                for part in parts {
                    greatest = greatest.max(part.eval(facts));
                    if greatest == Tri::True {
                        break;
                    }
                }
                greatest
            }
        }
    }
}
