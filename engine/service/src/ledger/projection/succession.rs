//! How bindings that follow one another become rows.

use super::{IndexProjection, LineRows, applet, key_error, put};
use crate::{
    app_attest::KeyMark,
    ledger::{
        entry::{LoanEntry, ReproofEntry, SuccessionEntry, SuccessionKind, TogetherEntry},
        keys,
        rows::{DeviceRow, LineRow, decode_row},
    },
    ports::{
        store::{Key, Position, ProjectionError, Recorded, StoreError, Stored, Write},
        vault::Vault,
    },
};
use simbind_core::{
    binding::{Binding, State},
    ids::BindingId,
    line::{SimEvent, Told},
};

impl<V: Vault> IndexProjection<V> {
    /// The lines of the new binding, then those of each earlier one, then what is taken over.
    pub(super) fn succession_reads(
        &self,
        entry: &SuccessionEntry,
    ) -> Result<Vec<Key>, ProjectionError> {
        let mut reads = self.binding_reads(entry.binding, &entry.sealed)?;
        for (id, sealed) in &entry.earlier {
            reads.extend(self.binding_reads(*id, sealed)?);
        }
        reads.extend(self.inherited(entry)?.into_iter().map(|(from, _)| from));
        Ok(reads)
    }

    /// The new binding with what it takes over, and the earlier ones as they are now.
    pub(super) fn succession_writes(
        &self,
        recorded: Recorded,
        entry: SuccessionEntry,
        values: &[Option<Stored>],
    ) -> Result<Vec<Write>, ProjectionError> {
        let id = entry.binding;
        let mut writes = vec![put(keys::request(&entry.by, &entry.request), &(entry.digest, id))?];
        for challenge in entry.card.iter().chain(&entry.attested) {
            writes.push(put(keys::used_challenge(challenge), &())?);
        }
        let inherited = self.inherited(&entry)?;
        let mut lines = LineRows::of(recorded);
        let mut rest = values;
        // The new one last: of the bindings of a line the newest stands behind the others.
        let earlier = entry.earlier.into_iter();
        let bindings = std::iter::once((id, entry.sealed)).chain(earlier);
        let mut parts = Vec::with_capacity(3);
        for (id, sealed) in bindings {
            let own = self.binding_reads(id, &sealed)?.len();
            let (own, behind) = rest.split_at_checked(own).ok_or(super::FEWER)?;
            parts.push((id, sealed, own));
            rest = behind;
        }
        // The applet of the old SIM stands last of what the old binding reads.
        let applet = parts.get(1).and_then(|(_, _, own)| own.last()).and_then(Option::as_ref);
        if let Some((_, sealed, _)) = parts.first()
            && let Some(binding) = self.binding(sealed)?
        {
            writes.extend(applet::taken_over(&*self.vault, id, &binding, applet, recorded)?);
        }
        for (id, sealed, own) in parts.into_iter().rev() {
            writes.extend(self.binding_writes(id, sealed, own, &mut lines)?);
        }
        writes.extend(lines.writes()?);
        for ((_, to), from) in inherited.into_iter().zip(rest) {
            let value = from.as_ref().map(|from| from.value.clone());
            writes.extend(value.map(|value| Write { key: to, value: Some(value) }));
        }
        writes.extend(super::app_attest::received(id, entry.receipt)?);
        Ok(writes)
    }

    /// What a new binding takes over, from where to where: the counters of iPhones' keys with their
    /// receipts, so that an old assertion stays old, and, where the PIN stays, its wrong entries.
    fn inherited(&self, entry: &SuccessionEntry) -> Result<Vec<(Key, Key)>, ProjectionError> {
        let (Some((old, _)), Some(binding)) = (entry.earlier.first(), self.binding(&entry.sealed)?)
        else {
            return Ok(Vec::new());
        };
        let (old, new) = (*old, entry.binding);
        let mut taken = Vec::new();
        if entry.kind == SuccessionKind::Renewed {
            taken.push(moved(keys::pin, old, new)?);
        }
        for key in binding.handsets.iter().filter_map(|handset| handset.app_attest()) {
            taken.push(moved(|id| keys::assertion(id, KeyMark::of(id, key)), old, new)?);
            taken.push(moved(|id| keys::receipt(id, KeyMark::of(id, key)), old, new)?);
        }
        Ok(taken)
    }

    /// Who was seen at a counter sets the PIN anew; the card says nothing of it.
    pub(super) fn reproof_writes(
        &self,
        recorded: Recorded,
        entry: ReproofEntry,
        values: &[Option<Stored>],
    ) -> Result<Vec<Write>, ProjectionError> {
        let id = entry.binding;
        let mut writes = self.bound_writes(id, entry.sealed, values, recorded)?;
        writes.push(put(keys::request(&entry.by, &entry.request), &(entry.digest, id))?);
        writes.push(match &entry.card {
            Some(challenge) => put(keys::used_challenge(challenge), &())?,
            None => put(keys::pin(id), &0_u32)?,
        });
        Ok(writes)
    }

    /// What each binding reads, one behind the other.
    pub(super) fn together_reads(
        &self,
        entry: &TogetherEntry,
    ) -> Result<Vec<Key>, ProjectionError> {
        let mut reads = Vec::new();
        for changed in &entry.changed {
            reads.extend(self.binding_reads(changed.binding, &changed.sealed)?);
        }
        Ok(reads)
    }

    /// Both bindings as they are now. They may share their lines.
    pub(super) fn together_writes(
        &self,
        recorded: Recorded,
        entry: TogetherEntry,
        values: &[Option<Stored>],
    ) -> Result<Vec<Write>, ProjectionError> {
        let mut lines = LineRows::of(recorded);
        let mut writes = Vec::new();
        let mut rest = values;
        for changed in entry.changed {
            let own = self.binding_reads(changed.binding, &changed.sealed)?.len();
            let (own, behind) = rest.split_at_checked(own).ok_or(super::FEWER)?;
            writes.extend(self.binding_writes(changed.binding, changed.sealed, own, &mut lines)?);
            rest = behind;
        }
        writes.extend(lines.writes()?);
        Ok(writes)
    }

    pub(super) fn loan_reads(&self, entry: &LoanEntry) -> Result<Vec<Key>, ProjectionError> {
        let Some(text) = self.event_text(&entry.text)? else { return Ok(Vec::new()) };
        let hash = keys::line_hash(&*self.vault, &text.line.carrier, &text.line.line);
        [keys::line(hash), keys::history(hash)]
            .into_iter()
            .collect::<Result<_, _>>()
            .map_err(key_error)
    }

    /// A counter's word on a loaner stands in the line's history beside the carrier's.
    pub(super) fn loan_writes(
        &self,
        at: Position,
        entry: LoanEntry,
        values: &[Option<Stored>],
    ) -> Result<Vec<Write>, ProjectionError> {
        let LoanEntry { binding, by, request, digest, event, at: happened, text: sealed } = entry;
        let mut writes = vec![put(keys::request(&by, &request), &(digest, binding))?];
        let Some(text) = self.event_text(&sealed)? else { return Ok(writes) };
        let hash = keys::line_hash(&*self.vault, &text.line.carrier, &text.line.line);
        let [line, history] = values else {
            return Err(ProjectionError { what: "the values of a loaner" });
        };
        let key = match line {
            Some(row) => decode_row::<LineRow>(&row.value)?.key,
            None => sealed.key,
        };
        let mut history = self.history(history.as_ref())?;
        let carrier = text.line.carrier;
        let event = SimEvent { id: event, carrier, occurred_at: happened, kind: text.kind };
        history.record(event, happened, at.0, Told::Stands);
        writes.push(self.history_write(hash, key, &history)?);
        Ok(writes)
    }
}

fn moved(
    key: impl Fn(BindingId) -> Result<Key, StoreError>,
    old: BindingId,
    new: BindingId,
) -> Result<(Key, Key), ProjectionError> {
    Ok((key(old).map_err(key_error)?, key(new).map_err(key_error)?))
}

/// The rows by which present bindings of a person are counted, certificates that end are found,
/// and overlaps.
pub(super) fn standing_writes(
    vault: &impl Vault,
    binding: &Binding,
) -> Result<Vec<Write>, ProjectionError> {
    let over = matches!(binding.state, State::Ended { .. });
    let present = !over && binding.succeeded.is_none();
    let (id, until) = (binding.id, binding.certificate.not_after);
    let mut writes = vec![
        stands(keys::device(vault, &binding.person, id), present, &DeviceRow { until })?,
        stands(keys::end(until, id), present, &())?,
    ];
    if let Some(by) = binding.succeeded {
        writes.push(stands(keys::overlap(by.until, id), !over, &())?);
    }
    Ok(writes)
}

fn stands<T: serde::Serialize>(
    key: Result<Key, StoreError>,
    there: bool,
    row: &T,
) -> Result<Write, ProjectionError> {
    if there { put(key, row) } else { Ok(Write { key: key.map_err(key_error)?, value: None }) }
}
