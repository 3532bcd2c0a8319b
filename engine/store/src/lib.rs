//! Adapters of the store and vault ports.
//!
//! The truth is in two ledgers of our own; sled holds current values that can be made anew.

mod config;
#[cfg(test)]
mod contract;
mod disk;
mod embedded;
mod error;
mod generations;
mod index;
mod ledger;
mod lock;
mod memory;
mod project;
#[cfg(test)]
mod testing;
mod vault;

pub use config::{Clock, OnProgress, Progress, Stage, StoreConfig};
pub use disk::{Disk, RealDisk};
pub use embedded::{EmbeddedStore, Opening};
pub use error::OpenError;
pub use index::Rebuilt;
pub use ledger::{Checkpoint, Damage};
pub use memory::MemoryStore;
pub use vault::{FileVault, MasterKey, VaultConfig};
