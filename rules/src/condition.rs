//! Conditions: parsed by `cel`, typed against the schema of facts, lowered to a tree of our own.

mod lower;
mod tree;
mod typed;

#[cfg(test)]
pub(crate) mod tests;

pub(crate) use lower::{ParamKinds, compile};
pub(crate) use tree::{Cond, Tri};
pub(crate) use typed::Typed;
