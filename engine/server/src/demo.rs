//! `simbind demo`: a day of honest and hostile use, played against a server of its own.

use thiserror::Error;

/// What the demo is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DemoOptions {
    /// How many people play.
    pub people: u32,
    /// From which all chance is drawn.
    pub seed: u64,
    /// Whether the last line is JSON, and nothing else is printed.
    pub json: bool,
}

/// Why the demo ended early.
#[derive(Debug, Error)]
pub enum DemoError {
    /// There is no demo in this build.
    #[error("there is no demo in this build")]
    Absent,
}

/// Plays a day against a server of its own.
///
/// # Errors
/// [`DemoError`].
pub async fn run(_options: DemoOptions) -> Result<(), DemoError> {
    Err(DemoError::Absent)
}
