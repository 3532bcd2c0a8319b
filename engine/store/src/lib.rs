//! Adapters of the store and vault ports.
//!
//! The truth is in two ledgers of our own; sled holds current values that can be made anew. A
//! store's folder holds:
//!
//! | name | what | when it is lost |
//! |---|---|---|
//! | `state/`, `decisions/` | the ledgers' segments | the store does not open |
//! | `store.format` | version and the ledgers' ids | the store does not open |
//! | `index/` | sled | made anew |
//! | `index.mark` | how the index's last use ended | the index is made anew |
//! | `snapshots/` | the newest two snapshots of the index | making anew takes longer |
//! | `lock` | keeps other processes out | made again |

mod config;
#[cfg(test)]
mod contract;
mod disk;
mod embedded;
mod error;
#[cfg(feature = "fuzz")]
pub mod fuzz;
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
pub use embedded::{EmbeddedStore, LedgerCopy, Opening};
pub use error::OpenError;
pub use index::Rebuilt;
pub use ledger::{Checkpoint, Damage};
pub use memory::MemoryStore;
pub use vault::{FileVault, MasterKey, VaultConfig};
