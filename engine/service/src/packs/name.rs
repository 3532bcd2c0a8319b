//! Names of packs' texts.

use simbind_rules::is_hidden;
use thiserror::Error;

/// The most bytes of a name.
const MOST_BYTES: usize = 128;

/// A name that a pack's text cannot have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("does not have 1 to {MOST_BYTES} bytes, or has characters that cannot be seen")]
pub struct PackNameError;

/// Whether a pack's text may have a name: 1 to 128 bytes of characters that can be seen.
///
/// # Errors
/// Where it may not.
pub fn check_pack_name(name: &str) -> Result<(), PackNameError> {
    let fits = (1..=MOST_BYTES).contains(&name.len());
    if fits && !name.chars().any(is_hidden) { Ok(()) } else { Err(PackNameError) }
}
