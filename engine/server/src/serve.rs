//! The server: the engine over its adapters, behind gRPC.

mod adapters;
mod attestation_list;
mod fetch;
mod lists;
mod platform;
pub(crate) mod refusals;
mod settings;
mod status;
mod tickets;

pub use adapters::{SystemClock, SystemEntropy};
use lists::ListFiles;

use crate::{
    callers::{AuthorizeLayer, Callers},
    config::Config,
    grpc::{Api, ApiBounds, Lists, Parties},
    telemetry::{EndpointError, Metrics, StagedPacks, serve_metrics},
    tls,
};
use simbind_core::{ids::CallerId, refusals::OfflineUse, rollout::Stage};
use simbind_proto::v1 as wire;
use simbind_service::{
    Engine, Ports, ServiceError,
    ports::{
        clock::Clock,
        store::{LedgerKind, Store as _},
    },
    refusals::ListSigner,
    rollout::StagedFigures,
};
use simbind_store::{EmbeddedStore, FileVault, OpenError};
use std::{
    future::Future,
    io,
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};
use thiserror::Error;
use tokio::{
    net::TcpListener,
    sync::{oneshot, watch},
};
use tonic::transport::{Server, server::TcpIncoming};

/// How often health is looked at and rested limits are forgotten.
const TIDY: Duration = Duration::from_secs(2);

/// Seconds of a day.
const DAY: u64 = 86_400;

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
    /// A file of the configuration cannot be read or is not what it should be.
    #[error("{path}: {why}")]
    File {
        /// The file.
        path: String,
        /// Why.
        why: String,
    },
    /// The store or the vault cannot be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The engine cannot start.
    #[error(transparent)]
    Engine(#[from] ServiceError),
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
    /// The store could not be closed.
    #[error("the store was not closed cleanly: {0}")]
    Close(String),
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
    Box::pin(run_at(config, Arc::new(SystemClock), shutdown, ready)).await
}

/// As [`run`], by another clock.
///
/// # Errors
/// [`ServeError`].
pub async fn run_at(
    config: Config,
    clock: Arc<dyn Clock>,
    shutdown: impl Future<Output = ()> + Send + 'static,
    ready: oneshot::Sender<SocketAddr>,
) -> Result<(), ServeError> {
    let file = config.trust.attestation_status.as_deref();
    let (list, watched) = attestation_list::first(file, clock.now())?;
    let settings = settings::settings(&config, list, &anyone()?)?;
    let sources = settings::sources(&config)?;
    let adapters::Opened { store, vault, challenge_key } =
        adapters::open(&config, Arc::clone(&clock)).await?;
    let ports = Ports {
        store: Arc::clone(&store),
        vault,
        clock,
        entropy: Arc::new(SystemEntropy::default()),
        lists: Arc::new(ListFiles::new(config.data.join("status"))),
    };
    let engine = Engine::start(ports, settings, sources, &challenge_key).await?;
    for feed in engine.short_feeds() {
        let (sees, declared) = (feed.sees.as_secs() / DAY, feed.declared.as_secs() / DAY);
        tracing::warn!(carrier = %feed.carrier, sees, declared,
            "a feed sees fewer days back than its pack declares: rules may ask further");
    }
    let signer = refusals::signer(&config.data)?;
    tracing::info!(public = %signer.public(), "lists of refusals are signed");
    let keeper = tokio::spawn(snapshots(Arc::clone(&store), config.store.snapshot_entries));
    let served = serve(&config, (engine, signer), watched, shutdown, ready).await;
    keeper.abort();
    let closed = tokio::task::spawn_blocking(move || store.close()).await;
    served?;
    match closed {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => Err(ServeError::Close(error.to_string())),
        Err(_) => Err(ServeError::Close("the closing thread panicked".into())),
    }
}

/// The caller's name where nobody is told apart.
fn anyone() -> Result<CallerId, ServeError> {
    Ok("local".parse().map_err(|_| ServiceError::NotFound("caller"))?)
}

async fn serve(
    config: &Config,
    (engine, signer): (Engine<EmbeddedStore, FileVault>, ListSigner),
    watched: Option<attestation_list::Watched>,
    shutdown: impl Future<Output = ()> + Send + 'static,
    ready: oneshot::Sender<SocketAddr>,
) -> Result<(), ServeError> {
    let address = config.listen.grpc;
    let bind = |source| ServeError::Bind { address, source };
    let listener = TcpListener::bind(address).await.map_err(bind)?;
    let bound = listener.local_addr().map_err(bind)?;
    let (stop, stopped) = watch::channel(false);
    let metrics = Metrics::new();
    if let Some(address) = config.listen.metrics {
        let (address, serving) =
            serve_metrics(address, metrics.clone(), until(stopped.clone())).await?;
        tracing::info!(%address, "metrics");
        tokio::spawn(serving);
    }
    let parties = Parties::new(config, anyone()?);
    let bounds = ApiBounds {
        stream_in_flight: config.limits.stream_in_flight,
        batch_events: config.limits.batch_events,
    };
    let gateways = platform::Gateways::new(&config.platforms)?;
    let api = Api::new(engine, parties, metrics.clone(), bounds, Lists::new(signer));
    let (reporter, health) = tonic_health::server::health_reporter();
    if let Some(watched) = watched {
        let every = config.trust.attestation_status_every;
        let (api, metrics) = (api.clone(), metrics.clone());
        tokio::spawn(attestation_list::watch(watched, every, api, metrics, stopped.clone()));
    }
    tokio::spawn(tickets::end_overdue(api.clone(), stopped.clone()));
    if config.readers.iter().any(|reader| reader.offline == OfflineUse::Refusals) {
        let every = config.refusals.every;
        tokio::spawn(refusals::keep_gathered(api.clone(), every, stopped.clone()));
    }
    tokio::spawn(status::keep_fresh(api.clone(), stopped.clone()));
    let gateways = (gateways, config.platform_look);
    tokio::spawn(platform::tell(api.clone(), gateways, metrics.clone(), stopped.clone()));
    tokio::spawn(watch_over(api.clone(), metrics, reporter, stopped.clone()));
    let described = || {
        tonic_reflection::server::Builder::configure()
            .register_encoded_file_descriptor_set(wire::FILE_DESCRIPTOR_SET)
            .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
    };
    let mut server = Server::builder()
        .max_concurrent_streams(config.limits.streams_per_connection)
        .http2_keepalive_interval(Some(Duration::from_secs(30)))
        .http2_keepalive_timeout(Some(Duration::from_secs(20)))
        .timeout(config.limits.request_timeout)
        .tcp_nodelay(true);
    if let Some(files) = &config.tls {
        server = server.tls_config(tls::server(files)?)?;
    }
    let services = api.services(config.limits.message_bytes);
    let serving = server
        .layer(AuthorizeLayer::new(Callers::new(config)))
        .add_service(health)
        .add_service(described().build_v1()?)
        // Clients in other languages still ask by the older name.
        .add_service(described().build_v1alpha()?)
        .add_service(services.binding)
        .add_service(services.check)
        .add_service(services.counter)
        .add_service(services.decision)
        .add_service(services.event)
        .add_service(services.pin)
        .add_service(services.platform)
        .add_service(services.reader)
        .add_service(services.help)
        .add_service(services.rollout)
        .add_service(services.rule)
        .add_service(services.status)
        .add_service(services.registry)
        .add_service(services.succession)
        .serve_with_incoming_shutdown(
            TcpIncoming::from(listener).with_nodelay(Some(true)),
            until(stopped.clone()),
        );
    let _ = ready.send(bound);
    tokio::spawn(async move {
        shutdown.await;
        stop.send_replace(true);
    });
    let drain = config.limits.drain;
    let overdue = async {
        until(stopped).await;
        tokio::time::sleep(drain).await;
    };
    tokio::select! {
        served = serving => Ok(served?),
        // Callers that hold a stream open do not keep the server from stopping.
        () = overdue => Ok(()),
    }
}

/// Writes the index to a snapshot after so many entries, so that a rebuild begins there.
async fn snapshots(store: Arc<EmbeddedStore>, every: u64) {
    let mut last = store.tip(LedgerKind::State).0;
    let mut ticks = tokio::time::interval(TIDY);
    loop {
        ticks.tick().await;
        if store.tip(LedgerKind::State).0 < last.saturating_add(every) {
            continue;
        }
        let (kept, began) = (Arc::clone(&store), Instant::now());
        match tokio::task::spawn_blocking(move || kept.snapshot()).await {
            Ok(Ok(position)) => {
                last = position.0;
                tracing::info!(position = last, took = ?began.elapsed(), "snapshot of the index");
            }
            Ok(Err(error)) => {
                tracing::warn!(%error, "no snapshot of the index could be written");
                last = store.tip(LedgerKind::State).0;
            }
            Err(_) => return,
        }
    }
}

async fn until(mut stopped: watch::Receiver<bool>) {
    // A sender that is gone means the same as one that says stop.
    let _ = stopped.wait_for(|stop| *stop).await;
}

/// Turns health to not-serving once the ledgers cannot be written, and forgets rested limits.
async fn watch_over(
    api: Api<EmbeddedStore, FileVault>,
    metrics: Metrics,
    reporter: tonic_health::server::HealthReporter,
    stopped: watch::Receiver<bool>,
) {
    use wire::{
        binding_service_server::SERVICE_NAME as BINDINGS,
        check_service_server::SERVICE_NAME as CHECKS,
        counter_service_server::SERVICE_NAME as COUNTER,
        decision_service_server::SERVICE_NAME as DECISIONS,
        pin_service_server::SERVICE_NAME as PINS,
        platform_service_server::SERVICE_NAME as PLATFORM,
        reader_service_server::SERVICE_NAME as READERS,
        registry_service_server::SERVICE_NAME as REGISTRY,
        rollout_service_server::SERVICE_NAME as ROLLOUT,
        rule_service_server::SERVICE_NAME as RULES,
        sim_event_service_server::SERVICE_NAME as EVENTS,
        status_service_server::SERVICE_NAME as STATUS,
        succession_service_server::SERVICE_NAME as SUCCESSION,
    };
    let services = [
        "", BINDINGS, CHECKS, COUNTER, DECISIONS, PINS, PLATFORM, READERS, REGISTRY, ROLLOUT,
        RULES, EVENTS, STATUS, SUCCESSION,
    ];
    let mut ticks = tokio::time::interval(TIDY);
    let mut following = tokio::spawn(follow(api.clone()));
    while !*stopped.borrow() {
        ticks.tick().await;
        let healthy = api.engine().health().is_ok();
        metrics.store_healthy(healthy);
        metrics.staged_packs(staged_packs(api.engine().staged_figures()));
        let status = if healthy {
            tonic_health::ServingStatus::Serving
        } else {
            tonic_health::ServingStatus::NotServing
        };
        for service in services {
            reporter.set_service_status(service, status).await;
        }
        api.engine().tidy();
        if let Err(error) = api.engine().sweep().await {
            tracing::warn!(%error, "what is over by time could not be written down");
        }
        // Health and figures do not wait for the compiler.
        if following.is_finished() {
            following = tokio::spawn(follow(api.clone()));
        }
    }
    for service in services {
        reporter.set_service_status(service, tonic_health::ServingStatus::NotServing).await;
    }
}

/// Follows the packs of the ledger, and compiles what a rollback would go to.
async fn follow(api: Api<EmbeddedStore, FileVault>) {
    if let Err(error) = api.engine().follow_packs().await {
        tracing::warn!(%error, "the packs of the ledger could not be followed");
    }
}

fn staged_packs(figures: Option<StagedFigures>) -> StagedPacks {
    let Some(StagedFigures { stage, checks, differ }) = figures else {
        return StagedPacks::default();
    };
    let (stage, share_permille) = match stage {
        Stage::Shadow => (1, 0),
        Stage::Share(share) => (2, i64::from(share.permille())),
    };
    StagedPacks { stage, share_permille, checks, differ }
}
