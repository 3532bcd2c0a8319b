use super::super::remote::{Files, RemoteError, endpoint};
use crate::{
    reader::{PinFrom, ReaderConfig, ReaderFile},
    telemetry::LogFormat,
};
use clap::Args as ClapArgs;
use simbind_core::ids::{CallerId, ReaderId};
use std::{error::Error, path::PathBuf, time::Duration};
use tonic::transport::Endpoint;

const DEFAULT_ENGINE: &str = "127.0.0.1:50443";
const DEFAULT_CALLER: &str = "doors";
/// How often a connection is tried where nothing goes over it, and how long the answer may take.
const ALIVE: Duration = Duration::from_secs(5);
const ALIVE_ANSWER: Duration = Duration::from_secs(3);

const CODES: &str = "\
With --once the status is 0 for allow, 1 for deny, 2 for step up, 3 where the engine gave no answer,
4 where the card failed, 5 where the PIN was wrong, blocked or not entered, 6 where the engine was
away and its list of refusals did not name the card, which is no allow. It is 3 too where the agent
was told to stop before a tap. It is 64 where the agent could not start or failed. Without --once it is
0 where the agent was told to stop.";

#[derive(Debug, ClapArgs)]
#[command(after_help = CODES)]
pub(crate) struct ReaderArgs {
    /// The agent's file (reader.example.toml shows all it can say). What is said here comes before it.
    #[arg(long, value_name = "FILE", env = "SIMBIND_READER_CONFIG")]
    config: Option<PathBuf>,
    /// The engine's address.
    #[arg(long, value_name = "HOST:PORT", env = "SIMBIND_TARGET")]
    engine: Option<String>,
    /// The PC/SC reader, or how its name begins; the first one where none is named.
    #[arg(long, value_name = "NAME")]
    reader: Option<String>,
    /// The reader, as the engine's configuration names it.
    #[arg(long, value_name = "ID")]
    id: Option<ReaderId>,
    /// Where PINs come from: `terminal`, `stdin`, `fd:N`, or `never`.
    #[arg(long, value_name = "FROM")]
    pin: Option<PinFrom>,
    /// A folder with ca.pem, and NAME.pem and NAME.key of the caller, as `admin dev-certs` writes it.
    #[arg(long, value_name = "DIR", env = "SIMBIND_CERTS")]
    certs: Option<PathBuf>,
    /// The caller whose certificate in that folder is shown.
    #[arg(long = "as", value_name = "NAME", env = "SIMBIND_AS")]
    caller: Option<CallerId>,
    /// The authority of the server's certificate (PEM), in place of the folder's.
    #[arg(long, value_name = "FILE", env = "SIMBIND_CA")]
    ca: Option<PathBuf>,
    /// The caller's certificate (PEM), in place of the folder's.
    #[arg(long, value_name = "FILE", env = "SIMBIND_CERT")]
    cert: Option<PathBuf>,
    /// The key of the caller's certificate (PEM), in place of the folder's.
    #[arg(long, value_name = "FILE", env = "SIMBIND_KEY")]
    key: Option<PathBuf>,
    /// Takes one tap and ends.
    #[arg(long)]
    pub(super) once: bool,
    /// Prints one JSON object for each tap, and for each question for a PIN.
    #[arg(long)]
    pub(super) json: bool,
    /// How log lines look.
    #[arg(long, value_enum, default_value_t)]
    pub(super) log_format: LogFormat,
}

/// All that an agent has to know.
pub(super) struct Settled {
    pub(super) config: ReaderConfig,
    pub(super) endpoint: Endpoint,
}

impl ReaderArgs {
    /// Puts file and command line together.
    pub(super) fn settled(&self) -> Result<Settled, Box<dyn Error>> {
        let file = self.config.as_deref().map(ReaderFile::read).transpose()?.unwrap_or_default();
        let mut config = file.checked()?;
        if let Some(id) = &self.id {
            config.id = id.clone();
        }
        config.reader = self.reader.clone().or(config.reader);
        config.pin = self.pin.unwrap_or(config.pin);
        let engine = self.engine.as_ref().or(file.engine.as_ref());
        let engine = engine.map_or(DEFAULT_ENGINE, String::as_str);
        let endpoint = self.endpoint(engine, &file)?;
        Ok(Settled { config, endpoint })
    }

    fn endpoint(&self, engine: &str, file: &ReaderFile) -> Result<Endpoint, Box<dyn Error>> {
        let Self { certs, caller, ca, cert, key, .. } = self;
        let caller = match caller.as_ref().or(file.caller.as_ref()) {
            Some(caller) => caller.clone(),
            None => DEFAULT_CALLER.parse()?,
        };
        let certs = certs.as_ref().or(file.certs.as_ref());
        let files = Files::choose(certs.map(PathBuf::as_path), &caller, [ca, cert, key])?;
        let endpoint = endpoint(engine, files.as_ref()).map_err(|error: RemoteError| error)?;
        let endpoint = endpoint.http2_keep_alive_interval(ALIVE).keep_alive_timeout(ALIVE_ANSWER);
        Ok(endpoint.keep_alive_while_idle(true))
    }
}
