use super::metrics::Metrics;
use axum::{
    Router,
    extract::State,
    http::{StatusCode, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
    routing::get,
};
use std::{future::Future, io, net::SocketAddr};
use thiserror::Error;
use tokio::net::TcpListener;

const OPENMETRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// The Prometheus endpoint cannot be served.
#[derive(Debug, Error)]
#[error("metrics on {address}: {source}")]
pub struct EndpointError {
    address: SocketAddr,
    source: io::Error,
}

/// Binds the Prometheus endpoint `GET /metrics` and gives its address and the future that serves
/// it until `shutdown` is done.
///
/// # Errors
/// [`EndpointError`] where the address cannot be bound; the future, where serving fails.
pub async fn serve_metrics(
    address: SocketAddr,
    metrics: Metrics,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<(SocketAddr, impl Future<Output = Result<(), EndpointError>> + Send), EndpointError> {
    let failed = move |source| EndpointError { address, source };
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let bound = listener.local_addr().map_err(failed)?;
    let router = Router::new().route("/metrics", get(render)).with_state(metrics);
    let serving = async move {
        axum::serve(listener, router).with_graceful_shutdown(shutdown).await.map_err(failed)
    };
    Ok((bound, serving))
}

async fn render(State(metrics): State<Metrics>) -> Response {
    match metrics.render() {
        Ok(text) => ([(CONTENT_TYPE, OPENMETRICS)], text).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}
