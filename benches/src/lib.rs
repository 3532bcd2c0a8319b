//! What the benchmarks share: chance, figures, tables and the JSON line; bindings, a server of its
//! own, and the loops that ask it.

mod authority;
mod chance;
mod connect;
mod cost;
mod drive;
mod figures;
mod fleet;
mod keys;
mod questions;
mod report;
mod server;

pub use authority::Authority;
pub use chance::Chance;
pub use connect::{connections, runtime};
pub use cost::{Cost, Watch};
pub use drive::{Driven, Shape, drive};
pub use figures::{Figures, median};
pub use fleet::{CARRIER, Member, enrol, make};
pub use keys::Keys;
pub use questions::ask;
pub use report::{print, table};
pub use server::Server;

/// How large a benchmark is made: the variable's number, or the usual one.
pub fn setting(name: &str, usual: usize) -> usize {
    let said = std::env::var(name).ok();
    said.map_or(usual, |text| text.parse().unwrap_or_else(|_| panic!("{name} is no number")))
}
