//! The commands of analysts, by the binary, against a server with mutual TLS.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod approval;
mod bundles;
mod snooze;
mod steps;
mod world;
