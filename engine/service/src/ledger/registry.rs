//! The registry of handsets and readers, in the ledger and in the index.

use super::keys::key;
use crate::ports::store::{Key, StoreError};
use serde::{Deserialize, Serialize};
use simbind_core::{ids::CallerId, rollout::Why, time::Timestamp};

/// An entry about the registry of handsets and readers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RegistryEntry {
    /// A part of its texts, kept once under its SHA-256.
    Text(String),
    /// It was imported, and is in force.
    Imported(RegistryRow),
}

/// A registry that was imported.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegistryRow {
    /// How many were imported before it, and it.
    pub number: u64,
    /// SHA-256 over its files in their one spelling.
    pub hash: [u8; 32],
    /// Who imported it.
    pub by: CallerId,
    /// When.
    pub at: Timestamp,
    /// Why.
    pub why: Why,
    /// The parts of the handsets' file, by their SHA-256, in order.
    pub handsets: Vec<[u8; 32]>,
    /// The parts of the readers' file.
    pub readers: Vec<[u8; 32]>,
    /// The parts of the trials' file.
    pub trials: Vec<[u8; 32]>,
}

/// The registry that is in force.
pub fn registry() -> Result<Key, StoreError> {
    key(b'G', &[])
}

/// A part of a registry's texts, by its SHA-256.
pub fn registry_text(digest: &[u8; 32]) -> Result<Key, StoreError> {
    key(b'g', &[digest])
}

/// All bindings, as a prefix: people are counted by their handsets.
pub fn bindings() -> Result<Key, StoreError> {
    key(b'b', &[])
}
