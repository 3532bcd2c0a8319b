//! Runtimes and connections.

use std::net::SocketAddr;
use tokio::runtime::{Builder, Runtime};
use tonic::transport::{Channel, Endpoint};

/// A runtime with a thread for each processor, whose threads bear this name.
pub fn runtime(name: &str) -> Runtime {
    let built = Builder::new_multi_thread().enable_all().thread_name(name).build();
    built.expect("a runtime is made")
}

/// So many connections, without TLS.
pub async fn connections(address: SocketAddr, count: usize) -> Vec<Channel> {
    let endpoint = Endpoint::from_shared(format!("http://{address}")).expect("an address");
    let endpoint = endpoint.tcp_nodelay(true);
    let mut channels = Vec::with_capacity(count);
    for _ in 0..count {
        channels.push(endpoint.connect().await.expect("the server answers"));
    }
    channels
}
