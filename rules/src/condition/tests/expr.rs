//! Conditions as the tests know them, with a meaning that owes nothing to the compiler's.

use std::cmp::Ordering;

use super::table::{Table, Truth};
use crate::facts::{Fact, Facts};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sign {
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
}

impl Sign {
    pub(crate) const ALL: [Self; 6] = [Self::Eq, Self::Ne, Self::Lt, Self::Le, Self::Gt, Self::Ge];

    pub(crate) const fn text(self) -> &'static str {
        match self {
            Self::Eq => "==",
            Self::Ne => "!=",
            Self::Lt => "<",
            Self::Le => "<=",
            Self::Gt => ">",
            Self::Ge => ">=",
        }
    }

    /// The sign to write when the sides stand the other way round.
    pub(crate) const fn turned(self) -> Self {
        match self {
            Self::Lt => Self::Gt,
            Self::Le => Self::Ge,
            Self::Gt => Self::Lt,
            Self::Ge => Self::Le,
            Self::Eq | Self::Ne => self,
        }
    }

    pub(crate) fn holds(self, left: i64, right: i64) -> bool {
        let order = left.cmp(&right);
        match self {
            Self::Eq => order == Ordering::Equal,
            Self::Ne => order != Ordering::Equal,
            Self::Lt => order == Ordering::Less,
            Self::Le => order != Ordering::Greater,
            Self::Gt => order == Ordering::Greater,
            Self::Ge => order != Ordering::Less,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Amount {
    Literal(i64),
    Param(&'static str),
}

#[derive(Clone, Debug)]
pub(crate) enum Expr {
    Value { fact: Fact, sign: Sign, amount: Amount },
    In { fact: Fact, values: Vec<i64> },
    Facts { left: Fact, sign: Sign, right: Fact },
    Not(Box<Expr>),
    And(Vec<Expr>),
    Or(Vec<Expr>),
}

/// The values of parameters; a parameter has its first value, and samples look at all of them.
pub(crate) type Values = [(&'static str, i64)];

pub(crate) fn value_of(name: &str, values: &Values) -> i64 {
    values.iter().find(|(known, _)| *known == name).unwrap().1
}

impl Amount {
    pub(crate) fn of(self, values: &Values) -> i64 {
        match self {
            Self::Literal(value) => value,
            Self::Param(name) => value_of(name, values),
        }
    }

    pub(crate) fn all(self, values: &Values) -> impl Iterator<Item = i64> {
        let (literal, name) = match self {
            Self::Literal(value) => (Some(value), None),
            Self::Param(name) => (None, Some(name)),
        };
        let of = values.iter().filter(move |(known, _)| Some(*known) == name);
        literal.into_iter().chain(of.map(|(_, value)| *value))
    }
}

impl Expr {
    /// What the condition comes to by the written truth table.
    pub(crate) fn truth(&self, facts: &Facts, values: &Values, table: &Table) -> Truth {
        let known = |truth: Option<bool>| truth.map_or(Truth::Unknown, Truth::from);
        let join = |parts: &[Self], by: fn(&Table, Truth, Truth) -> Truth| {
            let parts = parts.iter().map(|part| part.truth(facts, values, table));
            parts.reduce(|a, b| by(table, a, b)).unwrap()
        };
        match self {
            Self::Value { fact, sign, amount } => {
                known(facts.slot(*fact).map(|slot| sign.holds(slot, amount.of(values))))
            }
            Self::In { fact, values } => {
                known(facts.slot(*fact).map(|slot| values.contains(&slot)))
            }
            Self::Facts { left, sign, right } => {
                let both = facts.slot(*left).zip(facts.slot(*right));
                known(both.map(|(left, right)| sign.holds(left, right)))
            }
            Self::Not(part) => table.not(part.truth(facts, values, table)),
            Self::And(parts) => join(parts, Table::and),
            Self::Or(parts) => join(parts, Table::or),
        }
    }

    /// Its comparisons, from left to right.
    pub(crate) fn leaves(&self) -> Vec<&Self> {
        match self {
            Self::Not(part) => part.leaves(),
            Self::And(parts) | Self::Or(parts) => parts.iter().flat_map(Self::leaves).collect(),
            leaf => vec![leaf],
        }
    }

    /// The facts that it reads, each once.
    pub(crate) fn facts(&self) -> Vec<Fact> {
        let of = |leaf: &Self| match leaf {
            Self::Value { fact, .. } | Self::In { fact, .. } => vec![*fact],
            Self::Facts { left, right, .. } => vec![*left, *right],
            _ => Vec::new(),
        };
        let mut facts: Vec<_> = self.leaves().into_iter().flat_map(of).collect();
        facts.sort_unstable();
        facts.dedup();
        facts
    }
}
