//! What an entry does to the values: conditions, reads and writes, alike for every path.

use simbind_service::ports::store::{
    Expected, Key, LedgerKind, Position, Projection, ProjectionError, Recorded, StoreError, Stored,
    Write,
};
use std::{
    collections::HashMap,
    panic::{AssertUnwindSafe, catch_unwind},
};

/// Where current values come from.
pub(crate) trait Values {
    fn get(&self, key: &Key) -> Result<Option<Stored>, StoreError>;
}

/// What will stand under each changed key; `None` where nothing will.
pub(crate) type Changes = HashMap<Key, Option<Stored>>;

/// Values with changes over them that are not yet in place.
pub(crate) struct Over<'a, V> {
    pub(crate) under: &'a V,
    pub(crate) changes: &'a Changes,
}

impl<V: Values> Values for Over<'_, V> {
    fn get(&self, key: &Key) -> Result<Option<Stored>, StoreError> {
        self.changes.get(key).map_or_else(|| self.under.get(key), |change| Ok(change.clone()))
    }
}

/// Whether the conditions of an append hold.
pub(crate) fn check(values: &impl Values, expect: &[(Key, Expected)]) -> Result<(), StoreError> {
    for (key, expected) in expect {
        let version = values.get(key)?.map(|stored| stored.version);
        let holds = match expected {
            Expected::Absent => version.is_none(),
            Expected::Version(wanted) => version == Some(*wanted),
        };
        if !holds {
            return Err(StoreError::Conflict);
        }
    }
    Ok(())
}

/// The writes of an entry. A panic of the projection is an error like another.
pub(crate) fn project(
    values: &impl Values,
    projection: &dyn Projection,
    ledger: LedgerKind,
    at: Recorded,
    entry: &[u8],
) -> Result<Vec<Write>, StoreError> {
    let panicked = |_| ProjectionError { what: "an entry: the projection panicked" };
    let keys =
        catch_unwind(AssertUnwindSafe(|| projection.reads(ledger, entry))).map_err(panicked)??;
    let values = keys.iter().map(|key| values.get(key)).collect::<Result<Vec<_>, _>>()?;
    Ok(catch_unwind(AssertUnwindSafe(|| projection.writes(ledger, at, entry, &values)))
        .map_err(panicked)??)
}

/// Notes the writes of the entry at a position.
pub(crate) fn note(changes: &mut Changes, at: Position, writes: Vec<Write>) {
    for Write { key, value } in writes {
        changes.insert(key, value.map(|value| Stored { value, version: at }));
    }
}
