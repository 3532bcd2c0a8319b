//! gRPC handlers, configuration, TLS, telemetry, command line.

pub mod callers;
pub mod cli;
pub mod config;
pub mod dev_certs;
pub mod pending;
pub mod telemetry;
pub mod tls;
