//! gRPC handlers, configuration, TLS, telemetry, command line.

pub mod callers;
pub mod cli;
pub mod config;
pub mod demo;
pub mod dev_certs;
pub mod grpc;
pub mod reader;
pub mod serve;
pub mod telemetry;
pub mod tls;
