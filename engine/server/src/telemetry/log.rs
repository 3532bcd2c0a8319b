use std::io::{self, IsTerminal as _};
use tracing_subscriber::{EnvFilter, fmt, prelude::*, util::TryInitError};

/// How log lines look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum LogFormat {
    /// For people.
    #[default]
    Human,
    /// One JSON object a line.
    Json,
}

/// Sends log lines to standard error, from level `info`, or as the environment variable
/// `SIMBIND_LOG` says.
///
/// # Errors
/// Where a subscriber is set already.
pub fn init_log(format: LogFormat) -> Result<(), TryInitError> {
    let filter = EnvFilter::try_from_env("SIMBIND_LOG")
        .unwrap_or_else(|_| EnvFilter::new("info,sled=warn,h2=warn"));
    let registry = tracing_subscriber::registry().with(filter);
    match format {
        LogFormat::Human => {
            let layer = fmt::layer().with_target(false).with_ansi(io::stderr().is_terminal());
            registry.with(layer.with_writer(io::stderr)).try_init()
        }
        LogFormat::Json => {
            let layer = fmt::layer().json().flatten_event(true).with_current_span(true);
            registry.with(layer.with_writer(io::stderr)).try_init()
        }
    }
}
