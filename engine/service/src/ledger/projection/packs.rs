//! Entries about packs.

use super::put;
use crate::{
    ledger::{keys, rows::OnceLiveRow, rows::decode_row},
    ports::store::{Key, Position, ProjectionError, StoreError, Stored, Write},
};
use simbind_core::rollout::{Act, Change, Rollout};

/// A pack's text by its SHA-256.
pub(super) fn text_writes(texts: &[String]) -> Result<Vec<Write>, ProjectionError> {
    texts
        .iter()
        .map(|text| put(keys::pack_text(&crate::packs::texts::text_digest(text)), text))
        .collect()
}

pub(super) fn change_reads(change: &Change) -> Result<Vec<Key>, StoreError> {
    match change.act {
        Act::Renamed { was } => [keys::rollout(), keys::once_live(&was.0)].into_iter().collect(),
        _ => [keys::rollout()].into_iter().collect(),
    }
}

/// The state after the change, the change itself, and a mark where packs went into service.
pub(super) fn change_writes(
    at: Position,
    change: &Change,
    values: &[Option<Stored>],
) -> Result<Vec<Write>, ProjectionError> {
    let row = |place: usize| values.get(place).and_then(Option::as_ref);
    let before: Rollout = match row(0) {
        Some(row) => decode_row(&row.value)?,
        None => Rollout::default(),
    };
    let after = before.after(change);
    let live = match change.act {
        Act::Activated => after
            .live()
            .filter(|live| live.packs == change.packs)
            .map(|live| OnceLiveRow { origin: live.origin }),
        Act::Configured { origin } | Act::Recovered { origin } | Act::RolledBack { origin } => {
            Some(OnceLiveRow { origin })
        }
        Act::Renamed { .. } => row(1).map(|row| decode_row(&row.value)).transpose()?,
        Act::Staged { .. } | Act::Approved | Act::Shadowed | Act::Shared(_) | Act::Withdrawn => {
            None
        }
    };
    let mut writes = vec![put(keys::rollout(), &after)?, put(keys::pack_change(at), change)?];
    if let Some(live) = live {
        writes.push(put(keys::once_live(&change.packs.0), &live)?);
    }
    Ok(writes)
}
