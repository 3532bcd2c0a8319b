//! People with a certificate on a SIM, for tests that choose each byte of what they send.

mod authority;
mod person;

pub use authority::Authority;
pub use person::{Person, now, to_proto};
