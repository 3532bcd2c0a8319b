//! Keys of applets and of the orders to the carriers' platforms.

use super::{key, name_hash, ordered, timed};
use crate::ports::store::{Key, StoreError};
use simbind_core::{
    applet::OrderRef,
    ids::{BindingId, CarrierId, OrderId},
    time::Timestamp,
};

/// The applet of a binding's SIM.
pub fn applet(id: BindingId) -> Result<Key, StoreError> {
    key(b'o', &[id.as_bytes()])
}

/// The id of an order under which the platform knows it.
pub fn order_id(binding: BindingId, order: OrderRef) -> OrderId {
    let mut context = ring::digest::Context::new(&ring::digest::SHA256);
    for part in [&b"simbind order 1"[..], binding.as_bytes(), &order.0.to_be_bytes()] {
        context.update(part);
    }
    let mut id = [0; 16];
    id.iter_mut().zip(context.finish().as_ref()).for_each(|(to, from)| *to = *from);
    OrderId::from_bytes(id)
}

/// An order to a carrier's platform.
pub fn order(id: OrderId) -> Result<Key, StoreError> {
    key(b'w', &[id.as_bytes()])
}

/// The orders of a carrier's SIMs that are to be sent, as a prefix.
pub fn due_orders(carrier: &CarrierId) -> Result<Key, StoreError> {
    key(b'u', &[&name_hash(&[carrier.as_str()])])
}

/// The order of a binding that is to be sent, by when.
pub fn due_order(carrier: &CarrierId, at: Timestamp, id: BindingId) -> Result<Key, StoreError> {
    key(b'u', &[&name_hash(&[carrier.as_str()]), &ordered(at), id.as_bytes()])
}

/// When the order under a key of [`due_order`] is to be sent, and of which binding it is.
pub fn due_of(key: &Key) -> Option<(Timestamp, BindingId)> {
    timed(key.as_bytes().get(25..)?)
}

/// All orders that are open, as a prefix.
pub fn open_orders() -> Result<Key, StoreError> {
    key(b'U', &[])
}

/// The open order of a binding, by when it was given.
pub fn open_order(since: Timestamp, id: BindingId) -> Result<Key, StoreError> {
    key(b'U', &[&ordered(since), id.as_bytes()])
}

/// When the order under a key of [`open_order`] was given, and of which binding it is.
pub fn open_of(key: &Key) -> Option<(Timestamp, BindingId)> {
    timed(key.as_bytes().get(1..)?)
}
