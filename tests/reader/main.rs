//! A card at a reader: the agent's steps and the agent itself, against a real server.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod agent;
mod away;
mod handset;
mod in_process;
mod latency;
mod offline;
mod pcscd;
mod relay;
mod scene;
mod tls;
mod troubles;
