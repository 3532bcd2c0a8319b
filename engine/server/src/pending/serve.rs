use crate::{
    callers::{AuthorizeLayer, Callers},
    config::Config,
    telemetry::{EndpointError, Metrics, serve_metrics},
    tls,
};
use std::{future::Future, io, net::SocketAddr};
use thiserror::Error;
use tokio::{
    net::TcpListener,
    sync::{oneshot, watch},
};
use tonic::transport::{Server, server::TcpIncoming};

/// Why the server ended, or did not begin.
#[derive(Debug, Error)]
pub enum ServeError {
    /// The address cannot be bound.
    #[error("{address}: {source}")]
    Bind {
        /// The address.
        address: SocketAddr,
        /// What the system says.
        source: io::Error,
    },
    /// A TLS file cannot be read.
    #[error(transparent)]
    Tls(#[from] tls::TlsError),
    /// The connection layer failed.
    #[error("transport: {0}")]
    Transport(#[from] tonic::transport::Error),
    /// Reflection cannot be built.
    #[error("reflection: {0}")]
    Reflection(#[from] tonic_reflection::server::Error),
    /// The Prometheus endpoint cannot be served.
    #[error(transparent)]
    Metrics(#[from] EndpointError),
}

/// Serves until `shutdown` is done, and tells `ready` the address when it does.
///
/// # Errors
/// [`ServeError`].
pub async fn run(
    config: Config,
    shutdown: impl Future<Output = ()> + Send + 'static,
    ready: oneshot::Sender<SocketAddr>,
) -> Result<(), ServeError> {
    let address = config.listen.grpc;
    let bind = |source| ServeError::Bind { address, source };
    let listener = TcpListener::bind(address).await.map_err(bind)?;
    let bound = listener.local_addr().map_err(bind)?;
    let (stop, stopped) = watch::channel(false);
    let stopped_of = |mut stopped: watch::Receiver<bool>| async move {
        let _ = stopped.wait_for(|stop| *stop).await;
    };
    let metrics = Metrics::new();
    if let Some(address) = config.listen.metrics {
        let (address, serving) =
            serve_metrics(address, metrics, stopped_of(stopped.clone())).await?;
        tracing::info!(%address, "metrics");
        tokio::spawn(serving);
    }
    let reflection = || {
        tonic_reflection::server::Builder::configure()
            .register_encoded_file_descriptor_set(simbind_proto::v1::FILE_DESCRIPTOR_SET)
            .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
    };
    let (_reporter, health) = tonic_health::server::health_reporter();
    let mut server = Server::builder();
    if let Some(files) = &config.tls {
        server = server.tls_config(tls::server(files)?)?;
    }
    let serving = server
        .layer(AuthorizeLayer::new(Callers::new(&config)))
        .add_service(health)
        .add_service(reflection().build_v1()?)
        // Older clients, the Python one among them, ask for this version.
        .add_service(reflection().build_v1alpha()?)
        .serve_with_incoming_shutdown(TcpIncoming::from(listener), stopped_of(stopped));
    let _ = ready.send(bound);
    tokio::spawn(async move {
        shutdown.await;
        stop.send_replace(true);
    });
    Ok(serving.await?)
}
