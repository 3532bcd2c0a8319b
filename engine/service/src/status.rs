//! What issuers say of certificates: lists, responders' answers and their own word.
//!
//! A list is verified, kept in a file, noted in the ledger and held in memory whole: a check looks
//! its certificate up there, so that one list speaks of all its certificates at once. Answers about
//! one certificate are rows of the index, read with the binding. `simbind_core::status` says what
//! they come to together.

mod certificate;
mod ending;
mod fetching;
mod issuers;
mod learn;
mod lists;
mod schedule;
mod standing;
mod watch;

pub use certificate::{CertificateName, CertificateRef};
pub use fetching::Job;
pub use issuers::{IssuerTerms, SourceKind, SourceTerms, StatusTerms};
pub use learn::{Told, Word};
pub use schedule::SourceFigures;
pub use standing::{IssuerState, ListState};

pub(crate) use issuers::Issuers;
pub(crate) use lists::{Lists, Points};
pub(crate) use schedule::Schedule;
pub(crate) use watch::Watch;

/// All that the engine holds of status.
pub(crate) struct Status {
    pub(crate) issuers: Issuers,
    pub(crate) lists: Lists,
    pub(crate) schedule: Schedule,
    pub(crate) watch: Watch,
}
