//! Trials of readers with handsets: the virtual SIM in each sort of handset at each sort of reader,
//! with the limits of both between them, and what comes of it as the registry's files.

mod field;
mod played;
mod tap;
mod types;
mod written;

#[cfg(test)]
mod tests;

pub use played::{Trial, TrialsError, Verdict, play};
pub use tap::Why;
pub use types::{Handset, Reader, Sorts, SortsError};
pub use written::{handsets_csv, readers_csv, to_json, to_table, trials_csv};
