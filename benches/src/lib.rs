//! What the benchmarks share: chance, figures, tables and the JSON line.

mod chance;
mod figures;
mod report;

pub use chance::Chance;
pub use figures::{Figures, median};
pub use report::{print, table};
