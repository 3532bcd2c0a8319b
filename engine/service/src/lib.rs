//! The use cases of simbind over its ports: enrol, check, ingest, life cycle, rules, decisions.

pub mod app_attest;
pub mod attest;
pub mod attestation_status;
pub mod backtest;
pub mod bundle;
pub mod chains;
pub mod challenge;
pub mod check;
pub mod decisions;
mod digest;
mod drive;
pub mod engine;
pub mod enrol;
mod error;
pub mod explain;
pub mod feeds;
mod hot;
pub mod ingest;
pub mod ledger;
pub mod lifecycle;
mod limits;
pub mod outcome;
pub mod packs;
pub mod pin;
pub mod ports;
pub mod registry;
mod release;
pub mod rollout;
mod sealing;
pub mod settings;
pub mod snooze;
pub mod status;
pub mod ticket;
mod turns;

pub use engine::{Engine, Ports, Standing};
pub use error::ServiceError;
