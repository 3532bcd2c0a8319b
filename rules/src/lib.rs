//! Facts schema, rule language, layers, compiler and evaluation; pure

pub mod facts;
mod suggest;
mod time;
mod verdict;

pub use facts::{Fact, FactEnum, Facts};
pub use verdict::{CheckKind, Edge, Methods, Severity, StepUpMethod, Verdict};
