//! A backtest at a server.

use super::args::ServerArgs;
use simbind_proto::v1::{
    BacktestRequest, BacktestResponse, rule_service_client::RuleServiceClient,
};
use std::{error::Error, fs};
use tokio::sync::mpsc;
use tonic::{
    Code,
    transport::{Certificate, Channel, ClientTlsConfig, Endpoint, Identity},
};

/// Asks a server and hands on what it tells.
pub(super) async fn ask(
    server: &ServerArgs,
    request: BacktestRequest,
    parts: mpsc::Sender<BacktestResponse>,
) -> Result<(), Box<dyn Error>> {
    let mut client = RuleServiceClient::new(channel(server).await?);
    let mut stream = client.backtest(request).await.map_err(told)?.into_inner();
    while let Some(part) = stream.message().await.map_err(told)? {
        parts.send(part).await?;
    }
    Ok(())
}

/// What a refusal says to the person.
fn told(status: tonic::Status) -> String {
    match status.code() {
        Code::ResourceExhausted => "another backtest is under way; try again later".to_owned(),
        Code::InvalidArgument | Code::NotFound => status.message().to_owned(),
        code => format!("{code}: {}", status.message()),
    }
}

async fn channel(server: &ServerArgs) -> Result<Channel, Box<dyn Error>> {
    let target = server.target.as_deref().unwrap_or_default();
    let scheme = if server.certs.is_some() { "https" } else { "http" };
    let mut endpoint = Endpoint::from_shared(format!("{scheme}://{target}"))?;
    if let Some(dir) = &server.certs {
        let read = |name: String| {
            let path = dir.join(name);
            fs::read(&path).map_err(|error| format!("{}: {error}", path.display()))
        };
        let identity = Identity::from_pem(
            read(format!("{}.pem", server.caller))?,
            read(format!("{}.key", server.caller))?,
        );
        let tls = ClientTlsConfig::new()
            .ca_certificate(Certificate::from_pem(read("ca.pem".to_owned())?))
            .identity(identity)
            .domain_name("localhost");
        endpoint = endpoint.tls_config(tls)?;
    }
    let connected = endpoint.tcp_nodelay(true).connect().await;
    Ok(connected.map_err(|error| {
        let why = error.source().map(|source| format!(": {source}")).unwrap_or_default();
        format!("{target}: {error}{why}")
    })?)
}
