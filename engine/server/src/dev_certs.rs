//! Certificates for trying things out: an authority of their own, a server, and a client for each
//! caller, with the configuration that fits them.

mod config_file;
mod make;
mod write;

#[cfg(test)]
mod tests;

pub use config_file::config_text;
pub use make::{DEFAULT_CALLERS, DevCerts, MakeError, PemPair, make};
pub use write::{WriteError, write};
