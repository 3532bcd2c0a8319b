//! Who calls, by its client certificate, and what it may call.

mod identity;
mod layer;
mod role;
mod table;

#[cfg(test)]
mod tests;

pub use identity::{Callers, Identity, identify};
pub use layer::{Authorize, AuthorizeLayer};
pub use role::{Role, UnknownRole};
pub use table::{Access, access};
