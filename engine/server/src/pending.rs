//! Stand-ins for what serves and plays, with the signatures that the command line calls.

/// The demo.
pub mod demo;
/// The server.
pub mod serve;
