//! What another book of rules would answer otherwise, with the smallest facts that show it.

mod chains;
mod changes;
mod lines;
mod report;
mod witness;

#[cfg(test)]
mod tests;

pub use changes::{LimitChange, ParamChange, RuleChange};
pub use lines::{Line, Network};
pub use report::{ChainDiff, Compared, Diff, KindDiff, RuleDiff, Told, Witness};
