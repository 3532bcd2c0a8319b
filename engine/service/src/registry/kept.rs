//! The registry in the ledger: its texts in parts, each once under its SHA-256, and one entry that
//! names them.

use crate::{
    error::ServiceError,
    ledger::{
        StateEntry, decode_row, encode_state,
        registry::{self as rows, RegistryEntry, RegistryRow},
    },
    packs::text_digest,
    ports::store::{Append, Expected, Key, LedgerKind, Position, Store, StoreError},
};
use simbind_core::{
    ids::CallerId,
    registry::{Registry, Texts},
    rollout::Why,
    time::Timestamp,
};

/// The longest part of a text, in bytes.
const PART_BYTES: usize = 128 << 10;

/// A registry that was imported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegistryVersion {
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
}

/// The registry that is in force.
#[derive(Debug, Default)]
pub struct Standing {
    registry: Registry,
    version: Option<RegistryVersion>,
    pub(super) row: Option<Position>,
}

impl Standing {
    /// The registry; an empty one where none was imported.
    pub const fn registry(&self) -> &Registry {
        &self.registry
    }

    /// How it came; `None` where none was imported.
    pub const fn version(&self) -> Option<&RegistryVersion> {
        self.version.as_ref()
    }

    pub(super) const fn of(registry: Registry, version: RegistryVersion, row: Position) -> Self {
        Self { registry, version: Some(version), row: Some(row) }
    }
}

/// A text in parts.
fn parts(mut text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    while !text.is_empty() {
        let mut end = text.len().min(PART_BYTES);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let (part, rest) = text.split_at(end);
        parts.push(part);
        text = rest;
    }
    parts
}

/// The texts' parts, and their names.
pub(super) struct Parts<'t> {
    handsets: Vec<&'t str>,
    readers: Vec<&'t str>,
    trials: Vec<&'t str>,
}

impl<'t> Parts<'t> {
    pub(super) fn of(texts: &'t Texts) -> Self {
        Self {
            handsets: parts(&texts.handsets),
            readers: parts(&texts.readers),
            trials: parts(&texts.trials),
        }
    }

    /// The parts that the ledger does not hold.
    pub(super) async fn missing(&self, store: &impl Store) -> Result<Vec<&'t str>, ServiceError> {
        let all: Vec<&str> =
            self.handsets.iter().chain(&self.readers).chain(&self.trials).copied().collect();
        let wanted: Vec<Key> = all.iter().map(|part| key_of(part)).collect::<Result<_, _>>()?;
        let there = store.read(&wanted).await?;
        let missing = all.into_iter().zip(&there.values).filter(|(_, there)| there.is_none());
        Ok(missing.map(|(part, _)| part).collect())
    }

    pub(super) fn row(&self, version: RegistryVersion) -> RegistryRow {
        let digests = |parts: &[&str]| parts.iter().map(|part| text_digest(part)).collect();
        let RegistryVersion { number, hash, by, at, why } = version;
        let (handsets, readers, trials) =
            (digests(&self.handsets), digests(&self.readers), digests(&self.trials));
        RegistryRow { number, hash, by, at, why, handsets, readers, trials }
    }
}

fn key_of(part: &str) -> Result<Key, StoreError> {
    rows::registry_text(&text_digest(part))
}

/// Keeps parts, one entry each.
pub(super) async fn keep(store: &impl Store, missing: &[&str]) -> Result<(), ServiceError> {
    for part in missing {
        let entry = StateEntry::Registry(RegistryEntry::Text((*part).to_owned()));
        let entry = encode_state(&entry)?.into();
        store.append(LedgerKind::State, Append { entry, expect: Vec::new() }).await?;
    }
    Ok(())
}

/// Puts a registry in force in the ledger, where none came since `before`.
pub(super) async fn name(
    store: &impl Store,
    row: RegistryRow,
    before: Option<Position>,
) -> Result<Position, StoreError> {
    let expected = before.map_or(Expected::Absent, Expected::Version);
    let entry = encode_state(&StateEntry::Registry(RegistryEntry::Imported(row)))?.into();
    let expect = vec![(rows::registry()?, expected)];
    store.append(LedgerKind::State, Append { entry, expect }).await
}

/// The registry that is in force by the ledger.
pub(crate) async fn restore(store: &impl Store) -> Result<Standing, ServiceError> {
    let row = store.read(&[rows::registry()?]).await?;
    let Some(stored) = row.values.into_iter().next().flatten() else {
        return Ok(Standing::default());
    };
    let row: RegistryRow = decode_row(&stored.value)?;
    let texts = Texts {
        handsets: text(store, &row.handsets).await?,
        readers: text(store, &row.readers).await?,
        trials: text(store, &row.trials).await?,
    };
    if texts.hash() != row.hash {
        return Err(ServiceError::unavailable("the registry's texts are not those of its hash"));
    }
    let registry = texts.tables().read(row.at).map_err(|problems| {
        let first = problems.told().first().map(ToString::to_string).unwrap_or_default();
        ServiceError::unavailable(format!("the registry in the ledger cannot be read: {first}"))
    })?;
    let RegistryRow { number, hash, by, at, why, .. } = row;
    Ok(Standing::of(registry, RegistryVersion { number, hash, by, at, why }, stored.version))
}

async fn text(store: &impl Store, parts: &[[u8; 32]]) -> Result<String, ServiceError> {
    let wanted: Vec<Key> = parts.iter().map(rows::registry_text).collect::<Result<_, _>>()?;
    let mut text = String::new();
    for part in store.read(&wanted).await?.values {
        let part =
            part.ok_or_else(|| ServiceError::unavailable("a part of the registry is not there"))?;
        text.push_str(&decode_row::<String>(&part.value)?);
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_of_a_text_are_the_text_and_cut_no_character() {
        let text = "登録".repeat(PART_BYTES / 2);
        let cut = parts(&text);
        assert!(cut.len() > 2 && cut.iter().all(|part| part.len() <= PART_BYTES));
        assert_eq!(cut.concat(), text);
        assert!(parts("").is_empty());
    }
}
