//! Readers over PC/SC, where this was built with them.

#[cfg(feature = "pcsc")]
mod driver;

use super::MakeDriver;
use thiserror::Error;

/// This was built without card readers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error(
    "this simbind was built without card readers; on Debian, `apt-get install libpcsclite-dev \
     pkg-config pcscd` and then `cargo build --release --features pcsc` builds it with them"
)]
pub struct NotBuilt;

/// Makes drivers of the PC/SC reader whose name is this, or begins so; of the first one where no
/// name is given.
///
/// # Errors
/// [`NotBuilt`].
#[cfg(feature = "pcsc")]
pub fn pcsc(name: Option<String>) -> Result<MakeDriver, NotBuilt> {
    Ok(driver::make(name))
}

/// Says that there are none.
///
/// # Errors
/// [`NotBuilt`], always.
#[cfg(not(feature = "pcsc"))]
pub fn pcsc(_: Option<String>) -> Result<MakeDriver, NotBuilt> {
    Err(NotBuilt)
}
