//! The applet of a binding's SIM, and the order to the carrier's platform that follows from a
//! change of the binding: in the same batch, so that no order can be lost.

use super::{key_error, put};
use crate::{
    ledger::{AppletRow, OrderRow, decode_row, keys},
    ports::{
        store::{Key, ProjectionError, Recorded, Stored, Write},
        vault::Vault,
    },
};
use simbind_core::{
    applet::{Answer, Applet, OrderRef, Wish},
    binding::{Binding, KeyHome},
    ids::BindingId,
    line::LineName,
    time::Timestamp,
};

/// What a binding's change asks of its applet. `row` is what is known of it.
pub(super) fn bound_writes(
    vault: &impl Vault,
    id: BindingId,
    binding: &Binding,
    row: Option<&Stored>,
    recorded: Recorded,
) -> Result<Vec<Write>, ProjectionError> {
    if binding.key_home != KeyHome::Sim {
        return Ok(Vec::new());
    }
    let carrier = &binding.sim.serving.carrier;
    let sim = keys::line_hash(vault, carrier, &LineName::Iccid(binding.sim.iccid));
    let before = read(row)?;
    // Another SIM was proved with its applet; what was ordered of the old one concerns it no more.
    let known = before.as_ref().filter(|row| row.sim == sim);
    let applet = known.map_or(Applet::seen(), |row| row.applet.proved(binding.proven_at));
    let wish = Wish::of(binding.state.fact());
    let applet = applet.wishing(wish, OrderRef(recorded.position.0), recorded.at);
    if before.is_none() && applet == Applet::seen() {
        return Ok(Vec::new());
    }
    moved(id, before.as_ref(), &AppletRow { applet, carrier: carrier.clone(), sim })
}

/// The applet is a successor's, with the same SIM: nothing is asked of it for the old binding any
/// more, least of all its deletion.
pub(super) fn handed_over(
    id: BindingId,
    row: Option<&Stored>,
) -> Result<Vec<Write>, ProjectionError> {
    let Some(before) = read(row)? else { return Ok(Vec::new()) };
    let after = AppletRow { applet: before.applet.handed_over(), ..before.clone() };
    moved(id, Some(&before), &after)
}

/// The applet that a new binding has of the one before it, as it is known there, with a key of its
/// own. `row` is that one's.
pub(super) fn taken_over(
    vault: &impl Vault,
    id: BindingId,
    binding: &Binding,
    row: Option<&Stored>,
    recorded: Recorded,
) -> Result<Vec<Write>, ProjectionError> {
    let sim =
        keys::line_hash(vault, &binding.sim.serving.carrier, &LineName::Iccid(binding.sim.iccid));
    let Some(known) = read(row)?.filter(|row| row.sim == sim) else { return Ok(Vec::new()) };
    if binding.key_home != KeyHome::Sim {
        return Ok(Vec::new());
    }
    let wish = Wish::of(binding.state.fact());
    let applet =
        known.applet.with_new_key().wishing(wish, OrderRef(recorded.position.0), recorded.at);
    moved(id, None, &AppletRow { applet, ..known })
}

/// The open order is about to be sent.
pub(super) fn sent_writes(
    id: BindingId,
    order: OrderRef,
    next: Timestamp,
    values: &[Option<Stored>],
) -> Result<Vec<Write>, ProjectionError> {
    changed(id, values, |applet| applet.sending(order, next))
}

/// Something was heard of an order.
pub(super) fn answered_writes(
    id: BindingId,
    order: OrderRef,
    answer: Answer,
    recorded: Recorded,
    values: &[Option<Stored>],
) -> Result<Vec<Write>, ProjectionError> {
    changed(id, values, |applet| applet.answered(order, answer, recorded.at))
}

fn changed(
    id: BindingId,
    values: &[Option<Stored>],
    change: impl Fn(Applet) -> Applet,
) -> Result<Vec<Write>, ProjectionError> {
    let Some(before) = read(values.first().and_then(Option::as_ref))? else {
        return Ok(Vec::new());
    };
    let after = AppletRow { applet: change(before.applet), ..before.clone() };
    moved(id, Some(&before), &after)
}

fn read(row: Option<&Stored>) -> Result<Option<AppletRow>, ProjectionError> {
    row.map(|row| decode_row(&row.value)).transpose()
}

/// The row, its order by its id, its place among those that are due and among those that are open.
fn moved(
    id: BindingId,
    before: Option<&AppletRow>,
    after: &AppletRow,
) -> Result<Vec<Write>, ProjectionError> {
    if before == Some(after) {
        return Ok(Vec::new());
    }
    let mut writes = vec![put(keys::applet(id), after)?];
    let gone = before.map(|row| places(id, row)).transpose()?.unwrap_or_default();
    let there = places(id, after)?;
    writes.extend(gone.into_iter().filter(|key| !there.contains(key)).map(removed));
    for key in there {
        writes.push(put(Ok(key), &after.carrier)?);
    }
    let order = |row: &AppletRow| row.applet.open().map(|open| open.id);
    if let Some(reference) = order(after).filter(|_| before.and_then(order) != order(after)) {
        let row = OrderRow { binding: id, reference, carrier: after.carrier.clone() };
        writes.push(put(keys::order(keys::order_id(id, reference)), &row)?);
    }
    Ok(writes)
}

fn places(id: BindingId, row: &AppletRow) -> Result<Vec<Key>, ProjectionError> {
    let Some(open) = row.applet.open() else { return Ok(Vec::new()) };
    let due = open.due().map(|due| keys::due_order(&row.carrier, due, id));
    let open = keys::open_order(open.since, id);
    std::iter::once(open).chain(due).collect::<Result<_, _>>().map_err(key_error)
}

const fn removed(key: Key) -> Write {
    Write { key, value: None }
}
