use super::super::remote::{MOST_BYTES, RemoteArgs, RemoteError};
use clap::Args as ClapArgs;
use simbind_proto::v1::{
    GetPacksRequest, GetPacksResponse, rollout_service_client::RolloutServiceClient,
    rule_service_client::RuleServiceClient,
};
use tonic::transport::Channel;

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
    pub(super) fn rollout(&self) -> RolloutServiceClient<Channel> {
        RolloutServiceClient::new(self.channel.clone()).max_decoding_message_size(MOST_BYTES)
    }

    /// The texts of packs; of those in service where the hash is empty.
    pub(super) async fn packs(&self, packs_hash: Vec<u8>) -> Result<GetPacksResponse, RemoteError> {
        let rules = RuleServiceClient::new(self.channel.clone());
        let mut rules = rules.max_decoding_message_size(MOST_BYTES);
        let request = GetPacksRequest { packs_hash: packs_hash.into() };
        Ok(rules.get_packs(request).await?.into_inner())
    }
}
