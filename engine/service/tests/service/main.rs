//! The use cases over a store in memory and a vault in a folder that is thrown away.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

mod announced;
mod app_attest;
mod apps;
mod attestation;
mod backtest;
mod binding;
mod chains;
mod checks;
mod decisions;
mod driven;
mod events;
mod faults;
mod heirs;
mod help;
mod keys;
mod limits;
mod lives;
mod order;
mod pin;
mod platform;
mod records;
mod refusals;
mod registry;
mod reload;
mod reopened;
mod rollout;
mod sims;
mod snooze;
mod status;
mod step_up;
mod succession;
mod support;
mod ticket;
mod tokens;
