//! How what carriers tell becomes rows: the history of the line, the bindings that it changes, and
//! the decisions that are to be looked at again.

use super::{IndexProjection, LineRows, hear, key_error, put};
use crate::{
    ledger::{
        entry::{CorrectionEntry, Drove, Effects, EventEntry},
        keys,
        rows::{EventRow, LineRow, ReopenedRow, Reuse, decode_row},
    },
    ports::{
        store::{Key, Position, ProjectionError, Recorded, Stored, Write},
        vault::{KeyId, LookupHash, Sealed, Vault},
    },
    sealing,
};
use simbind_core::{
    ids::{CarrierId, EventId},
    line::{self, LineHistory, SimEvent},
    time::Timestamp,
};

/// Whose event asks to look at decisions again, and when we learned that.
pub(super) struct Told<'a> {
    carrier: &'a CarrierId,
    event: &'a EventId,
    text: &'a Sealed,
    occurred_at: Timestamp,
    learned_at: Timestamp,
}

impl<'a> Told<'a> {
    pub(super) const fn of(event: &'a EventEntry) -> Self {
        let EventEntry { carrier, id, text, occurred_at, learned_at, .. } = event;
        Self { carrier, event: id, text, occurred_at: *occurred_at, learned_at: *learned_at }
    }

    pub(super) const fn back(
        correction: &'a CorrectionEntry,
        occurred_at: Timestamp,
        text: &'a Sealed,
    ) -> Self {
        let CorrectionEntry { carrier, corrected, learned_at, .. } = correction;
        Self { carrier, event: corrected, text, occurred_at, learned_at: *learned_at }
    }
}

impl<V: Vault> IndexProjection<V> {
    /// Four, or none where the person was erased.
    pub(super) fn event_reads(&self, event: &EventEntry) -> Result<Vec<Key>, ProjectionError> {
        let Some(text) = self.event_text(&event.text)? else { return Ok(Vec::new()) };
        let hash = keys::line_hash(&*self.vault, &text.line.carrier, &text.line.line);
        let wanted = [
            keys::line(hash),
            keys::history(hash),
            keys::corrected(&event.carrier, &event.id),
            keys::feed(&event.carrier),
        ];
        wanted.into_iter().collect::<Result<_, _>>().map_err(key_error)
    }

    pub(super) fn reused_reads(&self, event: &EventEntry) -> Result<Vec<Key>, ProjectionError> {
        let text = self.event_text(&event.text)?;
        let hash = |text: crate::ledger::EventText| {
            keys::line_hash(&*self.vault, &text.line.carrier, &text.line.line)
        };
        let line = text.map(hash).map(keys::line);
        let event = keys::event(&event.carrier, &event.id);
        std::iter::once(event).chain(line).collect::<Result<_, _>>().map_err(key_error)
    }

    pub(super) fn correction_reads(
        &self,
        correction: &CorrectionEntry,
    ) -> Result<Vec<Key>, ProjectionError> {
        let mut wanted = vec![keys::feed(&correction.carrier)];
        let line = correction.line.as_ref();
        if let Some(text) = line.map(|line| self.line_text(line)).transpose()? {
            let hash = text.map(|text| keys::line_hash(&*self.vault, &text.carrier, &text.line));
            wanted.extend(hash.map(keys::history));
        }
        wanted.into_iter().collect::<Result<_, _>>().map_err(key_error)
    }

    /// What the effects need beside what their event needs.
    pub(super) fn with_effects(
        &self,
        mut own: Vec<Key>,
        effects: &Effects,
    ) -> Result<Vec<Key>, ProjectionError> {
        for Drove { binding, sealed, .. } in &effects.drove {
            own.extend(self.binding_reads(*binding, sealed)?);
        }
        Ok(own)
    }

    /// The bindings as they are now, and the times whose decisions are to be looked at again.
    pub(super) fn effects_writes(
        &self,
        recorded: Recorded,
        told: &Told<'_>,
        effects: Effects,
        mut values: &[Option<Stored>],
    ) -> Result<Vec<Write>, ProjectionError> {
        let (mut writes, mut lines) = (Vec::new(), LineRows::of(recorded));
        for Drove { binding, sealed, .. } in effects.drove {
            let wanted = self.binding_reads(binding, &sealed)?.len();
            let (own, rest) = values.split_at_checked(wanted).ok_or(super::FEWER)?;
            writes.extend(self.binding_writes(binding, sealed, own, &mut lines)?);
            values = rest;
        }
        writes.extend(lines.writes()?);
        for (number, reopens) in (0..=u8::MAX).zip(effects.reopens) {
            let row = ReopenedRow {
                reopens,
                occurred_at: told.occurred_at,
                learned_at: told.learned_at,
                carrier: told.carrier.clone(),
                event: told.event.clone(),
                text: told.text.clone(),
            };
            writes.push(put(keys::reopened(recorded.position, number), &row)?);
        }
        Ok(writes)
    }

    pub(super) fn event_writes(
        &self,
        at: Position,
        event: &EventEntry,
        values: &[Option<Stored>],
    ) -> Result<Vec<Write>, ProjectionError> {
        let EventEntry { carrier, id, digest, occurred_at, learned_at, text: sealed, .. } = event;
        let key = sealed.key;
        let Some(text) = self.event_text(sealed)? else { return Ok(Vec::new()) };
        let [known, history, corrected, feed] = values else { return Err(super::FEWER) };
        let hash = keys::line_hash(&*self.vault, &text.line.carrier, &text.line.line);
        let mut writes = Vec::with_capacity(4);
        let key = match known {
            Some(row) => decode_row::<LineRow>(&row.value)?.key,
            None => {
                writes.push(put(keys::line(hash), &LineRow::unbound(key))?);
                key
            }
        };
        let told = match corrected {
            Some(_) => line::Told::Corrected,
            None => line::Told::Stands,
        };
        let mut told_history = self.history(history.as_ref())?;
        let happened = SimEvent {
            id: id.clone(),
            carrier: carrier.clone(),
            occurred_at: *occurred_at,
            kind: text.kind,
        };
        told_history.record(happened, *learned_at, at.0, told);
        writes.push(self.history_write(hash, key, &told_history)?);
        let line = sealing::seal(&*self.vault, key, sealing::LINE, &text.line)?;
        let row = EventRow {
            digest: *digest,
            position: at.0,
            line: Some(line),
            reused: Vec::new(),
            corrects: None,
        };
        writes.push(put(keys::event(carrier, id), &row)?);
        writes.push(hear(carrier, Some(feed), *learned_at, 0)?);
        Ok(writes)
    }

    /// Counts it beside the first event of its number, and keeps the key that seals what is said of
    /// its line, so that the next event of that line needs no other.
    pub(super) fn reused_writes(
        &self,
        at: Position,
        event: &EventEntry,
        values: &[Option<Stored>],
    ) -> Result<Vec<Write>, ProjectionError> {
        let mut writes = Vec::with_capacity(2);
        if let Some(Some(first)) = values.first() {
            let mut row: EventRow = decode_row(&first.value)?;
            row.reused.push(Reuse { digest: event.digest, position: at.0 });
            writes.push(put(keys::event(&event.carrier, &event.id), &row)?);
        }
        if let (Some(None), Some(text)) = (values.get(1), self.event_text(&event.text)?) {
            let hash = keys::line_hash(&*self.vault, &text.line.carrier, &text.line.line);
            let key = event.text.key;
            writes.push(put(keys::line(hash), &LineRow::unbound(key))?);
        }
        Ok(writes)
    }

    pub(super) fn correction_writes(
        &self,
        at: Position,
        correction: &CorrectionEntry,
        values: &[Option<Stored>],
    ) -> Result<Vec<Write>, ProjectionError> {
        let CorrectionEntry { carrier, id, digest, corrected, line, learned_at } = correction;
        let row = EventRow {
            digest: *digest,
            position: at.0,
            line: None,
            reused: Vec::new(),
            corrects: Some(corrected.clone()),
        };
        let mut writes = vec![
            put(keys::event(carrier, id), &row)?,
            put(keys::corrected(carrier, corrected), &())?,
            hear(carrier, values.first(), *learned_at, 0)?,
        ];
        if let (Some(sealed), Some(Some(history))) = (line, values.get(1)) {
            writes.extend(self.corrected_history(sealed, history, corrected)?);
        }
        Ok(writes)
    }

    fn corrected_history(
        &self,
        line: &Sealed,
        history: &Stored,
        corrected: &EventId,
    ) -> Result<Option<Write>, ProjectionError> {
        let Some(text) = self.line_text(line)? else { return Ok(None) };
        let hash = keys::line_hash(&*self.vault, &text.carrier, &text.line);
        let mut told = self.history(Some(history))?;
        told.correct(corrected);
        self.history_write(hash, line.key, &told).map(Some)
    }

    pub(super) fn history(&self, row: Option<&Stored>) -> Result<LineHistory, ProjectionError> {
        let Some(row) = row else { return Ok(LineHistory::default()) };
        let sealed: Sealed = decode_row(&row.value)?;
        Ok(sealing::open(&*self.vault, sealing::HISTORY, &sealed)?.unwrap_or_default())
    }

    pub(super) fn history_write(
        &self,
        hash: LookupHash,
        key: KeyId,
        history: &LineHistory,
    ) -> Result<Write, ProjectionError> {
        put(keys::history(hash), &sealing::seal(&*self.vault, key, sealing::HISTORY, history)?)
    }
}
