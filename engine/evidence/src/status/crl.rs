mod entry;
mod list;
mod number;
mod read;
mod scope;
mod table;

pub(super) use entry::read_reason;
pub use list::{Listing, VerifiedCrl, verify_crl, verify_crl_of_any_age};
pub use number::CrlNumber;
pub use read::{MAX_CRL_BYTES, MAX_CRL_ENTRIES, UnverifiedCrl, read_crl};
pub use scope::{CrlScope, Subjects};

#[cfg(test)]
mod tests;
