use super::super::remote::{RemoteArgs, RemoteError};
use clap::Args as ClapArgs;
use simbind_proto::v1::{
    GetPacksRequest, GetPacksResponse, rule_service_client::RuleServiceClient,
};
use tonic::transport::Channel;

/// The largest answer that is taken, in bytes: 64 packs of 256 KiB, and a little.
const MOST_BYTES: usize = 17 << 20;

/// The server that is asked, and how the answer is written.
#[derive(Debug, ClapArgs)]
pub(super) struct Asking {
    #[command(flatten)]
    remote: RemoteArgs,
    /// Prints JSON.
    #[arg(long)]
    pub(super) json: bool,
}

/// A connection to the services of packs.
pub(super) struct Server {
    channel: Channel,
}

impl Asking {
    pub(super) async fn connect(&self) -> Result<Server, RemoteError> {
        Ok(Server { channel: self.remote.connect().await? })
    }
}

impl Server {
    /// The texts of packs; of those in service where the hash is empty.
    pub(super) async fn packs(&self, packs_hash: Vec<u8>) -> Result<GetPacksResponse, RemoteError> {
        let rules = RuleServiceClient::new(self.channel.clone());
        let mut rules = rules.max_decoding_message_size(MOST_BYTES);
        let request = GetPacksRequest { packs_hash: packs_hash.into() };
        Ok(rules.get_packs(request).await?.into_inner())
    }
}
