//! One slot of the key file: 128 bytes, so that none crosses a disk's sector.
//!
//! State (4), random part of the id (8), wrapped key (60), zeros (52), CRC-32C of all before (4).

use super::master::{WRAPPED, Wrapped};
use simbind_service::ports::vault::KeyId;

/// The length of a slot, in bytes.
pub(super) const SLOT: usize = 128;
const ZEROS: usize = SLOT - 4 - 8 - WRAPPED - 4;
const KEY: [u8; 4] = *b"KEY1";
const DESTROYED: [u8; 4] = *b"GONE";

/// What stands in a slot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Slot {
    Key { id: KeyId, wrapped: Wrapped },
    Destroyed { id: KeyId },
}

/// The slot's number in a key id.
pub(super) fn number(id: KeyId) -> u64 {
    id.0.first_chunk().copied().map_or(u64::MAX, u64::from_be_bytes)
}

/// The id of the key in a slot: the slot's number (8 bytes) and the random part (8).
pub(super) fn id(number: u64, random: [u8; 8]) -> KeyId {
    KeyId(((u128::from(number) << 64) | u128::from(u64::from_be_bytes(random))).to_be_bytes())
}

impl Slot {
    pub(super) fn encode(&self) -> [u8; SLOT] {
        let (state, id, wrapped) = match self {
            Self::Key { id, wrapped } => (KEY, id, *wrapped),
            Self::Destroyed { id } => (DESTROYED, id, [0; WRAPPED]),
        };
        let mut bytes = Vec::with_capacity(SLOT);
        bytes.extend_from_slice(&state);
        bytes.extend_from_slice(id.0.last_chunk::<8>().unwrap_or(&[0; 8]));
        bytes.extend_from_slice(&wrapped);
        bytes.extend_from_slice(&[0; ZEROS]);
        let crc = crc32c::crc32c(&bytes);
        bytes.extend_from_slice(&crc.to_le_bytes());
        bytes.try_into().unwrap_or([0; SLOT])
    }

    /// What stands in the slot of a number; `None` where it is damaged or was never finished.
    pub(super) fn parse(of: u64, bytes: &[u8; SLOT]) -> Option<Self> {
        let (rest, crc) = bytes.split_last_chunk::<4>()?;
        if crc32c::crc32c(rest) != u32::from_le_bytes(*crc) {
            return None;
        }
        let (state, rest) = rest.split_first_chunk::<4>()?;
        let (random, rest) = rest.split_first_chunk::<8>()?;
        let id = id(of, *random);
        match *state {
            KEY => Some(Self::Key { id, wrapped: *rest.first_chunk()? }),
            DESTROYED => Some(Self::Destroyed { id }),
            _ => None,
        }
    }
}
