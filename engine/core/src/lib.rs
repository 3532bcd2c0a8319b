//! The domain of simbind: identifiers, bindings and their states, SIM history, evidence turned
//! into facts, and the decision. Pure: no async, no I/O, no clock, no randomness.

pub mod ids;
pub mod time;
