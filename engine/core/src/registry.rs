//! Which handsets and readers there are, and how they did together in trials: an immutable value,
//! read from three CSV files.

mod criterion;
mod date;
mod firmware;
mod handset;
mod label;
mod listing;
mod listings;
mod problem;
mod read;
mod reader;
mod share;
mod tac;
mod trial;
mod write;

pub use criterion::{Criterion, CriterionError};
pub use date::{Date, DateError};
pub use firmware::{Firmware, FirmwareError, FirmwareSet};
pub use handset::{HandsetModel, Nfc, SecureElement};
pub use label::{Label, LabelError};
pub use listing::{Listed, Listing};
pub use listings::{ReaderBuild, Registry, Size};
pub use problem::{Column, Problem, Problems, Table};
pub use read::{MOST_BYTES, Tables};
pub use reader::ReaderModel;
pub use share::{Count, LeftOut, People, SMALLEST};
pub use tac::{Tac, TacError};
pub use trial::{Compatibility, Outcome, Trial};
pub use write::Texts;

#[cfg(test)]
mod tests;
