//! The registry of handsets and readers: imported, shown, and asked whom a criterion leaves out.

mod compat;
mod files;
mod import;
mod matrix;
mod share;
mod show;

pub(crate) use compat::CompatArgs;

use super::{
    CliResult,
    remote::{self, RemoteArgs, RemoteError},
};
use clap::{Args as ClapArgs, Subcommand};
use simbind_proto::v1::registry_service_client::RegistryServiceClient;
use tonic::transport::Channel;

#[derive(Debug, Subcommand)]
pub(crate) enum RegistryCommand {
    /// Takes three files in place of the registry in force, or tells all that is wrong with them.
    Import(import::ImportArgs),
    /// Shows which registry is in force, or a model of handsets.
    Show(show::ShowArgs),
}

pub(super) fn run(command: RegistryCommand) -> CliResult {
    match command {
        RegistryCommand::Import(args) => import::run(args),
        RegistryCommand::Show(args) => remote::run(show::run(args)),
    }
}

pub(super) fn compat(args: CompatArgs) -> CliResult {
    compat::run(args)
}

/// The server that is asked, and how the answer is written.
#[derive(Debug, ClapArgs)]
struct Asking {
    #[command(flatten)]
    remote: RemoteArgs,
    /// Prints JSON.
    #[arg(long)]
    json: bool,
}

impl Asking {
    async fn connect(&self) -> Result<RegistryServiceClient<Channel>, RemoteError> {
        let client = RegistryServiceClient::new(self.remote.connect().await?);
        Ok(client.max_decoding_message_size(remote::MOST_BYTES))
    }
}
