//! Adapters of the store port: ledger and sled
