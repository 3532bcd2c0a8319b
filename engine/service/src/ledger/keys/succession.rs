//! Keys of present bindings, of what ends by time, and of challenges for the owner's card.

use super::{key, ordered, person_hash, timed};
use crate::ports::{
    store::{Key, StoreError},
    vault::Vault,
};
use simbind_core::{
    ids::{BindingId, PersonRef},
    time::Timestamp,
};

/// The present bindings of a person, as a prefix.
pub fn devices(vault: &impl Vault, person: &PersonRef) -> Result<Key, StoreError> {
    key(b'G', &[&person_hash(vault, person).0])
}

/// One present binding of a person: what is over or has a successor has no such row.
pub fn device(vault: &impl Vault, person: &PersonRef, id: BindingId) -> Result<Key, StoreError> {
    key(b'G', &[&person_hash(vault, person).0, id.as_bytes()])
}

/// A present binding by the end of its certificate, the next to end first. It names no person.
pub fn end(at: Timestamp, id: BindingId) -> Result<Key, StoreError> {
    key(b'E', &[&ordered(at), id.as_bytes()])
}

/// The present bindings by the end of their certificates, as a prefix.
pub fn ends() -> Result<Key, StoreError> {
    key(b'E', &[])
}

/// A binding with a successor by the end of their overlap, the next to end first.
pub fn overlap(at: Timestamp, id: BindingId) -> Result<Key, StoreError> {
    key(b'N', &[&ordered(at), id.as_bytes()])
}

/// The bindings with a successor by the end of their overlap, as a prefix.
pub fn overlaps() -> Result<Key, StoreError> {
    key(b'N', &[])
}

/// The time and the binding of [`end`] and [`overlap`].
pub fn past(key: &Key) -> Option<(Timestamp, BindingId)> {
    timed(key.as_bytes().get(1..)?)
}

/// A challenge that was used for a change of a binding.
pub fn used_challenge(id: &[u8; 16]) -> Result<Key, StoreError> {
    key(b'C', &[id])
}
