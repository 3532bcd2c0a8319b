//! What a card keeps without power, and its bytes.

use super::{ara::Rules, issuer::Domain, jpki, status::Status, toolkit::Toolkit, uicc};
use serde::{Deserialize, Serialize};
use simbind_core::ids::{Iccid, Imsi};
use std::fmt;
use thiserror::Error;
use zeroize::Zeroizing;

const MAGIC: &[u8; 6] = b"simbsm";
const VERSION: u16 = 1;
/// More bytes than most states have.
const ROOM: usize = 1 << 16;
/// The most bytes of a state that are read.
const MOST: usize = 1 << 20;

/// What a card keeps without power. Its clone is a copy of the card.
#[derive(Clone, Serialize, Deserialize)]
pub struct State {
    /// On a SIM. A physical card has none.
    pub(super) uicc: Option<uicc::Uicc>,
    pub(super) jpki: jpki::Part,
    pub(super) toolkit: Toolkit,
    pub(super) ara: Rules,
    pub(super) issuer: Domain,
}

/// Why bytes are not a card's state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum StateError {
    /// They are something else.
    #[error("this is not the state of a virtual SIM")]
    NotAState,
    /// They were written by another version.
    #[error("the state has version {0}, which is not read here")]
    Version(u16),
    /// They are cut, changed or contradict themselves.
    #[error("the state is damaged")]
    Damaged,
    /// The state holds what cannot be written.
    #[error("the state cannot be written")]
    Unwritable,
}

impl State {
    /// The SIM's own files.
    ///
    /// # Errors
    /// 6A82 on a card that is no SIM.
    pub(super) fn uicc(&self) -> Result<&uicc::Uicc, Status> {
        self.uicc.as_ref().ok_or(Status::NOT_FOUND)
    }

    /// The SIM's own number; a physical card has none.
    pub fn iccid(&self) -> Option<Iccid> {
        self.uicc.as_ref().map(uicc::Uicc::iccid)
    }

    /// The subscription's number; a physical card has none.
    pub fn imsi(&self) -> Option<Imsi> {
        self.uicc.as_ref().map(uicc::Uicc::imsi)
    }

    /// The bytes: a mark, the version, the content and a checksum of all that. They hold keys and
    /// PINs in the clear.
    ///
    /// # Errors
    /// Where they would be more than a mebibyte.
    pub fn to_bytes(&self) -> Result<Zeroizing<Vec<u8>>, StateError> {
        // Room enough from the start: a vector that grows leaves copies of the keys behind.
        let mut bytes = Vec::with_capacity(ROOM);
        bytes.extend_from_slice(MAGIC);
        bytes.extend_from_slice(&VERSION.to_be_bytes());
        let bytes = postcard::to_extend(self, bytes).map_err(|_| StateError::Unwritable)?;
        let mut bytes = Zeroizing::new(bytes);
        let sum = crc32c::crc32c(&bytes);
        bytes.extend_from_slice(&sum.to_be_bytes());
        if bytes.len() > MOST { Err(StateError::Unwritable) } else { Ok(bytes) }
    }

    /// Reads what [`Self::to_bytes`] wrote.
    ///
    /// # Errors
    /// Where these are not the bytes of a state of this version, whole.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, StateError> {
        let rest = bytes.strip_prefix(MAGIC).ok_or(StateError::NotAState)?;
        let (version, rest) = rest.split_first_chunk().ok_or(StateError::Damaged)?;
        let version = u16::from_be_bytes(*version);
        if version != VERSION {
            return Err(StateError::Version(version));
        }
        let (content, sum) = rest.split_last_chunk().ok_or(StateError::Damaged)?;
        let (summed, _) = bytes.split_last_chunk::<4>().ok_or(StateError::Damaged)?;
        if bytes.len() > MOST || crc32c::crc32c(summed) != u32::from_be_bytes(*sum) {
            return Err(StateError::Damaged);
        }
        match postcard::take_from_bytes(content) {
            Ok((state, [])) => Ok(state),
            Ok(_) | Err(_) => Err(StateError::Damaged),
        }
    }
}

impl fmt::Debug for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "State({:?})", self.jpki)
    }
}
