//! How entries become rows of the index: the same function while serving and while rebuilding.

mod app_attest;
mod applet;
mod line;
mod packs;
mod pin;
mod registry;
mod row;
mod status;
mod succession;
mod ticket;

use row::{hear, key_error, put, snoozes};

use super::{
    entry::{
        BindingChange, DecisionEntry, EventText, LineText, StateEntry, decode_decision,
        decode_state,
    },
    keys,
    rows::{
        AssertionRow, BindingRow, CertificateRow, CounterRow, EventRow, LineRow, ListRow,
        ManifestRow, PacksRow, Stand, decode_row,
    },
};
use crate::{
    ports::{
        store::{Key, LedgerKind, Position, Projection, ProjectionError, Recorded, Stored, Write},
        vault::{KeyId, Opened, Sealed, Vault},
    },
    sealing,
};
use line::Told;
use simbind_core::{
    binding::{Binding, SimAfter, State, Successor},
    ids::{BindingId, SupportCode},
};
use std::{
    collections::{BTreeMap, btree_map::Entry},
    sync::Arc,
};

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
            StateEntry::Enrolled { binding, sealed, .. }
            | StateEntry::BindingChanged { binding, sealed, .. } => {
                return self.binding_reads(*binding, sealed);
            }
            StateEntry::Event(event) => return self.event_reads(event),
            StateEntry::EventDrove { event, effects } => {
                let own = self.event_reads(event)?;
                return self.with_effects(own, effects);
            }
            StateEntry::Succeeded(entry) => return self.succession_reads(entry),
            StateEntry::Reproved(entry) => return self.binding_reads(entry.binding, &entry.sealed),
            StateEntry::Loaned(entry) => return self.loan_reads(entry),
            StateEntry::ChangedTogether(entry) => return self.together_reads(entry),
            StateEntry::EventReused(event) => return self.reused_reads(event),
            StateEntry::Correction(correction) => return self.correction_reads(correction),
            StateEntry::CorrectionDrove { correction, effects, .. } => {
                let own = self.correction_reads(correction)?;
                return self.with_effects(own, effects);
            }
            StateEntry::Heartbeat { carrier, .. } => [keys::feed(carrier)].into_iter().collect(),
            StateEntry::CounterSeen { .. }
            | StateEntry::AssertionSeen { .. }
            | StateEntry::PinReported { .. }
            | StateEntry::StepUpEnded { .. }
            | StateEntry::PacksActivated { .. }
            | StateEntry::PackTexts { .. }
            | StateEntry::PacksNamed { .. }
            | StateEntry::Registry(_)
            | StateEntry::CodeLookedUp(_)
            | StateEntry::ListTaken { .. } => Ok(Vec::new()),
            StateEntry::StatusLearned { certificate, .. } => {
                return status::reads(&*self.vault, certificate);
            }
            StateEntry::TicketChanged(entry) => return self.ticket_reads(entry),
            StateEntry::PacksChanged(change) => packs::change_reads(change),
            StateEntry::Pin(entry) => return self.pin_reads(entry),
            StateEntry::SnoozeSet { binding, .. } | StateEntry::SnoozeEnded { binding, .. } => {
                [keys::snoozes(*binding)].into_iter().collect()
            }
            StateEntry::OrderSent { binding, .. } | StateEntry::OrderAnswered { binding, .. } => {
                [keys::applet(*binding)].into_iter().collect()
            }
        };
        keys.map_err(key_error)
    }

    /// What [`Self::binding_writes`] needs, in its order.
    fn binding_reads(&self, id: BindingId, sealed: &Sealed) -> Result<Vec<Key>, ProjectionError> {
        let Some(binding) = self.binding(sealed)? else { return Ok(Vec::new()) };
        let lines = keys::line_hashes(&*self.vault, &binding.sim).into_iter().map(keys::line);
        let wanted = lines.chain(std::iter::once(keys::applet(id)));
        wanted.collect::<Result<_, _>>().map_err(key_error)
    }

    fn state_writes(
        &self,
        recorded: Recorded,
        entry: StateEntry,
        values: &[Option<Stored>],
    ) -> Result<Vec<Write>, ProjectionError> {
        let at = recorded.position;
        match entry {
            StateEntry::Enrolled {
                binding: id,
                by,
                request,
                digest,
                sealed,
                receipt,
                challenge,
            } => {
                let mut writes = vec![
                    put(keys::request(&by, &request), &(digest, id))?,
                    put(keys::used_challenge(&challenge), &())?,
                ];
                writes.extend(self.bound_writes(id, sealed, values, recorded)?);
                writes.extend(app_attest::received(id, receipt)?);
                Ok(writes)
            }
            StateEntry::BindingChanged { binding, sealed, change, receipt, .. } => {
                let mut writes = self.bound_writes(binding, sealed, values, recorded)?;
                writes.extend(app_attest::received(binding, receipt)?);
                if change == BindingChange::Reproved {
                    // Who was seen at a counter sets the PIN anew.
                    writes.push(put(keys::pin(binding), &0_u32)?);
                }
                Ok(writes)
            }
            StateEntry::Event(event) => self.event_writes(at, &event, values),
            StateEntry::Succeeded(entry) => self.succession_writes(recorded, entry, values),
            StateEntry::Reproved(entry) => self.reproof_writes(recorded, entry, values),
            StateEntry::Loaned(entry) => self.loan_writes(at, entry, values),
            StateEntry::ChangedTogether(entry) => self.together_writes(recorded, entry, values),
            StateEntry::EventReused(event) => self.reused_writes(at, &event, values),
            StateEntry::EventDrove { event, effects } => {
                let own = self.event_reads(&event)?.len();
                let (own, rest) = values.split_at_checked(own).ok_or(FEWER)?;
                let mut writes = self.event_writes(at, &event, own)?;
                writes.extend(self.effects_writes(recorded, &Told::of(&event), effects, rest)?);
                Ok(writes)
            }
            StateEntry::Correction(correction) => self.correction_writes(at, &correction, values),
            StateEntry::CorrectionDrove { correction, occurred_at, text, effects } => {
                let own = self.correction_reads(&correction)?.len();
                let (own, rest) = values.split_at_checked(own).ok_or(FEWER)?;
                let mut writes = self.correction_writes(at, &correction, own)?;
                let told = Told::back(&correction, occurred_at, &text);
                writes.extend(self.effects_writes(recorded, &told, effects, rest)?);
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
            StateEntry::PinReported { binding, failures, by, request, digest, beside } => {
                let bindings = std::iter::once(binding).chain(beside);
                let report = put(keys::pin_report(&by, &request), &(digest, failures))?;
                let counts = bindings.map(|one| put(keys::pin(one), &failures));
                counts.chain(std::iter::once(Ok(report))).collect()
            }
            StateEntry::Pin(entry) => self.pin_writes(entry, values, recorded),
            StateEntry::StepUpEnded { decision, outcome, .. } => {
                Ok(vec![put(keys::step_up(decision), &outcome)?])
            }
            StateEntry::PacksActivated { hash, sources, .. } => {
                Ok(vec![put(keys::packs(&hash), &PacksRow { sources })?])
            }
            StateEntry::Registry(entry) => registry::writes(entry),
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
            StateEntry::TicketChanged(entry) => self.ticket_writes(*entry, values, recorded),
            StateEntry::PacksChanged(change) => packs::change_writes(at, &change, values),
            StateEntry::CodeLookedUp(inquiry) => Ok(vec![put(keys::inquiry(at), &inquiry)?]),
            StateEntry::SnoozeSet { binding, snooze } => {
                Ok(vec![put(keys::snoozes(binding), &snoozes(values)?.with(snooze))?])
            }
            StateEntry::SnoozeEnded { binding, snooze, at, .. } => {
                Ok(vec![put(keys::snoozes(binding), &snoozes(values)?.without(snooze, at))?])
            }
            StateEntry::OrderSent { binding, order, next } => {
                applet::sent_writes(binding, order, next, values)
            }
            StateEntry::OrderAnswered { binding, order, answer, .. } => {
                applet::answered_writes(binding, order, answer, recorded, values)
            }
        }
    }

    fn bound_writes(
        &self,
        id: BindingId,
        sealed: Sealed,
        values: &[Option<Stored>],
        recorded: Recorded,
    ) -> Result<Vec<Write>, ProjectionError> {
        let mut lines = LineRows::of(recorded);
        let mut writes = self.binding_writes(id, sealed, values, &mut lines)?;
        writes.extend(lines.writes()?);
        Ok(writes)
    }

    /// The rows of a binding, but for those of its lines, which are noted: several bindings that
    /// one entry changes can share a line. `values` are those of [`Self::binding_reads`].
    fn binding_writes(
        &self,
        id: BindingId,
        sealed: Sealed,
        values: &[Option<Stored>],
        lines: &mut LineRows,
    ) -> Result<Vec<Write>, ProjectionError> {
        let vault = &*self.vault;
        let Some(binding) = self.binding(&sealed)? else {
            return Ok(vec![put(keys::binding(id), &BindingRow { sealed })?]);
        };
        let key = sealed.key;
        let stand = match binding.state {
            State::Ended { .. } => Stand::Over,
            _ => Stand::Living,
        };
        let mut writes = vec![
            put(keys::person_binding(vault, &binding.person, id), &())?,
            put(keys::person_key(vault, &binding.person), &key)?,
            put(keys::binding(id), &BindingRow { sealed })?,
        ];
        writes.extend(succession::standing_writes(vault, &binding)?);
        // What is over takes no certificate from a binding that has it now.
        if stand == Stand::Living {
            let row = CertificateRow { binding: id };
            writes.push(put(keys::certificate(vault, &binding.certificate.id), &row)?);
            writes.push(status::bound_write(vault, &binding.certificate, id)?);
        }
        // A line that carriers spoke of before keeps the key that its history is sealed with.
        for (hash, known) in keys::line_hashes(vault, &binding.sim).into_iter().zip(values) {
            let line = keys::line(hash).map_err(key_error)?;
            lines.note(line, known.as_ref(), key, (id, stand))?;
        }
        let applet = values.last().and_then(Option::as_ref);
        writes.extend(match binding.succeeded {
            Some(Successor { sim: SimAfter::Kept, .. }) => applet::handed_over(id, applet)?,
            _ => applet::bound_writes(vault, id, &binding, applet, lines.recorded)?,
        });
        Ok(writes)
    }
}

/// Rows of lines that one entry changes, and when it was recorded.
struct LineRows {
    rows: BTreeMap<Key, LineRow>,
    recorded: Recorded,
}

impl LineRows {
    const fn of(recorded: Recorded) -> Self {
        Self { rows: BTreeMap::new(), recorded }
    }

    fn note(
        &mut self,
        line: Key,
        known: Option<&Stored>,
        key: KeyId,
        (id, stand): (BindingId, Stand),
    ) -> Result<(), ProjectionError> {
        let row = match self.rows.entry(line) {
            Entry::Occupied(noted) => noted.into_mut(),
            Entry::Vacant(place) => place.insert(match known {
                Some(row) => decode_row(&row.value)?,
                None => LineRow::unbound(key),
            }),
        };
        row.note(id, stand);
        Ok(())
    }

    fn writes(self) -> Result<Vec<Write>, ProjectionError> {
        self.rows.into_iter().map(|(line, row)| put(Ok(line), &row)).collect()
    }
}

/// An entry that asked for more values than came.
const FEWER: ProjectionError = ProjectionError { what: "the values of an event" };

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
