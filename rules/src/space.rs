//! The space of facts, cut into regions, and exact reasoning over it.
//!
//! A fact is cut wherever a condition could tell two of its values apart: an enum into its values,
//! a number at every literal that it is compared with, and unknown beside them where the fact can
//! be. Whatever is asked of the space is then a decision diagram with one branch for each region,
//! so that an answer holds for every value and not only for those that somebody tried.

mod around;
mod axes;
mod cuts;
mod diagram;
mod order;
mod path;
mod realise;
mod steps;
mod world;

pub(crate) use around::around;
pub(crate) use axes::{Axes, truth};
pub(crate) use diagram::{Diagrams, Op, Ref};
pub(crate) use path::{Diagram, Nearest};
pub(crate) use steps::{Exceeded, Steps};
pub(crate) use world::{axes_of, complete, law_against, world, world_from};

#[cfg(test)]
mod tests;
