//! What the use cases need of the world outside. Adapters implement these; nothing here names one.

pub mod clock;
pub mod platform;
pub mod status;
pub mod store;
pub mod vault;
