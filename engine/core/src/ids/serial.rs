use serde::{Deserialize, Serialize};
use std::fmt;
use thiserror::Error;

/// A certificate's serial number, big-endian without leading zeros (zero is empty), at most
/// [`Self::MAX`] bytes. With the authority it names a person's certificate, so `Debug` shows
/// nothing of it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "Vec<u8>", into = "Vec<u8>")]
pub struct SerialNumber(Box<[u8]>);

/// A serial number that is longer than any authority may give out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("a serial number of {0} bytes; at most {max} are taken", max = SerialNumber::MAX)]
pub struct LongSerial(usize);

impl SerialNumber {
    /// The longest, in bytes. RFC 5280 section 4.1.2.2 has 20.
    pub const MAX: usize = 32;

    /// The serial number of these bytes, big-endian; leading zeros are dropped.
    ///
    /// # Errors
    /// [`LongSerial`].
    pub fn new(bytes: &[u8]) -> Result<Self, LongSerial> {
        let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
        let bytes = bytes.get(zeros..).unwrap_or_default();
        if bytes.len() > Self::MAX {
            return Err(LongSerial(bytes.len()));
        }
        Ok(Self(bytes.into()))
    }

    /// The bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl TryFrom<Vec<u8>> for SerialNumber {
    type Error = LongSerial;

    fn try_from(bytes: Vec<u8>) -> Result<Self, LongSerial> {
        Self::new(&bytes)
    }
}

impl From<SerialNumber> for Vec<u8> {
    fn from(serial: SerialNumber) -> Self {
        serial.0.into()
    }
}

impl fmt::Debug for SerialNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SerialNumber({} bytes)", self.0.len())
    }
}
