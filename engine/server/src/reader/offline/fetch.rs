//! Lists are fetched while the engine is there, so that one is at hand when it is not.

use super::Desk;
use simbind_core::refusals::RefusalList;
use simbind_proto::v1::{GetRefusalsRequest, reader_service_client::ReaderServiceClient};
use std::time::Duration;
use tonic::transport::{Channel, Endpoint};

/// How often a list is fetched, and after how long it is tried again.
const EVERY: Duration = Duration::from_secs(15);
const AGAIN: Duration = Duration::from_secs(2);
/// How long one may be on its way: it can have 8 MB.
const PATIENCE: Duration = Duration::from_secs(30);
/// The largest answer: a list, and what gRPC puts around it.
const MOST_ANSWER: usize = RefusalList::MOST_BYTES + (1 << 10);

impl Desk {
    /// Fetches lists again and again, and never ends. Tells when one is at hand, and when newer ones
    /// begin to be missed, and why.
    pub async fn keep(&self, endpoint: Endpoint, mut tell: impl FnMut(Result<(), &str>) + Send) {
        let channel = endpoint.connect_lazy();
        let mut client = ReaderServiceClient::new(channel).max_decoding_message_size(MOST_ANSWER);
        // `None` before anything was told: the same once more is not told again.
        let mut told = None;
        loop {
            let fetched = self.fetch(&mut client).await;
            if told != Some(fetched.is_ok()) {
                told = Some(fetched.is_ok());
                tell(fetched.as_ref().copied().map_err(String::as_str));
            }
            tokio::time::sleep(if fetched.is_ok() { EVERY } else { AGAIN }).await;
        }
    }

    async fn fetch(&self, client: &mut ReaderServiceClient<Channel>) -> Result<(), String> {
        let asked = GetRefusalsRequest { reader_id: self.reader().to_string() };
        let answer = tokio::time::timeout(PATIENCE, client.get_refusals(asked)).await;
        let answer = answer.map_err(|_| "it did not come in time".to_owned())?;
        let answer = answer.map_err(|status| status.message().to_owned())?;
        self.take(&answer.into_inner().list).map_err(|why| why.to_string())
    }
}
