//! Entries about the registry of handsets and readers.

use super::put;
use crate::{
    ledger::registry::{RegistryEntry, registry, registry_text},
    packs::text_digest,
    ports::store::{ProjectionError, Write},
};

pub(super) fn writes(entry: RegistryEntry) -> Result<Vec<Write>, ProjectionError> {
    Ok(vec![match entry {
        RegistryEntry::Text(text) => put(registry_text(&text_digest(&text)), &text)?,
        RegistryEntry::Imported(row) => put(registry(), &row)?,
    }])
}
