//! What is written: entries of the ledgers, rows and keys of the index, and how the one becomes
//! the other.

mod entry;
mod inquiry;
pub mod keys;
mod projection;
pub mod registry;
mod rows;

pub use entry::{
    BindingChange, ChangedBinding, CorrectionEntry, DecisionEntry, Drove, Effects, EventEntry,
    EventText, FiredEntry, KeptReceipt, LimitEntry, LineText, LoanEntry, OutcomeText, PinAct,
    PinEntry, PinWord, Reopens, ReproofEntry, StateEntry, SuccessionEntry, SuccessionKind,
    TicketBinding, TicketChange, TicketEntry, TogetherEntry, decode_decision, decode_state,
    encode_decision, encode_state,
};
pub(crate) use entry::{SNOOZED, TOKEN, VERSION};
pub use inquiry::InquiryEntry;
pub use projection::IndexProjection;
pub(crate) use projection::opened;
pub use rows::{
    AppletRow, AssertionRow, BindingRow, CertificateRow, CounterRow, DeviceRow, EventRow,
    LineBinding, LineRow, ListRow, ManifestRow, OfficeRow, OnceLiveRow, OrderRow, PacksRow,
    ReopenedRow, Reuse, Stand, StatusRow, TicketRow, decode_row, encode_row,
};
