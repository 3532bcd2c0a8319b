//! Conditions: parsed by `cel`, typed against the schema of facts, lowered to a tree of our own.

mod lower;
mod place;
mod rule;
mod syntax;
mod tree;
mod typed;

#[cfg(test)]
pub(crate) mod tests;

pub(crate) use lower::{ParamKinds, compile};
pub(crate) use rule::{check_apart, compile_rule};
pub(crate) use tree::{Cond, Op, Tri};
pub(crate) use typed::{Amount, Typed};
