//! The use cases of simbind over its ports: enrol, check, ingest, life cycle, rules, decisions.

pub mod ports;
