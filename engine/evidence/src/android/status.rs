use serde::Deserialize;
use std::collections::BTreeMap;
use thiserror::Error;

/// Serials of attestation certificates that count no more, in the format that Google publishes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StatusList {
    entries: BTreeMap<Box<[u8]>, Status>,
}

/// What the list says of a certificate. Each means that it does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Revoked for good.
    Revoked,
    /// Suspended; may come back.
    Suspended,
    /// Listed with a status that this code does not know.
    Other,
}

/// Why a status list was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum StatusListError {
    /// More bytes than are read.
    #[error("the status list has {got} bytes; at most {max} are read")]
    TooLarge {
        /// The bytes given.
        got: usize,
        /// How many are read.
        max: usize,
    },
    /// Not JSON of the published form.
    #[error("the status list is not JSON of the published form")]
    Json,
    /// A key that is no hexadecimal serial of 1 to 20 octets.
    #[error("a key of the status list is not a hexadecimal serial")]
    Serial,
}

#[derive(Deserialize)]
struct Document {
    entries: BTreeMap<String, Entry>,
}

#[derive(Deserialize)]
struct Entry {
    status: String,
}

impl StatusList {
    /// The most bytes of JSON that are read: 16 MiB, about 150,000 entries.
    pub const MAX_BYTES: usize = 16 * 1024 * 1024;

    /// Reads Google's JSON. Keys are hexadecimal serials, though many look decimal.
    ///
    /// # Errors
    /// [`StatusListError`] where the list is not of that form. A list that is read in part would
    /// accept what it revokes.
    pub fn from_json(json: &[u8]) -> Result<Self, StatusListError> {
        if json.len() > Self::MAX_BYTES {
            return Err(StatusListError::TooLarge { got: json.len(), max: Self::MAX_BYTES });
        }
        let document: Document = serde_json::from_slice(json).map_err(|_| StatusListError::Json)?;
        let mut entries = BTreeMap::new();
        for (key, entry) in document.entries {
            let status = match entry.status.as_str() {
                "REVOKED" => Status::Revoked,
                "SUSPENDED" => Status::Suspended,
                _ => Status::Other,
            };
            entries.insert(serial_of_hex(&key).ok_or(StatusListError::Serial)?, status);
        }
        Ok(Self { entries })
    }

    /// What the list says of a serial (big-endian, leading zeros do not count).
    pub fn of_serial(&self, serial: &[u8]) -> Option<Status> {
        self.entries.get(without_zeros(serial)).copied()
    }

    /// How many serials are listed.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether nothing is listed.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

fn without_zeros(serial: &[u8]) -> &[u8] {
    let zeros = serial.iter().take_while(|octet| **octet == 0).count();
    serial.get(zeros..).unwrap_or_default()
}

fn serial_of_hex(key: &str) -> Option<Box<[u8]>> {
    if key.is_empty() || key.len() > 40 {
        return None;
    }
    let digits = key
        .chars()
        .map(|digit| digit.to_digit(16).and_then(|value| u8::try_from(value).ok()))
        .collect::<Option<Vec<u8>>>()?;
    let mut octets: Vec<u8> = digits
        .rchunks(2)
        .map(|pair| pair.iter().fold(0, |octet, digit| octet << 4 | digit))
        .collect();
    octets.reverse();
    Some(without_zeros(&octets).into())
}
