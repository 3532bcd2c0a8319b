//! Backtests: recorded decisions, decided again by packs that are tried. Nothing here writes,
//! counts towards a limit or fills a cache that checks read.

mod names;
mod run;
mod tally;
#[cfg(test)]
mod tests;
mod trial;
mod tried;
mod view;

pub use run::{Backtest, Ended, Part, Progress, run};
pub use tally::{Count, Shift, Summary};
pub use trial::{Changed, Trial};
pub use tried::{Terms, Tried, TriedPacks};
