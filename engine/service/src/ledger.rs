//! What is written: entries of the ledgers, rows and keys of the index, and how the one becomes
//! the other.

mod entry;
pub mod keys;
mod projection;
mod rows;

pub use entry::{
    BindingChange, DecisionEntry, EventEntry, EventText, FiredEntry, KeptReceipt, LimitEntry,
    LineText, OutcomeText, StateEntry, decode_decision, decode_state, encode_decision,
    encode_state,
};
pub(crate) use entry::{SNOOZED, VERSION};
pub use projection::IndexProjection;
pub(crate) use projection::opened;
pub use rows::{
    AssertionRow, BindingRow, CertificateRow, CounterRow, EventRow, LineRow, ListRow, ManifestRow,
    OnceLiveRow, PacksRow, Reuse, StatusRow, decode_row, encode_row,
};
