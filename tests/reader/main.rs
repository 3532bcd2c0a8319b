//! A card at a reader: the agent's steps and the agent itself, against a real server.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod in_process;
mod offline;
mod scene;
