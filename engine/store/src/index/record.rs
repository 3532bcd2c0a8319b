//! How keys and values stand in sled.
//!
//! A key has one byte before it that sets the index's own records apart. A record is CRC-32C of
//! key and the rest (4 bytes), version (8), value.

use crate::ledger::LedgerId;
use simbind_service::ports::store::{Key, LedgerKind, Position, StoreError, Stored};

const META: u8 = 0;
const DATA: u8 = 1;

/// The key as it stands in sled.
pub(super) fn key(key: &Key) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(key.as_bytes().len().saturating_add(1));
    bytes.push(DATA);
    bytes.extend_from_slice(key.as_bytes());
    bytes
}

/// The key that stands in sled so.
pub(super) fn decode_key(bytes: &[u8]) -> Result<Key, StoreError> {
    let key = bytes.split_first().filter(|(first, _)| **first == DATA);
    key.and_then(|(_, key)| Key::new(key).ok()).ok_or_else(damaged)
}

/// The first key of all that hold values.
pub(super) const FIRST: [u8; 1] = [DATA];

/// The key of a ledger's stamp.
pub(super) const fn meta_key(ledger: LedgerKind) -> [u8; 2] {
    match ledger {
        LedgerKind::State => [META, b's'],
        LedgerKind::Decisions => [META, b'd'],
    }
}

/// The smallest bytes that are larger than everything with the prefix; `None` where there are none.
pub(super) fn after_prefix(prefix: &[u8]) -> Option<Vec<u8>> {
    let mut end = prefix.to_vec();
    while let Some(last) = end.pop() {
        if let Some(next) = last.checked_add(1) {
            end.push(next);
            return Some(end);
        }
    }
    None
}

/// The record of a value.
pub(super) fn encode(key: &Key, stored: &Stored) -> Vec<u8> {
    let version = stored.version.0.to_le_bytes();
    let crc = crc(key.as_bytes(), &version, &stored.value);
    let mut bytes = Vec::with_capacity(stored.value.len().saturating_add(12));
    bytes.extend_from_slice(&crc.to_le_bytes());
    bytes.extend_from_slice(&version);
    bytes.extend_from_slice(&stored.value);
    bytes
}

/// The value of a record.
pub(super) fn decode(key: &[u8], bytes: &[u8]) -> Result<Stored, StoreError> {
    let (wanted, rest) = bytes.split_first_chunk::<4>().ok_or_else(damaged)?;
    let (version, value) = rest.split_first_chunk::<8>().ok_or_else(damaged)?;
    if crc(key, version, value) != u32::from_le_bytes(*wanted) {
        return Err(damaged());
    }
    Ok(Stored { value: value.into(), version: Position(u64::from_le_bytes(*version)) })
}

/// The record of a ledger's stamp: CRC-32C (4), ledger's id (16), position (8).
pub(super) fn encode_meta(id: &LedgerId, upto: Position) -> Vec<u8> {
    let position = upto.0.to_le_bytes();
    let mut bytes = Vec::with_capacity(28);
    bytes.extend_from_slice(&crc(b"", id, &position).to_le_bytes());
    bytes.extend_from_slice(id);
    bytes.extend_from_slice(&position);
    bytes
}

/// The ledger and the position of a stamp.
pub(super) fn decode_meta(bytes: &[u8]) -> Result<(LedgerId, Position), StoreError> {
    let (wanted, rest) = bytes.split_first_chunk::<4>().ok_or_else(damaged)?;
    let (id, position) = rest.split_first_chunk::<16>().ok_or_else(damaged)?;
    if crc(b"", id, position) != u32::from_le_bytes(*wanted) {
        return Err(damaged());
    }
    let position = position.try_into().map_err(|_| damaged())?;
    Ok((*id, Position(u64::from_le_bytes(position))))
}

fn crc(key: &[u8], version: &[u8], value: &[u8]) -> u32 {
    crc32c::crc32c_append(crc32c::crc32c_append(crc32c::crc32c(key), version), value)
}

fn damaged() -> StoreError {
    StoreError::Damaged { place: "the index: a record's checksum is wrong".into() }
}
