//! Harness of the whole-process tests: it starts the binary `simbind` on folders and ports of its
//! own, talks to it over real sockets, and kills it.
//!
//! The binary must have been built: `cargo xtask test` does that first, by hand it is
//! `cargo build --bin simbind`.

mod harness;
mod pcsc;
mod people;

pub use harness::{
    Exit, HarnessError, Launch, Ledgers, Server, call_raw, command, dev_certs, methods, python,
    sim_sim_binary, simbind_binary, tls_channel, workspace_root,
};
pub use pcsc::{ReaderStack, Signal, Stacked, no_reader_stack};
pub use people::{Authority, Person, now, to_proto};
