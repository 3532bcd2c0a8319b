//! Enrolment tickets, as rows.

use super::{IndexProjection, LineRows, app_attest, key_error, put};
use crate::{
    ledger::{OfficeRow, TicketChange, TicketEntry, TicketRow, decode_row, keys},
    ports::{
        store::{Key, ProjectionError, Recorded, StoreError, Stored, Write},
        vault::Vault,
    },
    sealing,
};
use simbind_core::ticket::Ticket;

impl<V: Vault> IndexProjection<V> {
    /// The office's row, and those of the lines of each binding.
    pub(super) fn ticket_reads(&self, entry: &TicketEntry) -> Result<Vec<Key>, ProjectionError> {
        let mut wanted = vec![keys::office(&entry.office).map_err(key_error)?];
        for made in &entry.bindings {
            wanted.extend(self.binding_reads(made.id, &made.sealed)?);
        }
        Ok(wanted)
    }

    pub(super) fn ticket_writes(
        &self,
        entry: TicketEntry,
        values: &[Option<Stored>],
        recorded: Recorded,
    ) -> Result<Vec<Write>, ProjectionError> {
        let (office, mut values) =
            values.split_first().ok_or(ProjectionError { what: "the values of a ticket" })?;
        let mut writes = place_writes(&entry, office.as_ref())?;
        let TicketEntry { ticket: id, by, request, sealed, bindings, receipt, .. } = entry;
        if let Some((request, digest)) = request {
            writes.push(put(keys::request(&by, &request), &(digest, id))?);
        }
        let ticket: Option<Ticket> = sealing::open(&*self.vault, sealing::TICKET, &sealed)?;
        if let Some(ticket) = ticket {
            writes.push(put(keys::person_key(&*self.vault, &ticket.person), &sealed.key)?);
        }
        writes.push(put(keys::ticket(id), &TicketRow { sealed })?);
        let mut lines = LineRows::of(recorded);
        for made in bindings {
            let wanted = self.binding_reads(made.id, &made.sealed)?.len();
            let (own, rest) = values.split_at_checked(wanted).ok_or(super::FEWER)?;
            writes.extend(self.binding_writes(made.id, made.sealed, own, &mut lines)?);
            values = rest;
        }
        writes.extend(lines.writes()?);
        if let Some((binding, receipt)) = receipt {
            writes.extend(app_attest::received(binding, Some(receipt))?);
        }
        Ok(writes)
    }
}

/// What finds an open ticket: its codes, its office's queue, and its end; and what is counted of the
/// office.
fn place_writes(
    entry: &TicketEntry,
    office: Option<&Stored>,
) -> Result<Vec<Write>, ProjectionError> {
    let TicketEntry { ticket: id, change, at, office: name, locator, .. } = entry;
    let before: OfficeRow =
        office.map(|row| decode_row(&row.value)).transpose()?.unwrap_or_default();
    let places = [
        keys::queued(name, entry.opened_at, *id),
        keys::ticket_due(entry.expires_at, *id),
        keys::ticket_locator(*locator),
    ];
    let after = match change {
        TicketChange::Opened => OfficeRow { open: before.open.saturating_add(1), ..before },
        TicketChange::WrongCode => before.with_wrong(*at),
        change if change.ends() => OfficeRow { open: before.open.saturating_sub(1), ..before },
        _ => return Ok(Vec::new()),
    };
    let mut writes = vec![put(keys::office(name), &after)?];
    for place in places {
        match change {
            TicketChange::Opened => writes.push(put(place, id)?),
            change if change.ends() => writes.push(removed(place)?),
            _ => {}
        }
    }
    Ok(writes)
}

fn removed(key: Result<Key, StoreError>) -> Result<Write, ProjectionError> {
    Ok(Write { key: key.map_err(key_error)?, value: None })
}
