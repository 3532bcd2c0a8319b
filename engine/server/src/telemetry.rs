//! What the server shows of itself: log lines and metrics. Neither carries an identifier of a
//! person, a SIM, a handset or a line.

mod endpoint;
mod log;
mod metrics;

#[cfg(test)]
mod tests;

pub use endpoint::{EndpointError, serve_metrics};
pub use log::{LogFormat, init_log};
pub use metrics::{Check, Event, Ledger, LedgerCommit, Limit, Metrics, Queue, StagedPacks};
