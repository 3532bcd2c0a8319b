//! How entries become rows of the index: the same function while serving and while rebuilding.

mod app_attest;
mod packs;
mod status;

use super::{
    entry::{
        BindingChange, DecisionEntry, EventEntry, EventText, LineText, StateEntry, decode_decision,
        decode_state,
    },
    keys,
    rows::{
        AssertionRow, BindingRow, CertificateRow, CounterRow, EventRow, LineRow, ListRow,
        ManifestRow, PacksRow, Reuse, decode_row, encode_row,
    },
};
use crate::{
    ports::{
        store::{
            Key, LedgerKind, Position, Projection, ProjectionError, Recorded, StoreError, Stored,
            Write,
        },
        vault::{KeyId, Opened, Sealed, Vault},
    },
    sealing,
};
use serde::Serialize;
use simbind_core::{
    binding::Binding,
    ids::{BindingId, CarrierId, EventId, SupportCode},
    line::{Feed, LineHistory, SimEvent, Told},
    snooze::Snoozes,
    time::Timestamp,
};
use std::sync::Arc;

/// The projection of both ledgers. It opens sealed parts to find the look-up hashes of what they
/// name; the parts of an erased person leave no row.
pub struct IndexProjection<V> {
    vault: Arc<V>,
}

impl<V: Vault> IndexProjection<V> {
    /// A projection that opens sealed parts with the vault.
    pub const fn new(vault: Arc<V>) -> Self {
        Self { vault }
    }

    fn binding(&self, sealed: &Sealed) -> Result<Option<Binding>, ProjectionError> {
        sealing::open(&*self.vault, sealing::BINDING, sealed)
    }

    fn event_text(&self, sealed: &Sealed) -> Result<Option<EventText>, ProjectionError> {
        sealing::open(&*self.vault, sealing::EVENT, sealed)
    }

    fn line_text(&self, sealed: &Sealed) -> Result<Option<LineText>, ProjectionError> {
        sealing::open(&*self.vault, sealing::LINE, sealed)
    }

    fn state_reads(&self, entry: &StateEntry) -> Result<Vec<Key>, ProjectionError> {
        let keys = match entry {
            StateEntry::Enrolled { sealed, .. } | StateEntry::BindingChanged { sealed, .. } => {
                let Some(binding) = self.binding(sealed)? else { return Ok(Vec::new()) };
                let hashes = keys::line_hashes(&*self.vault, &binding.sim);
                hashes.into_iter().map(keys::line).collect::<Result<_, _>>()
            }
            StateEntry::Event(event) => {
                let Some(text) = self.event_text(&event.text)? else { return Ok(Vec::new()) };
                let hash = keys::line_hash(&*self.vault, &text.line.carrier, &text.line.line);
                [
                    keys::line(hash),
                    keys::history(hash),
                    keys::corrected(&event.carrier, &event.id),
                    keys::feed(&event.carrier),
                ]
                .into_iter()
                .collect()
            }
            StateEntry::EventReused(event) => {
                let text = self.event_text(&event.text)?;
                let line = text
                    .map(|text| keys::line_hash(&*self.vault, &text.line.carrier, &text.line.line));
                let event = keys::event(&event.carrier, &event.id);
                std::iter::once(event).chain(line.map(keys::line)).collect()
            }
            StateEntry::Correction { carrier, line, .. } => {
                let mut wanted = vec![keys::feed(carrier)];
                if let Some(text) = line.as_ref().map(|line| self.line_text(line)).transpose()? {
                    let hash = text.map(|t| keys::line_hash(&*self.vault, &t.carrier, &t.line));
                    wanted.extend(hash.map(keys::history));
                }
                wanted.into_iter().collect()
            }
            StateEntry::Heartbeat { carrier, .. } => [keys::feed(carrier)].into_iter().collect(),
            StateEntry::CounterSeen { .. }
            | StateEntry::AssertionSeen { .. }
            | StateEntry::PinReported { .. }
            | StateEntry::StepUpEnded { .. }
            | StateEntry::PacksActivated { .. }
            | StateEntry::PackTexts { .. }
            | StateEntry::PacksNamed { .. }
            | StateEntry::ListTaken { .. } => Ok(Vec::new()),
            StateEntry::StatusLearned { certificate, .. } => {
                return status::reads(&*self.vault, certificate);
            }
            StateEntry::PacksChanged(change) => packs::change_reads(change),
            StateEntry::SnoozeSet { binding, .. } | StateEntry::SnoozeEnded { binding, .. } => {
                [keys::snoozes(*binding)].into_iter().collect()
            }
        };
        keys.map_err(key_error)
    }

    fn state_writes(
        &self,
        recorded: Recorded,
        entry: StateEntry,
        values: &[Option<Stored>],
    ) -> Result<Vec<Write>, ProjectionError> {
        let at = recorded.position;
        match entry {
            StateEntry::Enrolled { binding: id, by, request, digest, sealed, receipt } => {
                let mut writes = vec![put(keys::request(&by, &request), &(digest, id))?];
                writes.extend(self.binding_writes(id, sealed, values)?);
                writes.extend(app_attest::received(id, receipt)?);
                Ok(writes)
            }
            StateEntry::BindingChanged { binding, sealed, change, receipt, .. } => {
                let mut writes = self.binding_writes(binding, sealed, values)?;
                writes.extend(app_attest::received(binding, receipt)?);
                if change == BindingChange::Reproved {
                    // Who was seen at a counter sets the PIN anew.
                    writes.push(put(keys::pin(binding), &0_u32)?);
                }
                Ok(writes)
            }
            StateEntry::Event(event) => self.event_writes(at, event, values),
            StateEntry::EventReused(event) => self.reused_writes(at, &event, values),
            StateEntry::Correction { carrier, id, digest, corrected, line, learned_at } => {
                let row = EventRow {
                    digest,
                    position: at.0,
                    line: None,
                    reused: Vec::new(),
                    corrects: Some(corrected.clone()),
                };
                let mut writes = vec![
                    put(keys::event(&carrier, &id), &row)?,
                    put(keys::corrected(&carrier, &corrected), &())?,
                    hear(&carrier, values.first(), learned_at, 0)?,
                ];
                if let (Some(sealed), Some(Some(history))) = (line, values.get(1)) {
                    writes.extend(self.corrected_history(&sealed, history, &corrected)?);
                }
                Ok(writes)
            }
            StateEntry::Heartbeat { carrier, id, digest, horizon_days, learned_at } => {
                let row = EventRow {
                    digest,
                    position: at.0,
                    line: None,
                    reused: Vec::new(),
                    corrects: None,
                };
                Ok(vec![
                    put(keys::event(&carrier, &id), &row)?,
                    hear(&carrier, values.first(), learned_at, horizon_days)?,
                ])
            }
            StateEntry::CounterSeen { binding, counter, challenge } => {
                Ok(vec![put(keys::counter(binding), &CounterRow { counter, challenge })?])
            }
            StateEntry::AssertionSeen { binding, key, counter, challenge } => {
                Ok(vec![app_attest::counted(binding, key, AssertionRow { counter, challenge })?])
            }
            StateEntry::PinReported { binding, failures, by, request, digest } => Ok(vec![
                put(keys::pin(binding), &failures)?,
                put(keys::pin_report(&by, &request), &(digest, failures))?,
            ]),
            StateEntry::StepUpEnded { decision, outcome, .. } => {
                Ok(vec![put(keys::step_up(decision), &outcome)?])
            }
            StateEntry::PacksActivated { hash, sources, .. } => {
                Ok(vec![put(keys::packs(&hash), &PacksRow { sources })?])
            }
            StateEntry::PackTexts { texts } => packs::text_writes(&texts),
            StateEntry::PacksNamed { hash, packs } => {
                Ok(vec![put(keys::manifest(&hash), &ManifestRow { packs })?])
            }
            StateEntry::StatusLearned { certificate, answer, .. } => {
                status::learned_writes(&*self.vault, &certificate, answer, values)
            }
            StateEntry::ListTaken { list, digest, this_update, learned_at, .. } => {
                let row = ListRow { scope: list.scope, digest, this_update, learned_at };
                status::list_writes(&list.issuer, &row)
            }
            StateEntry::PacksChanged(change) => packs::change_writes(at, &change, values),
            StateEntry::SnoozeSet { binding, snooze } => {
                Ok(vec![put(keys::snoozes(binding), &snoozes(values)?.with(snooze))?])
            }
            StateEntry::SnoozeEnded { binding, snooze, at, .. } => {
                Ok(vec![put(keys::snoozes(binding), &snoozes(values)?.without(snooze, at))?])
            }
        }
    }

    fn binding_writes(
        &self,
        id: BindingId,
        sealed: Sealed,
        values: &[Option<Stored>],
    ) -> Result<Vec<Write>, ProjectionError> {
        let vault = &*self.vault;
        let Some(binding) = self.binding(&sealed)? else {
            return Ok(vec![put(keys::binding(id), &BindingRow { sealed })?]);
        };
        let key = sealed.key;
        let mut writes = vec![
            put(
                keys::certificate(vault, &binding.certificate.id),
                &CertificateRow { binding: id },
            )?,
            status::bound_write(vault, &binding.certificate, id)?,
            put(keys::person_binding(vault, &binding.person, id), &())?,
            put(keys::person_key(vault, &binding.person), &key)?,
            put(keys::binding(id), &BindingRow { sealed })?,
        ];
        // A line that carriers spoke of before keeps the key that its history is sealed with.
        for (hash, known) in keys::line_hashes(vault, &binding.sim).into_iter().zip(values) {
            let known: Option<LineRow> =
                known.as_ref().map(|row| decode_row(&row.value)).transpose()?;
            let key = known.map_or(key, |row| row.key);
            writes.push(put(keys::line(hash), &LineRow { key, binding: Some(id) })?);
        }
        Ok(writes)
    }

    fn event_writes(
        &self,
        at: Position,
        event: EventEntry,
        values: &[Option<Stored>],
    ) -> Result<Vec<Write>, ProjectionError> {
        let EventEntry { carrier, id, digest, occurred_at, learned_at, text: sealed, .. } = event;
        let key = sealed.key;
        let Some(text) = self.event_text(&sealed)? else { return Ok(Vec::new()) };
        let [line, history, corrected, feed] = values else {
            return Err(ProjectionError { what: "the values of an event" });
        };
        let hash = keys::line_hash(&*self.vault, &text.line.carrier, &text.line.line);
        let mut writes = Vec::with_capacity(4);
        let key = match line {
            Some(row) => decode_row::<LineRow>(&row.value)?.key,
            None => {
                writes.push(put(keys::line(hash), &LineRow { key, binding: None })?);
                key
            }
        };
        let told = if corrected.is_some() { Told::Corrected } else { Told::Stands };
        let mut told_history = self.history(history.as_ref())?;
        let happened =
            SimEvent { id: id.clone(), carrier: carrier.clone(), occurred_at, kind: text.kind };
        told_history.record(happened, learned_at, at.0, told);
        writes.push(self.history_write(hash, key, &told_history)?);
        let line = sealing::seal(&*self.vault, key, sealing::LINE, &text.line)?;
        let row = EventRow {
            digest,
            position: at.0,
            line: Some(line),
            reused: Vec::new(),
            corrects: None,
        };
        writes.push(put(keys::event(&carrier, &id), &row)?);
        writes.push(hear(&carrier, Some(feed), learned_at, 0)?);
        Ok(writes)
    }

    /// Counts it beside the first event of its number, and keeps the key that seals what is said of
    /// its line, so that the next event of that line needs no other.
    fn reused_writes(
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
            writes.push(put(keys::line(hash), &LineRow { key, binding: None })?);
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

    fn history(&self, row: Option<&Stored>) -> Result<LineHistory, ProjectionError> {
        let Some(row) = row else { return Ok(LineHistory::default()) };
        let sealed: Sealed = decode_row(&row.value)?;
        Ok(sealing::open(&*self.vault, sealing::HISTORY, &sealed)?.unwrap_or_default())
    }

    fn history_write(
        &self,
        hash: crate::ports::vault::LookupHash,
        key: KeyId,
        history: &LineHistory,
    ) -> Result<Write, ProjectionError> {
        put(keys::history(hash), &sealing::seal(&*self.vault, key, sealing::HISTORY, history)?)
    }
}

fn key_error(_: StoreError) -> ProjectionError {
    ProjectionError { what: "an entry with a key that is too long" }
}

fn put<T: Serialize>(key: Result<Key, StoreError>, row: &T) -> Result<Write, ProjectionError> {
    Ok(Write { key: key.map_err(key_error)?, value: Some(encode_row(row)?.into()) })
}

fn hear(
    carrier: &CarrierId,
    row: Option<&Option<Stored>>,
    at: Timestamp,
    horizon_days: u32,
) -> Result<Write, ProjectionError> {
    let mut feed = match row {
        Some(Some(row)) => decode_row(&row.value)?,
        _ => Feed::default(),
    };
    feed.hear(at);
    if horizon_days > 0 {
        feed.horizon_days = horizon_days;
    }
    put(keys::feed(carrier), &feed)
}

fn snoozes(values: &[Option<Stored>]) -> Result<Snoozes<Sealed>, ProjectionError> {
    let row = values.first().and_then(Option::as_ref);
    row.map_or_else(|| Ok(Snoozes::default()), |row| decode_row(&row.value))
}

fn decision_writes(at: Position, entry: &DecisionEntry) -> Result<Vec<Write>, ProjectionError> {
    let mut writes = vec![
        put(keys::decision(entry.id), &at.0)?,
        put(keys::support(SupportCode::of(entry.id), entry.id), &())?,
    ];
    if let Some(binding) = entry.binding {
        writes.push(put(keys::binding_decision(binding, entry.id), &())?);
    }
    Ok(writes)
}

impl<V: Vault> Projection for IndexProjection<V> {
    fn reads(&self, ledger: LedgerKind, entry: &[u8]) -> Result<Vec<Key>, ProjectionError> {
        match ledger {
            LedgerKind::State => self.state_reads(&decode_state(entry)?),
            LedgerKind::Decisions => Ok(Vec::new()),
        }
    }

    fn writes(
        &self,
        ledger: LedgerKind,
        at: Recorded,
        entry: &[u8],
        values: &[Option<Stored>],
    ) -> Result<Vec<Write>, ProjectionError> {
        match ledger {
            LedgerKind::State => self.state_writes(at, decode_state(entry)?, values),
            LedgerKind::Decisions => decision_writes(at.position, &decode_decision(entry)?),
        }
    }
}

/// What opening gave, as a value.
pub(crate) fn opened(opened: Opened) -> Option<zeroize::Zeroizing<Vec<u8>>> {
    match opened {
        Opened::Plain(plain) => Some(plain),
        Opened::Erased => None,
    }
}
