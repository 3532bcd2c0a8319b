use serde::Deserialize;
use std::collections::BTreeMap;
use thiserror::Error;

/// Serials of attestation certificates that count no more, in the format that Google publishes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StatusList {
    entries: BTreeMap<Box<[u8]>, Listing>,
}

/// An entry of the list. Each means that the certificate does not count, whatever it says, and for
/// as long as it stands there: the day at which an entry may be removed is that of the
/// certificate's own expiry, and lifts nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Listing {
    /// What became of the certificate.
    pub status: Status,
    /// Why.
    pub reason: ListedReason,
}

/// Why a certificate is listed. It changes nothing about what the entry means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ListedReason {
    /// Not said, or in a word that this code does not know.
    #[default]
    Unspecified,
    /// A key that it attests, or its own, is known outside.
    KeyCompromise,
    /// Its authority's key is.
    CaCompromise,
    /// Replaced by another.
    Superseded,
    /// The device's software has a flaw.
    SoftwareFlaw,
}

/// What became of a listed certificate. Each means that it does not count. The worst last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    /// Suspended; may come back.
    Suspended,
    /// Listed with a status that this code does not know: counts as revoked.
    Other,
    /// Revoked for good.
    Revoked,
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
    #[serde(default)]
    reason: Option<String>,
}

impl From<Entry> for Listing {
    fn from(entry: Entry) -> Self {
        let status = match entry.status.as_str() {
            "REVOKED" => Status::Revoked,
            "SUSPENDED" => Status::Suspended,
            _ => Status::Other,
        };
        let reason = match entry.reason.as_deref() {
            Some("KEY_COMPROMISE") => ListedReason::KeyCompromise,
            Some("CA_COMPROMISE") => ListedReason::CaCompromise,
            Some("SUPERSEDED") => ListedReason::Superseded,
            Some("SOFTWARE_FLAW") => ListedReason::SoftwareFlaw,
            _ => ListedReason::Unspecified,
        };
        Self { status, reason }
    }
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
            let serial = serial_of_hex(&key).ok_or(StatusListError::Serial)?;
            let listing = Listing::from(entry);
            // One serial can be spelled in several ways: the worst counts.
            entries
                .entry(serial)
                .and_modify(|held: &mut Listing| *held = listing.max(*held))
                .or_insert(listing);
        }
        Ok(Self { entries })
    }

    /// What the list says of a serial (big-endian, leading zeros do not count).
    pub fn of_serial(&self, serial: &[u8]) -> Option<Listing> {
        self.entries.get(without_zeros(serial)).copied()
    }

    /// The worst that the list says of any of the serials.
    pub fn of_serials<S: AsRef<[u8]>>(
        &self,
        serials: impl IntoIterator<Item = S>,
    ) -> Option<Listing> {
        serials.into_iter().filter_map(|serial| self.of_serial(serial.as_ref())).max()
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

pub(super) fn without_zeros(serial: &[u8]) -> &[u8] {
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
