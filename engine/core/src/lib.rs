//! The domain of simbind: identifiers, bindings and their states, the history of lines, evidence
//! turned into facts, and the ruling. Pure: no async, no I/O, no clock, no randomness.

pub mod app;
pub mod applet;
pub mod binding;
pub mod check;
pub mod ids;
pub mod line;
pub mod refusals;
pub mod registry;
pub mod rollout;
pub mod snooze;
pub mod status;
pub mod ticket;
pub mod time;
pub mod token;
pub mod transcript;
