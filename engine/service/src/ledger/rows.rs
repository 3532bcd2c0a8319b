//! Rows of the index, in postcard behind one version byte. The index can be made anew, so a
//! changed shape is another version and a rebuild.

use super::entry::Reopens;
use crate::ports::{
    store::ProjectionError,
    vault::{KeyId, LookupHash, Sealed},
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use simbind_core::{
    applet::{Applet, OrderRef},
    ids::{BindingId, CarrierId, EventId, ListScope},
    rollout::Origin,
    status::Known,
    time::Timestamp,
};

const VERSION: u8 = 1;

/// A binding, under its id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BindingRow {
    /// `Binding`, sealed under the person's key.
    pub sealed: Sealed,
}

/// A present binding of a person, under person and binding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceRow {
    /// Its certificate's end: from then on it counts no more.
    pub until: Timestamp,
}

/// The binding of a certificate, under the certificate's look-up hash.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CertificateRow {
    /// The newest binding of the certificate.
    pub binding: BindingId,
}

/// What is known of a line, under its look-up hash: the key that seals its history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineRow {
    /// The key.
    pub key: KeyId,
    /// The bindings that know the line, the newest last: at most [`LineRow::MOST_BINDINGS`].
    pub bindings: Vec<LineBinding>,
}

/// A binding of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineBinding {
    /// Which.
    pub id: BindingId,
    /// Whether it is over.
    pub stand: Stand,
}

/// Whether a binding is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stand {
    /// It lives.
    Living,
    /// It is over. An event that is taken back may bring it back.
    Over,
}

impl LineRow {
    /// The most bindings of a line that its events reach.
    pub const MOST_BINDINGS: usize = 32;

    /// A line that no binding knows.
    pub const fn unbound(key: KeyId) -> Self {
        Self { key, bindings: Vec::new() }
    }

    /// Notes how a binding stands. Where there are too many, one that is over gives way, or else
    /// the oldest.
    pub fn note(&mut self, id: BindingId, stand: Stand) {
        if let Some(known) = self.bindings.iter_mut().find(|known| known.id == id) {
            known.stand = stand;
            return;
        }
        if self.bindings.len() >= Self::MOST_BINDINGS {
            let over = self.bindings.iter().position(|known| known.stand == Stand::Over);
            self.bindings.remove(over.unwrap_or_default());
        }
        self.bindings.push(LineBinding { id, stand });
    }
}

/// A time whose decisions are to be looked at again, under the position of the entry that says so
/// and a number within it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReopenedRow {
    /// Of which binding, and which time.
    pub reopens: Reopens,
    /// When the event happened.
    pub occurred_at: Timestamp,
    /// When the event, or its correction, was learned.
    pub learned_at: Timestamp,
    /// Whose event it is.
    pub carrier: CarrierId,
    /// The event, or the one that was taken back.
    pub event: EventId,
    /// The event, sealed, as its entry has it.
    pub text: Sealed,
}

/// An event that was heard, under its carrier and number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventRow {
    /// SHA-256 of the content.
    pub digest: [u8; 32],
    /// The position of its entry.
    pub position: u64,
    /// Its line, sealed; `None` for a heartbeat or a correction.
    pub line: Option<Sealed>,
    /// Other contents that came under the same number, at most [`EventRow::MOST_REUSED`].
    pub reused: Vec<Reuse>,
    /// For a correction: what it corrects.
    pub corrects: Option<EventId>,
}

/// The last signature counter of a binding, under the binding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CounterRow {
    /// The counter.
    pub counter: u64,
    /// The challenge of the check that showed it.
    pub challenge: [u8; 16],
}

/// The last counter of an iPhone's key that was accepted, under the binding and the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssertionRow {
    /// The counter.
    pub counter: u32,
    /// The challenge of the check that showed it.
    pub challenge: [u8; 16],
}

/// Another content that came under a used number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reuse {
    /// SHA-256 of the content.
    pub digest: [u8; 32],
    /// The position of its entry.
    pub position: u64,
}

impl EventRow {
    /// The most other contents under one number that are kept; more are refused.
    pub const MOST_REUSED: usize = 16;
}

/// A ticket, under its id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TicketRow {
    /// `Ticket`, sealed under the person's key.
    pub sealed: Sealed,
}

/// What is counted of an office, under its name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfficeRow {
    /// Its open tickets.
    pub open: u32,
    /// Wrong codes that were shown for its tickets, since `wrong_since`.
    pub wrong_codes: u32,
    /// When the first of them was.
    pub wrong_since: Timestamp,
}

impl OfficeRow {
    /// How long wrong codes of an office are counted together.
    pub const WINDOW: std::time::Duration = std::time::Duration::from_secs(3600);

    /// The wrong codes that count now.
    pub fn wrong_at(&self, now: Timestamp) -> u32 {
        if now < self.wrong_since.plus(Self::WINDOW) { self.wrong_codes } else { 0 }
    }

    /// One more.
    #[must_use]
    pub fn with_wrong(self, now: Timestamp) -> Self {
        let counted = self.wrong_at(now);
        let wrong_since = if counted == 0 { now } else { self.wrong_since };
        Self { wrong_codes: counted.saturating_add(1), wrong_since, ..self }
    }
}

/// Packs that were in service, under their hash.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PacksRow {
    /// Names and texts, in order.
    pub sources: Vec<(String, String)>,
}

/// Which packs a hash stands for, under the hash.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ManifestRow {
    /// Names and the SHA-256 of their texts, in order.
    pub packs: Vec<(String, [u8; 32])>,
}

/// Packs that were in service for all, under their hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OnceLiveRow {
    /// How they came.
    pub origin: Origin,
}

/// What answers about one certificate came to, under the look-up hash of its issuer and serial.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusRow {
    /// What is known.
    pub known: Known,
    /// The key that seals the certificate's name in the ledger.
    pub key: KeyId,
}

/// The list of an issuer of one scope that was taken last. The list itself is in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListRow {
    /// Of which of its certificates.
    pub scope: ListScope,
    /// SHA-256 of its DER.
    pub digest: [u8; 32],
    /// As of when it is true.
    pub this_update: Timestamp,
    /// When it was learned.
    pub learned_at: Timestamp,
}

/// The applet on a binding's SIM, under the binding; none where nothing was ever ordered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppletRow {
    /// What it should be, what is confirmed, and the open order.
    pub applet: Applet,
    /// The carrier of the SIM.
    pub carrier: CarrierId,
    /// What stands for the SIM.
    pub sim: LookupHash,
}

/// An order to a carrier's platform, under its id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderRow {
    /// Of which binding.
    pub binding: BindingId,
    /// Its id within the binding.
    pub reference: OrderRef,
    /// The carrier of the SIM.
    pub carrier: CarrierId,
}

/// The bytes of a row.
///
/// # Errors
/// Where it cannot be encoded, which no row of ours can be.
pub fn encode_row<T: Serialize>(row: &T) -> Result<Vec<u8>, ProjectionError> {
    postcard::to_extend(row, vec![VERSION]).map_err(|_| ProjectionError { what: "a new row" })
}

/// The row of the bytes.
///
/// # Errors
/// Where they are of another version, or damaged.
pub fn decode_row<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, ProjectionError> {
    match bytes {
        [VERSION, rest @ ..] => {
            postcard::from_bytes(rest).map_err(|_| ProjectionError { what: "a row" })
        }
        _ => Err(ProjectionError { what: "a row of another version" }),
    }
}
