//! A typed condition, in which parameters still stand by name.

use super::tree::{Cond, Op};
use crate::facts::{Fact, Knowledge};
use crate::pack::Span;

/// What a number is compared with.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Amount {
    Literal(i64),
    Param { name: String, span: Span },
}

/// A condition whose types are right.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Typed {
    Among { fact: Fact, mask: u64 },
    Number { fact: Fact, op: Op, amount: Amount },
    Facts { left: Fact, op: Op, right: Fact },
    Not(Box<Typed>),
    And(Vec<Typed>),
    Or(Vec<Typed>),
}

impl Typed {
    /// The tree to evaluate, with each parameter's value in its place; `None` if a parameter has
    /// no value, which typing has excluded.
    pub(crate) fn bind(&self, value_of: &dyn Fn(&str) -> Option<i64>) -> Option<Cond> {
        let all = |parts: &[Self]| -> Option<Box<[Cond]>> {
            parts.iter().map(|part| part.bind(value_of)).collect()
        };
        Some(match self {
            Self::Among { fact, mask } => Cond::Among { fact: *fact, mask: *mask },
            Self::Number { fact, op, amount } => {
                let value = match amount {
                    Amount::Literal(value) => *value,
                    Amount::Param { name, .. } => value_of(name)?,
                };
                Cond::Number { fact: *fact, op: *op, value }
            }
            Self::Facts { left, op, right } => Cond::Facts { left: *left, op: *op, right: *right },
            Self::Not(part) => Cond::Not(Box::new(part.bind(value_of)?)),
            Self::And(parts) => Cond::And(all(parts)?),
            Self::Or(parts) => Cond::Or(all(parts)?),
        })
    }

    /// The facts that the condition reads, in the order of first reading.
    pub(crate) fn facts(&self) -> Vec<Fact> {
        let mut facts = Vec::new();
        self.visit(true, &mut |node, _| {
            let read = match node {
                Self::Among { fact, .. } | Self::Number { fact, .. } => [Some(*fact), None],
                Self::Facts { left, right, .. } => [Some(*left), Some(*right)],
                _ => [None, None],
            };
            for fact in read.into_iter().flatten() {
                if !facts.contains(&fact) {
                    facts.push(fact);
                }
            }
        });
        facts
    }

    /// Whether the condition reads a fact that can be unknown.
    pub(crate) fn can_be_unknown(&self) -> bool {
        self.facts().iter().any(|fact| matches!(fact.knowledge(), Knowledge::Sometimes { .. }))
    }

    /// Calls `found` for each use of a parameter, with whether the condition holds for more facts
    /// as the parameter grows.
    pub(crate) fn param_uses(&self, found: &mut dyn FnMut(&str, &Span, bool)) {
        self.visit(true, &mut |node, positive| {
            if let Self::Number { op, amount: Amount::Param { name, span }, .. } = node {
                let grows = matches!(op, Op::Lt | Op::Le);
                found(name, span, grows == positive);
            }
        });
    }

    /// Calls `see` for every part of the condition, the whole first.
    pub(crate) fn parts(&self, see: &mut dyn FnMut(&Self)) {
        self.visit(true, &mut |node, _| see(node));
    }

    /// The comparisons, from left to right; each number of a list is one.
    pub(crate) fn comparisons(&self) -> Vec<Self> {
        let mut found = Vec::new();
        self.parts(&mut |part| match part {
            Self::Not(_) | Self::And(_) | Self::Or(_) => {}
            leaf => found.push(leaf.clone()),
        });
        found
    }

    /// Whether a parameter's value can make the condition hold while a fact that it reads is
    /// unknown: an `||`, or an `&&` under `!`, with a parameter in one part and a fact that can be
    /// unknown in another.
    pub(crate) fn param_can_settle(&self) -> bool {
        let mut found = false;
        self.visit(true, &mut |node, positive| {
            let parts = match (node, positive) {
                (Self::Or(parts), true) | (Self::And(parts), false) => parts,
                _ => return,
            };
            found |= parts.iter().enumerate().any(|(at, part)| {
                let mut others = parts.iter().enumerate().filter(|(other, _)| *other != at);
                part.reads_param() && others.any(|(_, other)| other.can_be_unknown())
            });
        });
        found
    }

    fn reads_param(&self) -> bool {
        let mut reads = false;
        self.param_uses(&mut |_, _, _| reads = true);
        reads
    }

    fn visit(&self, positive: bool, see: &mut dyn FnMut(&Self, bool)) {
        see(self, positive);
        match self {
            Self::Not(part) => part.visit(!positive, see),
            Self::And(parts) | Self::Or(parts) => {
                for part in parts {
                    part.visit(positive, see);
                }
            }
            _ => {}
        }
    }
}
