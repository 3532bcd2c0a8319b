//! Configuration: one TOML file, read into types that hold only what was checked.

mod apps;
mod check;
mod counter;
mod defaults;
mod duration;
mod limits;
mod load;
mod model;
mod packs;
mod platform;
mod problem;
mod raw;
mod refusals;
mod relations;
mod status;

#[cfg(test)]
mod tests;

pub use defaults::{DEFAULT_APP, DEFAULT_APPLE_APP, DEFAULT_APPS};
pub use duration::parse_duration;
pub use load::{LoadError, Overrides};
pub use model::{
    Carrier, Config, ConfiguredCaller, Limits, Listen, PackOrigin, Packs, Platform, PlatformTls,
    Reader, RelyingParty, StatusSource, StoreSizes, TlsFiles, Trust,
};
pub use problem::{Problem, Problems};
