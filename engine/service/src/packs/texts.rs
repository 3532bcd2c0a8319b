//! The texts of packs in the ledger: each is kept once, under its SHA-256.

use super::InService;
use crate::{
    error::ServiceError,
    ledger::{ManifestRow, PacksRow, StateEntry, decode_row, encode_state, keys},
    ports::store::{Append, Expected, Key, LedgerKind, Position, Store, StoreError},
};
use simbind_rules::{PackSource, PacksHash};

/// Texts are written together up to so many bytes, well under the longest entry.
const ENTRY_BYTES: usize = 256 << 10;

/// What the list of packs takes for each, beside its name.
const ROW_BYTES: usize = 40;

/// SHA-256 of a pack's text.
pub(crate) fn text_digest(text: &str) -> [u8; 32] {
    let digest = ring::digest::digest(&ring::digest::SHA256, text.as_bytes());
    digest.as_ref().first_chunk().copied().unwrap_or_default()
}

/// Appends an entry to the state ledger.
pub(super) async fn append(
    store: &impl Store,
    entry: &StateEntry,
    expect: Vec<(Key, Expected)>,
) -> Result<Position, StoreError> {
    let entry = encode_state(entry)?.into();
    store.append(LedgerKind::State, Append { entry, expect }).await
}

/// How much the ledger grows where packs' texts are kept, in bytes, about.
pub(crate) async fn new_bytes(
    store: &impl Store,
    packs: &InService,
) -> Result<usize, ServiceError> {
    let hash = packs.book.hash();
    let known = store.read(&[keys::manifest(&hash.0)?, keys::packs(&hash.0)?]).await?;
    if known.values.iter().any(Option::is_some) {
        return Ok(0);
    }
    let digests = packs.sources.iter().map(|source| text_digest(&source.text));
    let keys: Vec<Key> = digests.map(|text| keys::pack_text(&text)).collect::<Result<_, _>>()?;
    let there = store.read(&keys).await?;
    let bytes = packs.sources.iter().zip(&there.values).map(|(source, there)| {
        let text = if there.is_some() { 0 } else { source.text.len() };
        text.saturating_add(source.name.len()).saturating_add(ROW_BYTES)
    });
    Ok(bytes.fold(0, usize::saturating_add))
}

/// Keeps packs' texts in the ledger, so that they can be put in service again and decisions be
/// replayed. What is there already is not written again.
pub(crate) async fn record(store: &impl Store, packs: &InService) -> Result<(), ServiceError> {
    let hash = packs.book.hash();
    let manifest = keys::manifest(&hash.0)?;
    let known = store.read(&[manifest.clone(), keys::packs(&hash.0)?]).await?;
    if known.values.iter().any(Option::is_some) {
        return Ok(());
    }
    let digests: Vec<[u8; 32]> =
        packs.sources.iter().map(|source| text_digest(&source.text)).collect();
    let keys: Vec<Key> = digests.iter().map(keys::pack_text).collect::<Result<_, _>>()?;
    let there = store.read(&keys).await?;
    let missing = packs.sources.iter().zip(&there.values).filter(|(_, there)| there.is_none());
    let mut texts: Vec<String> = Vec::new();
    let mut bytes = 0_usize;
    for (source, _) in missing {
        if !texts.is_empty() && bytes.saturating_add(source.text.len()) > ENTRY_BYTES {
            let entry = StateEntry::PackTexts { texts: std::mem::take(&mut texts) };
            append(store, &entry, Vec::new()).await?;
            bytes = 0;
        }
        bytes = bytes.saturating_add(source.text.len());
        texts.push(source.text.clone());
    }
    if !texts.is_empty() {
        append(store, &StateEntry::PackTexts { texts }, Vec::new()).await?;
    }
    let names = packs.sources.iter().map(|source| source.name.clone());
    let entry = StateEntry::PacksNamed { hash: hash.0, packs: names.zip(digests).collect() };
    match append(store, &entry, vec![(manifest, Expected::Absent)]).await {
        Ok(_) | Err(StoreError::Conflict) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// The packs that a hash stands for; `None` where the ledger does not hold them.
pub(crate) async fn sources_of(
    store: &impl Store,
    hash: PacksHash,
) -> Result<Option<Vec<PackSource>>, ServiceError> {
    let found = store.read(&[keys::manifest(&hash.0)?, keys::packs(&hash.0)?]).await?;
    let [manifest, whole] = &*found.values else { return Ok(None) };
    if let Some(row) = manifest {
        let ManifestRow { packs } = decode_row(&row.value)?;
        let wanted: Vec<Key> =
            packs.iter().map(|(_, text)| keys::pack_text(text)).collect::<Result<_, _>>()?;
        let texts = store.read(&wanted).await?;
        let mut sources = Vec::with_capacity(packs.len());
        for ((name, _), text) in packs.into_iter().zip(&texts.values) {
            let Some(text) = text else { return Ok(None) };
            sources.push(PackSource { name, text: decode_row(&text.value)? });
        }
        return Ok(Some(sources));
    }
    let Some(row) = whole else { return Ok(None) };
    let row: PacksRow = decode_row(&row.value)?;
    let source = |(name, text)| PackSource { name, text };
    Ok(Some(row.sources.into_iter().map(source).collect()))
}
