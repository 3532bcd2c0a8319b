mod error;
mod launch;
mod ledgers;
mod paths;
mod raw;
mod server;
mod tls;

pub use error::HarnessError;
pub use launch::{Exit, Launch, command};
pub use ledgers::Ledgers;
pub use paths::{python, sim_sim_binary, simbind_binary, workspace_root};
pub use raw::{call_raw, methods};
pub use server::Server;
pub use tls::{dev_certs, tls_channel};
